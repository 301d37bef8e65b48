"""What every notebook begins with."""

import random

import numpy as np
import pytest

import dwsep_helpers
from dwsep_helpers import notebook, session


def test_setup_prints_versions_and_seeds(capsys):
    session.setup()
    printed = capsys.readouterr().out
    assert dwsep_helpers.__version__ in printed
    assert np.__version__ in printed
    first = (random.random(), np.random.random())
    session.setup()
    assert (random.random(), np.random.random()) == first


def test_setup_names_what_is_not_installed(monkeypatch, capsys):
    monkeypatch.setattr(session, "PACKAGES", ("numpy", "no-such-package"))
    session.setup()
    assert "no-such-package not installed" in capsys.readouterr().out


def test_the_self_test_finds_everything_here(capsys):
    session.self_test()
    printed = capsys.readouterr().out
    assert "✗" not in printed
    assert "Everything is here: read on." in printed


def test_the_self_test_reports_a_missing_part_and_goes_on(monkeypatch, capsys):
    def missing():
        raise ModuleNotFoundError("not here")

    trials = (("torch", missing), ("kernels", session._kernels))
    monkeypatch.setattr(session, "_TRIALS", trials)
    session.self_test()
    printed = capsys.readouterr().out
    assert "✗ torch" in printed
    assert "✓ kernels" in printed
    assert "Something is missing" in printed


def test_look_returns_what_there_is(capsys):
    assert session.look("1.5", lambda: 3) == 3
    assert capsys.readouterr().out == ""


def test_look_is_calm_about_an_open_exercise(capsys):
    def unwritten():
        raise NotImplementedError

    assert session.look("1.5", unwritten) is None
    assert "write exercise 1.5 first" in capsys.readouterr().out


def test_look_names_the_exercises_that_are_still_open(capsys, monkeypatch):
    def unwritten():
        raise NotImplementedError

    for solved, named in (
        (set(), "exercises 4.1, 4.6 and 4.7"),
        ({"4.1"}, "exercises 4.6 and 4.7"),
        ({"4.1", "4.7"}, "exercise 4.6"),
        ({"4.1", "4.6", "4.7"}, "exercises 4.1, 4.6 and 4.7"),  # some cell has changed since
    ):
        monkeypatch.setattr(notebook, "passed", solved)
        assert session.look("4.1, 4.6 and 4.7", unwritten) is None
        assert capsys.readouterr().out == f"Nothing to look at yet: write {named} first.\n"


def test_look_hides_no_other_error():
    with pytest.raises(KeyError):
        session.look("1.5", lambda: {}["x"])
