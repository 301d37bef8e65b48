"""What checks say, in another language."""

import ast
import json
import os
import pickle
import re
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from babel.messages.pofile import read_po
from nbformat.v4 import new_code_cell

from dwsep_helpers import checks, notebook, translating, translation
from dwsep_helpers.checks import boxes, messages, unit_00
from dwsep_helpers.checks.calling import Learner, Place, Raised
from dwsep_helpers.checks.compare import WrongShape, WrongTypeError, WrongValues
from dwsep_helpers.checks.counted_numbers import CountingError
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.remote import Remote, respond
from dwsep_helpers.checks.verdicts import (
    ChangedInput,
    Combined,
    Evaded,
    MoreLines,
    MoreMacs,
    MoreProducts,
    NoFunction,
    NotWritten,
    OtherArguments,
    Remembers,
    Shortcut,
    Verdict,
)
from dwsep_helpers.grading import fingerprint
from dwsep_helpers.grading.class_folder import database
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.scores import scores
from dwsep_helpers.translation import Catalogue, Phrase, phrase_n, say, say_n, using
from dwsep_helpers.wrapping import listed
from tests.grading.example_classes import take
from tests.pseudo_language import accented, write_catalogue

EXERCISES = (*unit_00.EXERCISES, *checks.EXERCISES)
WORD = re.compile(r"[A-Za-z]{3,}")
NAMES = {"None", "True", "False", "nan", "inf"}  # Python's, which stay as they are


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory) -> Path:
    return write_catalogue(tmp_path_factory.mktemp("languages") / "pseudo.po")


@pytest.fixture(scope="module")
def catalogue(pseudo):
    return Catalogue.read(pseudo)


@pytest.fixture
def translated(catalogue):
    with using(catalogue):
        yield


def by_name(exercise):
    return exercise.name


def english_in(said: str, exercise, verdict=None) -> set[str]:
    """Return the words that are neither translated nor code, numbers or what Python says."""
    known = f"{exercise.name} {exercise.signature} {exercise.axes} "
    known += kept_in(verdict.difference) if verdict else ""
    if verdict and verdict.case:
        known += repr(exercise.named_arguments(verdict.case))
        known += " ".join(str(getattr(a, "dtype", "")) for a in verdict.case.arguments)
    without_code = re.sub(r"`[^`]*`", "", said)
    names = {*WORD.findall(known)} | NAMES
    cut = {n[:-k] for n in names for k in range(1, len(n))}  # where " …" follows
    words = {*WORD.findall(without_code)}
    return words - names - (cut & {*re.findall(r"([A-Za-z]+) …", said)})


def kept_in(found) -> str:
    """Return what stays as it is in a difference: names of types, code, what Python says."""
    match found:
        case Phrase():
            return " ".join(
                kept_in(v) if isinstance(v, Phrase) else v for v in found.values.values()
            )
        case WrongTypeError():
            return kept_in(found.args[0])
        case NoFunction():
            return kept_in(Phrase(found.thing)) or found.thing
        case OtherArguments():
            return f"{found.signature} {found.lacking}"
        case Raised(text, Place() as at):
            return f"{text} {at.function} {at.cell} {at.source}"
        case Raised(text) | Remembers(_, text):
            return text
    return ""


def assert_translated(exercise, verdict):
    said = messages.message(exercise, verdict)
    assert english_in(said, exercise, verdict) == set(), said


# Everything that is said.


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_mistakes_are_named_and_explained(exercise, translated):
    wrong = Verdict(exercise.name, Outcome.WRONG_VALUES, difference=WrongValues((), 1, 2, 1, 1))
    for case in (*exercise.tries(strict=False), *exercise.tries(strict=True)):
        assert_translated(exercise, replace(wrong, case=case, hint=1))
    for mistake in exercise.mistakes:
        verdict = replace(wrong, mistake=mistake.name)
        assert_translated(exercise, verdict)
        assert accented(mistake.says) in messages.message(exercise, verdict)
        assert english_in(messages.earlier(exercise, verdict), exercise, verdict) == set()


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_what_passes_is_praised(exercise, translated):
    tried = tuple(case.says for case in exercise.tries(strict=False)[:-3])
    for strict in (False, True):
        assert_translated(exercise, Verdict(exercise.name, Outcome.PASSED, strict, tried=tried))
    assert english_in(boxes.worth(exercise), exercise) == set()
    way = boxes.another_way(exercise)
    folded = boxes._folded(way).partition("<pre")[0]
    without_tags = re.sub(r"<code>.*?</code>|<[^>]*>", "", folded)
    assert english_in(without_tags, exercise) == set()


