"""Bytes, intensities, rooflines, Amdahl and budgets."""

import math

import numpy as np
import pytest

from dwsep_helpers import cost, hardware
from dwsep_helpers.hardware import limits, roofline
from dwsep_helpers.papers import MOBILENET_V1

DESIGN = {"width": 1.0, "resolution": 224, "top_1": 1, "macs": 3}


def test_bytes_and_intensity_are_those_of_cost():
    for name, parts in cost.layer_costs(MOBILENET_V1).items():
        for kind, layer in parts.items():
            if kind == "linear":
                continue
            size_in = {"stem": 224}.get(name)
            if size_in is None:
                continue
            assert limits.bytes_moved(3, 32, 3, 224, 112) == layer.bytes("float32")
            assert limits.intensity(3, 32, 3, 224, 112) == layer.intensity("float32")
    depthwise = cost.depthwise_cost(64, 3, 112, stride=2, padding=1)
    assert limits.bytes_moved(64, 64, 3, 112, 56, groups=64) == depthwise.bytes("float32")
    assert limits.intensity(64, 64, 3, 112, 56, 64, 1) == depthwise.intensity("int8")


@pytest.mark.parametrize("kernel", [3, 5, 7])
def test_a_depthwise_layer_stays_below_its_bound(kernel):
    bound = kernel**2 / 8
    found = [limits.intensity(c, c, kernel, 512, 512, groups=c) for c in (1, 32, 4096)]
    assert max(found) < bound
    assert max(found) > 0.99 * bound
    assert np.ptp(found) < 1e-12, "channels make no difference"
    padded = limits.intensity(32, 32, kernel, 4, 3 + kernel, groups=32)  # all that touches
    assert padded > bound, "where the map grows, a value that is read serves more outputs"


def test_the_lower_roof_holds():
    machine = hardware.Machine("a box", 100.0, {"cache": 50.0, "DRAM": 10.0})
    assert [machine.attainable(i) for i in (1, 10, 50)] == [10, 100, 100]
    assert machine.attainable(1, "cache") == 50
    assert (machine.ridge(), machine.ridge("cache")) == (10, 2)


def test_a_roof_is_the_lower_of_two():
    assert [hardware.attainable(i, 4e9, 0.5e9) for i in (1.0, 8.0, 20.0)] == [0.5e9, 4e9, 4e9]


def test_with_one_memory_each_layer_runs_at_what_is_attainable():
    layers = [(903_168, 821_248), (51_380_224, 1_851_392), (1_024_000, 4_104_096)]
    peak, bandwidth = 24e9, 5.56e9
    expected = sum(macs / limits.attainable(macs / size, peak, bandwidth) for macs, size in layers)
    work = [(macs, {"DRAM": size}) for macs, size in layers]
    assert limits.least_time(work, peak, {"DRAM": bandwidth}) == pytest.approx(expected)
    computing = sum(macs for macs, _ in layers) / peak
    assert limits.least_time(work, peak, {"DRAM": math.inf}) == pytest.approx(computing)


def test_the_slowest_of_computing_and_memories_decides():
    rates = {"SRAM": 100, "flash": 10}
    assert limits.least_time([(7, {"SRAM": 200, "flash": 30})], 1, rates) == 7
    assert limits.least_time([(1, {"SRAM": 200, "flash": 30})], 1, rates) == 3
    assert limits.least_time([(1, {"SRAM": 400, "flash": 30})], 1, rates) == 4
    assert limits.least_time([], 1, rates) == 0


def test_numbers_of_few_bits_do_not_overflow():
    few, half = np.int8(100), np.float16(60000)
    assert hardware.attainable(few, 1e9, few) == 10_000
    assert hardware.attainable(few, 1e9, half) == 6_000_000
    assert limits.least_time([(few, {"DRAM": half})], few, {"DRAM": half}) == 1
    assert hardware.peak_memory({"x": np.uint8(200), "y": np.uint8(200)}, [("y", ["x"])]) == 400


