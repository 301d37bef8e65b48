"""What is drawn by name is a mapping; whatever else is given, the error names the argument."""

import pytest

from dwsep_helpers import figures

# Figures that take a mapping, and what else they need.
TAKES = {
    ("bars", "values"): {"unit": "ms"},
    ("colour_matrix", "matrices"): {"pointwise_conv2d": None, "image": None},
    ("cost_by_layer", "networks"): {},
    ("dots", "values"): {"unit": "ms"},
    ("influence", "layers"): {"x": None, "exercise": "3.3"},
    ("kernel_gallery", "kernels"): {"correlate": None, "photo": None},
    ("levels_used", "weights"): {},
    ("memory_by_step", "plans"): {},
    ("paired_differences", "rows"): {},
    ("paired_runs", "accuracies"): {},
    ("parts", "measures"): {},
    ("printed_numbers", "tables"): {"agrees": None},
    ("reduction_contours", "marks"): {"reduction_ratio": None},
    ("ridge_sweep", "networks"): {},
    ("roofline", "layers"): {"machine": None},
    ("shares", "layers"): {},
    ("trained_kernels", "weights"): {},
}


@pytest.mark.parametrize("given", [[1, 2], None, "ab"], ids=repr)
@pytest.mark.parametrize(("figure", "name"), TAKES)
def test_what_is_no_mapping_is_refused_by_name(figure, name, given):
    with pytest.raises(TypeError, match=f"^{name} must be a mapping, got "):
        getattr(figures, figure)(**{name: given}, **TAKES[figure, name])
