"""What a small class handed in, as two platforms let a teacher download it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import nbformat

from demo.classes import CLASSES

CANVAS_UNIT, MOODLE_UNIT = "01_conv2d", "02_depthwise"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,2D convolution (808),Depthwise convolution (809)
    Points Possible,,,,,20.00,15.00
"Byron, Ada",11,u-1,ada,Monday,,
"Li, Ben",12,u-2,ben,Monday,,
"Oz, Cem",13,u-3,cem,Tuesday,,
"Student, Test",99,,aa00,Monday,,
"""
MOODLE = """\
Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade",\
"Grade can be changed","Last modified (submission)","Last modified (grade)","Feedback comments"
"Participant 4711","Ada Byron",u-1,ada@example.org,"Submitted for grading",,15.00,Yes,\
"Thursday, 15 October 2026, 9:15 AM",-,
"Participant 4712","Ben Li",u-2,ben@example.org,"Submitted for grading",,15.00,Yes,\
"Saturday, 17 October 2026, 9:15 AM",-,
"Participant 4713","Cem Oz",u-3,cem@example.org,"No submission",,15.00,Yes,-,-,
"""


def write(course: Path, folder: Path) -> None:
    """Write what is to be downloaded, of units as they are released in a course.

    Canvas has unit 01: Ada's is right, Ben's convolution is wrong and late, and later he hands in
    another. Moodle has unit 02, of both.
    """
    folder.mkdir()
    (folder / "canvas-gradebook.csv").write_text(CANVAS, encoding="utf-8")
    (folder / "moodle-02-worksheet.csv").write_text(MOODLE, encoding="utf-8")
    right, wrong = (answered(course, CANVAS_UNIT, name) for name in ("perfect", "kernel-flipped"))
    first = {f"byronada_11_501_{CANVAS_UNIT}.ipynb": right}
    _zip(folder / "canvas-01.zip", first | {f"liben_LATE_12_502_{CANVAS_UNIT}.ipynb": wrong})
    again = first | {f"liben_LATE_12_602_{CANVAS_UNIT}-1.ipynb": right}
    _zip(folder / "canvas-01-again.zip", again)
    handed_in = {"Ada Byron_4711": "perfect", "Ben Li_4712": "channels-mixed"}
    files = {
        f"{who}_assignsubmission_file_/{MOODLE_UNIT}.ipynb": answered(course, MOODLE_UNIT, name)
        for who, name in handed_in.items()
    }
    _zip(folder / "moodle-02.zip", files)


def answered(course: Path, unit: str, example: str) -> bytes:
    """Return the notebook of an example's."""
    solution, released = (
        nbformat.read(course / step / unit / f"{unit}.ipynb", as_version=4)
        for step in ("solutions", "notebooks")
    )
    one = next(one for one in CLASSES[unit] if one.name == example)
    return nbformat.writes(one.notebook(released, solution)).encode()


def _zip(path: Path, files: Mapping[str, bytes]) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in files.items():
            archive.writestr(name, one)
    path.write_bytes(content.getvalue())
