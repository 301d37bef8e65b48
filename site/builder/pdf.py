"""The whole course on paper: its pages as one document, printed by Chromium, tagged."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from bs4 import BeautifulSoup

from dwsep_helpers import course

NAME = "depthwise-separable-convolution.pdf"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def write(target: Path) -> None:
    """Print the book that lies in a folder into :data:`NAME` in it.

    Where there is no Chromium, that is said and left out.
    """
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if browser is None:
        print("No PDF: the site has one where a Chromium is on PATH.", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    page = target / "print.html"
    page.write_text(whole(target), encoding="utf-8")
    try:
        with sync_playwright() as driver:
            chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
            tab = chromium.new_page(java_script_enabled=False)
            tab.goto(page.as_uri())
            margins = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
            tab.pdf(path=target / NAME, format="A4", tagged=True, outline=True, margin=margins)
            chromium.close()
    finally:
        page.unlink()


def whole(target: Path) -> str:
    """Return the units' pages as one, their folds open and their links inside of it."""
    first = BeautifulSoup((target / f"{course.UNITS[0].name}.html").read_text("utf-8"), "html.parser")
    units = {f"{unit.name}.html": unit.number for unit in course.UNITS}
    body = first.new_tag("body")
    for address, number in units.items():
        article = BeautifulSoup((target / address).read_text("utf-8"), "html.parser").find("article")
        for script in article(["script"]) + article.select(".buttons, .headerlink"):
            script.decompose()
        for fold in article("details"):
            fold["open"] = ""
        for image in article("img"):
            image["loading"] = "eager"
        for element in article(id=True):
            element["id"] = f"u{number}-{element['id']}"
        for link in article("a", href=True):
            link["href"] = _inside(link["href"], number, units)
        article["id"] = f"u{number}"
        body.append(article)
    first.body.replace_with(body)
    for script in first("script"):
        script.decompose()
    return str(first)


def _inside(address: str, number: str, units: dict[str, str]) -> str:
    page, mark, place = address.partition("#")
    if not page:
        return f"#u{number}-{place}"
    return f"#u{units[page]}" if page in units else address
