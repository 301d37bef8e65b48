"""A line about a phone: what is read, and what is refused by the name of its field."""

import json

import pytest

from dwsep_helpers import figures, hardware
from dwsep_helpers.hardware import findings, phone_lines, phones

PASTED = {
    "dwsep": 1,
    "network": "mnv1_0.5_160",
    "type": "f32",
    "dense": {"best": 41.25, "median": 43, "p90": 44.1, "calls": 60},
    "separable": {"best": 7.5, "median": 7.7, "p90": 8, "calls": 300},
    "right": True,
    "hidden": False,
    "clock_ms": 0.1,
    "engine": "LiteRT.js 2.5.3",
    "build": "relaxed SIMD",
    "threads": 1,
    "cores": 8,
    "device": "Pixel 8 Android 15",
    "browser": "Chrome 140",
    "date": "2026-11-26",
}


def pasted(**other):
    return json.dumps({**PASTED, **other})


def test_a_pasted_line_is_read():
    found = phone_lines.row(f"  {pasted()}\n")
    how = "LiteRT.js 2.5.3, relaxed SIMD, Chrome 140"
    assert found == phone_lines.Phone(
        "Pixel 8 Android 15", 0.5, 160, "float32", 41.25, 7.5, how=how
    )
    assert found.times_faster == 5.5
    assert phone_lines.row(pasted(type="i8", network="mnv1_1.0_224")).dtype == "int8"


def test_the_ratio_is_reckoned_not_believed():
    assert phone_lines.row(pasted(ratio=99)).times_faster == 5.5


def test_a_typed_line_is_read():
    found = phone_lines.row("my phone, 1, 224, int8, 80, 16")
    assert found == phone_lines.Phone("my phone", 1.0, 224, "int8", 80.0, 16.0)


@pytest.mark.parametrize(
    "line",
    [
        "mein Handy; 0,5; 160; float32; 21,3; 6,2",
        "mein Handy; 0.5; 160; float32; 21.3; 6.2",
        "mein Handy\t0,5\t160\tfloat32\t21,3\t6,2",
        "mein Handy，0.5，160，float32，21.3，6.2",
        "mein Handy، ٠٫٥، ١٦٠، float32، ٢١٫٣، ٦٫٢",
        "\ufeffmein Handy, 0.5, 160, float32, 21.3, 6.2",
    ],
)
def test_a_line_is_typed_as_numbers_are_written_elsewhere(line):
    assert phone_lines.row(line) == phone_lines.Phone("mein Handy", 0.5, 160, "float32", 21.3, 6.2)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("", "line is empty"),
        ("mein Handy, 0,5, 160, float32, 21,3, 6,2", "decimal commas, semicolons go between"),
        ("my phone; 0.5; 160; float32; 1,234; 60", "dense is '1,234'"),
        ("my phone, 0.5, 160, float32, 2_1, 6", "dense is '2_1'"),
        (pasted()[:-30], "cut or changed"),
        ("{" * 3000, "cut or changed"),
        ("x" * 5000, "5,000 characters"),
        (pasted(network="../../etc"), "network is '../../etc'"),
        (pasted(network="mnv1_9_224"), "width multiplier is 9"),
        (pasted(network="mnv1_0.5_999"), "resolution is 999"),
        (pasted(type="f16"), "type is 'f16'"),
        (pasted(type=["f32"]), "type is .'f32'"),
        (pasted(dense=41), "dense is 41"),
        (pasted(dense={}), "best of dense is None"),
        (pasted(separable={"best": -3}), "best of separable is -3 ms"),
        (pasted(separable={"best": True}), "best of separable is True"),
        (pasted(separable={"best": 10**400}), "best of separable is 1000"),
        (pasted().replace("7.5,", "NaN,"), "best of separable is nan"),
        (pasted(right=False), "right is not true"),
        (pasted(hidden=True), "hidden is not false"),
        (json.dumps({k: v for k, v in PASTED.items() if k != "device"}), "device is missing"),
        ("my phone, 0.5, 160, float32, 21", "line has 5 fields"),
        ("my phone, half, 160, float32, 21, 6", "width multiplier is 'half'"),
        ("my phone, 0.5, 160.5, float32, 21, 6", "resolution is 160.5"),
        ("my phone, 0.5, 160, float32, 21, inf", "separable is inf"),
        ("my phone, 0.5, 160, float32, 0, 6", "dense is 0 ms"),
    ],
)
def test_what_cant_be_right_is_refused_by_name(line, named):
    with pytest.raises(ValueError, match=named):
        phone_lines.row(line)


