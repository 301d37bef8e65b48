"""What of an answer's code is compared, and what doesn't count."""

import pytest

from dwsep_helpers.grading.similarity.runs import MOST, compared, tokens_of

CODE = """
def area(height, width):
    \"\"\"Return it.\"\"\"
    total = height * width  # the sides
    for row in range(height):
        total += 0 * row
    return total
"""
AS_IT_IS = compared({"texts": {"": CODE}})[""]


def of(text):
    return compared({"texts": {"": text}})[""]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda c: c + "\n\n", {"letters", "tokens", "runs"}),
        (lambda c: c.replace("\n", "  \n"), {"letters", "tokens", "runs"}),
        (lambda c: c.replace("  # the sides", ""), {"tokens", "runs"}),
        (lambda c: c.replace('    """Return it."""\n', ""), {"tokens", "runs"}),
        (lambda c: c.replace("height * width", "height*width"), {"tokens", "runs"}),
        (lambda c: c.replace("\n    ", "\n  "), {"tokens", "runs"}),
        (lambda c: c.replace("total", "t").replace("height", "h"), {"runs"}),
        (lambda c: c.replace("area", "size"), {"runs"}),
        (lambda c: c.replace("range", "reversed"), set()),
        (lambda c: c.replace("0 * row", "row * 0"), set()),
    ],
)
def test_what_counts(change, same):
    changed = change(CODE)
    assert changed != CODE
    found = of(changed)
    assert {name for name in ("letters", "tokens", "runs") if found[name] == AS_IT_IS[name]} == same


@pytest.mark.parametrize(
    "text",
    [
        "def f(:",
        "%%time\nx = 1",
        "!pip install x",
        "'''never ends",
        "if x:\n        y\n    z",
        "x = (1",
        "\x00",
        "\udcff = 1",
        "",
        "(" * 5000,
        "x = " + "-" * 50_000 + "1",
    ],
)
def test_text_that_is_no_python_is_compared_as_far_as_it_goes(text):
    assert set(of(text)) == {"letters", "tokens", "runs", "length"}


def test_an_endless_text_is_cut():
    assert len(list(tokens_of("x = 1\n" * MOST))) <= MOST
    assert of("x = 1\n" * MOST)["length"] <= MOST


def test_a_string_that_is_a_value_counts():
    assert list(tokens_of('x = "a"\n"b" + x\n')) == ["x", "=", '"a"', '"b"', "+", "x"]