CONV = checks.conv2d
CASE = CONV.tries(strict=False)[0]
PLACE = Place("conv2d", "Cell In[4]", 3, "y = x @ weight", True)
DIFFERENCES = {
    Outcome.NOT_ATTEMPTED: (NotWritten(), NotWritten("pair")),
    Outcome.CRASHED: (
        Raised("ValueError: shapes don't match", PLACE),
        Raised("TypeError: 'int' object is not iterable", PLACE),
        OtherArguments("(x, weights)", "missing a required argument: 'bias'"),
    ),
    Outcome.WRONG_TYPE: (
        *(NoFunction(kind, "list") for kind in ("check", "class", "thing")),
        WrongTypeError(Phrase("a masked array; a plain array is asked for")),
    ),
    Outcome.WRONG_SHAPE: (
        WrongShape((1, 2, 3, 4), (1, 2, 3, 5)),
        WrongShape((2, 3), ()),
        WrongShape((2, 3), (2,)),
    ),
    Outcome.WRONG_VALUES: (
        WrongValues((0, 1, 2, 3), 1.5, np.float64(2), 3, 10),
        WrongValues((0, 1, 2, 3), 1.5, float("nan"), 3, 10),
        WrongValues((0, 1, 2, 3), 1.5, np.float16(2), 1, 1),
    ),
    Outcome.CHANGED_INPUT: (
        ChangedInput(("x",), ("array",)),
        ChangedInput(("x", "weight", "bias"), ("array", "tensor", "other")),
    ),
    Outcome.REMEMBERS: (
        *map(Remembers, ("differs", "stale", "overwritten")),
        Remembers("differs", "IndexError: pop from empty list"),
    ),
    Outcome.SHORTCUT: (Shortcut("torch.conv2d"), Shortcut("dwsep_helpers.mine.conv2d")),
    Outcome.ELSEWHERE: (Shortcut("mine.conv2d"),),
    Outcome.NOT_VECTORIZED: (
        *(MoreLines(CASE, few, CASE, 900, ch) for few in (1, 9) for ch in (False, True)),
        Evaded(CASE),
    ),
    Outcome.WASTEFUL: (
        MoreMacs((1, 3, 8, 8), (20, 30), (20, 25)),
        MoreMacs((1, 3, 8, 8), (20, 30), (20,)),
        MoreProducts(CASE, 900, CASE, 90),
        Combined(CASE, 900, 1200),
    ),
}


@pytest.mark.parametrize("outcome", DIFFERENCES)
def test_each_outcome_is_worded(outcome, translated):
    for difference in DIFFERENCES[outcome]:
        verdict = Verdict("conv2d", outcome, case=CASE, difference=difference, hint=2)
        assert_translated(CONV, verdict)


def test_all_outcomes_and_differences_were_tried():
    assert {*DIFFERENCES} == {*Outcome} - {Outcome.PASSED}
    tried = {type(one) for some in DIFFERENCES.values() for one in some}
    assert tried == {*messages.said.registry} - {object}


ODD = (None, "text", 2.5, {}, [[1], [1, 2]], [1, 2, 3], np.ma.array([1]), True, 7, np.ones(3, "c8"))


@pytest.mark.parametrize("exercise", EXERCISES, ids=by_name)
def test_odd_answers_are_described(exercise, translated):
    for odd in (*ODD, exercise):
        verdict = judge(exercise, Learner(lambda *_, odd=odd, **__: odd))
        assert_translated(exercise, verdict)


def test_odd_modules_are_described(translated):
    nn = pytest.importorskip("torch.nn")

    class TwoTensors(nn.Module):
        def forward(self, x):
            return x, x

    norms = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.BatchNorm2d(4))
    for exercise in (checks.mobilenet, checks.fold_network, checks.fold_batch_norm):
        for odd in (nn.Identity, TwoTensors(), norms, norms[:2]):
            verdict = judge(exercise, Learner(lambda *_, odd=odd, **__: odd))
            assert_translated(exercise, verdict)


def test_every_type_error_that_a_check_raises_is_a_phrase():
    for path in (translating.PACKAGE / "checks").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in (
                "WrongTypeError",
                "CountingError",
            ):
                assert not isinstance(node.args[0], ast.Constant | ast.JoinedStr), (
                    path,
                    node.lineno,
                )


