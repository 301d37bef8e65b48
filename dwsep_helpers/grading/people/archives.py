"""Archives and folders with learners' work: what is in them, and its bytes, taken with care.

Of a platform's archive, its list of names is read here, and bytes are copied. Archives inside it
are learners' own, and are opened in a locked process: see :mod:`unpacking`.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Final, cast

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.names import quoted

Parts = tuple[str, ...]
Open = Callable[[], IO[bytes]]
MOST_FILES: Final = 200_000  # in an archive
FILE: Final = 200 * 2**20  # bytes of one file, counted as they come out
_NAMES = re.compile(r"\.(zip|tar|tgz|tar\.(gz|bz2|xz))$", re.IGNORECASE)
_BLOCK = 2**20  # bytes that are read at a time
_LONGEST = 200  # bytes of a file's name
BROKEN = (zipfile.BadZipFile, zlib.error, tarfile.TarError, EOFError, NotImplementedError)


class Damaged(Exception):
    """A file can't be taken out of an archive; the message says why."""


class Broken(Damaged):
    """The archive can't be read there."""


@dataclass(frozen=True)
class Member:
    """A file in an archive.

    Attributes
    ----------
    path : tuple of str
        Its name, folder by folder.
    open : callable
        Opens it for reading.
    size : int
        As the archive says.
    """

    path: Parts
    open: Open
    size: int = 0

    def copy(self, to: Path) -> int:
        """Write it into a file; return how many bytes it has.

        Raises
        ------
        Damaged
            If it can't be read, or is too large.
        """
        count = 0
        with to.open("xb") as file, self._opened() as content:
            while block := content.read(_BLOCK):
                count += len(block)
                if count > FILE:
                    raise Damaged(_LARGE)
                file.write(block)
        return count

    def piece(self, offset: int, most: int) -> tuple[bytes, bool]:
        """Return some of its bytes, and whether there are more.

        Raises
        ------
        Damaged
            If it can't be read, or is too large.
        """
        with self._opened() as content:
            for left in range(offset, 0, -_BLOCK):
                content.read(min(_BLOCK, left))
            found = content.read(most)
            more = bool(content.read(1))
        if offset + len(found) > FILE:
            raise Damaged(_LARGE)
        return found, more

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        try:
            if self.size > FILE:
                raise Damaged(_LARGE)
            with self.open() as content:
                yield content
        except BROKEN as error:
            raise Broken(f"it is damaged: {error or type(error).__name__}") from None
        except RuntimeError:  # as zipfile says it
            raise Broken("it needs a password") from None


