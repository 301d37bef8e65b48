"""The book as files: every page, what is in it and what isn't, and no address of another host."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from builder import book, landing, licences, node, reference
from builder.outputs import Files

from dwsep_helpers import course, stamping
from dwsep_helpers.predictions import QUESTIONS

LIMIT = 8_000_000  # bytes, without models
LOADING = {"src", "srcset", "poster", "data"}


def soup(path):
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


@pytest.fixture(scope="module")
def pages(site):
    return {path.relative_to(site).as_posix(): soup(path) for path in site.rglob("*.html")}


@pytest.fixture(params=[unit.name for unit in course.UNITS])
def unit_page(request, pages):
    return request.param, pages[f"{request.param}.html"]


def test_every_unit_has_its_page_and_notebook_at_the_top(site):
    for unit in course.UNITS:
        assert (site / f"{unit.name}.html").is_file()
        assert (site / "notebooks" / f"{unit.name}.ipynb").is_file()


def test_the_book_is_small(site):
    """Without networks, their engine, and the notebooks that run in the browser."""
    parts = [path for path in site.iterdir() if path.name not in ("lite", "litert", "models")]
    files = [file for part in parts for file in [part, *part.rglob("*")] if file.is_file()]
    assert sum(file.stat().st_size for file in files) < LIMIT


def test_nothing_loads_from_elsewhere(pages, site):
    for name, page in pages.items():
        found = [tag[one] for tag in page(True) for one in LOADING & set(tag.attrs)]
        found += [tag["href"] for tag in page("link") if tag.get("href")]
        assert [one for one in found if re.match(r"(https?:)?//", one)] == [], name
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)[\"' ]*(?:https?:)?//", style.read_text("utf-8")), (
            style
        )


def test_every_link_inside_leads_somewhere(pages, site):
    for name, page in pages.items():
        for link in page("a", href=True):
            address = urlsplit(link["href"])
            if address.scheme or address.netloc or name in ("genindex.html", "search.html"):
                continue
            path = (site / name).parent / unquote(address.path) if address.path else site / name
            assert path.exists(), (name, link["href"])
            if address.fragment and path.suffix == ".html":
                there = pages[path.resolve().relative_to(site.resolve()).as_posix()]
                assert there.find(id=unquote(address.fragment)), (name, link["href"])


def test_stub_then_folded_solution(unit_page):
    name, page = unit_page
    notebook = json.loads((book.ROOT / "notebooks" / name / f"{name}.ipynb").read_text("utf-8"))
    stubs = [c for c in notebook["cells"] if "raise NotImplementedError" in "".join(c["source"])]
    assert stubs
    folds = [one for one in page("details") if "Show a solution" in one.summary.get_text()]
    assert len(folds) == len([c for c in stubs if c["cell_type"] == "code"])
    for fold in folds:
        assert not fold.has_attr("open")
        before = fold.find_parent("div", class_="cell").find_previous_sibling("div", class_="cell")
        assert "raise NotImplementedError" in before.get_text()
        assert "raise NotImplementedError" not in fold.get_text()


def test_hidden_tests_and_marks_are_absent(unit_page):
    _, page = unit_page
    text = str(page)
    for mark in (
        "HIDDEN TESTS",
        "strict=True",
        "BEGIN SOLUTION",
        "END SOLUTION",
        'nbgrader"',
        "other shapes and numbers too",
        "none of yours",
        "attachment:",
        "localhost",
    ):
        assert mark not in text, mark


def test_hints_are_there_and_closed(unit_page):
    _, page = unit_page
    hints = [one for one in page("details") if re.match(r"Hint \d of", one.summary.get_text())]
    assert len(hints) >= 3
    assert not any(one.has_attr("open") for one in hints)


def test_each_prediction_can_be_answered_without_python(unit_page, site):
    name, page = unit_page
    asked = {one.id for one in QUESTIONS.values() if one.unit == name[:2]}
    script = re.search(r'import\("./(_static/units/\w+\.mjs)"\)', str(page))[1]
    lines = (site / script).read_text("utf-8").splitlines()
    figures = [re.fullmatch(r'  \["[\w-]+", \w+, (.*)\],', line) for line in lines]
    options = [json.loads(figure[1]) for figure in figures if figure]
    found = {one["id"]: one for one in options if "asks" in one}
    for question_id, question in found.items():
        assert QUESTIONS[question_id].why.split()[0] in question["outcome"]["why"]
        assert "value" in question["outcome"]
        assert question["shown"] is False
    assert set(found) == asked


def test_what_comes_out_is_folded_until_then(unit_page):
    name, page = unit_page
    asked = {one.id for one in QUESTIONS.values() if one.unit == name[:2]}
    waiting = set()
    for cell in page.select("[class*=tag_reveals-]"):
        waiting |= {one[12:].replace("-", ".") for one in cell["class"] if "tag_reveals-" in one}
        assert cell.find("details", class_="below-input")
    assert waiting <= asked
    # A reveal whose outputs are all asides has nothing to fold.
    assert len(asked - waiting) <= 1, asked - waiting


def test_pictures_are_files_with_size_and_alternative(unit_page):
    _, page = unit_page
    for image in page.select("article img"):
        assert not image["src"].startswith("data:")
        assert image.get("alt") is not None
        if "_static/units" in image["src"]:
            assert int(image["width"]) > 0
            assert int(image["height"]) > 0
            assert image["loading"] == "lazy"


def test_formulas_were_drawn_when_the_book_was_built(pages):
    page = pages["04_cost.html"]
    assert len(page.select(".katex math")) > 20
    assert not [s for s in page("script", src=True) if re.search("mathjax|katex", s["src"], re.I)]


def test_the_landing_page_says_what_for_whom_how_long(pages):
    text = " ".join(pages["index.html"].article.get_text().split())
    assert "{} to {} hours".format(*course.hours()) in text
    assert "students and engineers" in text
    doors = [link["href"] for link in pages["index.html"].select(".doors a")]
    assert doors == ["00_start_here.html", "teach.html", "contribute.html"]


def test_the_landing_pages_message_is_what_the_check_says(pages, tmp_path, monkeypatch):
    assert pages["index.html"].select_one("pre.message").get_text() == stamping.check_message()
    monkeypatch.setattr(landing.stamping, "check_message", lambda: "something <else>")
    assert "something &lt;else&gt;" in landing.page(Files(tmp_path, "_static/units"))


def test_phone_and_photo_are_linked_if_they_are_there(tmp_path, monkeypatch):
    monkeypatch.setattr(landing, "SITE", tmp_path)
    (tmp_path / "book").symlink_to(book.SITE / "book")
    files = Files(tmp_path / "files", "_static/units")
    assert "phone.html" not in landing.page(files)
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "phone.html").touch()
    assert 'href="phone.html"' in landing.page(files)
    assert "photo.html" not in landing.page(files)


def test_grading_and_guide_are_those_of_the_repository(pages):
    assert "What grading promises" in pages["grading.html"].h1.get_text()
    assert pages["teach.html"].find("a", href="grading.html")
    assert "make demo" in pages["teach.html"].get_text()


@pytest.mark.parametrize("name", reference.modules())
def test_every_public_name_is_in_the_reference(pages, name):
    found = {tag["id"] for page in pages.values() for tag in page(id=True)}
    names = [f"{name}.{one}" for one in reference.public(import_module(name))]
    assert names
    assert [one for one in names if one not in found] == []


def test_examples_and_shapes_are_in_the_reference(pages):
    entry = pages["reference/kernels.html"].find(id="dwsep_helpers.kernels.conv2d").parent
    assert entry.select_one(".doctest")
    assert "(N, C_in, H, W)" in entry.get_text()
    assert "Raises" in entry.get_text()


def test_licences_name_what_is_shipped(pages, site):
    page = pages["licences.html"]
    text = page.article.get_text()
    packages = json.loads((book.SITE / "package.json").read_text("utf-8"))["dependencies"]
    for name in (*packages, "furo", "sphinx", "danielbuechele", "vultilion"):
        assert name in text, name
    assert len(page.select("details pre")) >= len(packages) + len(licences._PYTHON) + 1


def test_without_node_one_sentence_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(node.Missing, match=r"needs Node 20 or later .* there is none on PATH\.$"):
        node.node()
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.20.1\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(node.Missing, match=r"and this one is v18\.20\.1\.$"):
        node.node()


def test_one_process_at_a_time_installs_npms_packages(monkeypatch, tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, lines in {
        "node": "echo v22.0.0",
        "npm": "mkdir node_modules || exit 1; sleep 1; echo >node_modules/.package-lock.json",
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{lines}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/bin:/usr/bin")
    (tmp_path / "package-lock.json").touch()
    for name, folder in (("ROOT", ""), ("SITE", ""), ("MODULES", "node_modules")):
        monkeypatch.setattr(node, name, tmp_path / folder)
    with ThreadPoolExecutor() as both:
        found = [both.submit(node.packages) for _ in range(2)]
    assert [one.result() for one in found] == [node.MODULES] * 2


def test_a_font_comes_in_one_format(site):
    (style,) = (site / "_static").glob("style-*.css")
    fonts = re.findall(r"url\(([^)]*\.(?:woff2?|ttf))\)", style.read_text("utf-8"))
    assert {one.rpartition(".")[2] for one in fonts} == {"woff2"}
    assert all((style.parent / one).is_file() for one in fonts)
