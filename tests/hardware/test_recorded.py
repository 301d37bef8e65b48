"""The recorded measurements: they ship, say how they were made, and say what unit 06 says."""

import csv
import re
from functools import partial
from itertools import pairwise

import nbformat
import numpy as np
import pytest

from dwsep_helpers import checks, cost, hardware, kernels, measurements
from dwsep_helpers.hardware import eager, findings, layouts, limits, npu, record
from dwsep_helpers.mobilenet import MobileNetV1
from dwsep_helpers.papers import LATENCIES, MOBILENET_V1, TOP_1, TOP_1_INT8, Layers
from dwsep_helpers.predictions import QUESTIONS

FEW_LAYERS = Layers(
    "a few layers", [("standard", 3, 32, 2), ("separable", 32, 64), ("linear", 64, 1000)]
)
TWINS = {"separable": MOBILENET_V1, "dense": MOBILENET_V1.dense()}
ONE = {"separable": record.NETWORKS["separable"]}
NAMES = [name for name in record.TABLES if name != "gpu"]


@pytest.fixture(scope="module")
def tables():
    return {name: hardware.recorded(name) for name in NAMES}


@pytest.fixture(scope="module")
def unit(root):
    """Return the text of the cells of units 06 and 07, by their names."""
    return {
        cell.id: " ".join(cell.source.split())
        for name in ("07_eight_bits", "06_mobile_hardware")
        for cell in nbformat.read(root / f"solutions/{name}/{name}.ipynb", 4).cells
    }


def said(question):
    """Return why a prediction came out as it did, in one line."""
    return " ".join(QUESTIONS[question].why.split())


def summed(rows, column, kind=None):
    return sum(row[column] for row in rows if row["kind"] == kind)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_says_how_it_was_made(tables, name):
    made = tables[name].provenance
    assert {"made by", "date", "processor", "instructions", "versions", "protocol"} <= set(made)
    assert made["made by"] == f"python -m dwsep_helpers.hardware.record {name}"
    assert made["protocol"] == " ".join(record.TABLES[name][1].split())
    for library in record.LIBRARIES:
        assert library in made["versions"]


def test_every_file_has_a_command(tables):
    files = {path.stem for path in record.FOLDER.glob("*.csv")}
    assert files - {"gpu", "newer_processor"} == set(NAMES)  # the last was measured once


@pytest.mark.parametrize("table", ["npu_layers", "ceilings"])
def test_the_command_records_the_columns_that_ship(tmp_path, monkeypatch, table):
    if table == "ceilings":
        rows, protocol = record.TABLES[table]
        monkeypatch.setitem(record.TABLES, table, (lambda: rows(rounds=1), protocol))
    record.main([table, "--output", str(tmp_path)])
    new, shipped = (measurements.read(p / f"{table}.csv") for p in (tmp_path, record.FOLDER))
    assert [list(row) for row in new.rows] == [list(row) for row in shipped.rows]
    if table == "npu_layers":  # reckoned, not timed: the same numbers, with Vela's version
        assert new.rows == shipped.rows


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (lambda: record.layers(0.25, 32, rounds=1), "layers"),
        (lambda: record.runtimes([(0.25, 32)], rounds=1), "runtimes"),
        (lambda: record.designs([(0.25, 128)], rounds=1), "designs"),
        (lambda: layouts.depthwise_times([(16, 14, 1)], rounds=1), "layouts"),
    ],
)
def test_a_reduced_recording_has_the_columns_that_ship(rows, name, tables, monkeypatch):
    monkeypatch.setattr(record, "NETWORKS", ONE)
    if name != "designs":  # whose counts are those of the released networks
        monkeypatch.setattr(eager, "MobileNetV1", partial(MobileNetV1, layers=FEW_LAYERS))
    found = list(rows())
    assert {tuple(row) for row in found} == {tuple(tables[name].rows[0])}
    if name == "designs":
        shipped = tables["designs"].one(width=0.25, resolution=128)
        timed = {"cpu_ms"}
        same = {k: v for k, v in found[0].items() if k not in timed}
        assert same == pytest.approx({k: v for k, v in shipped.items() if k not in timed}, rel=1e-3)


