"""Answers to the exercises of unit 04."""

from answers.unit_04.right import RIGHT
from answers.unit_04.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
