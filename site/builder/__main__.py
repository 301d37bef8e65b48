"""Builds the site: ``python -m builder``, with ``site`` among the folders that Python looks in."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from builder import ROOT, book, lite, models, pages
from builder.node import Missing


def main() -> int:
    """Write the site's parts and say how large they are."""
    parser = argparse.ArgumentParser(prog="builder", description=__doc__)
    parser.add_argument("target", nargs="?", type=Path, default=ROOT / "build" / "site")
    target = parser.parse_args().target.resolve()
    began = time.monotonic()
    try:
        for part in (book, lite, models, pages):  # the pages read what there is of the models
            part.build(target)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    sizes = [path.stat().st_size for path in target.rglob("*") if path.is_file()]
    took = time.monotonic() - began
    print(f"{target}: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB, in {took:.0f} s")
    print(pages.invitation(target))
    return 0


if __name__ == "__main__":
    sys.exit(main())