MORE = {
    "year": 2023,
    "layers": {kind: {"best": ms} for kind, ms in (("standard", 28), ("depthwise", 0.5))},
    "minute": {"seconds": 60, "dense": {"first": 42, "last": 60.5}},
    "native": {"tool": "benchmark_model", "dense": 11, "separable": 2, "threads": 4},
}


def test_what_the_page_adds_is_read():
    found = phone_lines.row(pasted(**MORE))
    assert found.year == 2023
    assert found.layers == {"standard": 28, "depthwise": 0.5}
    assert found.heat == {"dense": phone_lines.Heat(42, 60.5)}
    assert found.native == phone_lines.Native("benchmark_model", 11, 2, threads=4)
    assert found.native.times_faster == 5.5
    assert (found.macs, round(found.times_fewer_macs, 3)) == (76_524_800, 8.136)


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ({"year": 23}, "year is 23"),
        ({"year": "soon"}, "year is 'soon'"),
        ({"layers": [1]}, "layers is .1.; it should hold fields"),
        ({"layers": {"standard": 28}}, "standard is 28; it should hold the field best"),
        ({"layers": {"depthwise": {"best": -1}}}, "best of depthwise is -1 ms"),
        ({"minute": 60}, "minute is 60"),
        ({"minute": {"dense": {"first": 42}}}, "last of dense is None"),
        ({"minute": {"dense": [1, 2]}}, "dense of minute is .1, 2."),
        ({"native": "fast"}, "native is 'fast'"),
        ({"native": {"dense": 11}}, "separable of native is None"),
        ({"native": {**MORE["native"], "threads": 0.5}}, "threads of native is 0.5"),
    ],
)
def test_what_cant_be_right_among_what_is_added_is_refused(part, named):
    with pytest.raises(ValueError, match=named):
        phone_lines.row(pasted(**{**MORE, **part}))


@pytest.fixture
def forgotten():
    yield
    phones._own.clear()


def test_a_phone_that_is_taken_is_in_the_units_figures(forgotten, capsys):
    before = [findings.times_faster(), findings.phones(), findings.published()]
    assert "no phone" in findings.where("runtimes")
    hardware.phone(pasted(**MORE))
    said = capsys.readouterr().out
    assert "5.5 times as fast, with 8.14 times fewer MACs" in said
    assert (
        "without a browser, 4 threads (benchmark_model): dense 11 ms, separable 2 ms, 5.5 times"
        in said
    )
    assert "dense, over a minute: 42 ms at first, 60.5 at the end" in said
    assert "standard 28 ms, depthwise 0.5 ms" in said
    assert "and your phone" in findings.where("runtimes")
    after = [findings.times_faster(), findings.phones(), findings.published()]
    for was, now in zip(before, after, strict=True):
        added = {name: now[name] for name in now if name not in was}
        assert {name: now[name] for name in was} == was
        assert any("Pixel 8 Android 15" in name for name in added)
    native = "Pixel 8 Android 15, α = 0.5, 160×160, float32, without a browser, 4 threads"
    assert after[1][native] == 5.5
    of = "V1, α = 0.5, 160×160, float32, Pixel 8 Android 15"
    assert after[2][f"{of}, in a browser"] == pytest.approx(76_524_800 / 7.5e6)
    assert after[2][f"{of}, without a browser, 4 threads"] == pytest.approx(76_524_800 / 2e6)
    hardware.phone("")
    assert [findings.times_faster(), findings.phones(), findings.published()] == before


def test_a_graphics_processor_s_times_are_called_so_wherever_they_show(forgotten, tmp_path):
    line = pasted(build="WebGPU", **MORE)
    hardware.phone(line)
    for found in (findings.times_faster(), findings.phones(), findings.published()):
        names = [name for name in found if "Pixel 8 Android" in name and "without" not in name]
        assert names
        assert all("Pixel 8 Android 15, by WebGPU" in name for name in names)
    phones.collect([line], tmp_path / "class.csv")
    assert "by WebGPU (2023)" in figures.devices(phones.read(tmp_path / "class.csv")).alt


