"""One palette for all figures: who plays which role, on fills that text can be read on.

The hues are M. Okabe and K. Ito's, which people with any common colour vision can tell apart,
in a light and a strong shade each. No figure means anything by colour alone: roles are
labelled, and padding and windows have line styles of their own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shade:
    """A role's colours, as hex.

    Attributes
    ----------
    fill : str
        Light, to write on.
    line : str
        Strong, for edges and large areas.
    """

    fill: str
    line: str


INPUT = Shade("#cfe5f3", "#0072b2")
KERNEL = Shade("#fbe3b5", "#b87700")
OUTPUT = Shade("#c5ebdf", "#00795a")
NEUTRAL = Shade("#f2f2f2", "#6b6b6b")
CHANNELS = (Shade("#f7d6c4", "#b84a00"), Shade("#c5ebdf", "#00795a"), Shade("#cfe5f3", "#0072b2"))

INK = "#1a1a1a"
PAPER = "#ffffff"
EMPHASIS = "#8f2d6b"

ROLES = {"input": INPUT, "kernel": KERNEL, "output": OUTPUT, "neutral": NEUTRAL}
