"""Files that are notebooks, whatever an editor made of them, and those that aren't."""

import json
import tracemalloc

import nbformat
import pytest

from dwsep_helpers.grading import reading
from dwsep_helpers.grading.reading import Unreadable, read
from tests.grading import units

UNIT = "02_depthwise"


@pytest.fixture
def data():
    return json.loads(nbformat.writes(units.answered(UNIT)))


@pytest.fixture
def path(tmp_path):
    return tmp_path / f"{UNIT}.ipynb"


def sources(notebook):
    return [cell.source for cell in notebook.cells]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8-sig", []),
        ("utf-16", ["it was text in utf-16"]),
        ("utf-16-le", ["it was text in utf-16-le"]),
        ("utf-32", ["it was text in utf-32"]),
    ],
)
def test_text_in_other_encodings(data, path, encoding, said):
    path.write_text(json.dumps(data, ensure_ascii=False), encoding=encoding)
    notebook, repairs = read(path)
    assert sources(notebook) == sources(units.answered(UNIT))
    assert repairs == said


def test_text_in_a_code_page(data, path):
    data["cells"] = [data["cells"][0] | {"source": "# Größe\nsize = 3"}]
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="cp1252")
    notebook, (said,) = read(path)
    assert notebook.cells[0].source == "# Größe\nsize = 3"
    assert "not text in UTF-8" in said
    whole = json.dumps(data, ensure_ascii=False).encode()
    path.write_bytes(whole.replace(b"size", b"si\xffze"))
    assert read(path)[0].cells[0].source.startswith("# Größe")


def test_large_outputs_take_no_memory(data, path, monkeypatch):
    lines = ["spam [" * 12 + "\n"] * 400_000
    code = next(cell for cell in data["cells"] if cell["cell_type"] == "code")
    code["outputs"] = [{"output_type": "stream", "name": "stdout", "text": lines}]
    path.write_text(json.dumps(data))
    size = path.stat().st_size
    assert size > 25_000_000
    del data, lines, code
    tracemalloc.start()
    notebook, said = read(path)
    assert tracemalloc.get_traced_memory()[1] < size / 4
    tracemalloc.stop()
    assert said == [f"{size // 2**20} MB of outputs were dropped"]
    assert sources(notebook) == sources(units.answered(UNIT))


def test_pictures_in_texts_are_dropped_where_there_are_too_many(data, path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_TEXT", 2**20)
    text = next(cell for cell in data["cells"] if cell["cell_type"] == "markdown")
    text["attachments"] = {"a.png": {"image/png": "A" * 10_000}}
    path.write_text(json.dumps(data))
    assert "attachments" in read(path)[0].cells[0]
    text["attachments"] = {"a.png": {"image/png": "A" * 2**21}}
    path.write_text(json.dumps(data))
    notebook, said = read(path)
    assert said == ["2 MB of pictures in text cells were dropped"]
    assert sources(notebook) == sources(units.answered(UNIT))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"metadata": "x" * 2**21}, "bytes without its outputs, and"),
        ({"cells": None}, "it has no cells"),
        ({"nbformat": "nine"}, "its format is 'nine'"),
        ({"nbformat": 7}, "its format is 7"),
    ],
    ids=str,
)
def test_what_is_no_notebook(data, path, monkeypatch, change, says):
    monkeypatch.setattr(reading, "LARGEST_TEXT", 2**20)
    path.write_text(json.dumps(data | change))
    with pytest.raises(Unreadable, match=says):
        read(path)


def test_a_large_file_is_not_even_opened(path, monkeypatch):
    monkeypatch.setattr(reading, "LARGEST", 10)
    path.write_text(" " * 11)
    with pytest.raises(Unreadable, match="it has 11 bytes, and 10 are the most"):
        read(path)


@pytest.mark.parametrize("inside", ["[" * 1_000_000, "[" * 3_000 + "]" * 3_000 + "]"])
def test_outputs_that_are_nested_without_end(data, path, monkeypatch, inside):
    monkeypatch.setattr(reading, "BRACKETS", 5_000)
    path.write_text(json.dumps(data).replace('"outputs": []', f'"outputs": [{inside}', 1))
    with pytest.raises(Unreadable, match=r"nested too deeply|not valid JSON"):
        read(path)


def test_a_version_that_is_missing_or_a_text(data, path):
    for change in (
        {"nbformat": "4"},
        {"nbformat": "4.5"},
        {"nbformat": 4.0},
        {"nbformat": 4.5},
        {"nbformat_minor": "x"},
    ):
        path.write_text(json.dumps(data | change))
        assert sources(read(path)[0]) == sources(units.answered(UNIT))
    del data["nbformat"], data["nbformat_minor"]
    path.write_text(json.dumps(data))
    assert sources(read(path)[0]) == sources(units.answered(UNIT))


@pytest.mark.parametrize(
    ("start", "says"),
    [
        (b"\n<!DOCTYPE html>", "it is a web page, and no notebook"),
        (b"<<<<<<< HEAD\n{", "it is two versions that git couldn't merge"),
        (b"%PDF-1.7", "it is a PDF"),
        (b"PK\3\4\x14", "it is a zip archive"),
        (b"\x1f\x8b\x08", "it is compressed by gzip"),
    ],
)
def test_what_another_kind_of_file_is_called(data, path, start, says):
    path.write_bytes(start + json.dumps(data).encode())
    with pytest.raises(Unreadable, match=says):
        read(path)


def test_a_line_may_end_inside_a_text(data, path):
    path.write_text(json.dumps(data).replace("\\n", "\n"))
    assert sources(read(path)[0]) == sources(units.answered(UNIT))


def test_what_is_around_a_notebook(data, path):
    path.write_bytes(json.dumps(data).encode() + b"\0" * 4096)
    assert sources(read(path)[0]) == sources(units.answered(UNIT))
    path.write_text(json.dumps({"type": "notebook", "name": "x", "content": data}))
    notebook, said = read(path)
    assert sources(notebook) == sources(units.answered(UNIT))
    assert said == ["it was wrapped as Jupyter's server sends it"]
    for empty in (b"\0" * 4096, b" \n\0"):
        path.write_bytes(empty)
        with pytest.raises(Unreadable):
            read(path)