@pytest.mark.parametrize("line", [pasted(hidden=True), pasted(right=False), "my phone, 0.5", 7])
def test_a_line_that_is_refused_gets_a_sentence_and_no_traceback(forgotten, capsys, line):
    hardware.phone("my phone, 0.5, 160, float32, 21, 6")
    capsys.readouterr()
    assert hardware.phone(line) is None
    said = capsys.readouterr().out
    assert said.startswith("Not taken: ")
    assert "Traceback" not in said
    assert phones.own() is None


def test_a_class_is_one_table_and_one_picture(tmp_path):
    lines = [pasted(**MORE), "", "old one, 0.5, 160, int8, 90, 30", pasted(hidden=True)]
    refused = phones.collect(lines, tmp_path / "class.csv")
    assert refused == ["line 4: hidden is not false: the page was in the background; measure again"]
    found = phones.read(tmp_path / "class.csv")
    assert [(one.name, one.year, one.times_faster) for one in found] == [
        ("Pixel 8 Android 15", 2023, 5.5),
        ("old one", None, 3),
    ]
    drawn = figures.devices(found)
    assert "Pixel 8 Android 15 (2023), α = 0.5, 160×160, float32: 5.5" in drawn.alt
    assert "old one (year not said)" in drawn.alt


def test_a_class_without_a_line_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no line can be taken\. line 1: line has 1 fields"):
        phones.collect(["hello"], tmp_path / "class.csv")
    with pytest.raises(ValueError, match="phones is empty"):
        figures.devices([])
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="other columns"):
        phones.read(tmp_path / "other.csv")


GOOD = "x,,0.5,160,int8,9,3,"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x,,0.5,160", "row 2 has 4 cells, and there are 8 columns"),
        (GOOD + ",7", "row 2 has 9 cells, and there are 8 columns"),
        ("x,,0.5,160,int8,nine,3,", "row 2: dense is 'nine'; it should be a number"),
        ("x,,0.5,160,int8,,3,", "row 2: dense is None; it should be a number"),
        ("x,,0.5,160,int8,9,0,", "row 2: separable is 0 ms"),
        ("x,,0.5,160,int9,9,3,", "row 2: type is 'int9'"),
        ("x,23,0.5,160,int8,9,3,", "row 2: year is 23"),
    ],
)
def test_a_class_that_was_damaged_is_refused_by_its_row(tmp_path, line, said):
    path = tmp_path / "class.csv"
    phones.collect(["mine, 0.5, 160, int8, 9, 3"], path)
    text = path.read_text("utf-8")
    path.write_text(f"{text}{line}\n", "utf-8")
    with pytest.raises(ValueError, match=rf"class\.csv: {said}"):
        phones.read(path)
    path.write_text(f"# edited\n{text}{GOOD}", "utf-8-sig")  # as editors save it
    assert [one.name for one in phones.read(path)] == ["mine", "x"]


@pytest.mark.parametrize("name", ["007", "1e3", "1_000", "nan"])
def test_a_name_that_looks_like_a_number_stays_as_it_is(tmp_path, name):
    phones.collect([f"{name}, 0.5, 160, int8, 9, 3"], tmp_path / "class.csv")
    assert [one.name for one in phones.read(tmp_path / "class.csv")] == [name]


def test_a_table_goes_where_there_is_a_folder_and_over_no_other_file(tmp_path):
    (tmp_path / "class.part").write_text("mine")
    phones.collect(["x, 0.5, 160, int8, 9, 3"], tmp_path / "class.csv")
    assert (tmp_path / "class.part").read_text() == "mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["class.csv", "class.part"]
    with pytest.raises(FileNotFoundError, match=r"nowhere is no folder to write class\.csv to"):
        phones.collect(["x, 0.5, 160, int8, 9, 3"], tmp_path / "nowhere" / "class.csv")


def test_lines_are_lines(tmp_path):
    with pytest.raises(TypeError, match="lines must be a sequence"):
        phones.collect("mine, 0.5, 160, int8, 9, 3", tmp_path / "class.csv")
    with pytest.raises(TypeError, match="line is of type NoneType"):
        phones.collect([None], tmp_path / "class.csv")
    assert not [*tmp_path.iterdir()]


def test_a_line_is_text():
    with pytest.raises(TypeError, match="type dict"):
        phone_lines.row(PASTED)


@pytest.mark.parametrize("device", ["<b onclick=alert(1)>X", "X\x1b[31m\nY", "", 7, "z" * 400])
def test_a_name_is_plain_and_short(device):
    name = phone_lines.row(pasted(device=device)).name
    assert name
    assert len(name) <= 40
    assert not set(name) & set("<>=\x1b\n")