def test_one_system_is_reckoned_as_it_was(tables, monkeypatch):
    monkeypatch.setattr(record, "NETWORKS", ONE)
    system = npu.SYSTEMS[-1]
    found = list(record.npu_networks([(0.25, 96)], [system]))
    assert [row["accelerator"] for row in found] == ["ethos-u65-256", "ethos-u65-512"]
    for row in found:
        about = {key: row[key] for key in ("network", "width", "resolution", "accelerator")}
        about |= {"weights_in": "flash", "mega_hertz": system.clock / 1e6}
        shipped = tables["npu"].one(**about)
        assert list(row) == list(shipped)
        numbers = [name for name in row if name not in about]
        assert [row[name] for name in numbers] == pytest.approx(
            [shipped[name] for name in numbers], rel=1e-3
        )


def test_one_reduced_training_has_the_columns_that_ship(tables, monkeypatch):
    monkeypatch.setattr(record, "NETWORKS", ONE)
    found = list(record.int8(seeds=[0], steps=5))
    assert [(r["network"], r["precision"]) for r in found] == [
        (r["network"], r["precision"]) for r in tables["int8"].where(seed=0, network="separable")
    ]


def test_an_unknown_table_is_named(capsys):
    with pytest.raises(SystemExit):
        record.main(["weather"])
    assert "no such table: weather; there are ceilings" in capsys.readouterr().err
    with pytest.raises(ValueError, match="weather"):
        record.record("weather")


def test_counts_in_the_tables_are_those_of_cost(tables):
    rows = tables["layers"].where(network="separable")
    exact = cost.layer_costs(MOBILENET_V1)
    for kind in ("depthwise", "pointwise"):
        macs = sum(parts[kind].macs for parts in exact.values() if kind in parts)
        assert summed(rows, "macs", kind) == macs
    for column, printed in (("top_1", TOP_1), ("int8_top_1", TOP_1_INT8)):
        designs = tables["designs"].rows
        assert {(d["width"], d["resolution"]): d[column] for d in designs} == printed


# What unit 06 says in words.


def test_eager_is_faster_by_less_than_the_macs(tables):
    eager = {
        row["network"]: row
        for row in tables["runtimes"].where(runtime="eager", width=1, resolution=224)
    }
    dense, separable = eager["dense"], eager["separable"]
    assert 3 < dense["best_ms"] / separable["best_ms"] < dense["macs"] / separable["macs"]
    assert round(findings.times_faster()["α = 1, 224×224, eager"], 1) == 7.1
    rates = [1e-6 * row["macs"] / row["best_ms"] for row in (dense, separable)]
    assert "Recorded: 7.1 times" in QUESTIONS["6.1"].why
    assert f"{rates[0]:.1f} billion MACs a second, MobileNet {rates[1]:.1f}" in said("6.1")
    newer = hardware.recorded("newer_processor")
    ratios = [
        newer.one(network="dense", runtime=runtime, dtype="float32")["ms"]
        / newer.one(network="separable", runtime=runtime, dtype="float32", layers="all")["ms"]
        for runtime in ("eager", "ExecuTorch")
    ]
    assert np.round(ratios, 1).tolist() == [4.7, 8.0]


def test_depthwise_layers_take_several_times_their_share(tables):
    rows = tables["layers"].where(network="separable")
    share = summed(rows, "eager_ms", "depthwise") / sum(row["eager_ms"] for row in rows)
    assert f"Recorded: {share:.0%}".replace("%", " %") in said("6.2")
    macs = summed(rows, "macs", "depthwise") / sum(row["macs"] for row in rows)
    assert f"for {macs:.0%} of the MACs".replace("%", " %") in said("6.2")


def test_neither_macs_nor_moved_numbers_are_time(tables):
    shares = {
        name: {kind: round(100 * part / sum(kinds.values())) for kind, part in kinds.items()}
        for name, kinds in findings.shares().items()
    }
    assert [shares[name]["other"] for name in ("numbers moved", "eager, recorded")] == [61, 15]
    assert [shares[name]["pointwise"] for name in ("numbers moved", "eager, recorded")] == [22, 65]
    exact = cost.layer_costs(MOBILENET_V1)  # as unit 04 counts: convolutions and the classifier
    parts = [(kind, part.elements) for layer in exact.values() for kind, part in layer.items()]
    assert round(100 * findings.by_kind(parts)["depthwise"] / sum(n for _, n in parts)) == 35
    rows = tables["layers"].where(network="separable")
    assert round(summed(rows, "eager_ms", "depthwise"), 2) == 3.87
    assert round(summed(rows, "xnnpack_float32_ms", "depthwise"), 2) == 1.17


