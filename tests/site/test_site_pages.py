"""The book in a real browser, on a laptop and on a phone: read, play, predict, search, go on."""

import re

import pytest

from dwsep_helpers import course
from tests.explorables import pages

SIZES = {"laptop": pages.LAPTOP, "phone": pages.PHONE}
READ = ("index", "04_cost", "grading", "reference/cost", "search")
# What is skipped while it is far away has no colours to look at.
LAID_OUT = "article section { content-visibility: visible !important; }"
OPEN = "document.querySelectorAll('details').forEach(fold => fold.open = true)"
FADED_IN = 400  # ms: what opens fades in
FIRST = "document.querySelector('.dwsep-explorable')?.shadowRoot"


@pytest.fixture
def visit(chromium, address):
    """A function that opens a page of the site, and after the test asserts that all was quiet."""
    contexts, errors, elsewhere = [], [], []

    def visit(name, size=pages.LAPTOP, **context):
        contexts.append(
            chromium.new_context(viewport={"width": size[0], "height": size[1]}, **context)
        )
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and errors.append(said.text))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((address, "data:", "blob:")) or elsewhere.append(request.url)
            ),
        )
        page.goto(f"{address}{name}")
        return page

    yield visit
    for context in contexts:
        context.close()
    assert errors == []
    assert elsewhere == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", READ)
def test_a_page_is_accessible_and_fits(visit, name, size, scheme):
    page = visit(f"{name}.html", SIZES[size], color_scheme=scheme, reduced_motion="reduce")
    page.add_style_tag(content=LAID_OUT)
    page.evaluate(OPEN)
    page.wait_for_timeout(FADED_IN)
    assert pages.violations(page) == []
    assert not pages.overflows(page)


@pytest.mark.parametrize("size", SIZES)
def test_the_layer_machine_answers(visit, size):
    page = visit("index.html", SIZES[size])
    page.get_by_role("radio", name="separable").check()
    page.wait_for_function(f"{FIRST}?.textContent.includes('53,952 MACs')")


@pytest.mark.parametrize("size", SIZES)
def test_a_prediction_shows_what_came_out_and_opens_the_reveal(visit, size):
    page = visit("01_conv2d.html", SIZES[size])
    reveal = page.locator(".tag_reveals-1-2 details.below-input")
    assert reveal.get_attribute("open") is None
    page.locator(".dwsep-explorable", has_text="Prediction 1.2").scroll_into_view_if_needed()
    question = page.get_by_role("group", name="Prediction 1.2", exact=True)
    question.get_by_role("radio", name="a flat areas").click()
    assert question.get_by_text("It is b (vertical edges).").is_visible()
    assert reveal.get_attribute("open") is not None
    assert reveal.locator("img").first.is_visible()
    page.reload()
    page.locator(".dwsep-explorable", has_text="Prediction 1.2").scroll_into_view_if_needed()
    question.get_by_text("You predicted a (flat areas").wait_for()
    assert reveal.get_attribute("open") is not None
    assert (
        page.locator(".cell_output table tr", has_text="1.2").locator("td").nth(2).text_content()
        == "a"
    )


def test_a_number_is_predicted_too(visit):
    page = visit("00_start_here.html")
    page.locator(".dwsep-explorable", has_text="Prediction 0.1").scroll_into_view_if_needed()
    question = page.get_by_role("group", name="Prediction 0.1", exact=True)
    question.get_by_role("textbox").fill("9")
    question.get_by_role("button", name="Predict").click()
    assert question.get_by_text("You predicted 9. It is 18.").is_visible()
    assert page.get_by_text("each of the nine MACs", exact=False).first.is_visible()


def test_hints_and_solutions_open(visit):
    page = visit("01_conv2d.html")
    for what in ("Hint 1 of 3", "Show a solution"):
        page.get_by_text(what).first.click()
    assert page.get_by_text("One output value needs one window").is_visible()
    assert page.get_by_text("np.zeros((h_out, w_out)").first.is_visible()


def test_the_kernel_lab_computes(visit):
    page = visit("01_conv2d.html")
    page.wait_for_function(f"{FIRST}?.querySelector('canvas')")
    drawn = f"[...{FIRST}.querySelectorAll('canvas')].map(one => one.toDataURL()).join()"
    before = page.evaluate(drawn)
    page.get_by_role("button", name="Sobel x").first.click()
    page.wait_for_function(f"before => {drawn} !== before", arg=before)


def test_search_finds(visit):
    page = visit("search.html?q=depth+multiplier")
    page.locator("ul.search li a").first.wait_for()
    hrefs = page.locator("ul.search li > a").evaluate_all("all => all.map(a => a.pathname)")
    assert any(one.endswith("/02_depthwise.html") for one in hrefs)


def test_previous_and_next(visit):
    page = visit("00_start_here.html")
    page.locator("a.next-page").click()
    assert page.url.endswith("/01_conv2d.html")
    page.locator("a.prev-page").click()
    assert page.url.endswith("/00_start_here.html")
    page.go_back()
    assert page.url.endswith("/01_conv2d.html")


def test_the_readers_choice_of_theme_reaches_figures(visit):
    page = visit("00_start_here.html", color_scheme="light")
    dark = f"{FIRST}.querySelector('.live').classList.contains('dark')"
    page.wait_for_function(f"{FIRST}?.querySelector('.live')")
    assert not page.evaluate(dark)
    switch = page.get_by_role("button", name="Toggle Light / Dark / Auto color theme").last
    for _ in range(3):  # automatic, light and dark, in an order that is the system's
        if not page.evaluate(dark):
            switch.click()
            page.wait_for_timeout(100)
    assert page.evaluate(dark)


def test_code_is_dark_on_a_dark_page(visit):
    page = visit("00_start_here.html", color_scheme="dark")
    colour = page.locator(".highlight").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert max(int(one) for one in re.findall(r"\d+", colour)[:3]) < 80, colour


def test_buttons_lead_where_the_course_says(visit):
    page = visit("03_pointwise.html")
    hrefs = page.locator(".buttons a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    unit = course.unit("03_pointwise")
    assert hrefs[:3] == [
        course.colab_url(unit),
        course.binder_url(unit),
        "notebooks/03_pointwise.ipynb",
    ]


def test_on_paper_figures_are_stills(visit):
    page = visit("00_start_here.html")
    page.emulate_media(media="print")
    still = page.locator(".dwsep-explorable img").first
    assert still.is_visible()
    assert not page.locator(".sidebar-drawer").is_visible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", ["01_conv2d.html#exercise-1-7-vectorized", "04_cost.html#recap"])
def test_an_address_leads_to_its_heading(visit, place, size):
    page = visit(place, SIZES[size], reduced_motion="reduce")
    heading = page.locator(
        f"[id='{place.partition('#')[2]}'] > h2, [id='{place.partition('#')[2]}'] > h3"
    )
    page.wait_for_timeout(2500)  # figures above it come to life
    assert 0 <= heading.bounding_box()["y"] < 200
