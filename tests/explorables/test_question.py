"""A question on a plain page: answered by mouse, keyboard and touch, and revealed in place."""

import json
import random

import pytest

from dwsep_helpers import explorables
from dwsep_helpers.explorables import explorable
from dwsep_helpers.explorables.question import Outcome, State, worded
from dwsep_helpers.predictions import QUESTIONS, SKIP
from tests.explorables import pages

CHOICES = {"a": "as it <is>", "b": "turned", "c": "mirrored"}
WHY = "The window reaches it & turns."
B = Outcome("b", WHY)
FOURTEEN = Outcome(14.0, WHY, within=1.2)
LISTEN = "globalThis.said = []; addEventListener('dwsep', (event) => said.push(event.detail));"


def choose(**state):
    return explorables.question("1.3", "an impulse", "What?", CHOICES, state=State(**state))


def count(**state):
    return explorables.question("1.5", "positions", "How many?", whole=True, state=State(**state))


def shown(browser, *questions, **how):
    page = pages.shown(browser, *questions, **how)
    page.evaluate(LISTEN)
    return page


def sound(page):
    return page.errors == page.requests == []


def test_a_click_answers_and_shows_what_came_out(browser):
    page = shown(browser, choose(outcome=B))
    assert not page.get_by_text("It is").is_visible()
    page.get_by_role("radio", name="a as it <is>").click()
    assert page.evaluate("said") == [{"id": "1.3", "answer": "a"}]
    assert page.get_by_text("You predicted a (as it <is>). It is b (turned).").is_visible()
    assert page.get_by_text(WHY).is_visible()
    assert page.locator("label.right").inner_text() == "b turned · ✓ came out"
    assert page.locator("label.yours").inner_text() == "a as it <is> · your prediction"
    assert page.locator("input:not(:disabled)").count() == 0
    assert not page.get_by_role("button", name="Skip").is_visible()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "came"
    assert sound(page)


def test_touching_a_label_answers(browser):
    page = shown(browser, choose(outcome=B), size=pages.PHONE, has_touch=True, is_mobile=True)
    page.get_by_text("mirrored").last.tap()
    assert page.evaluate("said") == [{"id": "1.3", "answer": "c"}]
    heights = page.locator("label, button").evaluate_all(
        "all => all.filter(e => e.offsetHeight).map(e => e.offsetHeight)"
    )
    assert min(heights) >= 32


