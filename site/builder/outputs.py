"""What a cell showed, for a page: pictures and scripts as files, each of them once."""

from __future__ import annotations

import base64
import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

WIDE = 600  # CSS pixels: wider pictures scroll on a phone, for shrunk nobody could read them
_IMAGE = re.compile(r'<img src="data:image/(\w+);base64,([^"]+)"([^>]*)>')
_SCRIPT = re.compile(
    r'<script type="module">\n(?P<module>.*?)'
    r'const host = document\.querySelector\("\.(?P<mark>[\w-]+)'
    r".*?  mount\(host, { \.\.\.(?P<options>{.*}), channel: .*?</script>",
    re.DOTALL,
)
# What a cell says of the machine it ran on, and of hidden tests that the page doesn't show.
_ASIDE = re.compile(
    r"mine\.\w+\s+is\s+the\s+course's\s+own\s+function:\s+none\s+of\s+yours\s+that\s+passed\s+in"
    r"\s+unit\s+\d+\s+is\s+kept\s+here\.\n?"
    r"|^Exercise [\d.]+, \w+: passed with other shapes and numbers too\.\n?",
    re.MULTILINE,
)
# The author's progress, around the table of predictions.
_CARD = re.compile(
    r"^<div style=\"border: 1px.*?(?=<div style=\"overflow-x)|<p>No prediction was both [^<]*</p>",
    re.DOTALL,
)


class Files:
    """Pictures and scripts of all pages, named by what is in them.

    Parameters
    ----------
    folder : Path
        Where they are written.
    address : str
        The same folder, as pages at the top of the site find it.
    """

    def __init__(self, folder: Path, address: str):
        self._folder, self._address = folder, address
        self._figures: list[tuple[str, str, str]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, kind: str) -> str:
        """Write a file and return its name."""
        name = f"{sha256(content).hexdigest()[:12]}.{kind}"
        (self._folder / name).write_bytes(content)
        return name

    def picture(self, content: bytes, kind: str) -> str:
        """Write a picture and return its address."""
        return f"{self._address}/{self.keep(content, kind)}"

    def figure(self, mark: str, module: str, options: str) -> None:
        """Have the page that is written bring a figure to life: its mark, script and options."""
        self._figures.append((mark, self.keep(module.encode(), "mjs"), options))

    def script(self) -> str:
        """Return what a page ends with, which brings its figures to life, and begin the next page.

        It is one file for a page, which loads when all else has: text needn't wait for figures.
        """
        modules = {name: f"mount_{name.partition('.')[0]}" for _, name, _ in self._figures}
        lines = [f'import {{ mount as {to} }} from "./{name}";' for name, to in modules.items()]
        figures = [f'  ["{mark}", {modules[name]}, {opts}],' for mark, name, opts in self._figures]
        text = "\n".join(
            ['import { comeAlive } from "../book.mjs";', *lines, "comeAlive([", *figures, "]);\n"]
        )
        self._figures = []
        address = self.picture(text.encode(), "mjs")
        return f'<script>addEventListener("load", () => import("./{address}"));</script>'


def shown(outputs: list[Any], files: Files) -> list[Any]:
    """Return a cell's outputs as a page shows them; progress bars and asides are left out."""
    kept = []
    for output in outputs:
        if "text" in output:
            output.text = _ASIDE.sub("", output.text)
            if output.text:
                kept.append(output)
        elif "text/html" in output.data:
            if not output.data["text/html"].startswith("<progress"):
                output.data = {"text/html": page(output.data["text/html"], files)}
                kept.append(output)
        else:
            kept.append(output)
    return kept


def page(html: str, files: Files) -> str:
    """Return the HTML of an output with its pictures and scripts as files."""
    html = _CARD.sub("", html)
    html = _IMAGE.sub(lambda found: _image(found, files), html)
    html = _SCRIPT.sub(lambda found: _live(found, files), html)
    html = html.replace("<pre style=", '<pre tabindex="0" style=')  # it scrolls
    html = re.sub("(<th[^>]*>)(</th><th[^>]*>about<)", r"\1no.\2", html)
    return re.sub("<th(?: [^>]*)?></th>", "<td></td>", html)


def _image(found: re.Match[str], files: Files) -> str:
    kind, data, attributes = found.groups()
    content = base64.b64decode(data)
    width, height = Image.open(BytesIO(content)).size
    if given := re.search(r' width="(\d+)"', attributes):
        width, height = int(given[1]), round(height * int(given[1]) / width)
        attributes = attributes.replace(given[0], "")
    image = (
        f'<img src="{files.picture(content, kind)}" width="{width}" height="{height}"'
        f' loading="lazy" decoding="async"{attributes}>'
    )
    if width <= WIDE:
        return image
    return f'<div class="wide" tabindex="0" role="group" aria-label="Figure">{image}</div>'


def _live(found: re.Match[str], files: Files) -> str:
    files.figure(found["mark"], f"{found['module']}export {{ mount }};\n", found["options"])
    return ""
