"""The pages that go back to learners, as they read them."""

import html
import re
from pathlib import Path


def read_pages(course: Path, unit: str) -> dict[str, str]:
    """Return what each learner's page says, without its markup."""
    return {
        path.parent.parent.name: as_text(path.read_text(encoding="utf-8"))
        for path in course.glob(f"feedback/*/{unit}/{unit}.html")
    }


def as_text(page: str) -> str:
    """Return what is between the tags of a page's body."""
    return html.unescape(re.sub(r"<[^>]+>", "", page.partition("<body>")[2]))
