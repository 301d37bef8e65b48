"""Measurements in files: what is written is read, with how it was made."""

import pytest

from dwsep_helpers import measurements

ROWS = [
    {"name": "a, b", "count": 3, "ms": 0.123456, "size": None},
    {"name": "c", "count": 12_345_678, "ms": 98765.4, "size": 7},
]


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "table.csv"
    made = measurements.provenance("make it", "one thread,\n best of 5", ("numpy",))
    measurements.write(path, ROWS, made)
    return path


def test_what_is_written_is_read(path):
    table = measurements.read(path)
    assert table.rows == [
        {"name": "a, b", "count": 3, "ms": 0.1235, "size": None},
        {"name": "c", "count": 12_345_678, "ms": 98765, "size": 7},
    ]
    assert table.provenance["made by"] == "make it"
    assert table.provenance["protocol"] == "one thread, best of 5"
    assert "numpy" in table.provenance["versions"]
    assert table.source.endswith(table.provenance["date"])


def test_what_is_not_finite_is_written_too(tmp_path):
    path = tmp_path / "odd.csv"
    measurements.write(path, [{"a": float("nan"), "b": float("-inf")}], {})
    (row,) = measurements.read(str(path)).rows
    assert str(row) == "{'a': nan, 'b': -inf}"


def test_rows_are_found_by_their_columns(path):
    table = measurements.read(path)
    assert table.one(name="c")["size"] == 7
    assert table.where(count=3, size=None) == table.rows[:1]
    with pytest.raises(KeyError, match=r"0 rows have .*'d'"):
        table.one(name="d")
    with pytest.raises(KeyError, match=r"colour.*name, count"):
        table.where(colour="red")


def test_a_line_that_was_cut_is_left_out(path):
    with path.open("a") as file:
        file.write("d,5,0.")
    assert len(measurements.read(path).rows) == 2


def test_what_is_no_table_is_named(path):
    path.write_bytes(path.read_bytes() + "für,1,2,3\n".encode("latin-1"))
    with pytest.raises(ValueError, match=r"table\.csv is no text in UTF-8"):
        measurements.read(path)


def test_nothing_is_lost_when_rows_do_not_fit(path):
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"rows\[1\] has columns \['b'\]"):
        measurements.write(path, [{"a": 1}, {"b": 2}], {})
    with pytest.raises(ValueError, match="no rows"):
        measurements.write(path, [], {})
    assert path.read_bytes() == before


def test_instructions_are_read_from_the_system(monkeypatch):
    flags = {"flags": "fpu avx2 avx512_vnni"}
    monkeypatch.setattr(measurements, "_cpuinfo", lambda key: flags.get(key, ""))
    assert measurements.instructions() == "AVX2, AVX-512 VNNI"
    monkeypatch.setattr(measurements, "_cpuinfo", {"flags": "", "Features": "asimd asimddp"}.get)
    assert measurements.instructions() == "Neon, Neon dot product"
