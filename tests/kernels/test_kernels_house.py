"""The kernels' place in the package: their names, their docstrings, their one formula."""

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import dwsep_helpers
from dwsep_helpers import conv_output_size, cost, figures, hardware, kernels

MODULES = [f"{kernels.__name__}.{each.name}" for each in pkgutil.iter_modules(kernels.__path__)]


def test_importing_the_package_loads_numpy_alone():
    program = (
        "import sys, numpy; before = set(sys.modules); import dwsep_helpers\n"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(run.stdout.split()) - set(sys.stdlib_module_names)
    assert loaded - {"numpy"} == {"dwsep_helpers"}


def test_the_operators_are_importable_from_the_package():
    layers = {name for name in kernels.__all__ if name.endswith("_conv2d")}
    for name in {"conv2d", "conv_output_size"} | layers:
        assert name in dwsep_helpers.__all__
        assert getattr(dwsep_helpers, name) is getattr(kernels, name)


def test_what_loads_later_is_listed_and_what_is_not_there_is_not():
    assert {"predict", "recap", "setup", "conv2d"} <= set(dir(dwsep_helpers))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        dwsep_helpers.nothing  # noqa: B018 - the lookup is the test


@pytest.mark.parametrize("module", [kernels, cost, figures, hardware], ids=lambda m: m.__name__)
def test_signatures_name_their_types(module):
    """JupyterLab shows them on Shift+Tab: ``ArrayLike``, and not all that it stands for."""
    named = (getattr(module, name) for name in dir(module) if not name.startswith("_"))
    shown = {one: str(inspect.signature(one)) for one in named if inspect.isfunction(one)}
    assert len(shown) > 5
    assert not [one.__name__ for one, text in shown.items() if "typing." in text]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@settings(derandomize=True, deadline=None, max_examples=300, database=None)
@given(
    st.integers(1, 30), st.integers(1, 7), st.integers(1, 8), st.integers(0, 4), st.integers(1, 4)
)
def test_conv_output_size_is_torchs(input_size, kernel_size, stride, padding, dilation):
    x, weight = torch.zeros(1, 1, input_size), torch.zeros(1, 1, kernel_size)
    arguments = {"stride": stride, "padding": padding, "dilation": dilation}
    try:
        expected = torch.nn.functional.conv1d(x, weight, **arguments).shape[-1]
    except RuntimeError:
        with pytest.raises(ValueError, match="covers"):
            conv_output_size(input_size, kernel_size, **arguments)
    else:
        assert conv_output_size(input_size, kernel_size, **arguments) == expected