def test_a_check_runs_in_another_language(translated, capsys):
    def conv_output_size(input_size, kernel_size, stride=1, padding=0):
        print("hello")
        return (input_size - kernel_size) // stride + 1

    with pytest.raises(checks.CheckFailed) as failed:
        checks.conv_output_size(conv_output_size)
    mistake = checks.conv_output_size.mistake("padding-forgotten")
    assert accented(mistake.says) in str(failed.value)
    assert accented("Your function printed:") in capsys.readouterr().out
    assert failed.value.mistake == "padding-forgotten"
    assert failed.value.short == f"{accented('Exercise')} 1.4: {accented('not passed.')}"
    checks.conv_output_size(lambda n, k, stride=1, padding=0: (n + 2 * padding - k) // stride + 1)
    assert accented("passed. Well done!") in capsys.readouterr().out


def test_what_to_run_is_said(translated):
    for said in (
        notebook.what_to_run("conv2d"),
        notebook.what_to_run("np"),
        notebook.if_defined_above("it"),
        say(notebook.to_write("4.1, 4.6 and 4.7")),
        say(listed(["1.1", "1.2", "1.3"])),
    ):
        assert english_in(said, CONV) <= {"Run", "Above", "Selected", "Cell"} - {said}


def test_uncounted_multiplications_are_explained(translated):
    def squares(x):
        return [float(one) ** 3 for one in x], x**3

    with pytest.raises(CountingError) as uncounted:
        checks.count_multiplications(squares, np.arange(3.0))
    (first, *_) = uncounted.value._render_traceback_()
    assert accented("The multiplications could not be counted:") in first


# The file.


def test_the_template_has_everything_that_is_said():
    """What is said is written out there, or is data whose texts are listed."""
    others = {
        f"{path.relative_to(translating.PACKAGE)}: {ast.unparse(node.args[0])}"
        for path in translating.PACKAGE.rglob("*.py")
        for node, _ in translating.said_in(path)
        if not isinstance(node.args[0], ast.Constant) and path.stem != "translating"
    }
    assert others == {
        "checks/boxes.py: way.differs",
        "checks/calling.py: error.args[0]",
        "checks/exercise.py: other.says",
        "checks/messages.py: _HEADLINES[outcome]",
        "checks/messages.py: case.says",
        "checks/messages.py: exercise.demand.praise",
        "checks/messages.py: found.args[0]",
        "checks/messages.py: known.name",
        "checks/messages.py: known.says",
        "checks/messages.py: listed([str(one.shape) for one in value])",
        "checks/messages.py: walks[kernel == (1, 1)]",
        "checks/remote.py: about.thing",
    }


def read(path: Path):
    with path.open("rb") as file:
        return read_po(file)


def test_the_template_says_where_texts_are_used(tmp_path):
    path = tmp_path / "checks.pot"
    done = subprocess.run(
        [sys.executable, "-m", "dwsep_helpers.translating", path], capture_output=True, check=True
    )
    assert done.stderr == b""
    found = read(path)
    known = found.get(checks.conv2d.mistake("kernel-flipped").says)
    assert "exercise 1.5, conv2d: what the mistake kernel-flipped says" in known.auto_comments
    assert ("dwsep_helpers/checks/unit_01/conv2d.py", 1) in known.locations
    of_module = "Word a verdict: one message, for a person who wants to go on."
    assert found.get("Got shape {shape}.").auto_comments == [of_module]
    assert found.get("Your function printed:").auto_comments == [
        "Return what the function printed and warned about, cut to a readable length."
    ]


def test_an_update_keeps_what_was_translated(pseudo, tmp_path):
    path = tmp_path / "xx.po"
    text = pseudo.read_text("utf-8")
    old = text.replace('msgid "Got shape {shape}."', 'msgid "Got the shape {shape}."')
    assert old != text
    path.write_text(old, encoding="utf-8")
    translating.update(path)
    found = read(path)
    assert found.get("Your function printed:").string == accented("Your function printed:")
    assert found.get("Got shape {shape}.").fuzzy
    assert Catalogue.read(path).template(Phrase("Got shape {shape}.", shape=1)) is None


# What a translation can't do.


@pytest.mark.parametrize(
    "broken",
    [
        "{x}",
        "{x} {y} {z}",
        "{0.__class__} {y}",
        "{x} {y} {x.__init__.__globals__}",
        "{x!r} {y}",
        "{x:>9999999} {y}",
        "{x} {y} {}",
        "",
    ],
)
def test_placeholders_that_do_not_fit_leave_english(broken):
    with using(Catalogue({"{x} is {y}.": [broken]})):
        assert say("{x} is {y}.", x=1, y=2) == "1 is 2."


def test_only_names_are_filled_in():
    with using(Catalogue({"{x} is {y}.": ["{y}: {x}"]})):
        assert say("{x} is {y}.", x="{y.__class__} {y}", y="{x}") == "{x}: {y.__class__} {y}"
    assert say("{x.__class__} {x!r} {0} {x}", x=1) == "{x.__class__} {x!r} {0} 1"


def test_plurals_are_the_languages_own():
    polish = "(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"
    forms = ["jeden punkt", "{n} punkty", "{n} punktów"]
    with using(Catalogue({"{n} point": forms}, polish)):
        said = [say_n("{n} point", "{n} points", n) for n in (1, 2, 5, 22)]
    assert said == ["jeden punkt", "2 punkty", "5 punktów", "22 punkty"]
    assert [say_n("{n} point", "{n} points", n) for n in (1, 2)] == ["1 point", "2 points"]
    with using(Catalogue({"{n} point": ["punkt"]}, polish)):
        assert say_n("{n} point", "{n} points", 5) == "punkt"
    for rule in ("n/0", "n-99", "n+99"):
        with using(Catalogue({"{n} point": forms}, rule)):
            assert say_n("{n} point", "{n} points", 5) in ("5 points", forms[0])


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"\xff\xfe\x00",
        b'msgid "open',
        b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=nowhere\\n"\n\nmsgid "a"',
        b'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=__import__(1);\\n"\n',
    ],
    ids=["missing", "no text", "open", "charset", "plural"],
)
def test_a_file_that_cannot_be_read_is_one_warning(content, tmp_path, monkeypatch):
    path = tmp_path / "xx.po"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv(translation.LANGUAGE, str(path))
    with using(None):
        monkeypatch.setattr(translation, "_asked", False)
        with pytest.warns(UserWarning, match=r"so it is English: .*xx\.po can't be read"):
            assert say("Got shape {shape}.", shape=1) == "Got shape 1."
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert say("Got shape {shape}.", shape=1) == "Got shape 1."