@dataclass
class Archive:
    """An archive, or a folder, for the time of a ``with`` block.

    Attributes
    ----------
    path : Path
    without : frozenset of str
        What is in it and isn't looked at.
    members : list of Member
    left_out : list of (tuple of str, str)
        What is no file that can be taken, and why.
    """

    path: Path
    without: frozenset[str] = frozenset()
    members: list[Member] = field(default_factory=list)
    left_out: list[tuple[Parts, str]] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Archive:
        with ExitStack() as undone:
            undone.push(self._open)
            self._read()
            undone.pop_all()
        return self

    def _read(self) -> None:
        try:
            if self.path.is_dir():
                self._read_folder()
            elif zipfile.is_zipfile(self.path):
                self._read_zip()
            elif tarfile.is_tarfile(self.path):
                self._read_tar()
            else:
                raise WrongCall(f"{quoted(str(self.path))} {_what_else(self.path)}")
        except FileNotFoundError:
            raise WrongCall(f"there is no {quoted(str(self.path))}") from None
        except PermissionError as error:
            why = f"Permission denied: {error.filename or self.path}"
            raise WrongCall(f"{quoted(str(self.path))} can't be read: {why}") from None
        except (*BROKEN, ValueError) as error:
            why = str(error).partition("\n")[0] or type(error).__name__
            raise WrongCall(f"{quoted(str(self.path))} is damaged: {why}") from None
        if len(self.members) > MOST_FILES:
            raise WrongCall(f"{quoted(str(self.path))} has more than {MOST_FILES:,} files")
        last = {member.path: member for member in self.members}
        if len(last) < len(self.members):
            again = {one.path for one in self.members if last[one.path] is not one}
            why = "the archive has it twice; the second was taken"
            self.left_out += [(path, why) for path in sorted(again)]
            self.members = [*last.values()]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    def _add(self, name: str, size: int, open_it: Open, *, regular: bool) -> None:
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        why_not = None if regular else _NO_FILE
        if name.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:/", name):
            why_not = "its name leads out of the archive"
        if why_not:
            self.left_out.append((parts or (name,), why_not))
        elif parts:
            self.members.append(Member(parts, open_it, size))

    def _read_zip(self) -> None:
        archive = self._open.enter_context(zipfile.ZipFile(self.path))
        for info in archive.infolist():
            name = zip_name(info)
            if name.endswith("/"):
                continue
            kind = stat.S_IFMT(info.external_attr >> 16)
            regular = kind in (0, stat.S_IFREG)
            open_it = partial(archive.open, info)
            self._add(name, info.file_size, open_it, regular=regular)

    def _read_tar(self) -> None:
        archive = tarfile.open(self.path)  # noqa: SIM115 - it stays open with this one
        self._open.callback(archive.close)
        for info in archive:
            if info.isdir():
                continue
            open_it = cast("Open", partial(archive.extractfile, info))
            self._add(info.name.replace("\0", ""), info.size, open_it, regular=info.isreg())
        stream = cast("IO[bytes]", archive.fileobj)
        stream.seek(archive.offset)
        if stream.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):  # tarfile says nothing then
            raise tarfile.ReadError("it breaks off, or has something else than files in it")

    def _read_folder(self) -> None:
        for folder, folders, files in os.walk(self.path, onerror=_raise):
            if Path(folder) == self.path:
                folders[:], files[:] = set(folders) - self.without, set(files) - self.without
            folders.sort()
            links = [name for name in folders if Path(folder, name).is_symlink()]
            for name in [*sorted(files), *links]:
                path = Path(folder, name)
                state, inside = path.lstat(), path.relative_to(self.path).as_posix()
                regular = stat.S_ISREG(state.st_mode)
                open_it = cast("Open", partial(path.open, "rb"))
                self._add(inside, state.st_size, open_it, regular=regular)


_LARGE = f"it has more than {FILE // 2**20} MB"
_NO_FILE = "it is no file, but a link or a device"


def _what_else(path: Path) -> str:
    """Say what is the matter with a file that is no archive."""
    with path.open("rb") as file:
        start = file.read(6)
    if start.startswith((b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")):
        return "is damaged: download it again"
    return f"is {'no archive' if start else 'empty'}: a zip or tar file is asked for, or a folder"


def _raise(error: OSError) -> None:
    raise error


def zip_name(info: zipfile.ZipInfo) -> str:
    """Return a name in a zip archive as it was meant: UTF-8 if it is that, "/" between folders."""
    name = info.filename
    if not info.flag_bits & 0x800:
        with suppress(UnicodeError):
            name = info.orig_filename.encode("cp437").decode("utf-8")
    return name.partition("\0")[0].replace("\\", "/")


def is_archive(name: str) -> bool:
    """Tell by its name whether a file is an archive that can be opened."""
    return _NAMES.search(name) is not None


def without_ending(name: str) -> str:
    """Return an archive's name without what says that it is one."""
    return _NAMES.sub("", name) or name


def file_name(part: str) -> str:
    """Return a name that every file system takes, for a folder or a file of a learner's."""
    part = part.replace("\0", "").replace("/", "_")
    raw = os.fsencode(part)
    if len(raw) <= _LONGEST:
        return part
    start, ending = os.path.splitext(part)
    digest = hashlib.sha256(raw).hexdigest()[:10]
    return f"{start[:40]}~{digest}{ending[:20]}"


def walk(folder: Path) -> Iterator[Path]:
    """Find all files below a folder, in an order that doesn't change."""
    for place, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(place, name) for name in sorted(files))
