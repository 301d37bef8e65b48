"""What being late costs, deadlines that move, and the same points everywhere."""

import codecs
import csv
import shutil
from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, LoggingConfigurable

from dwsep_helpers.grading import cli
from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.points import deadlines
from dwsep_helpers.grading.points.export import CourseExport
from dwsep_helpers.grading.points.late import LateRule, rule, settle
from dwsep_helpers.grading.scores import scores
from tests.grading.points.books import UNIT, address, by_hand, grade, release

DUE = datetime(2026, 12, 1, 12)
RULE = LateRule(percent_per_day=10, grace_minutes=15, most_percent=50)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One with a class: in time, 15 minutes late, a day and more, and a week; and one unknown."""
    folder = tmp_path_factory.mktemp("late")
    release(folder, DUE)
    times = {"ada": "2026-12-01 11:00", "ben": "2026-12-01 12:15", "eve": "2026-12-02 12:01"}
    for learner, time in {**times, "kim": "2026-12-08 12:00", "lee": None}.items():
        grade(folder, learner, time=time and f"{time}:00 UTC", right=("1.1", "1.2", "1.4"))
    return folder


@pytest.fixture
def folder(graded, tmp_path):
    """A copy of it."""
    shutil.copy(graded / "gradebook.db", tmp_path)
    return tmp_path


def finals(folder):
    return {row.learner: (row.penalty, row.final) for row in scores(address(folder), UNIT)}


IN_TIME = (0, 7)
LATE = {"ada": IN_TIME, "ben": IN_TIME, "eve": (1.4, 5.6), "kim": (3.5, 3.5), "lee": IN_TIME}


def test_being_late_costs_nothing_by_default(folder):
    assert set(finals(folder).values()) == {IN_TIME}


def test_each_day_that_began_costs_and_optional_points_stay(folder):
    with Gradebook(address(folder)) as book:
        assert settle(book, UNIT, RULE) == 2
        assert settle(book, UNIT, RULE) == 0
    assert finals(folder) == LATE
    assert {row.extra for row in scores(address(folder), UNIT)} == {2}


def test_nbgraders_own_rule_is_the_same_everywhere(folder):
    zero = rule(Config(LateSubmissionPlugin={"penalty_method": "zero"}))
    zero_by_trait = LateRule(penalty_method="zero")
    for one in (zero, zero_by_trait):
        with Gradebook(address(folder)) as book:
            settle(book, UNIT, one)
        assert finals(folder)["kim"] == (7, 0)


def test_the_rule_stands_in_the_configuration():
    config = Config(AssignLatePenalties={"plugin_class": LateRule})
    config.LateRule.percent_per_day = 20
    assert rule(config).late_submission_penalty("ada", 10, 1) == 2


class Generous(LateRule):
    """Gives points to whoever is late; or takes more than there are."""

    gives = 0.0

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return self.gives


@pytest.mark.parametrize(("gives", "final"), [(-3, 7), (99, 0)])
def test_no_penalty_is_below_0_or_above_the_points(folder, gives, final):
    own = Generous()
    own.gives = gives
    with Gradebook(address(folder)) as book:
        settle(book, UNIT, own)
    assert finals(folder)["kim"][1] == final


def test_points_given_by_hand_change_the_penalty(folder):
    by_hand(folder, "eve", "answer_1_3", 2)
    with Gradebook(address(folder)) as book:
        settle(book, UNIT, RULE)
    assert finals(folder)["eve"] == (1.8, 7.2)


class Converter(LoggingConfigurable):
    """Stands for nbgrader's, which knows where the work lies."""

    def __init__(self, folder):
        super().__init__()
        config = Config(CourseDirectory={"root": str(folder)})
        self.coursedir = CourseDirectory(config=config)


def test_work_without_a_time_has_not_that_of_earlier_work(folder):
    exporter = LoggingConfigurable(parent=Converter(folder))
    work = folder / "submitted" / "kim" / UNIT
    work.mkdir(parents=True)
    (work / "timestamp.txt").write_text("2026-12-08 12:00:00 UTC")
    times = []
    for _ in range(2):
        grade(folder, "kim", parent=exporter)
        times.append(by_name(folder)["kim"].submitted)
        (work / "timestamp.txt").unlink(missing_ok=True)
    assert times == [datetime(2026, 12, 8, 12), None]


def moved(folder, when, *learners):
    with Gradebook(address(folder)) as book:
        due = when and datetime.fromisoformat(when).replace(tzinfo=UTC)
        return deadlines.move(book, UNIT, due, learners, RULE)


def test_a_moved_deadline_is_settled_at_once(folder):
    with Gradebook(address(folder)) as book:
        settle(book, UNIT, RULE)
    assert moved(folder, "2026-12-05 12:00") == 2
    assert finals(folder) == LATE | {"eve": IN_TIME, "kim": (2.1, 4.9)}
    assert moved(folder, None) == 1
    assert set(finals(folder).values()) == {IN_TIME}
    assert moved(folder, "2026-12-01 12:00") == 2
    assert finals(folder) == LATE


