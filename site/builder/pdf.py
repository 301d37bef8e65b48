"""The whole course on paper: its pages as one document, printed by Chromium, tagged."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from PIL import Image

from dwsep_helpers import course

NAME = "depthwise-separable-convolution.pdf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_WIDEST = 1400  # pixels of a picture, two for each point of a line of text


def browser() -> str | None:
    """Return the path of a Chromium, or say that without one there is no PDF."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        print("No PDF: the site has one where a Chromium is on PATH.", file=sys.stderr)
    return found


def write(target: Path, browser: str) -> None:
    """Print the units' pages that lie in a folder into :data:`NAME` in it."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        page = target / "print.html"  # beside the pages: style sheets are found, links stay inside
        page.write_text(whole(target, Path(folder)), encoding="utf-8")
        with sync_playwright() as driver:
            chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            tab = chromium.new_page(java_script_enabled=False)
            tab.emulate_media(media="print")  # all of it is laid out, not what a window shows
            tab.goto(page.as_uri())
            tab.pdf(path=target / NAME, tagged=True, outline=True, prefer_css_page_size=True)
            chromium.close()
        page.unlink()


def whole(target: Path, pictures: Path) -> str:
    """Return the units' pages as one, with folds open, no scripts, and links that stay inside.

    Parameters
    ----------
    target : Path
        Where the pages are.
    pictures : Path
        Takes the pictures as JPEGs, which a PDF holds as they are; others would grow in it.
    """
    book = _soup(target / f"{course.UNITS[0].name}.html")
    body = book.new_tag("body")
    numbers = {f"{unit.name}.html": unit.number for unit in course.UNITS}
    for address, number in numbers.items():
        article = _soup(target / address).find("article")
        for fold in article("details"):
            fold["open"] = ""
        for said in article.select("summary .collapsed"):
            said["class"] = "admonition-title"
            said.string = said.get_text(strip=True).removeprefix("Show ").capitalize()
        for image in article("img"):
            image["loading"] = "eager"
            image["src"] = _as_jpeg(target / image["src"], pictures).as_uri()
        for element in article(id=True):
            element["id"] = f"u{number}-{element['id']}"
        for link in article("a", href=True):
            link["href"] = _inside(link["href"], number, numbers)
        article["id"] = f"u{number}"
        body.append(article)
    book.body.replace_with(body)
    for gone in book.select("script, .buttons, .headerlink, summary .expanded, .tag_hide-cell"):
        gone.decompose()
    return str(book)


def _soup(path: Path) -> Any:
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def _as_jpeg(path: Path, folder: Path) -> Path:
    with Image.open(path) as image:
        shown = image.convert("RGBA")
    paper = Image.new("RGB", shown.size, "white")
    paper.paste(shown, mask=shown)
    paper.thumbnail((_WIDEST, 10 * _WIDEST))
    paper.save(made := folder / f"{path.stem}.jpg", quality=80)
    return made


def _inside(address: str, number: str, numbers: dict[str, str]) -> str:
    """Return a link's address for a document that has all units in it."""
    page, _, place = address.partition("#")
    if not page:
        return f"#u{number}-{place}"
    return f"#u{numbers[page]}" if page in numbers else address