def test_the_roof_is_no_layer_and_depthwise_layers_lie_below_it(tables, unit):
    machine, points = findings.roofline()
    kernels = {r["name"]: r["giga_per_second"] for r in tables["ceilings"].where(kind="peak")}
    unplotted = {name: rate for name, rate in kernels.items() if name not in findings.PLOTTED}
    best = max(unplotted, key=unplotted.get)
    assert best == "PyTorch, matrix product"
    assert machine.peak == 1e9 * unplotted[best]
    assert f"PyTorch's matrix product: {machine.peak / 1e9:.0f} GMAC/s" in unit["honest"]
    above = [rate / machine.peak for _, rate in points["pointwise"] if rate > machine.peak]
    assert len(above) == 10
    assert (
        f"Ten pointwise layers lie above it, by up to {max(above) - 1:.0%}".replace("%", " %")
        in (unit["honest"])
    )
    assert f"the cache's ridge, {machine.ridge('cache'):.2f}," in unit["honest"]
    assert len(points["depthwise"]) == 13
    unstrided = [rate / machine.peak for at, rate in points["depthwise"] if at > 0.6]
    assert all(at > machine.ridge("cache") for at, _ in points["depthwise"] if at > 0.6)
    low, high = (round(100 * share) for share in (min(unstrided), max(unstrided)))
    assert f"reach {low} to {high} % of the roof" in unit["honest"]
    assert (findings.CACHED, findings.UNCACHED) == (4 * 2**20, 64 * 2**20), "as honest says"
    copies = {r["bytes"]: r["giga_per_second"] for r in tables["ceilings"].where(kind="bandwidth")}
    slopes = f"{copies[2**28]:.1f} GB/s at 256, {copies[findings.UNCACHED]:.1f} at 64"
    assert slopes in unit["honest"]


def test_fewer_macs_are_worth_less_the_further_the_ridge(unit):
    found = {}
    (dense, separable) = findings.twins_work()["int8"]
    for ridge in (0, 100, 500):
        bandwidths = {"memory": 1 / ridge if ridge else np.inf}
        slow, fast = (limits.least_time(work, 1, bandwidths) for work in (dense, separable))
        found[ridge] = slow / fast
    assert ", ".join(f"{times:.1f} at {ridge}" for ridge, times in found.items()) in said("6.3")
    costs = {
        name: [part for parts in cost.layer_costs(layers).values() for part in parts.values()]
        for name, layers in TWINS.items()
    }
    shares = [
        sum(map(of, costs["separable"])) / sum(map(of, costs["dense"]))
        for of in (
            lambda part: part.macs,
            lambda part: part.elements,
            lambda part: part.weight_elements,
            lambda part: part.input_elements + part.output_elements,
        )
    ]
    macs, moved, weights, maps = shares
    assert f"{macs:.0%} of the MACs, but moves {moved:.0%} of the bytes".replace("%", " %") in said(
        "6.3"
    )
    assert round(1 / weights) == 7, "a seventh"
    assert f"{maps:.1f} times the maps" in said("6.3")
    assert f"MobileNet is {found[0]:.1f} times ahead" in unit["sweep"]