def test_by_keys_options_are_passed_over_until_enter(browser):
    page = shown(browser, choose(outcome=B))
    page.keyboard.press("Tab")
    for key in ("Space", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    assert page.evaluate("said") == []
    assert page.get_by_role("button", name="Predict").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("said") == [{"id": "1.3", "answer": "b"}]
    assert page.get_by_text("As you predicted, it is b (turned).").is_visible()


def test_by_keys_a_question_is_skipped_or_answered_by_its_buttons(browser):
    page = shown(browser, choose(outcome=B), count(outcome=FOURTEEN))
    for key in ("Tab", "Tab", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("said") == [{"id": "1.3", "answer": SKIP}]
    assert page.get_by_text("It is b (turned).").is_visible()
    page.get_by_role("textbox").focus()
    page.keyboard.type("1,400")
    for key in ("Tab", "Space"):
        page.keyboard.press(key)
    assert page.evaluate("said")[1:] == [{"id": "1.5", "answer": 1400}]
    assert page.get_by_text("You predicted 1,400. It is 14.").is_visible()


WRITTEN = {
    "14": 14, " 1 200 ": 1200, "1,228,800": 1228800, "−3": -3, "1e3": 1000,
    "12.0": 12, "1_200": 1200,
}  # fmt: skip
NO_NUMBERS = ("", "many", "12,5", "0x10", "Infinity", "1e999", "--3", "1 2", "14.5", "0,333")


def test_numbers_are_read_as_people_write_them(browser):
    page = shown(browser, count())
    field, hand = page.get_by_role("textbox"), page.get_by_role("button", name="Predict")
    for no_number in NO_NUMBERS:
        field.fill(no_number)
        hand.click()
        assert page.get_by_text("That is no whole number: write it as in 1,200.").is_visible()
        assert field.get_attribute("aria-invalid") == "true"
    assert page.evaluate("said") == []
    for written in WRITTEN:
        field.fill(written)
        field.press("Enter")
    assert [one["answer"] for one in page.evaluate("said")] == [*WRITTEN.values()]
    for written, number in WRITTEN.items():
        assert QUESTIONS["1.5"].read(written) == number
    for no_number in NO_NUMBERS:
        with pytest.raises(ValueError, match=r"answer to 1\.5 must be a whole number"):
            QUESTIONS["1.5"].read(no_number)
    assert field.get_attribute("aria-invalid") == "false"


def test_without_python_and_outcome_the_page_says_that_it_knows_alone(browser):
    page = shown(browser, choose())
    page.get_by_role("radio", name="turned").click()
    assert page.get_by_text("Noted on this page alone: run this cell").is_visible()
    assert page.get_by_role("radio", name="turned").is_checked()
    page.get_by_role("button", name="Skip").click()
    assert not page.get_by_role("radio", name="turned").is_checked()
    assert page.get_by_role("button", name="Skip").get_attribute("aria-pressed") == "true"
    assert [one["answer"] for one in page.evaluate("said")] == ["b", SKIP]


def test_the_outcome_is_not_in_the_page_before_it_was_shown():
    page = choose()._repr_html_() + choose(predicted="b")._repr_html_()
    assert WHY[:10] not in page
    assert page.count('"outcome":null') == 2


def test_page_and_python_say_the_same_of_any_number(browser):
    rng = random.Random(20)
    numbers = [0.0, -3.0, 14.0, 1228800.0, 0.0004567, 77.1234, 99.96, 1234.5, 1e21, 1e-9]
    numbers += [rng.choice((1, -1)) * 10 ** rng.uniform(-4, 7) for _ in range(60)]
    numbers += [float(rng.randrange(10**7)) for _ in range(20)]
    cases = [(one, rng.choice([one, one * 1.1, *numbers]), rng.uniform(1, 3)) for one in numbers]
    page = shown(browser, count())
    given = [[one, other, within] for one, other, within in cases]
    said = page.evaluate(
        "async ([module, cases]) => {"
        "const blob = new Blob([module], { type: 'text/javascript' });"
        "const made = await import(URL.createObjectURL(blob));"
        "return cases.map(([predicted, value, within]) =>"
        " made.cameOut({ choices: null, outcome: { value, within } }, predicted)); }",
        [f"{explorable.script('question')}\nexport {{ cameOut }};", given],
    )
    for (predicted, value, within), one in zip(cases, said, strict=True):
        assert one == Outcome(value, "", within).in_words({}, predicted)
    assert worded({}, 1234567.8) == "1,234,568"


@pytest.mark.parametrize("style", ["", pages.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("size", [pages.PHONE, (1600, 900)], ids=["phone", "wide"])
def test_every_state_fits_and_can_be_read(browser, style, size):
    states = [
        {},
        {"predicted": "a"},
        {"skipped": True},
        {"predicted": "a", "shown": True, "outcome": B, "note": "Your function says c."},
    ]
    numbers = [{}, {"predicted": 13.0, "shown": True, "outcome": FOURTEEN}]
    page = shown(browser, style, *(choose(**one) for one in states),
                 *(count(**one) for one in numbers), size=size)  # fmt: skip
    assert not pages.overflows(page)
    assert pages.violations(page) == []
    live = page.locator(".live")
    assert live.get_by_text("Your function says c.").is_visible()
    assert live.get_by_text("You predicted 13. It is 14, close.").is_visible()
    assert sound(page)


def test_paper_and_pages_without_scripts_list_the_options(browser):
    page = shown(browser, choose(predicted="a", shown=True, outcome=B))
    page.emulate_media(media="print")
    listed = page.get_by_role("listitem").all_inner_texts()
    assert listed == ["a as it <is>", "b turned", "c mirrored"]
    assert not page.get_by_role("radio").first.is_visible()

    page = pages.shown(browser, choose(), java_script_enabled=False)
    assert page.get_by_text("Prediction 1.3: an impulse").is_visible()
    assert page.get_by_text("turned").is_visible()
    assert "It is" not in page.locator("body").inner_text()


def test_a_warm_up_asks_in_full(browser):
    again = explorables.question("1.3", "an impulse", "What comes out?", CHOICES, again=True)
    page = shown(browser, again, choose())
    asked = page.get_by_text("What comes out?").last
    assert asked.bounding_box()["width"] > 50
    assert page.get_by_role("group", name="Warm-up 1.3: an impulse").count() == 1
    box = page.get_by_text("What?", exact=True).last.bounding_box()
    assert box["width"] <= 1, "who sees the notebook has read it there"


def test_answers_of_another_form_are_named():
    for state in (State(predicted="z"), State(predicted=3.0), State(outcome=Outcome("z", ""))):
        with pytest.raises(ValueError, match=r"an answer to 1\.3 is one of a, b, c, and"):
            explorables.question("1.3", "", "", CHOICES, state=state)
    with pytest.raises(ValueError, match=r"an answer to 1\.5 is a number, and nan is not"):
        explorables.question("1.5", "", "", state=State(predicted=float("nan")))


def test_it_is_small():
    assert len(explorable.script("question").encode()) < 40_000
    options = json.dumps([one.asks for one in QUESTIONS.values()])
    assert options.isprintable()
    assert worded(CHOICES, "a") == "a (as it <is>)"
