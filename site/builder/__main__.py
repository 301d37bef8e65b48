"""Builds the site: ``python -m builder``, with ``site`` among the folders that Python looks in."""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from importlib import import_module
from pathlib import Path

from builder import ROOT
from builder.node import Missing

# In this order: the pages read what is there of the models.
PARTS = ("book", "lite", "models", "pages")


def main() -> int:
    """Write the site's parts and say how large they are."""
    parser = argparse.ArgumentParser(prog="builder", description=__doc__)
    parser.add_argument("target", nargs="?", type=Path, default=ROOT / "build" / "site")
    target = parser.parse_args().target.resolve()
    began = time.monotonic()
    try:
        for part in PARTS:
            if importlib.util.find_spec(f"builder.{part}"):
                import_module(f"builder.{part}").build(target)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    sizes = [path.stat().st_size for path in target.rglob("*") if path.is_file()]
    took = time.monotonic() - began
    print(f"{target}: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB, in {took:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
