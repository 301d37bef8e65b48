"""The pages that run networks in the browser, phone.html and photo.html, and the way to them."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import socket
from pathlib import Path

from builder import SITE, node

PAGES = SITE / "pages"
ENGINES = ("litert_wasm_internal", "litert_wasm_compat_internal")  # with relaxed SIMD, without
OFFLINE = "offline.js"
PORT = 8000
QUICK = {'data-seconds="6"': 'data-seconds="0.4"', 'data-minute="60"': 'data-minute="1.2"'}
"""What a reduced site changes, so that tests measure for parts of a second."""

_BARE, _BESIDE = 'from "@litertjs/wasm-utils"', 'from "./wasm_utils.js"'
_MAP = "//# sourceMappingURL="


def build(target: Path, reduced: bool = False) -> None:
    """Write the two pages, their scripts and LiteRT's engine into the site.

    Parameters
    ----------
    target : Path
        The site's top, where ``models`` lies.
    reduced : bool
        Whether to measure for parts of a second, and to pack the engine less tightly.

    Raises
    ------
    builder.node.Missing
        If Node or its packages are.
    """
    packages = node.packages()
    scripts, engine = target / "scripts", target / "litert"
    for folder in (target, scripts, engine):
        folder.mkdir(parents=True, exist_ok=True)
    _write_engine(packages / "@litertjs", engine, 1 if reduced else 9)
    fetched = (f"{ENGINES[0]}.wasm.gz", f"{ENGINES[0]}.js", "core.js", "wasm_utils.js")
    sizes = sum((engine / name).stat().st_size for name in fetched)
    changes = {'data-engine-bytes="3200000"': f'data-engine-bytes="{sizes}"'}
    changes |= QUICK if reduced else {}
    for path in PAGES.iterdir():
        if path.suffix == ".html":
            text = path.read_text("utf-8")
            (target / path.name).write_text(_changed(text, changes), "utf-8", newline="\n")
        elif path.name != OFFLINE:
            shutil.copy(path, scripts)
    shutil.copy(packages / "qrcode-generator" / "dist" / "qrcode.mjs", scripts)
    _write_offline(target)


def _write_offline(target: Path) -> None:
    """Write the worker that keeps the pages: it has their files' names, and a sum of all of them.

    The small files are kept at once, networks and the engine's code when they are fetched.
    """
    folders = [target / name for name in ("litert", "models", "scripts")]
    files = sorted(path for folder in folders for path in folder.glob("*") if path.is_file())
    files += sorted(target / page.name for page in PAGES.glob("*.html"))
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.read_bytes())
    small = [path for path in files if path.suffix not in (".gz", ".png")]
    names = [path.relative_to(target).as_posix() for path in small if path.stem not in ENGINES]
    text = (PAGES / OFFLINE).read_text("utf-8").replace('["SMALL"]', json.dumps(names))
    text = text.replace("VERSION", whole.hexdigest()[:16])
    (target / OFFLINE).write_text(text, "utf-8", newline="\n")


def _changed(text: str, changes: dict[str, str]) -> str:
    for before, after in changes.items():
        text = text.replace(before, after)
    return text


def _write_engine(packages: Path, folder: Path, level: int) -> None:
    """Copy LiteRT.js: its parts find each other by relative paths, and its wasm is gzipped.

    Servers that compress nothing hand out a third of the bytes then; the page unpacks them.
    """
    core, utils = (packages / name / "dist" / "index.js" for name in ("core", "wasm-utils"))
    text = core.read_text("utf-8")
    if text.count(_BARE) != 1:
        raise ValueError(f"{core} has {_BARE!r} {text.count(_BARE)} times, and once is expected")
    for name, content in (
        ("core.js", text.replace(_BARE, _BESIDE)),
        ("wasm_utils.js", utils.read_text("utf-8")),
    ):
        (folder / name).write_text(content.partition(_MAP)[0], "utf-8", newline="\n")
    for name in ENGINES:
        shutil.copyfile(packages / "core" / "wasm" / f"{name}.js", folder / f"{name}.js")
        wasm = (packages / "core" / "wasm" / f"{name}.wasm").read_bytes()
        (folder / f"{name}.wasm.gz").write_bytes(gzip.compress(wasm, level, mtime=0))


def invitation(target: Path) -> str:
    """Return how a phone in the same network opens the pages: a command, an address, its QR code.

    Parameters
    ----------
    target : Path
        The site's top.
    """
    import segno

    says = f"To look at it: python -m http.server {PORT} --directory {target}"
    here = _address()
    if here is None:
        return says
    url = f"http://{here}:{PORT}/phone.html"
    drawn = io.StringIO()
    segno.make(url, error="m").terminal(drawn, compact=True, border=2)
    return f"{says}\nOn a phone in the same network, then: {url}\n{drawn.getvalue()}"


def _address() -> str | None:
    """Return this computer's address in its network, if it is in one. No packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # an address for documentation, which nobody has
        except OSError:
            return None
        return str(asked.getsockname()[0])
