"""Images with what they were taken for, and the matrix of all confusions."""

import numpy as np
import pytest
from layout import faults, figure_of, images, texts

from dwsep_helpers import data, figures

DIGITS, LABELS = data.digits()


def test_images_are_drawn_with_their_words():
    predictions = [0, 1, 2, 8, 4]
    shown = figures.classified(DIGITS[:5], LABELS[:5], predictions)
    figure = figure_of(figures.classified, DIGITS[:5], LABELS[:5], predictions)
    assert shown.alt == "5 images: 0; 1; 2; 3 taken for 8; 4."
    assert texts(figure) == ["0", "1", "2", "3 taken for 8", "4"]
    for image, digit in zip(images(figure), DIGITS, strict=False):
        np.testing.assert_array_equal(image, digit[0])
    assert faults(figure) == []


@pytest.mark.parametrize("count", [1, 9, 40])
def test_any_number_of_images_fits(count):
    given = DIGITS[:count], LABELS[:count], 9 - LABELS[:count]
    shown = figures.classified(*given)
    figure = figure_of(figures.classified, *given)
    assert faults(figure) == []
    assert ("16 images, of 40" in shown.alt) == (count == 40)
    assert shown.width <= 800


def test_none_is_said():
    assert figures.classified(DIGITS[:0], []).alt == "No images."


def test_counts_are_drawn_where_they_are():
    matrix = np.diag([3, 4, 5])
    matrix[2, 0] = 7
    shown = figures.confusion(matrix)
    figure = figure_of(figures.confusion, matrix)
    assert shown.alt == "Confusion matrix of 3 classes: 12 of 19 right; 2 taken for 0: 7."
    axes = figure.axes[0]
    where = {text.get_text(): text.get_position() for text in axes.texts}
    assert where["7"][1] == where["5"][1], "the same row as the diagonal's"
    assert where["7"][0] == where["3"][0], "the same column as the diagonal's"
    assert faults(figure) == []


@pytest.mark.parametrize("classes", [1, 12])
def test_large_counts_fit(classes):
    figure = figure_of(figures.confusion, np.full((classes, classes), 397))
    assert faults(figure) == []


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: figures.classified(DIGITS[:2, 0], [0, 1]), r"images has shape \(2, 8, 8\)"),
        (lambda: figures.classified(DIGITS[:2], [0]), "labels has 1, and images has 2"),
        (lambda: figures.classified(DIGITS[:1], [0], [1, 2]), "predictions has 2"),
        (lambda: figures.confusion(np.zeros((2, 3))), r"matrix has shape \(2, 3\)"),
        (lambda: figures.confusion(np.zeros((13, 13))), "matrix has 13 classes"),
        (lambda: figures.confusion([[1, -1], [0, 1]]), r"matrix has \[\[1, -1\].*start from 0"),
    ],
)
def test_what_cant_be_drawn_is_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_labels_of_tensors_are_numbers_and_one_class_is_one():
    import torch

    labels, taken = torch.tensor([1, 2]), torch.tensor([1, 3])
    assert figures.classified(np.zeros((2, 1, 8, 8)), labels, taken).alt == (
        "2 images: 1; 2 taken for 3."
    )
    assert figures.confusion([[1234]]).alt == "Confusion matrix of 1 class: 1,234 of 1,234 right."
