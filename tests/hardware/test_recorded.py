"""The recorded measurements: they ship, say how they were made, and say what unit 06 says."""

import csv
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

from dwsep_helpers import cost, hardware, measurements
from dwsep_helpers.hardware import limits, record
from dwsep_helpers.mobilenet import MobileNetV1
from dwsep_helpers.papers import LATENCIES, MOBILENET_V1, TOP_1, Layers
from dwsep_helpers.predictions import QUESTIONS

FEW_LAYERS = Layers(
    "a few layers", [("standard", 3, 32, 2), ("separable", 32, 64), ("linear", 64, 1000)]
)
ONE = {"separable": record.NETWORKS["separable"]}
NAMES = [name for name in record.TABLES if name != "gpu"]
COUNTED = ("macs", "elements")


@pytest.fixture(scope="module")
def tables():
    return {name: hardware.recorded(name) for name in NAMES}


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
    ],
)
def test_a_reduced_recording_has_the_columns_that_ship(rows, name, tables, monkeypatch):
    monkeypatch.setattr(record, "NETWORKS", ONE)
    if name != "designs":  # whose counts are those of the released networks
        monkeypatch.setattr(record, "MobileNetV1", partial(MobileNetV1, layers=FEW_LAYERS))
    found = list(rows())
    assert {tuple(row) for row in found} == {tuple(tables[name].rows[0])}
    if name == "designs":
        shipped = tables["designs"].one(width=0.25, resolution=128)
        timed = {"cpu_ms"}
        same = {k: v for k, v in found[0].items() if k not in timed}
        assert same == pytest.approx({k: v for k, v in shipped.items() if k not in timed}, rel=1e-3)


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
    assert {(d["width"], d["resolution"]): d["top_1"] for d in tables["designs"].rows} == TOP_1


# What unit 06 says in words.


def test_eager_is_faster_by_less_than_the_macs(tables):
    eager = {
        row["network"]: row
        for row in tables["runtimes"].where(runtime="eager", width=1, resolution=224)
    }
    dense, separable = eager["dense"], eager["separable"]
    assert 3 < dense["best_ms"] / separable["best_ms"] < dense["macs"] / separable["macs"]
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
    assert 0.09 < share < 0.5
    part = {q: summed(rows, q, "depthwise") / summed(rows, q, "pointwise") for q in COUNTED}
    why = QUESTIONS["6.2"].why
    assert f"move {part['elements']:.0%} as many".replace("%", " %") in why
    assert f"{part['macs']:.0%} as many MACs".replace("%", " %") in why


def test_depthwise_layers_lie_below_the_caches_slope_and_some_above_drams(tables):
    copies = tables["ceilings"].where(kind="bandwidth")
    curve = {row["bytes"]: row["giga_per_second"] for row in copies}
    rows = tables["layers"].where(network="separable", kind="depthwise")
    assert len(rows) == 13
    strided = 0
    for row in rows:
        intensity = row["macs"] / (4 * row["elements"])
        rate = row["macs"] / row["xnnpack_float32_ms"] / 1e6
        assert rate < 0.7 * intensity * curve[2**20]
        if intensity < 0.6:
            strided += 1
            assert rate > intensity * min(curve.values())
    assert strided == 4


def test_a_small_network_is_five_times_faster_in_executorch(tables):
    small = tables["runtimes"].where(width=0.25, network="separable", dtype="float32")
    times = {row["runtime"]: row["best_ms"] for row in small}
    assert times["eager"] / times["ExecuTorch"] > 5


def test_the_dense_kernel_is_the_slow_one(tables):
    dense = tables["layers"].where(network="dense", kind="standard")
    pointwise = tables["layers"].where(network="separable", kind="pointwise")
    rates = [
        sum(r["macs"] for r in rows) / sum(r["xnnpack_float32_ms"] for r in rows) / 1e6
        for rows in (dense, pointwise)
    ]
    assert rates[1] > 2 * rates[0]


def test_int8_gains_nothing_without_its_instruction(tables):
    assert "VNNI" not in tables["runtimes"].provenance["instructions"]
    times = {
        row["dtype"]: row["best_ms"]
        for row in tables["runtimes"].where(
            network="separable", width=1, resolution=224, runtime="ExecuTorch"
        )
    }
    assert 0.85 < times["float32"] / times["int8"] < 1.15


def test_int8_gained_where_there_is_one():
    rows = hardware.recorded("newer_processor").where(network="separable", runtime="ExecuTorch")
    ms = {(row["layers"], row["dtype"]): row["ms"] for row in rows}
    whole, depthwise, pointwise = (
        ms[kind, "float32"] / ms[kind, "int8"] for kind in ("all", "depthwise", "pointwise")
    )
    assert round(pointwise, 1) == 3.4
    assert depthwise == pytest.approx(1, abs=0.05)
    shares = [ms[kind, "float32"] / ms["all", "float32"] for kind in ("depthwise", "pointwise")]
    from_parts = limits.amdahl([*shares, 1 - sum(shares)], [depthwise, pointwise, 1])
    assert from_parts == pytest.approx(whole, rel=0.15)


def test_digits_lose_nothing_in_eight_bits(tables):
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
        assert max(means.values()) - min(means.values()) < 0.005


def test_the_larger_npu_shrinks_the_advantage(tables):
    def advantage(accelerator):
        rows = {
            row["network"]: row
            for row in tables["npu"].where(accelerator=accelerator, resolution=96)
        }
        macs = rows["dense"]["macs"] / rows["separable"]["macs"]
        return rows["dense"]["ms"] / rows["separable"]["ms"], macs

    small, fewer = advantage("ethos-u55-128")
    large, _ = advantage("ethos-u65-512")
    assert round(fewer, 1) == 7.5
    assert large < 0.6 * small < small < fewer
    layers = tables["npu_layers"].where(network="separable", accelerator="ethos-u55-128")
    used = {
        kind: max(row["utilization"] for row in layers if row["kind"] == kind)
        for kind in ("depthwise", "pointwise")
    }
    assert used["depthwise"] < 0.1 < used["pointwise"]


def test_each_generation_has_fewer_macs_and_a_lower_rate():
    series = [row for row in LATENCIES if row.runs_on == "1 thread, XNNPACK"]
    assert [row.network for row in series] == ["V1", "V2", "V3 Large", "V3 Small"]
    for before, after in pairwise(series):
        assert after.million_macs < before.million_macs
        assert after.giga_macs_per_second < before.giga_macs_per_second
    v2 = [row.milliseconds for row in LATENCIES if row.network == "V2" and row.phone == "Pixel"]
    assert sorted(v2) == [49, 64, 75]


def test_the_tables_are_small_and_plain(root):
    for path in record.FOLDER.glob("*.csv"):
        assert path.stat().st_size < 20_000
        lines = [line for line in path.read_text("utf-8").splitlines() if line[0] != "#"]
        assert len({len(row) for row in csv.reader(lines)}) == 1
