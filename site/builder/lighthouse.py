"""What Lighthouse says of pages of the built site, on a slow phone.

``make site``, then ``PYTHONPATH=site python -m builder.lighthouse``. Lighthouse itself
comes with npm's development packages (``npm ci --prefix site``) and needs a Chromium.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from builder import ROOT, node
from builder.pdf import BROWSERS
from builder.serving import served
from dwsep_helpers import course

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def program() -> Path:
    """Return where Lighthouse is, or would be."""
    return node.MODULES / "lighthouse" / "cli" / "index.js"


def scores(address: str) -> dict[str, float]:
    """Return a page's scores of 100, and its first contentful paint in seconds.

    Raises
    ------
    subprocess.CalledProcessError
        If Lighthouse can't look at it.
    """
    browser = next(path for name in BROWSERS if (path := shutil.which(name)))
    command = [node.node(), str(program()), address, "--quiet", "--output=json"]
    command += [f"--only-categories={','.join(CATEGORIES)}", "--max-wait-for-load=30000"]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    environment = os.environ | {"CHROME_PATH": browser}
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    report = json.loads(made.stdout)
    found = {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}
    found["first paint"] = report["audits"]["first-contentful-paint"]["numericValue"] / 1000
    return found


def main() -> None:
    """Print a table, of the pages named or of all units'."""
    named = sys.argv[1:] or ["index.html", *(f"{unit.name}.html" for unit in course.UNITS)]
    with served(ROOT / "build" / "site") as address:
        for page in named:
            found = scores(address + page)
            print(
                f"{page:<28}", *(f"{name} {value:g}" for name, value in found.items()), flush=True
            )


if __name__ == "__main__":
    main()
