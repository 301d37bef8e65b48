"""Builds the course's site: one static folder, which any host serves and which asks no other host.

``python -m builder`` (by way of ``make site``) writes it; each part is one function of a target
folder: :func:`builder.book.build` and its neighbours.
"""

from pathlib import Path

SITE = Path(__file__).resolve().parent.parent
ROOT = SITE.parent
