"""A figure that a browser draws: one script in one HTML output, with a still picture inside."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Any

from dwsep_helpers import notebook
from dwsep_helpers.explorables.channel import Channel
from dwsep_helpers.figures.picture import Picture

SHARED = "common"
_IMPORTS = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_COMMENTS = re.compile(r"^ *(?:/\*\*.*?\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)  # lines alone
_EXPORTS = re.compile(r"^export (?=(?:async )?(?:function|const|class)\b)", re.MULTILINE)


@dataclass(frozen=True, repr=False)
class Text:
    """What stands for a figure of words where scripts may not run."""

    html: str
    plain: str

    def __repr__(self) -> str:
        return self.plain

    def _repr_html_(self) -> str:
        return self.html


class Explorable:
    """A figure that answers in the browser, with or without a kernel.

    Parameters
    ----------
    module : str
        The name of its script beside this file, without ``.mjs``. It exports
        ``mount(host, options)``.
    options : dict
        What the script is given, as JSON. NaN and infinity aren't.
    still : Picture or Text
        What shows on paper and wherever scripts may not run, with its text.
    received : callable, optional
        Called with what the learner did, where a kernel runs; see :class:`Channel`.

    Raises
    ------
    ValueError
        If the options can't be written as JSON.
    """

    def __init__(
        self,
        module: str,
        options: dict[str, Any],
        still: Picture | Text,
        received: Callable[[Any], None] | None = None,
    ):
        self.module, self.still, self._received = module, still, received
        self._channel: Channel | None = None
        self._display_id = f"dwsep-{secrets.token_hex(6)}"
        try:
            self._options = json.dumps(options, allow_nan=False, separators=(",", ":"))
        except TypeError as error:
            raise ValueError(f"options of {module} can't be written as JSON: {error}") from None

    def __repr__(self) -> str:
        return repr(self.still) if isinstance(self.still, Text) else f"[Figure: {self.still.alt}]"

    def _repr_html_(self) -> str:
        return self._html(None)

    def _ipython_display_(self) -> None:
        if self._received is not None and notebook.somebody_watches():
            self._channel = Channel(self._received)
        self._display()
        if self._channel is not None:
            self._channel.open()

    def replace(self, shown: Explorable) -> None:
        """Take the place of a figure that was shown, and its way to Python, wherever it is."""
        self._channel, self._display_id = shown._channel, shown._display_id
        self._display(update=True)

    def _display(self, update: bool = False) -> None:
        from IPython.display import display

        page = {"text/html": self._html(self._channel), "text/plain": repr(self)}
        display(page, raw=True, display_id=self._display_id, update=update)

    def _html(self, channel: Channel | None) -> str:
        name = channel.name if channel else None
        mark = f"dwsep-{sha256(f'{self.module} {self._options} {name}'.encode()).hexdigest()[:12]}"
        # What would end the script early, or begin a comment that hides its end.
        options = self._options.replace("<", "\\u003c")
        # Of a notebook that is opened again the field is gone, and JupyterLab says so in its place.
        hidden = f".jp-OutputArea-child:has(.{mark}) + .jp-OutputArea-child {{ display: none }}"
        return (
            f'<div class="dwsep-explorable {mark}">{self.still._repr_html_()}</div>'
            + (f"<style>{hidden}</style>" if channel else "")
            + f'<script type="module">\n{script(self.module)}'
            # Several outputs may hold the same figure: each script takes one that is still.
            f'const host = document.querySelector(".{mark}:not([data-alive])");\n'
            "if (host) {\n"
            '  host.dataset.alive = "";\n'
            f"  mount(host, {{ ...{options}, channel: {json.dumps(name)} }});\n"
            "}\n</script>"
        )


@cache
def script(module: str) -> str:
    """Return a module of this folder with what it imports, as one script that exports nothing.

    Comments that have lines of their own stay here: each output holds the whole script.
    """
    folder = resources.files("dwsep_helpers.explorables")
    both = (folder.joinpath(f"{name}.mjs").read_text("utf-8") for name in (SHARED, module))
    return "".join(_EXPORTS.sub("", _IMPORTS.sub("", _COMMENTS.sub("", text))) for text in both)
