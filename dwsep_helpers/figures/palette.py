"""One palette for all figures: who plays which role, on fills that text can be read on.

Each role has a light shade to write on and a strong one for lines. Of the hues of M. Okabe and
K. Ito's palette, the strong shades are those whose nearest pair lies furthest apart (CIE 1976
difference 30 and more) under common vision and with either kind of cone missing. No figure means
anything by colour alone: roles are labelled, and padding and windows have lines of their own.
"""

from typing import NamedTuple


class Shade(NamedTuple):
    """A role's colours, as hex."""

    fill: str  # light, to write on
    line: str  # strong, for edges and large areas


INPUT = Shade("#cfe5f3", "#0045ad")
KERNEL = Shade("#fbe3b5", "#c28000")
OUTPUT = Shade("#c5ebdf", "#119c62")
NEUTRAL = Shade("#f2f2f2", "#333333")
CHANNELS = (Shade("#f7d6c4", "#992500"), Shade("#c5ebdf", "#119c62"), Shade("#cfe5f3", "#0045ad"))

INK = "#1a1a1a"
PAPER = "#ffffff"
EMPHASIS = "#8f2d6b"