def test_a_learner_can_have_longer_also_before_anything_came_in(folder):
    moved(folder, "2026-12-07 13:00", "kim", "zoe")
    assert finals(folder)["kim"] == (0.7, 6.3)
    grade(folder, "zoe", time="2026-12-07 12:59:00 UTC", right=("1.1", "1.2"))
    with Gradebook(address(folder)) as book:
        settle(book, UNIT, RULE)
        due, others = deadlines.all_of(book, UNIT)
    assert (due, others["zoe"].isoformat()) == (
        DUE.replace(tzinfo=UTC),
        "2026-12-07T13:00:00+00:00",
    )
    assert finals(folder)["zoe"] == IN_TIME
    moved(folder, "2026-12-07 12:00")  # for all; kim's stays where it was, an hour later
    assert finals(folder)["kim"] == (0.7, 6.3)
    moved(folder, "2026-12-09 12:00")  # for all, and later than kim's
    assert finals(folder)["kim"] == IN_TIME
    moved(folder, "2026-12-01 12:00")
    moved(folder, None, "kim")
    assert finals(folder)["kim"] == LATE["kim"]


def test_nobody_needs_longer_where_there_is_no_deadline(folder):
    moved(folder, None)
    with pytest.raises(WrongCall, match="has no deadline"):
        moved(folder, "2026-12-07 13:00", "kim")


@pytest.mark.parametrize(
    "text",
    [
        *("tomorrow", "2026-13-01", "2026-12-01 25:00", ""),
        *("9999-12-31 23:59 America/New_York", "0001-01-01 00:00 Europe/Berlin"),
    ],
)
def test_what_is_no_time_is_said(text):
    with pytest.raises(WrongCall, match="is no time"):
        deadlines.moment(text)


@pytest.mark.parametrize("text", ["2026-10-12", "20261012", "2026-W42"])
def test_a_day_ends_at_its_end(text):
    assert deadlines.moment(text, UTC).isoformat() == "2026-10-12T23:59:00+00:00"


def test_a_zone_that_is_none_is_said():
    with pytest.raises(WrongCall, match="no time zone 'Mars/Base'"):
        deadlines.moment("2026-12-01 23:59 Mars/Base")


def test_offsets_and_summer_time_count():
    for text in ("2026-07-01 12:00+02:00", "2026-07-01 12:00 Europe/Berlin", "2026-07-01T10:00Z"):
        assert deadlines.stored(deadlines.moment(text)) == datetime(2026, 7, 1, 10)


def test_export_says_the_same(folder):
    class App(LoggingConfigurable):
        pass

    late = {"AssignLatePenalties": {"plugin_class": LateRule}, "LateRule": {"percent_per_day": 10}}
    app = App(config=Config(late))
    with Gradebook(address(folder)) as book:
        book.add_student("max", first_name="=1+1", last_name="Müller, Dr.")
        book.add_assignment("an exam")
        CourseExport(parent=app, to=str(folder / "grades.csv")).export(book)
    assert (folder / "grades.csv").read_bytes().startswith(codecs.BOM_UTF8)  # as Excel wants it
    with (folder / "grades.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == UNIT]
    said = {row["student_id"]: row for row in rows}
    points = {name: (row.total, row.penalty, row.final) for name, row in by_name(folder).items()}
    columns = ("raw_score", "late_submission_penalty", "score")
    for name in finals(folder):
        assert tuple(float(said[name][key]) for key in columns) == points[name]
        assert (float(said[name]["max_score"]), float(said[name]["optional"])) == (9, 2)
    assert (said["max"]["score"], said["max"]["first_name"]) == ("0.0", "'=1+1")


def by_name(folder):
    return {row.learner: row for row in scores(address(folder), UNIT)}


def test_the_command_names_what_there_is(folder, capsys):
    where = ["--directory", str(folder)]
    assert cli.main(["deadline", "01_conv", "2026-12-05", *where]) == 2
    assert "knows no unit '01_conv'; did you mean '01_conv2d'?" in capsys.readouterr().err
    assert cli.main(["deadline", UNIT, "2026-12-05", "--student", "kimm", *where]) == 2
    assert "there is no learner 'kimm'; did you mean 'kim'?" in capsys.readouterr().err
    assert cli.main(["deadline", UNIT, "2026-12-05", "12:00", "Europe/Berlin", *where]) == 0
    said = capsys.readouterr().out
    assert f"{UNIT}, all: until 2026-12-05 12:00 CET (2026-12-05 11:00 UTC)." in said
    assert "0 penalties changed; nothing was run again." in said
    assert cli.main(["deadline", UNIT, "2026-12-04 UTC", "--student", "kim", *where]) == 2
    assert "is before the class's deadline" in capsys.readouterr().err
    twice = ["--student", "kim", "--student", "kim"]
    assert cli.main(["deadline", UNIT, "2026-12-06 UTC", *twice, *where]) == 0
    assert capsys.readouterr().out.count("kim") == 1
    assert cli.main(["deadline", UNIT, *where]) == 0
    assert f"{UNIT}, kim: until 2026-12-06 23:59 UTC." in capsys.readouterr().out
    for when in ("2026-12-06 23:59 UTC", "2026-12-07 UTC", "none"):
        assert cli.main(["deadline", UNIT, when, *where]) == 0
        assert cli.main(["deadline", UNIT, *where]) == 0
        said = capsys.readouterr().out
        assert "kim: until 2026-12-06 23:59 UTC; the class has as long by now, or longer." in said