def test_caches_are_those_that_linux_names(tmp_path):
    for number, (kind, level, size) in enumerate(
        [
            ("Data", 1, "32K"),
            ("Instruction", 1, "64K"),
            ("Unified", 2, "1024K"),
            ("Unified", 3, "?"),
        ]
    ):
        folder = tmp_path / f"index{number}"
        folder.mkdir()
        for name, text in (("type", kind), ("level", level), ("size", size)):
            (folder / name).write_text(f"{text}\n")
    caches = roofline.cache_sizes(tmp_path)
    assert caches == {"L1": 2**15, "L2": 2**20}
    assert [roofline.level(size, caches) for size in (2**15, 2**15 + 1, 2**21)] == [
        "L1",
        "L2",
        "DRAM",
    ]
    assert roofline.cache_sizes(tmp_path / "none") == {}


def test_what_is_not_published_is_no_limit():
    assert hardware.DEVICES["TI AM64x, LPDDR4"].attainable(1e9) == 1e9 * 2.2e9
    assert hardware.DEVICES["Arm Ethos-U65, 512 MACs"].attainable(1e-9) == 512e9
    assert all(machine.source for machine in hardware.DEVICES.values())
    assert math.isinf(hardware.Machine("nobody knows").attainable(1))


def test_bandwidth_counts_what_is_read_and_written():
    found = hardware.measure_bandwidth([2**16, 2**20], rounds=2)
    assert list(found) == [2**16, 2**20]
    assert all(1e8 < rate < 1e13 for rate in found.values())


def test_arrays_lie_half_a_page_apart():
    for size in (8, 4096, 10_000):
        source, target = roofline._apart(size)
        assert len(source) == len(target) == size
        assert (target.ctypes.data - source.ctypes.data) % 4096 == 2048
        assert not np.shares_memory(source, target)


def test_peak_shows_every_kernel():
    rates, timings = hardware.measure_peak(rounds=1)
    assert {"NumPy, matrix product", "PyTorch, 3×3 convolution", "XNNPACK, pointwise"} <= set(rates)
    assert set(rates) == set(timings.seconds)
    assert all(1e7 < rate < 1e14 for rate in rates.values())


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: hardware.Machine("a").attainable(0), "intensity is 0"),
        (
            lambda: hardware.DEVICES["Raspberry Pi 4"].ridge("L4"),
            "'L4', and Raspberry Pi 4 has DRAM",
        ),
        (lambda: hardware.measure_bandwidth([4]), "4 bytes"),
        (lambda: limits.attainable(-1, 2.0, 3.0), "intensity is -1"),
        (lambda: limits.attainable(1, 0.0, 3.0), "peak is 0.0, and a rate is positive"),
        (lambda: limits.attainable(1, 2.0, math.nan), "bandwidth is nan"),
        (lambda: limits.least_time([], 0, {}), "peak is 0"),
        (lambda: limits.least_time([], 1, {"DRAM": -1}), "DRAM is -1"),
        (
            lambda: limits.least_time([(1, {"flash": 1})], 1, {"DRAM": 1}),
            "'flash'}, and bandwidths has none",
        ),
        (lambda: limits.amdahl([1.0], [1, 2]), "1 parts, and speedups has 2"),
        (lambda: limits.amdahl([0.5, 0.4], [1, 2]), "add up to 0.9"),
        (lambda: limits.amdahl([0.5, 0.5], [1, 0]), "speedups has 0"),
        (lambda: limits.amdahl([-0.5, 1.5], [2, 3]), "shares has -0.5"),
        (lambda: limits.amdahl([0.5, 0.5], [math.nan, 1]), "speedups has nan"),
        (lambda: limits.least_time([(-1, {})], 1, {}), r"layers\[0\] has -1"),
        (lambda: limits.least_time([(1, {"a": math.nan})], 1, {"a": 1}), r"layers\[0\] has nan"),
        (lambda: limits.best_design([DESIGN], {"macs": 2}), "none of 1 designs"),
        (lambda: limits.best_design([DESIGN], {"params": 2}), r"designs\[0\] has no 'params'"),
        (lambda: hardware.recorded("weather"), "'weather'; there are ceilings"),
    ],
)
def test_bad_input_is_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
