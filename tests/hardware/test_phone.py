"""A line about a phone: what is read, and what is refused by the name of its field."""

import json

import pytest

from dwsep_helpers.hardware import phone

PASTED = {
    "dwsep": 1,
    "network": "mnv1_0.5_160",
    "type": "f32",
    "dense": {"best": 41.25, "quartiles": [42, 43, 44.1], "calls": 60},
    "separable": {"best": 7.5, "quartiles": [7.6, 7.7, 8], "calls": 300},
    "ratio": 5.5,
    "right": True,
    "hidden": False,
    "clock_ms": 0.1,
    "engine": "LiteRT.js 2.5.3",
    "wasm": "SIMD",
    "threads": 1,
    "cores": 8,
    "device": "Pixel 8 Android 15",
    "browser": "Chrome 140",
    "date": "2026-11-26",
}


def pasted(**other):
    return json.dumps({**PASTED, **other})


def test_a_pasted_line_is_read():
    found = phone.row(f"  {pasted()}\n")
    assert found == phone.Phone("Pixel 8 Android 15", 0.5, 160, "float32", 41.25, 7.5)
    assert found.times_faster == 5.5
    assert phone.row(pasted(type="i8", network="mnv1_1.0_224")).dtype == "int8"


def test_the_ratio_is_reckoned_not_believed():
    assert phone.row(pasted(ratio=99)).times_faster == 5.5


def test_a_typed_line_is_read():
    found = phone.row("my phone, 1, 224, int8, 80, 16")
    assert found == phone.Phone("my phone", 1.0, 224, "int8", 80.0, 16.0)


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("", "line is empty"),
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
        phone.row(line)


def test_a_line_is_text():
    with pytest.raises(TypeError, match="type dict"):
        phone.row(PASTED)


@pytest.mark.parametrize("device", ["<b onclick=alert(1)>X", "X\x1b[31m\nY", "", 7, "z" * 400])
def test_a_name_is_plain_and_short(device):
    name = phone.row(pasted(device=device)).name
    assert name
    assert len(name) <= 40
    assert not set(name) & set("<>=\x1b\n")
