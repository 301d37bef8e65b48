"""Error against cost: the numbers drawn are those of the learner's approximation."""

import numpy as np
import pytest
from layout import texts

from dwsep_helpers import figures
from dwsep_helpers.figures import approximations
from dwsep_helpers.figures.picture import not_yet
from dwsep_helpers.kernels import separable_approximation

RNG = np.random.default_rng(0)
RANDOM = RNG.normal(size=(8, 2, 3, 3))
SEPARABLE = RNG.normal(size=(8, 2, 1, 1)) * RNG.normal(size=(1, 2, 3, 3))
COSTS = [count * (9 + 8) / (8 * 9) for count in range(1, 9)]


def test_errors_and_costs_are_drawn_as_lines(monkeypatch):
    kept = {}
    draw = approximations._draw

    def noted(errors, costs):
        kept.update(errors=errors, costs=costs, figure=draw(errors, costs))
        return kept["figure"]

    monkeypatch.setattr(approximations, "_draw", noted)
    figures.approximation({"random": RANDOM, "separable": SEPARABLE}, separable_approximation)
    np.testing.assert_allclose(kept["costs"], COSTS)
    singular = np.linalg.svd(RANDOM.swapaxes(0, 1).reshape(2, 8, 9), compute_uv=False)
    left_out = [np.sqrt((singular[:, count:] ** 2).sum()) for count in range(1, 9)]
    expected = {"random": left_out / np.linalg.norm(RANDOM), "separable": np.zeros(8)}
    lines = [line for line in kept["figure"].axes[0].lines if len(line.get_xdata()) == 8]
    for line, (name, errors) in zip(lines, expected.items(), strict=True):
        np.testing.assert_allclose(kept["errors"][name], errors, atol=1e-12)
        np.testing.assert_allclose(line.get_xdata(), COSTS)
        np.testing.assert_allclose(line.get_ydata(), errors, atol=1e-12)
    assert lines[0].get_marker() != lines[1].get_marker(), "told apart without colour"
    assert "break-even: T = 4 is\nthe last that costs less" in texts(kept["figure"])


def test_what_is_drawn_is_said():
    errors = approximations._percent(
        np.linalg.norm(separable_approximation(RANDOM, 4) - RANDOM) / np.linalg.norm(RANDOM)
    )
    said = figures.approximation({"a": RANDOM, "b": SEPARABLE}, separable_approximation).alt
    assert said.startswith(
        "A dense kernel of 8×2×3×3 numbers, approximated by sums of T separable layers. One costs "
        "24 % of the dense layer's MACs; T = 4 is the last that costs less. a: error "
    )
    assert f", {errors} with 4, 0 % with 8." in said
    assert said.endswith("b: error 0 % with 1 term, 0 % with 4, 0 % with 8.")


@pytest.mark.parametrize(
    ("shape", "last"),
    # In the last two, one more would cost exactly as much as the dense layer.
    [((16, 3, 5, 5), 9), ((64, 1, 3, 3), 7), ((4, 2, 2, 2), 1), ((6, 2, 1, 3), 1)],
)
def test_break_even_is_strictly_cheaper(shape, last):
    costs = [count * approximations.cost_of_one(shape) for count in range(1, 30)]
    filters, _, rows, columns = shape
    area = rows * columns
    assert approximations._cheaper(costs) == last
    assert last * (area + filters) < filters * area <= (last + 1) * (area + filters)


def test_one_filter_is_never_cheaper():
    said = figures.approximation(np.ones((1, 2, 3, 3)), separable_approximation).alt
    assert said.endswith("; none costs less. kernel: error 0 % with 1 term.")


def test_a_wrong_approximation_gives_another_picture():
    def one_svd_for_all(weight, terms=1):
        u, s, v = np.linalg.svd(weight.reshape(len(weight), -1), full_matrices=False)
        return ((u[:, :terms] * s[:terms]) @ v[:terms]).reshape(weight.shape)

    right = figures.approximation(RANDOM, separable_approximation)
    wrong = figures.approximation(RANDOM, one_svd_for_all)
    assert right.alt != wrong.alt
    assert right.data != wrong.data
    assert right == figures.approximation(RANDOM, separable_approximation)


def unwritten(*_):
    raise NotImplementedError


@pytest.mark.parametrize("function", [unwritten, lambda *_: None], ids=["raises", "None"])
def test_what_is_not_written_yet_is_asked_for(function):
    assert figures.approximation(RANDOM, function) == not_yet("3.5")
    assert figures.approximation(RANDOM, function, exercise="7.1") == not_yet("7.1")


def test_the_kernel_is_left_as_it_is():
    weight = RANDOM.copy()
    figures.approximation(weight, lambda weight, terms: np.multiply(weight, 0, out=weight))
    np.testing.assert_array_equal(weight, RANDOM)


@pytest.mark.parametrize(
    ("weight", "function", "named"),
    [
        (RANDOM[0], np.multiply, r"kernel has shape \(2, 3, 3\), and \(N, C, K_h, K_w\)"),
        (0 * RANDOM, np.multiply, "kernel is zero"),
        ({}, np.multiply, "0 kernels, and 1 to 4"),
        (dict.fromkeys("abcde", RANDOM), np.multiply, "5 kernels, and 1 to 4"),
        ({"a": RANDOM, "b": RANDOM[1:]}, np.multiply, "kernels of shapes"),
        (RANDOM, lambda weight, terms: weight[terms:], r"shape \(7, 2, 3, 3\) with terms=1, and"),
        (
            RANDOM,
            lambda weight, terms: weight * (np.inf if terms > 2 else 1),
            "infinite .* terms=3",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(weight, function, named):
    with pytest.raises(ValueError, match=named):
        figures.approximation(weight, function)


@pytest.mark.parametrize(
    ("heights", "apart"),
    [
        ([0.9, 0.5], [0.9, 0.5]),
        ([0.5, 0.5, 0.5], [0.5, 0.6, 0.7]),
        ([1.0, 1.0, 0.95], [0.9, 1.0, 0.8]),
    ],
)
def test_labels_keep_their_order_and_distance(heights, apart):
    np.testing.assert_allclose(approximations._apart(heights, 0.1, 1.0), apart)


@pytest.mark.parametrize(
    ("part", "written"),
    [(0.914, "91 %"), (0.0034, "0.3 %"), (0, "0 %"), (1e-16, "0 %"), (3, "300 %")],
)
def test_percents_are_written_as_a_person_would(part, written):
    assert approximations._percent(part) == written
