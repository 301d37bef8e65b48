"""Predictions in kernels as learners have them: clicks, what is kept of them, and warm-ups."""

import json
import os
import re
import threading
import time

import pytest
from jupyter_client.manager import start_new_kernel

from dwsep_helpers import carried, notebook, predictions
from dwsep_helpers.predictions import QUESTIONS, entries
from dwsep_helpers.predictions.entries import Entry

HTML, TEXT = "text/html", "text/plain"
AFRESH = """
%reset -f
import os
for name in ("NBGRADER_EXECUTION", "DWSEP_READ_ALONG"):
    os.environ.pop(name, None)
os.chdir({folder!r})
import dwsep_helpers
from dwsep_helpers import figures, predict, predictions, recap, reveal
for known in (predictions._entries, predictions._forms, predictions._later):
    known.clear()
def click(question, answer):
    predictions._forms[question]._received({{"id": question, "answer": answer}})
"""
CLICK = "click({!r}, {!r})".format


class Page:
    """What a frontend shows of each cell: texts and displays, and these as they were updated."""

    def __init__(self, client):
        self.client = client

    def __call__(self, source, person=True):
        """Run a cell; return its number."""
        if source.startswith("\n%reset"):
            self.cells = []
        shown = []

        def listen(message):
            kind, content = message["msg_type"], message["content"]
            if kind == "stream":
                shown.append({TEXT: content["text"]})
            elif kind == "error":
                shown.append({TEXT: f"{content['ename']}: {content['evalue']}"})
            elif kind in ("display_data", "execute_result"):
                name = content.get("transient", {}).get("display_id")
                shown.append({**content["data"], "name": name})
            elif kind == "update_display_data":
                name = content["transient"]["display_id"]
                for output in (one for cell in [*self.cells, shown] for one in cell):
                    if output.get("name") == name:
                        output.update(content["data"])

        self.client.execute_interactive(
            source, output_hook=listen, timeout=300, allow_stdin=person, stdin_hook=print
        )
        self.cells.append(shown)
        return len(self.cells) - 1

    def text(self, number):
        """Return a cell's texts, in one line."""
        return " ".join(" ".join(output[TEXT] for output in self.cells[number]).split())


