"""What a submission may put before others' eyes: text and pictures.

Formgrader shows an instructor a learner's notebook as a page of Jupyter's own server. A script in
it could do there what the instructor can: read all notebooks, change all points. nbconvert's pages
run scripts that stand in texts, raw cells and outputs.
"""

from __future__ import annotations

import base64
import binascii
import html
import json
from collections.abc import Collection, Iterable
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Set, Unicode

from dwsep_helpers.grading import safe_html
from dwsep_helpers.grading.form import letters
from dwsep_helpers.grading.metadata import NOTES
from dwsep_helpers.grading.safe_html import page  # noqa: F401 - settings.py names it

_PICTURES = ("image/png", "image/jpeg")
OUTPUT_BYTES, PICTURE_BYTES = 6 * 2**20, 6 * 2**20  # of a notebook
_CUT = 2_000  # characters of an error's text, where there is no room for more
_ATTACHED = (*_PICTURES, "image/gif")
_LONGEST_CODE = 200_000  # characters of a cell that are coloured and shown


def outputs(shown: Iterable[Any], also: Collection[str] = ()) -> list[NotebookNode]:
    """Return of a cell's outputs what is text or a picture, in the form that nbformat asks for.

    Parameters
    ----------
    shown : iterable
        Made from a kernel's messages, which may be anything.
    also : collection of str
        Further media types to keep, of which text is taken as it is.
    """
    kept = (_output(one, also) for one in shown if isinstance(one, dict))
    return [one for one in kept if one is not None]


def _output(one: dict, also: Collection[str]) -> NotebookNode | None:
    kind = one.get("output_type")
    if kind == "stream":
        stream = "stderr" if one.get("name") == "stderr" else "stdout"
        return new_output("stream", name=stream, text=_text(one.get("text")))
    if kind == "error":
        name, value, lines = (one.get(key) for key in ("ename", "evalue", "traceback"))
        shown = [_text(line) for line in lines] if isinstance(lines, list) else []
        return new_output("error", ename=_text(name), evalue=_text(value), traceback=shown)
    if kind not in ("display_data", "execute_result"):
        return None
    given = one.get("data")
    given = given if isinstance(given, dict) else {}
    data = {media: _text(given[media]) for media in ("text/plain", *also) if media in given}
    data |= {media: given[media] for media in _PICTURES if _is_base64(given.get(media))}
    made = new_output(kind, data=data)
    if kind == "execute_result":
        made.execution_count = count(one.get("execution_count"))
    return made


def pictures(attached: Any) -> dict[str, safe_html.Picture]:
    """Return of a cell's attachments those that are pictures, and of each the versions that are."""
    kept = {
        str(name): {
            media: versions[media] for media in _ATTACHED if _is_base64(versions.get(media))
        }
        for name, versions in (attached.items() if isinstance(attached, dict) else ())
        if isinstance(versions, dict)
    }
    return {name: versions for name, versions in kept.items() if versions}


def count(number: Any) -> int | None:
    """Return a cell's number if it can be one."""
    return number if type(number) is int and number >= 0 else None


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(map(_text, value))
    return letters(value) if isinstance(value, str) else "" if value is None else repr(value)[:200]


def _is_base64(value: Any) -> bool:
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except (AttributeError, ValueError, binascii.Error):
        return False
    return True


class MakeHarmless(NbGraderPreprocessor):
    """Leave of a graded notebook what formgrader and the learner's page may show."""

    harmless = Set(Unicode(), help="Texts that are: the course's own, without pictures.")

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Take out of all cells, and of the notebook, what isn't text or a picture."""
        kept = {key: nb.metadata[key] for key in (NOTES, "kernelspec") if key in nb.metadata}
        nb.metadata = NotebookNode({**kept, "language_info": NotebookNode(name="python")})
        for cell in nb.cells:
            if cell.cell_type == "markdown" and cell.source in self.harmless:
                cell.pop("attachments", None)
            elif cell.cell_type == "code":
                cell.outputs = outputs(cell.outputs)
                cell.execution_count = count(cell.execution_count)
                if (more := len(cell.source) - _LONGEST_CODE) > 0:
                    cell.source = f"{cell.source[:_LONGEST_CODE]}\n# … {more:,} characters more"
            elif cell.cell_type == "markdown":
                attached = pictures(cell.get("attachments"))
                text, attached = safe_html.with_pictures(safe_html.source(cell.source), attached)
                cell.source = text
                if attached or "attachments" in cell:
                    cell["attachments"] = attached
            else:  # pages take it for HTML
                cell.source = html.escape(cell.source[:_LONGEST_CODE])
                cell.pop("attachments", None)
        return nb, resources


def bound(nb: NotebookNode) -> list[str]:
    """Leave of a notebook's outputs and attached pictures what a reply has room for.

    Outputs of graded cells come first, and errors stay, cut short: points hang on them.

    Returns
    -------
    list of str
        What was dropped.
    """
    outputs_left, pictures_left, dropped = OUTPUT_BYTES, PICTURE_BYTES, 0
    for cell in sorted(nb.cells, key=lambda cell: "nbgrader" not in cell.metadata):
        kept = []
        for one in cell.get("outputs", []):
            size = _bytes(one)
            if size > outputs_left and one.output_type == "error":
                one.evalue, one.traceback = one.evalue[:_CUT], [one.evalue[:_CUT]]
                size = min(size, _bytes(one))
            if size <= outputs_left or one.output_type == "error":
                outputs_left -= size
                kept.append(one)
            else:
                dropped += size
        if "outputs" in cell:
            cell.outputs = kept
        for name, versions in list(cell.get("attachments", {}).items()):
            size = _bytes(versions)
            if size <= pictures_left:
                pictures_left -= size
            else:
                dropped += size
                cell.attachments[name] = dict(safe_html.LOST)
    return [f"{dropped / 2**20:.0f} MB of outputs and pictures aren't shown"] if dropped else []


def _bytes(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
