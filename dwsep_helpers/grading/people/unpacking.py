"""Read what learners packed, and what a platform says in files. It happens in locked processes.

What such a process writes doesn't stay: it replies with what it read.
"""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any, Final

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.people.archives import Archive, Damaged, Parts

MOST_FILES: Final = 2_000  # of an archive that a learner handed in
MOST: Final = 200 * 2**20  # bytes of all of them
_REPLY = 11 * 2**20  # bytes of files in one reply


def unpack(argument: dict[str, Any], keeper: object = None) -> dict[str, Any]:
    """Read what a learner packed, as much of it as a reply has room for, from some place on.

    Parameters
    ----------
    argument : dict
        ``path``, the archive; ``start``, the number of the first file, and of its first byte.
    keeper : object
        Unused.

    Returns
    -------
    dict
        ``pieces``, of each where its file lay, and its bytes in base 64; ``left_out``, of each
        where it lay, and why; ``next``, where to go on, None at the end; ``why``, if it can't be
        read at all.
    """
    number, offset = argument["start"]
    pieces, left_out, room = list[tuple[Parts, str]](), list[tuple[Parts, str]](), _REPLY
    try:
        with Archive(Path(argument["path"])) as archive:
            if argument["start"] == [0, 0]:
                left_out = archive.left_out[:100]
            for member in archive.members[number:MOST_FILES]:
                if room <= 0:
                    break
                try:
                    content, more = member.piece(offset, room)
                except Damaged as error:
                    left_out.append((member.path, str(error)))
                    content, more = b"", False
                else:
                    pieces.append((member.path, b64encode(content).decode("ascii")))
                room -= len(content)
                number, offset = (number, offset + len(content)) if more else (number + 1, 0)
            ends = number >= min(len(archive.members), MOST_FILES)
    except WrongCall:
        return {"pieces": [], "left_out": [], "next": None, "why": "it is damaged, or no archive"}
    return {"pieces": pieces, "left_out": left_out, "next": None if ends else [number, offset]}


def submitters(argument: dict[str, Any], keeper: object = None) -> dict[str, Any]:
    """Read who made which submission, of Gradescope's metadata.

    Parameters
    ----------
    argument : dict
        ``path``, of the file.
    keeper : object
        Unused.

    Returns
    -------
    dict
        By the submission's folder, ``when`` and ``who``: names, ids and e-mail addresses.
    """
    import yaml

    loader = type("Loader", (yaml.SafeLoader,), {"yaml_implicit_resolvers": {}})  # all is text
    with open(argument["path"], encoding="utf-8") as file:
        said = yaml.load(file, loader)
    found = {}
    for folder, about in said.items():
        who = [
            {key: str(one.get(f":{key}") or "") for key in ("name", "sid", "email")}
            for one in about.get(":submitters") or ()
        ]
        found[str(folder)] = {"when": str(about.get(":created_at") or ""), "who": who}
    return found