def test_a_language_is_chosen_by_its_code_or_its_file(pseudo, tmp_path, monkeypatch):
    with using(str(pseudo)):
        assert say("expected") == accented("expected")
    with using(None), pytest.warns(UserWarning, match="no translation to 'xx'"):
        translation.use("xx")
    (tmp_path / "xx.po").write_text(pseudo.read_text("utf-8"), encoding="utf-8")
    monkeypatch.setattr(translation, "FOLDER", tmp_path)
    with using("xx"):
        assert say("expected") == accented("expected")
    assert say("expected") == "expected"


def test_phrases_travel():
    phrase = Phrase("{what}: {n}", what=phrase_n("{n} axis", "{n} axes", 2), n=3)
    assert phrase == "2 axes: 3"
    for again in (
        pickle.loads(pickle.dumps(phrase)),
        Phrase.from_plain(json.loads(json.dumps(phrase.to_plain()))),
        Phrase(phrase),
    ):
        assert (again, again.to_plain()) == (phrase, phrase.to_plain())
    assert Phrase.from_plain("a list") == "a list"


# Grading.


def test_what_a_kernel_finds_is_said_here(translated):
    """The kernel knows English alone; what it describes is worded where the check runs."""

    def without_return(*arguments, **options):
        answer = 1  # noqa: F841

    def remote(request):
        with using(None):
            return respond(request, without_return)

    verdict = judge(checks.conv2d, Remote(remote))
    said = messages.message(checks.conv2d, verdict)
    assert accented("None: is there a `return` at its end?") in said


UNIT = "01_conv2d"


@pytest.mark.skipif(sandbox.unavailable() is not None, reason="graded in the lock")
def test_a_class_is_graded_in_another_language(handed_in_classes, tmp_path, pseudo):
    points, said = {}, {}
    for language in ("", str(pseudo)):
        course = take(UNIT, handed_in_classes, tmp_path / (language and "translated"))
        path = course / "submitted" / "kernel-flipped" / UNIT / f"{UNIT}.ipynb"
        notebook = nbformat.read(path, 4)
        notebook.cells.append(new_code_cell("checks.correlate2d(7)", id="own"))
        nbformat.write(notebook, path)
        options = ["--student", "kernel-flipped", "--directory", str(course)]
        done = subprocess.run(
            [sys.executable, "-m", "dwsep_helpers.grading.cli", "autograde", UNIT, *options],
            env={**os.environ, translation.LANGUAGE: language},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        (row,) = (r for r in scores(database(course), UNIT) if r.learner == "kernel-flipped")
        points[language] = row.points
        graded = course / "autograded" / "kernel-flipped" / UNIT / f"{UNIT}.ipynb"
        said[language] = graded.read_text("utf-8")
    assert points[""] == points[str(pseudo)]
    sentence = checks.conv2d.mistake("kernel-flipped").says
    function = "The check takes the function itself, not what it returns:"
    for text in (sentence, function):
        assert text in said[""]
        assert accented(text) not in said[""]
        assert accented(text) in said[str(pseudo)]
        assert text not in said[str(pseudo)]


def test_the_fingerprint_knows_the_language(catalogue):
    english = fingerprint._of_judging("01_conv2d")
    with using(catalogue):
        assert fingerprint._of_judging("01_conv2d") != english
    assert fingerprint._of_judging("01_conv2d") == english
