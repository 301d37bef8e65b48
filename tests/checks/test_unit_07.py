from importlib import import_module

# The package has the check by the module's name.
best_design = import_module("dwsep_helpers.checks.unit_07.best_design")


def test_designs_of_which_only_one_fits_and_just_reaches_a_limit_are_drawn_again():
    """A mistake that takes a limit for out of reach finds none there."""
    reaching, too_large = ({**best_design._DESIGNS[0], "npu_ms": ms} for ms in (8.0, 9.0))
    assert best_design._right([reaching, too_large], {"npu_ms": 8}) is not None
    assert not best_design._tells([reaching, too_large], {"npu_ms": 8})