@pytest.fixture(scope="module")
def client():
    manager, client = start_new_kernel(kernel_name="python3", transport_encryption="auto")
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def course(tmp_path):
    for name in ("01_conv2d", "02_depthwise", "03_pointwise"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def page(client, course):
    """A page of unit 01, in a new session."""
    page = Page(client)
    page(AFRESH.format(folder=str(course / "01_conv2d")))
    return page


def opened(page, unit):
    """Go on in another notebook."""
    page(AFRESH.format(folder=str(unit)))
    return page


def kept(course):
    return {path.stem: json.loads(path.read_text()) for path in (course / ".mine").rglob("*.json")}


def test_a_click_reveals_in_the_questions_cell_and_in_that_of_its_reveal(page):
    asks = page('predict("1.3")')
    page('def shows():\n    print("180°")\n    return figures.shapes(x=(1, 1, 2, 2))')
    reveals = page('reveal("1.3", shows=shows)')
    assert "Prediction 1.3: what correlation" in page.text(asks)
    assert "turned by 180°. Flipping" not in page.cells[asks][0][HTML]
    assert page.text(reveals) == (
        "You haven't predicted 1.3 yet: answer or skip it in its cell above, and what comes out "
        "shows here."
    )
    page(CLICK("1.3", "a"))
    told = "You predicted a (the kernel as it is). It is b (the kernel turned by 180°). The window"
    assert told in page.text(asks)
    assert page.text(reveals).startswith(told)
    assert re.search(r"undoes that. 180° \[Picture: [^]]*\]$", page.text(reveals))
    assert len(page.cells[reveals]) == 1
    assert '<img src="data:image/png' in page.cells[reveals][0][HTML]


def test_what_was_revealed_shows_in_the_questions_cell(page):
    asks = page('predict("1.5")')
    page(CLICK("1.5", 13))
    assert "You predicted 13." in page.text(asks)
    assert "It is" not in page.text(asks)
    page(CLICK("1.5", "skip"))
    assert "Skipped." in page.text(asks)
    page(CLICK("1.5", 12))
    assert page.text(page('reveal("1.5", lambda: 13)')).startswith("You predicted 12. It is 14.")
    assert "You predicted 12. It is 14. The kernel starts" in page.text(asks)
    assert "Your function says 13: run the check of exercise 1.4 first." in page.text(asks)
    page(CLICK("1.5", 14))
    assert "You predicted 12. It is 14." in page.text(asks)
    again = page('predict("1.5")')
    assert "You predicted 12. It is 14." in page.text(again)


@pytest.mark.parametrize("answer", ["z", None, [1], {"a": 1}, "a" * 3000])
def test_what_is_no_answer_is_none(page, answer):
    page('predict("1.3")')
    assert "AnswerError" in page.text(page(CLICK("1.3", answer)))
    assert "1.3 what correlation makes of an impulse — —" in page.text(page('recap("01")'))


def test_two_questions_of_one_reveal_wait_for_each_other(page):
    page('predict("5.4")\npredict("5.5")')
    reveals = page('reveal("5.4 and 5.5", shows=lambda: "a picture")')
    page(CLICK("5.4", "a"))
    assert "You haven't predicted 5.4 yet" in page.text(reveals)
    page('predict("5.5", "b")')
    assert "It is b (the dense one)." in page.text(reveals)
    assert "'a picture'" in page.text(reveals)


def test_a_reveal_waits_for_a_question_that_is_yet_to_be_asked(page):
    reveals = page('reveal("1.5")')
    assert "yet: run its cell above, answer or skip it, and" in page.text(reveals)
    page('predict("1.5")')
    page(CLICK("1.5", "skip"))
    assert page.text(reveals).startswith("It is 14. The kernel starts")


def test_what_cannot_show_later_asks_to_run_its_cell_again(page):
    page('predict("1.3")\npredict("1.2")\npredict("1.4")')
    reveals = page('reveal("1.3", shows=lambda: 1 // 0)')
    slides = page('import ipywidgets\nreveal("1.2", shows=lambda: ipywidgets.IntSlider())')
    bars = page(
        "from dwsep_helpers.progress import progress\n"
        'reveal("1.4", shows=lambda: [*progress(range(3), what="so far")])'
    )
    for question in ("1.3", "1.2"):
        page(CLICK(question, "b"))
    page(CLICK("1.4", 27))
    assert page.text(reveals).endswith("undoes that. Now run this cell again.")
    assert "Now run this cell again." in page.cells[slides][0][HTML]
    assert page.text(bars).endswith("one map in all. so far · 3 of 3 [0, 1, 2]")


def test_predictions_are_known_in_the_next_session(page, course):
    page('predict("1.3")\npredict("1.5")\npredict("1.6")')
    for answer in (("1.3", "a"), ("1.5", 13), ("1.6", "skip")):
        page(CLICK(*answer))
    page('reveal("1.3")')
    assert kept(course)["1.5"]["predicted"] == 13
    opened(page, course / "01_conv2d")
    asks = page('predict("1.3")\npredict("1.5")\npredict("1.6")')
    assert "You predicted a (the kernel as it is). It is b" in page.text(asks)
    assert "You predicted 13." in page.text(asks)
    assert "Skipped." in page.text(asks)
    assert "As you predicted" not in page.text(page('predict("1.3", "b")'))
    assert page.text(page('reveal("1.5")')).startswith("You predicted 13. It is 14.")
    assert "0 of 2 as you predicted." in page.text(page('recap("01")'))
    assert opened(page, course.parent).text(page('recap("01")')).endswith("revealed yet.")


def test_what_came_out_otherwise_is_asked_once_more_and_once(page, course):
    page('predict("1.3", "a")\npredict("1.5", 14)\npredict("1.1", 5)\npredict("1.2", "skip")')
    page('predict("1.4", 9)')
    for question in ("1.1", "1.2", "1.3", "1.5"):
        page(f"reveal({question!r})")

    opened(page, course / "02_depthwise")
    setup = page("dwsep_helpers.setup()")
    said = page.text(setup)
    assert "To warm up, from unit 01: what came out otherwise than you predicted." in said
    assert re.findall(r"Warm-up ([\d.]+): ", said) == ["1.1", "1.3"]
    assert QUESTIONS["1.3"].asks in said
    assert "It is" not in said
    page(
        '[form._received({"id": "1.3", "answer": "b"})'
        " for form in __import__('gc').get_objects() if isinstance(form, predictions.Form)]"
    )
    assert "As you predicted, it is b (the kernel turned by 180°)." in page.text(setup)
    assert kept(course)["1.3"]["again"]
    assert kept(course)["1.3"]["predicted"] == "a"

    opened(page, course / "02_depthwise")
    assert re.findall(r"Warm-up ([\d.]+): ", page.text(page("dwsep_helpers.setup()"))) == ["1.1"]
    assert "1.3" in page.text(page('recap("01")'))
    opened(page, course / "03_pointwise")
    assert "warm up" not in page.text(page("dwsep_helpers.setup()"))


@pytest.mark.parametrize("how", ["graded", "program"])
def test_nothing_is_kept_or_read_while_a_program_runs_it(page, course, how):
    person = how == "graded"
    if person:
        page("os.environ['NBGRADER_EXECUTION'] = 'autograde'")
    page('predict("1.3", "a")', person=person)
    assert page.text(page('reveal("1.3")', person=person)).startswith("You predicted a")
    assert not (course / ".mine").exists()


def test_a_program_reads_questions_as_text(page):
    assert page.cells[page('predict("1.3")', person=False)][0].keys() == {TEXT}
    assert page.cells[page('reveal("1.3")', person=False)][0].keys() == {TEXT}


def test_who_reads_along_answers_in_the_page(page):
    page("os.environ['DWSEP_READ_ALONG'] = '1'")
    asks = page('predict("1.3")\npredict("1.7")', person=False)
    page("from dwsep_helpers import notebook\nnotebook.passed = {'1.5', '1.7'}")
    page('reveal("1.3")\nreveal("1.7", lambda: 77.0)', person=False)
    for output, value in zip(page.cells[asks], ('"b"', "77"), strict=True):
        assert f'"outcome":{{"value":{value},' in output[HTML]
        assert '"shown":false' in output[HTML]
        assert "It is" not in output[TEXT]


@pytest.fixture
def store(tmp_path, monkeypatch):
    """Where predictions are kept, as in a notebook that a person runs."""
    monkeypatch.setattr(carried, "folder", lambda: tmp_path / ".mine")
    monkeypatch.setattr(notebook, "somebody_watches", lambda: True)
    return tmp_path / ".mine" / entries.FOLDER


QUESTION = QUESTIONS["1.3"]
DAMAGED = {
    "empty": "",
    "cut": '{"predicted": "a", "ou',
    "no text": b"\xff\xfe\x00",
    "another's": "[1, 2]",
    "a number": "3",
    "deep": "[" * 1_500,
    "huge": json.dumps({"predicted": "a", "more": "x" * 100_000}),
    "another form": json.dumps({"predicted": 3.5}),
    "another letter": json.dumps({"predicted": "z"}),
    "a list": json.dumps({"predicted": ["a"]}),
    "nothing": json.dumps({"predicted": None}),
    "odd flags": json.dumps({"skipped": "yes", "shown": 1}),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_file_that_is_damaged_is_an_open_question(store, content):
    store.mkdir(parents=True)
    data = content if isinstance(content, bytes) else content.encode()
    (store / "1.3.json").write_bytes(data)
    assert entries.read(QUESTION) == Entry()
    entries.keep(QUESTION, Entry("a"))
    assert entries.read(QUESTION) == Entry("a")


def test_what_came_out_is_the_courses_truth_whatever_a_file_says(store):
    entries.keep(QUESTION, Entry("a", "a", shown=True))
    assert entries.read(QUESTION) == Entry("a", "b", shown=True)
    entries.keep(QUESTIONS["1.7"], Entry(50.0, 77.0, shown=True))
    assert entries.read(QUESTIONS["1.7"]).outcome == 77


@pytest.mark.parametrize("obstacle", ["a file", "a folder", "a pipe", "read-only"])
def test_where_nothing_can_be_kept_the_session_knows(store, monkeypatch, obstacle):
    monkeypatch.setattr(predictions, "_entries", {})
    if obstacle == "a file":
        store.parent.write_text("a file, where a folder should be")
    elif obstacle == "read-only":

        def refused(*arguments):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(carried, "write", refused)
    else:
        store.mkdir(parents=True)
        place = store / "1.3.json"
        place.mkdir() if obstacle == "a folder" else os.mkfifo(place)
    predictions.predict("1.3", "a")
    predictions.reveal("1.3")
    assert "0 of 1 as you predicted." in str(predictions.recap("01"))


def test_two_notebooks_lose_nothing_of_each_other(store):
    def keep(unit):
        for question in QUESTIONS.values():
            if question.unit == unit:
                entries.keep(question, Entry(skipped=True))
                time.sleep(0)

    writers = [threading.Thread(target=keep, args=(unit,)) for unit in ("01", "02") * 2]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert all(entries.read(q).skipped for q in QUESTIONS.values() if q.unit in ("01", "02"))
    assert not [path for path in store.iterdir() if path.suffix != ".json"]


def test_an_open_question_is_not_kept(store):
    entries.keep(QUESTION, Entry(outcome="b", shown=True))
    assert not store.exists()
