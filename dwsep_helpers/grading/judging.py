"""Judge a notebook's graded cells: at their place, and again where others were to blame."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output

from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.messages import judged_with
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.put_in import gives_same
from dwsep_helpers.grading import graded_cells, harmless
from dwsep_helpers.grading.cells_needed import may_bind
from dwsep_helpers.grading.graded_cells import Called
from dwsep_helpers.grading.metadata import NOTES, grade_id
from dwsep_helpers.wrapping import listed


class JudgeCells:
    """Judges the graded cells that call checks.

    Attributes
    ----------
    _judged : list of (NotebookNode, list of Called, int)
        The cells that were judged so far, what they call, and where they stand.
    """

    _judged: list[tuple[NotebookNode, list[Called], int]]
    nb: NotebookNode
    course: Any
    _ask: Any

    def _judge(
        self, cell: NotebookNode, calls: list[Called], index: int, given: Mapping[str, str] = {}
    ) -> bool:
        """Judge a graded cell, and note what was found; return whether it passed.

        Parameters
        ----------
        cell : NotebookNode
        calls : list of Called
        index : int
            Of a cell to ask from.
        given : mapping of str to str, optional
            Functions of the learner's that are the course's meanwhile.
        """
        judged = graded_cells.judge_cell(calls, partial(self._ask, index), given)
        cell.outputs = harmless.outputs(judged.outputs)
        cell.metadata[NOTES] = {
            "exercise": judged.exercise,
            "outcome": judged.outcome,
            "mistake": judged.mistake,
            "hint": judged.hint,
            "why_no_answer": None if judged.answered else _why_no_answer(cell.outputs),
            "in_place": listed(sorted(judged.in_place)) or None,
        }
        return judged.outcome == str(Outcome.PASSED)

    def _judge_again(self) -> None:
        """Judge once more, when all has run, the checks that stand above their answers.

        Where one passes, those that failed beside it may have lacked the same function.
        """
        passes = False
        failed = [
            (cell, calls, self._is_answered_below(calls, index))
            for cell, calls, index in self._judged
            if not _passed(cell)
        ]
        for cell, calls, is_below in sorted(failed, key=lambda one: not one[2]):
            if not (is_below or passes):
                break
            before = deepcopy(cell)
            if self._judge(cell, calls, len(self.nb.cells) - 1):
                passes = True
                told = self.nb.metadata.get(NOTES, {}).get("repairs", [])
                answer = "its answer" if is_below else "another cell's answer"
                told.append(f"cell {grade_id(cell)!r} stands above {answer}, and came after it")
            elif not is_below or cell.metadata[NOTES]["outcome"] == graded_cells.NO_ANSWER:
                cell.update(before)

    def _is_answered_below(self, calls: list[Called], index: int) -> bool:
        """Whether a cell of the learner's below a check binds what it checks."""
        wanted = {call.function for call in calls}
        below = self.nb.cells[index + 1 :]
        mine = (c.source for c in below if c.cell_type == "code" and c.source not in self.course)
        return any(may_bind(source, wanted) for source in mine)

    def _judge_follow_on(self) -> None:
        """Judge what failed once more, with the course's functions for earlier ones that did.

        What passes then, and called one of them, has its points. An exercise that asks for the
        same numbers as an earlier one isn't given that one's function.
        """
        wrong: dict[str, Exercise] = {}
        for cell, calls, _ in self._judged:
            if _passed(cell):
                continue
            given = {
                name: one.name
                for name, one in wrong.items()
                if not any(gives_same(one, call.exercise) for call in calls)
            }
            before = deepcopy(cell)
            written = cell.metadata[NOTES]["outcome"] != Outcome.NOT_ATTEMPTED
            passed = given and written and self._judge(cell, calls, len(self.nb.cells) - 1, given)
            if passed and (called := cell.metadata[NOTES]["in_place"]):
                told = f"{judged_with(called)}\n"
                cell.outputs.append(new_output("stream", name="stdout", text=told))
            else:
                cell.update(before)
                wrong |= {
                    one.function: one.exercise for one in calls if one.function.isidentifier()
                }


def _passed(cell: NotebookNode) -> bool:
    return cell.metadata[NOTES]["outcome"] == str(Outcome.PASSED)


def _why_no_answer(shown: list[NotebookNode]) -> str | None:
    """Return what kept a kernel from answering, where no error of the learner's function did."""
    names = (DeadKernelError.__name__, CellTimeoutError.__name__, "LostKernel", "NoTimeLeft")
    return next((one.evalue for one in shown if one.get("ename") in names), None)
