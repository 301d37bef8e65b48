"""The palette: text can be read on it, and no common colour vision confuses its roles."""

import itertools

import numpy as np
import pytest

from dwsep_helpers.figures import palette

ROLES = {name: getattr(palette, name) for name in ("INPUT", "KERNEL", "OUTPUT", "NEUTRAL")}
SHADES = {**ROLES, **{f"channel {i}": shade for i, shade in enumerate(palette.CHANNELS)}}

# What a person without L (protanopia), M (deuteranopia) or S (tritanopia) cones sees, on linear
# RGB: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for
# Simulation of Color Vision Deficiency", 2009, severity 1.
VISIONS = {
    "common": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# CIE 1976: about 2.3 can just be noticed. Ten times that is another colour at a glance.
TELLS_APART = 25


def linear(colour):
    """Return linear RGB of a hex colour."""
    srgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def luminance(colour):
    """Return relative luminance, as WCAG 2 defines it."""
    return linear(colour) @ [0.2126, 0.7152, 0.0722]


def contrast(a, b):
    """Return the contrast ratio of WCAG 2, 1 to 21."""
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb):
    """Return CIE L*a*b* under D65."""
    xyz = (
        np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
        @ np.clip(rgb, 0, 1)
        / [0.9505, 1.0, 1.089]
    )
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(a, b, vision):
    """Return how far apart two colours look, CIE 1976."""
    return np.linalg.norm(lab(vision @ linear(a)) - lab(vision @ linear(b)))


def test_contrast_is_wcags():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("shade", SHADES.values(), ids=list(SHADES))
def test_text_can_be_read_on_every_fill(shade):
    assert contrast(palette.INK, shade.fill) >= 7


@pytest.mark.parametrize("shade", SHADES.values(), ids=list(SHADES))
def test_lines_stand_out_from_paper_and_from_their_fill(shade):
    assert contrast(shade.line, palette.PAPER) >= 3
    assert contrast(shade.line, shade.fill) >= 2.4


@pytest.mark.parametrize("vision", VISIONS.values(), ids=list(VISIONS))
@pytest.mark.parametrize("group", [ROLES.values(), palette.CHANNELS], ids=["roles", "rgb"])
def test_lines_of_a_group_differ_for_every_vision(group, vision):
    for a, b in itertools.combinations(group, 2):
        assert difference(a.line, b.line, vision) >= TELLS_APART, (a, b)


def test_a_pair_that_is_confused_would_be_found():
    assert difference("#c05000", "#7a7a00", VISIONS["deuteranopia"]) < TELLS_APART
