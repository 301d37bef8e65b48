"""What editors and people do to a notebook that is right, and that costs nobody a point.

Each takes a notebook as JSON has it and a source of choices, and changes the notebook in place.
Some make it a file that isn't plain JSON in UTF-8: those are in :data:`FILES`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from dwsep_helpers.grading.form import text

Json = dict[str, Any]
Change = Callable[[Json, random.Random], None]


def _code(data: Json) -> list[Json]:
    return [cell for cell in data["cells"] if cell["cell_type"] == "code"]


def _mark(cell: Json, name: str) -> Any:
    return (cell.get("metadata") or {}).get("nbgrader", {}).get(name)


def _text(cell: Json) -> str:
    return text(cell.get("source"))


def _answers(data: Json) -> list[int]:
    cells = enumerate(data["cells"])
    return [i for i, c in cells if _mark(c, "solution") and c["cell_type"] == "code"]


def _new(source: str, kind: str = "code") -> Json:
    cell: Json = {"cell_type": kind, "metadata": {}, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


# Editors: fields, ids, versions.


def older_minor_version(data: Json, chance: random.Random) -> None:
    data["nbformat_minor"] = chance.choice([0, 2, 4, "5", None])


def unknown_fields(data: Json, chance: random.Random) -> None:
    data["generator"] = {"name": "an editor"}
    for cell in data["cells"]:
        cell[chance.choice(["transient", "collapsed", "vscode", "languageId"])] = {"on": True}


def ids_gone(data: Json, chance: random.Random) -> None:
    for cell in data["cells"]:
        cell.pop("id", None)


def ids_twice(data: Json, chance: random.Random) -> None:
    one, other = chance.sample(data["cells"], 2)
    if "id" in other:
        one["id"] = other["id"]


def odd_ids(data: Json, chance: random.Random) -> None:
    for cell in data["cells"]:
        if chance.random() < 0.3:
            cell["id"] = chance.choice(["a b", "é", "", 7, None, "x" * 300])


def ids_in_metadata(data: Json, chance: random.Random) -> None:
    for cell in data["cells"]:
        if isinstance(cell.get("metadata"), dict) and "id" in cell:
            cell["metadata"]["id"] = cell.pop("id")


def nulls(data: Json, chance: random.Random) -> None:
    data["metadata"] = chance.choice([None, {}, [], {"kernelspec": None}])
    for cell in data["cells"]:
        if not _mark(cell, "grade_id"):
            cell["metadata"] = chance.choice([None, {"tags": None}, {"name": 3}])
        if cell["cell_type"] == "code":
            cell["outputs"] = chance.choice([None, [], {}])


def fields_gone(data: Json, chance: random.Random) -> None:
    data.pop("metadata", None)
    for cell in _code(data):
        cell.pop(chance.choice(["outputs", "execution_count"]), None)
    for cell in data["cells"]:
        if not cell.get("metadata"):
            cell.pop("metadata", None)


def another_kernel(data: Json, chance: random.Random) -> None:
    data["metadata"] = {"kernelspec": {"name": "conda-env", "display_name": "Python (mine)"}}


def lines_as_lists(data: Json, chance: random.Random) -> None:
    for cell in data["cells"]:
        cell["source"] = _text(cell).splitlines(keepends=chance.random() < 0.7)


def line_ends(data: Json, chance: random.Random) -> None:
    end = chance.choice(["\r\n", "\r"])
    for cell in data["cells"]:
        cell["source"] = _text(cell).replace("\r\n", "\n").replace("\n", end)


def blanks_at_ends(data: Json, chance: random.Random) -> None:
    for cell in data["cells"]:
        cell["source"] = _text(cell).replace("\n", "  \n") + "\n\n"


def half_letters(data: Json, chance: random.Random) -> None:
    cell = chance.choice(_code(data))
    cell["source"] = _text(cell) + "\n# \ud83d"
    data["cells"].append(_new("A smile: \ude00", "markdown"))


def kinds_of_cells(data: Json, chance: random.Random) -> None:
    for cell in data["cells"]:
        if cell["cell_type"] == "markdown" and not _mark(cell, "grade_id"):
            cell["cell_type"] = chance.choice(["heading", "html", "Markdown", None, "sql"])


def nothing_for_a_cell(data: Json, chance: random.Random) -> None:
    data["cells"].insert(chance.randrange(len(data["cells"])), None)
    data["cells"] = [cell for cell in data["cells"] if cell is not None] + [None]


def odd_names(data: Json, chance: random.Random) -> None:
    name: Any = chance.choice([[], {}, None, 7, "", "x" * 5_000])
    data["cells"].append({**_new("1 + 1"), "metadata": {"nbgrader": {"grade_id": name}}})


def odd_outputs(data: Json, chance: random.Random) -> None:
    shown = chance.choice(
        [
            {"output_type": "stream", "text": "no name"},
            {"output_type": "display_data", "data": {"text/plain": float("nan")}},
            {"output_type": "pyout", "prompt_number": 3},
            {"text": "]}\\"},
            None,
        ]
    )
    chance.choice(_code(data))["outputs"] = [shown] * 3


def many_outputs(data: Json, chance: random.Random) -> None:
    lines = ['spam [{\\" ' * 20 + "\n"] * 2_000
    for cell in chance.sample(_code(data), 3):
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": lines}]


def not_a_number(data: Json, chance: random.Random) -> None:
    data["metadata"] = {"widgets": {"value": float("nan"), "most": float("inf"), "n": 10**400}}


# People: what they do to cells.


def metadata_gone(data: Json, chance: random.Random) -> None:
    for cell in data["cells"]:
        if isinstance(cell.get("metadata"), dict):
            cell["metadata"].pop("nbgrader", None)


def a_cell_copied(data: Json, chance: random.Random) -> None:
    names = [i for i, cell in enumerate(data["cells"]) if _mark(cell, "grade_id")]
    if names:
        index = chance.choice(names)
        data["cells"].insert(index + chance.randrange(2), deepcopy(data["cells"][index]))


def tests_deleted(data: Json, chance: random.Random) -> None:
    data["cells"] = [
        cell for cell in data["cells"] if not (_mark(cell, "grade") and chance.random() < 0.5)
    ]


def tests_skipped(data: Json, chance: random.Random) -> None:
    for cell in data["cells"]:
        if isinstance(cell.get("metadata"), dict):
            cell["metadata"]["tags"] = ["skip-execution"]


def an_answer_moved_down(data: Json, chance: random.Random) -> None:
    if places := _answers(data):
        index = chance.choice(places)
        data["cells"].append(_new(_text(data["cells"][index])))
        data["cells"][index]["source"] = "# see below"


def all_answers_at_the_end(data: Json, chance: random.Random) -> None:
    answers = [data["cells"][i] for i in _answers(data)]
    data["cells"] = [c for c in data["cells"] if all(c is not one for one in answers)] + answers


def cells_merged(data: Json, chance: random.Random) -> None:
    pairs = [
        i
        for i, (one, other) in enumerate(zip(data["cells"], data["cells"][1:], strict=False))
        if one["cell_type"] == other["cell_type"] == "code"
        and (_mark(one, "grade_id") or _mark(other, "grade_id"))
        and "predict" not in _text(one) + _text(other)
    ]
    if pairs:
        index = chance.choice(pairs)
        one, other = data["cells"][index : index + 2]
        one["source"] = f"{_text(one)}\n\n{_text(other)}"
        del data["cells"][index + 1]


def a_cell_split(data: Json, chance: random.Random) -> None:
    if places := _answers(data):
        index = chance.choice(places)
        source = _text(data["cells"][index])
        data["cells"].insert(index, _new("import math\nHALF = 1 / 2"))
        data["cells"][index + 1]["source"] = source


def texts_deleted(data: Json, chance: random.Random) -> None:
    data["cells"] = [c for c in data["cells"] if c["cell_type"] == "code" or chance.random() < 0.5]


def pictures_deleted(data: Json, chance: random.Random) -> None:
    data["cells"] = [c for c in data["cells"] if not str(c.get("id", "")).startswith("look_")]


def code_as_text_and_back(data: Json, chance: random.Random) -> None:
    named = [cell for cell in _code(data) if _mark(cell, "grade_id")]
    if named:
        cell = chance.choice(named)
        cell["cell_type"] = chance.choice(["raw", "markdown"])
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def setup_edited(data: Json, chance: random.Random) -> None:
    for cell in data["cells"]:
        if _mark(cell, "grade_id") == "setup":
            cell["source"] = f"{_text(cell)}\nimport itertools\nMINE = 1"


_ABOVE = (
    "%%time",
    "%%capture",
    "%matplotlib inline",
    "%matplotlib widget",
    "!pip install -q einops",
    "%pip install -q einops",
    "from math import *",
    "import os; os.system('ls')",
    "import subprocess; subprocess.run(['ls'], check=True)",
    "from google.colab import drive; drive.mount('/content/drive')",
    "files = !ls",
    "globals()['MINE'] = 1",
)


def magics_above(data: Json, chance: random.Random) -> None:
    if places := _answers(data):
        cell = data["cells"][chance.choice(places)]
        cell["source"] = f"{chance.choice(_ABOVE)}\n{_text(cell)}"


def a_shell_cell(data: Json, chance: random.Random) -> None:
    source = chance.choice(["%%bash\nls", "exit()", "quit()", "import os\nos._exit(0)", "1 +", "?"])
    data["cells"].insert(chance.randrange(1, len(data["cells"])), _new(source))


EDITORS: tuple[Change, ...] = (
    older_minor_version,
    unknown_fields,
    ids_gone,
    ids_twice,
    odd_ids,
    ids_in_metadata,
    nulls,
    fields_gone,
    another_kernel,
    lines_as_lists,
    line_ends,
    blanks_at_ends,
    half_letters,
    kinds_of_cells,
    odd_names,
    odd_outputs,
    many_outputs,
    not_a_number,
)
PEOPLE: tuple[Change, ...] = (
    metadata_gone,
    a_cell_copied,
    tests_deleted,
    tests_skipped,
    an_answer_moved_down,
    all_answers_at_the_end,
    cells_merged,
    a_cell_split,
    texts_deleted,
    pictures_deleted,
    code_as_text_and_back,
    setup_edited,
    magics_above,
    a_shell_cell,
)


def with_mark(text: str) -> bytes:
    return text.encode("utf-8-sig")


def by_powershell(text: str) -> bytes:
    return text.encode("utf-16")


def by_notepad(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8")


def on_one_line(text: str) -> bytes:
    return json.dumps(json.loads(text)).encode("ascii")


FILES: tuple[Callable[[str], bytes], ...] = (
    on_one_line,
    with_mark,
    by_powershell,
    by_notepad,
)


# Together they leave nothing to tell a cell by.
_NOT_BOTH = ({metadata_gone, code_as_text_and_back}, {metadata_gone, cells_merged})


def mutated(data: Json, chance: random.Random, most: int = 4) -> tuple[bytes, list[str]]:
    """Return a notebook's file after a few changes, and what they are called.

    People change cells before editors write them.
    """
    data = deepcopy(data)
    count = chance.randint(1, most)
    people = chance.sample(PEOPLE, chance.randint(0, min(count, 2)))
    if set(people) in _NOT_BOTH:
        people.pop()
    changes = [*people, *chance.sample(EDITORS, count - len(people))]
    for change in changes:
        change(data, chance)
    write = chance.choice(FILES)
    return write(json.dumps(data, indent=1)), [change.__name__ for change in (*changes, write)]
