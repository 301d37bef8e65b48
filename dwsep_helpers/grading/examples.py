"""An example class: learners' notebooks made by filling in the released one.

Right answers come from the unit's solution; wrong ones are written here, as learners write them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

Answers = Mapping[str, str]


@dataclass(frozen=True)
class Example:
    """One learner of the example class.

    Attributes
    ----------
    name : str
        The student id: the role, or the known mistake's name.
    answers : function
        From all right answers to what this learner wrote, both by grade id.
    edit : function, optional
        What the learner did to the notebook besides, in place.
    """

    name: str
    answers: Callable[[Answers], Answers]
    edit: Callable[[NotebookNode], None] = lambda notebook: None

    def notebook(self, released: NotebookNode, solution: NotebookNode) -> NotebookNode:
        """Return the notebook that this learner hands in."""
        filled = fill(released, self.answers(right_answers(solution)))
        self.edit(filled)
        return filled


def grade_id(cell: NotebookNode) -> str | None:
    """Return the cell's name in the gradebook, or None where it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def right_answers(solution: NotebookNode) -> Answers:
    """Return the source of a solution's answers by grade id, without the marks around them."""
    return {
        grade_id(cell): "\n".join(
            line for line in cell.source.splitlines() if not line.strip().startswith("### ")
        )
        for cell in solution.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def fill(released: NotebookNode, answers: Answers) -> NotebookNode:
    """Return the released notebook with these answers in its solution cells.

    Raises
    ------
    ValueError
        An answer's grade id is not in the notebook.
    """
    notebook = deepcopy(released)
    cells = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}
    if unknown := set(answers) - set(cells):
        raise ValueError(f"no cell is called {', '.join(sorted(unknown))}")
    for name, source in answers.items():
        cells[name].source = source
    return notebook


def write(example: Example, released: Path, solution: Path, submitted: Path) -> Path:
    """Write an example's notebook to where nbgrader looks for it.

    Parameters
    ----------
    example : Example
        Who hands it in.
    released, solution : Path
        The unit's notebooks.
    submitted : Path
        nbgrader's folder of submissions.
    """
    notebook = example.notebook(
        *(nbformat.read(path, as_version=4) for path in (released, solution))
    )
    path = submitted / example.name / released.parent.name / released.name
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def duplicate(name: str) -> Callable[[NotebookNode], None]:
    """Return an edit that copies a cell and pastes it right below, as JupyterLab's `c v` does."""

    def edit(notebook: NotebookNode) -> None:
        place = next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == name)
        copy = deepcopy(notebook.cells[place])
        copy.id = f"{copy.id}-copy"
        notebook.cells.insert(place + 1, copy)

    return edit


def _all(right: Answers) -> Answers:
    return right


def _none(right: Answers) -> Answers:
    return {}


def _only(*names: str) -> Callable[[Answers], Answers]:
    return lambda right: {name: right[name] for name in names}


def _but(**wrong: str) -> Callable[[Answers], Answers]:
    return lambda right: {**right, **wrong}


_PADDING_COUNTED_ONCE = """\
def conv_output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    kernel_span = (kernel_size - 1) * dilation + 1
    return (input_size + padding - kernel_span) // stride + 1
"""

_KERNEL_FLIPPED = '''\
def pair(value):
    """Return (rows, columns) from an int or a pair."""
    return value if isinstance(value, tuple) else (value, value)


def conv2d(x, weight, bias=None, stride=1, padding=0):
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    N, C_in, H, W = x.shape
    C_out, _, k_h, k_w = weight.shape
    h_out = conv_output_size(H, k_h, s_h, p_h)
    w_out = conv_output_size(W, k_w, s_w, p_w)
    padded = np.zeros((N, C_in, H + 2 * p_h, W + 2 * p_w))
    padded[:, :, p_h:p_h + H, p_w:p_w + W] = x
    y = np.zeros((N, C_out, h_out, w_out))
    for n in range(N):
        for f in range(C_out):
            for i in range(h_out):
                for j in range(w_out):
                    window = padded[n, :, i * s_h:i * s_h + k_h, j * s_w:j * s_w + k_w]
                    y[n, f, i, j] = (window * weight[f, :, ::-1, ::-1]).sum()
            if bias is not None:
                y[n, f] += bias[f]
    return y
'''

_BATCH_FORGOTTEN = """\
def conv2d_macs(n_filters, channels, kernel_size, output_size, batch=1):
    k_h, k_w = pair(kernel_size)
    h_out, w_out = pair(output_size)
    return n_filters * channels * k_h * k_w * h_out * w_out
"""

_INDEX_OUT_OF_BOUNDS = """\
def convolve2d(image, kernel):
    k_h, k_w = kernel.shape
    flipped = np.zeros_like(kernel)
    for i in range(k_h):
        for j in range(k_w):
            flipped[k_h - i, k_w - j] = kernel[i, j]
    return correlate2d(image, flipped)
"""

_ENDS_PYTHON = """\
def conv2d_macs(n_filters, channels, kernel_size, output_size, batch=1):
    import os
    os._exit(1)
"""

CLASSES: dict[str, tuple[Example, ...]] = {
    "01_conv2d": (
        Example("perfect", _all),
        Example("partly-right", _only("conv_output_size", "correlate2d", "convolve2d")),
        Example("untouched", _none),
        Example("kernel-flipped", _but(conv2d=_KERNEL_FLIPPED)),
        Example("padding-counted-once", _but(conv_output_size=_PADDING_COUNTED_ONCE)),
        Example("batch-forgotten", _but(conv2d_macs=_BATCH_FORGOTTEN)),
        Example("crashes", _but(convolve2d=_INDEX_OUT_OF_BOUNDS, conv2d_macs=_ENDS_PYTHON)),
        Example("cell-duplicated", _all, edit=duplicate("test_conv2d")),
    ),
}
