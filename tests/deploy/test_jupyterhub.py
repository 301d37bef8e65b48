"""A class on JupyterHub: formgrader for who teaches; a unit that goes out and comes back."""

import grp
import os
import stat
import subprocess
import sys
from pathlib import Path

import hub
import nbformat
import pytest

from demo import examples
from dwsep_helpers import course as units
from dwsep_helpers.grading.class_folder import database
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.scores import scores

pytestmark = pytest.mark.skipif(hub.missing() is not None, reason=f"{hub.missing()}")
UNIT = "01_conv2d"
FORMGRADER = "/services/formgrader/formgrader"
GROUP = f"dwsep{os.getpid()}"
WORDS = {"instructors": GROUP, "grader": f"{GROUP}-grader", "mary": f"{GROUP}-mary"}
MARY, TOM, ADA, BEN = (f"{GROUP}-{name}" for name in ("mary", "tom", "ada", "ben"))


def test_formgrader_opens_for_teachers_alone(root):
    """Also where nobody can make accounts: everybody is the one who runs this."""
    before = (
        "import grp, types\n"
        "grp.getgrnam = lambda name: types.SimpleNamespace(gr_mem=['mary', 'tom'])\n"
    )
    words = {
        '"user": "grader",': "",
        '"--ServerApp.default_url=/formgrader",': (
            '"--allow-root", "--ServerApp.default_url=/formgrader",'
        ),
        "c = get_config()": "c = get_config(); c.JupyterHub.spawner_class = 'simple'",
    }
    with hub.folder() as place:
        environment = hub.set_up(root, place, Path(sys.executable), words)
        config = place / "srv/dwsep/course/deploy/jupyterhub/jupyterhub_config.py"
        with hub.running(place, environment, config, before) as address:
            for name in ("mary", "tom"):
                teacher = hub.Person(address, name)
                page = teacher.get("/services/formgrader/")
                assert page.ok
                assert FORMGRADER in page.url
                assert page.headers["Content-Security-Policy"].startswith("frame-ancestors 'none'")
                (about,) = teacher.get(f"{FORMGRADER}/api/assignments").json()
                assert (about["name"], about["status"]) == (UNIT, "draft")
            learner = hub.Person(address, "ada")
            for page in ("/services/formgrader/", FORMGRADER, f"{FORMGRADER}/api/assignments"):
                assert learner.get(page).status_code == 403


def ask(who, folder, *command):
    """Run a command as somebody, as in a terminal; return its status and what it said."""
    done = subprocess.run(
        ["runuser", "-u", who, "--", "sh", "-c", 'umask 022; exec "$@"', "sh", *map(str, command)],
        cwd=folder,
        env={"HOME": f"/home/{who}", "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, done.stdout


def answered(root, released):
    """Return a released notebook with right answers, each of which tries to write a file."""
    solution = nbformat.read(root / "solutions" / UNIT / f"{UNIT}.ipynb", as_version=4)
    writes = f"try:\n    open('/tmp/{GROUP}', 'w')\nexcept OSError:\n    pass\n"
    answers = examples.right_answers(solution)
    return examples.fill(released, {name: writes + text for name, text in answers.items()})


@pytest.fixture
def class_(root):
    """A folder that stands for /, and the environment in it: README.md's steps were taken."""
    if os.getuid():
        pytest.skip("accounts are made by root")
    if reason := sandbox.unavailable():
        pytest.skip(f"no sandbox: {reason}")
    if not (python := hub.python_for_all()):
        pytest.skip("other accounts can't run this Python")
    with hub.folder() as place, hub.accounts(GROUP, [MARY, TOM], [ADA, BEN]):
        environment = hub.set_up(root, place, python, WORDS)
        hub.take_steps(place, WORDS)
        subprocess.run(["usermod", "--append", "--groups", GROUP, TOM], check=True)
        yield place, environment


def test_a_unit_goes_out_and_comes_back(root, class_):
    place, environment = class_
    config = place / "etc/dwsep/jupyterhub_config.py"
    course, exchange = place / "srv/dwsep/course", place / "srv/dwsep/exchange/dwsep"
    dwsep, unit = place / "usr/local/bin/dwsep", f"{FORMGRADER}/api/assignment/{UNIT}"
    with hub.running(place, environment, config) as address:
        mary, tom, ada = (hub.Person(address, name) for name in (MARY, TOM, ADA))
        assert FORMGRADER in mary.get("/services/formgrader/").url
        for step in ("assign", "release"):
            done = mary.post(f"{unit}/{step}")
            assert done["success"], done

        ada.start()
        own, said = f"/user/{ADA}", {"course_id": "dwsep", "assignment_id": UNIT}
        assert ada.get("/services/formgrader/").status_code == 403
        assert ada.get(f"{own}/formgrader").status_code == 404
        assert '"@jupyter/nbgrader:formgrader"' in ada.get(f"{own}/lab").text
        done = ada.post(f"{own}/assignments/fetch", **said)
        assert done["success"], done
        path = f"{own}/api/contents/{UNIT}/{UNIT}.ipynb"
        released = nbformat.from_dict(ada.get(path).json()["content"])
        ada.put(path, {"type": "notebook", "content": answered(root, released)})
        done = ada.post(f"{own}/assignments/submit", **said)
        assert done["success"], done

        # Another learner reads none of it, and can't remove it.
        assert len([*(exchange / "inbound").iterdir()]) == 1
        for closed in (exchange / "inbound", course, course / "gradebook.db", f"/home/{ADA}"):
            status, told = ask(BEN, "/", "ls", closed)
            assert status, told
        assert ask(BEN, "/", "mv", exchange, place / "srv/dwsep/exchange/other")[0]

        # One teacher takes it in and grades it, others go on with the same files.
        listed = tom.get("/services/formgrader/")
        assert listed.ok
        (about,) = tom.get(f"{FORMGRADER}/api/assignments").json()
        assert (about["name"], about["status"]) == (UNIT, "released")
        done = tom.post(f"{unit}/collect")
        assert done["success"], done
        status, told = ask(TOM, course, dwsep, "autograde", UNIT)
        assert (status, "1 graded in" in told) == (0, True), told
        status, told = ask(MARY, course, dwsep, "autograde", UNIT, "--force")
        assert (status, "1 graded in" in told) == (0, True), told
        done = tom.post(f"{FORMGRADER}/api/submission/{UNIT}/{ADA}/autograde")
        assert done["success"], done
        assert "lock" not in done["log"]
        for who in (TOM, MARY):
            status, told = ask(who, course, dwsep, "report", UNIT)
            assert status == 0, told
        (row,) = scores(database(course), UNIT)
        assert (row.learner, row.total) == (ADA, units.unit(UNIT).points)
        done = mary.post(f"{unit}/release_feedback")
        assert done["success"], done

        done = ada.post(f"{own}/assignments/fetch_feedback", **said)
        assert done["success"], done
        (page,) = Path(f"/home/{ADA}/{UNIT}/feedback").glob("*/*.html")
        assert UNIT in page.read_text()
    assert not Path("/tmp", GROUP).exists()
    group = grp.getgrnam(GROUP).gr_gid
    assert [path for path in course.rglob("*") if not belongs(path, group)] == []


def belongs(path, group):
    """Return whether a group can change a file."""
    state = path.stat()
    wanted = 0o2070 if stat.S_ISDIR(state.st_mode) else 0o060
    return state.st_gid == group and state.st_mode & wanted == wanted