def test_what_a_stack_sees(unit):
    stack = [(3, 2)]
    for kind, _, _, stride in MOBILENET_V1:
        stack += [(3, stride), (1, 1)] if kind == "separable" else []
    sees = kernels.receptive_field(*zip(*stack, strict=True), [1] * len(stack))
    assert f"*can* see {sees} pixels of an image that has 224" in unit["field_said"]
    two, one = (
        n * cost.depthwise_cost(512, kernel, 14, padding=kernel // 2).elements
        for n, kernel in ((2, 3), (1, 5))
    )
    assert one / two == pytest.approx(0.5, abs=0.03), "half the least time, where memory limits"


def test_a_layout_makes_half_of_the_difference(tables, unit):
    ms = findings.layouts()
    nchw, nhwc, xnnpack = (
        ms[f"{name}"] for name in ("eager, NCHW", "eager, NHWC", "XNNPACK, NHWC")
    )
    assert f"{nchw:.2f} ms in NCHW, {nhwc:.2f} in NHWC, {xnnpack:.2f} in XNNPACK" in said("6.4")
    gone = (nchw - nhwc) / (nchw - xnnpack)
    assert f"{gone:.0%} is gone".replace("%", " %") in said("6.4")
    assert 3 < nchw / xnnpack < 3.4, "three times"
    assert f"the copies take {ms['NCHW: copies']:.2f} of {nchw:.2f} ms" in unit["layout_said"]
    assert ms["NHWC: copies"] == 0
    for name in ("NCHW: computing", "NHWC: computing"):
        assert f"{ms[name]:.2f}" in unit["layout_said"]
    assert ms["NCHW: computing"] < ms["NHWC: computing"], "a slower kernel"
    assert "AVX-512" not in tables["layouts"].provenance["instructions"], "blocks of 8, not of 16"


def test_one_layer_alone_gives_any_answer(tables):
    first, second = (
        tables["layers"].one(network="dense", layer=f"blocks.{n}.conv") for n in (10, 12)
    )
    assert first["macs"] == second["macs"] == 462_422_016
    assert [round(row["eager_ms"]) for row in (second, first)] == [39, 12]
    assert [round(row["xnnpack_float32_ms"]) for row in (second, first)] == [29, 27]


def test_a_small_network_is_five_times_faster_in_executorch(tables):
    small = tables["runtimes"].where(width=0.25, network="separable", dtype="float32")
    times = {row["runtime"]: row["best_ms"] for row in small}
    assert times["eager"] / times["ExecuTorch"] > 5
    larger = tables["runtimes"].one(
        network="separable", width=0.5, resolution=160, runtime="eager", dtype="float32"
    )
    assert round(larger["macs"] / small[0]["macs"]) == 10
    assert f"{times['ExecuTorch']:.2f} ms against {times['eager']:.2f} ms" in said("6.5")
    assert f"takes {larger['best_ms']:.2f} ms for ten times the MACs" in said("6.5")


def test_the_twin_makes_the_difference_between_processors(tables):
    dense = tables["layers"].where(network="dense", kind="standard")
    pointwise = tables["layers"].where(network="separable", kind="pointwise")
    rates = [
        sum(r["macs"] for r in rows) / sum(r["xnnpack_float32_ms"] for r in rows) / 1e6
        for rows in (dense, pointwise)
    ]
    assert np.round(rates).tolist() == [17, 44]
    newer = hardware.recorded("newer_processor")
    twin = newer.one(network="dense", runtime="ExecuTorch", dtype="float32", layers="all")
    macs = {network: cost.layer_costs(layers) for network, layers in TWINS.items()}
    dense = sum(part.macs for layer in macs["dense"].values() for part in layer.values())
    of_pointwise = sum(
        layer["pointwise"].macs for layer in macs["separable"].values() if "pointwise" in layer
    )
    assert round(1e-6 * dense / twin["ms"]) == 100
    assert round(1e-6 * of_pointwise / findings.newer_ms()["float32", "pointwise"]) == 113


def test_int8_gains_nothing_without_its_instruction(tables):
    assert "VNNI" not in tables["runtimes"].provenance["instructions"]
    times = {
        row["dtype"]: row["best_ms"]
        for row in tables["runtimes"].where(
            network="separable", width=1, resolution=224, runtime="ExecuTorch"
        )
    }
    assert 0.85 < times["float32"] / times["int8"] < 1.05
    faster = findings.int8_times_faster()
    assert round(faster["recorded machine, depthwise"], 2) == 0.71
    files = {
        row["dtype"]: row["file_bytes"]
        for row in tables["runtimes"].where(
            network="separable", width=1, resolution=224, runtime="ExecuTorch"
        )
    }
    assert [round(files[d] / 1e6, 1) for d in ("int8", "float32")] == [4.4, 16.9]


def test_int8_gained_where_there_is_one(unit):
    faster = findings.int8_times_faster()
    assert round(faster["newer processor, pointwise"], 1) == 3.4
    assert faster["newer processor, depthwise"] == pytest.approx(1, abs=0.05)
    shares, speedups, whole = findings.int8_parts()
    assert whole == pytest.approx(faster["newer processor, whole network"])
    assert sum(shares) == pytest.approx(1)
    assert limits.amdahl(shares, [*speedups[:2], 1]) < whole
    ms = findings.newer_ms()
    rest = [
        ms[dtype, "all"] - ms[dtype, "depthwise"] - ms[dtype, "pointwise"]
        for dtype in ("float32", "int8")
    ]
    assert np.round(rest, 2).tolist() == [0.75, 0.47]
    assert limits.amdahl(shares, speedups) == pytest.approx(whole)
    assert speedups[2] == pytest.approx(rest[0] / rest[1])
    says = "pointwise layers ran {1:.2f} times as fast, depthwise layers {0:.2f} times, the rest"
    assert says.format(*speedups) + f" {speedups[2]:.2f} times" in unit["predict_int8"]


def test_int8_costs_accuracy_on_imagenet():
    lost = [TOP_1[design] - TOP_1_INT8[design] for design in TOP_1]
    assert [round(x, 1) for x in (min(lost), max(lost))] == [0.5, 2.3]


def test_digits_lose_nothing_in_eight_bits(tables, unit):
    gained = []
    for network in ("separable", "dense"):
        means = {
            precision: np.mean(
                [
                    r["test_accuracy"]
                    for r in tables["int8"].where(network=network, precision=precision)
                ]
            )
            for precision in ("float32", "int8 per channel", "int8 per tensor")
        }
        gained += [100 * (means[how] - means["float32"]) for how in means if how != "float32"]
    answers = sorted(round(points * 5 * 397 / 100) for points in gained)
    assert (answers[0], answers[-1]) == (1, 3)
    assert "int8 gets one to three more of 1,985 right" in unit["photographs"]


def test_on_an_npu_the_ridge_of_the_weights_memory_decides(tables, unit):
    systems = sorted(findings.npu_systems(), key=lambda system: system["ridge"])
    assert len(systems) == 20
    faster = [(round(s["ridge"]), round(s["dense"] / s["separable"], 1)) for s in systems]
    for ridge, where in ((4, "SRAM"), (43, "DRAM"), (512, "flash")):
        here = [s for s in systems if round(s["ridge"]) == ridge]
        assert {s["weights_in"] for s in here} == {where}
        (times,) = {round(s["dense"] / s["separable"], 1) for s in here}
        assert re.search(rf"{times}( times)? at {ridge} \((weights )?in {where}\)", said("6.6"))
    fast = [times for ridge, times in faster if ridge <= 43]
    assert f"(a ridge up to 43): {min(fast)} to {max(fast)} times" in unit["published"]
    assert f"{faster[-1][1]} times at 512" in unit["published"]
    over = [max(s[name] / s[f"{name}_bound"] for s in systems) for name in ("dense", "separable")]
    assert f"at most {over[0]:.1f} times for the dense network" in unit["published"]
    assert f"{over[1]:.1f} for the separable one" in unit["published"]
    rows = tables["npu"].where(resolution=96, accelerator="ethos-u55-256", weights_in="SRAM")
    dense, separable = sorted(rows, key=lambda row: row["network"])
    for what in ("macs", "weight_bytes"):
        assert round(dense[what] / separable[what], 1) == 7.5


def test_systems_are_as_vela_and_the_text_have_them(tables, unit):
    for row in tables["npu"].rows:
        macs = npu.macs_per_cycle(row["accelerator"])
        bandwidth = row["giga_bytes_per_second"]
        assert row["ridge"] == pytest.approx(macs * row["mega_hertz"] / 1e3 / bandwidth, rel=1e-3)
        assert row["ms"] == pytest.approx(row["cycles"] / row["mega_hertz"] / 1e3, rel=1e-3)
    clocks, memories = {}, {}
    for system in npu.SYSTEMS:
        clocks.setdefault(system.family, set()).add(system.clock / 1e6)
        memories.setdefault(system.weights_in, set()).add(system.bandwidth / 1e9)
        assert system.sram == system.clock * {"u55": 8, "u65": 16}[system.family]
    assert clocks == {"u55": {200, 500}, "u65": {500, 1000}}
    assert (memories["DRAM"], memories["flash"]) == ({3.75, 12}, {0.1, 0.5})
    assert "the U55 (200 or 500 MHz) and the U65 (500 MHz or 1 GHz)" in unit["npu"]
    assert "DRAM (3.75 or 12 GB/s) or flash (0.1 or 0.5 GB/s)" in unit["npu"]


def test_a_phones_row_stands_beside_the_recorded_ones():
    found = findings.phones("", "my phone, 0.5, 160, float32, 21, 6", " ")
    *recorded, (name, times) = found.items()
    assert len(recorded) == 6
    assert all(name.startswith("a server's core") for name, _ in recorded)
    assert (name, times) == ("my phone, α = 0.5, 160×160, float32", 3.5)
    assert findings.times_faster()["α = 1, 224×224, ExecuTorch"] == pytest.approx(
        found["a server's core, α = 1, 224×224, float32"]
    )


def test_late_pointwise_layers_wait_for_flash_and_depthwise_layers_are_poor_anyway(tables):
    rows = {
        (row["weights_in"], row["layer"]): row
        for row in tables["npu_layers"].where(network="separable")
    }
    late = "blocks.12.pointwise"
    assert rows["flash", late]["cycles"] > 5 * rows["flash", late]["compute_cycles"]
    assert rows["SRAM", late]["cycles"] == rows["SRAM", late]["compute_cycles"]
    busy = {
        kind: max(r["utilization"] for key, r in rows.items() if r["kind"] == kind)
        for kind in ("depthwise", "pointwise")
    }
    assert {kind: round(100 * most) for kind, most in busy.items()} == {
        "depthwise": 9,
        "pointwise": 79,
    }
    assert {row["accelerator"] for row in rows.values()} == {"ethos-u55-128"}


def test_designs_by_hand_are_those_of_the_check(unit):
    case = checks.best_design.tries(strict=False)[0]
    designs, budget = case.arguments
    assert budget == {"macs": 200}
    for row in (designs[0], designs[3], designs[4]):
        assert f"{row['top_1']:.0f} % at {row['macs']}" in unit["exercise_7_10"]
    best = limits.best_design([designs[0], designs[3], designs[4]], budget)
    assert best == (designs[3]["width"], designs[3]["resolution"]), "the second"


def test_three_budgets_choose_three_designs(tables):
    float32 = tables["designs"].rows
    int8 = [{**row, "top_1": row["int8_top_1"]} for row in float32]
    chosen = [
        limits.best_design(int8, {"int8_file_bytes": 3e6, "npu_sram_bytes": 2**19}),
        limits.best_design(int8, {"npu_ms": 6}),
        limits.best_design(float32, {"cpu_ms": 10}),
    ]
    assert chosen == [(0.75, 160), (0.5, 224), (1, 160)]
    assert [TOP_1_INT8[chosen[0]], TOP_1_INT8[chosen[1]], TOP_1[chosen[2]]] == [63.9, 62.2, 68.0]


def test_a_watch_is_held_by_its_memory(tables, unit):
    int8 = [{**row, "top_1": row["int8_top_1"]} for row in tables["designs"].rows]
    by_file = limits.best_design(int8, {"int8_file_bytes": 3e6})
    assert by_file == (0.75, 224)
    assert f"α = 0.75 at 224×224, with {TOP_1_INT8[by_file]} %" in unit["designs_said"]
    lost = [TOP_1[design] - TOP_1_INT8[design] for design in TOP_1]
    assert f"{min(lost):.1f} to {max(lost):.1f} points below float32" in unit["designs_said"]


def test_each_generation_has_fewer_macs_and_a_lower_rate(unit):
    series = [row for row in LATENCIES if row.runs_on == "1 thread, XNNPACK"]
    assert [row.network for row in series] == ["V1", "V2", "V3 Large", "V3 Small"]
    for before, after in pairwise(series):
        assert after.million_macs < before.million_macs
        assert after.giga_macs_per_second < before.giga_macs_per_second
    v2 = [row for row in LATENCIES if row.network == "V2" and row.phone == "Pixel"]
    assert {row.milliseconds: row.precision for row in v2} == {49: "float32", 64: "float32", 75: ""}
    assert len({row.million_macs for row in v2}) == 1
    assert "V2's paper doesn't say the precision" in unit["published"]


def test_latencies_say_precision_and_statistic_as_their_sources_do():
    by_source = {}
    for row in LATENCIES:
        by_source.setdefault(row.source, set()).add((row.precision, row.statistic))
    assert by_source == {
        "github.com/google/XNNPACK, README.md, 27 March 2020": {("float32", "mean")},
        "arXiv:1801.04381, Table 4": {("", "")},
        "arXiv:1905.02244, Table 3": {("float32", "")},
        "arXiv:2404.10518, ImageNet results and Appendix B": {
            ("int8", "mean"),
            ("float16", "mean"),
        },
    }
    v4 = [row for row in LATENCIES if row.network == "V4 Conv-S"]
    assert {row.million_macs for row in v4} == {200}  # 0.2 G
    assert [row.runs_on for row in v4 if row.precision == "float16"] == ["GPU"]


def test_the_tables_are_small_and_plain(root):
    for path in record.FOLDER.glob("*.csv"):
        assert path.stat().st_size < 20_000
        lines = [line for line in path.read_text("utf-8").splitlines() if line[0] != "#"]
        assert len({len(row) for row in csv.reader(lines)}) == 1
