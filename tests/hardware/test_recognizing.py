"""A learner's slow layers get an image that they can take; the time of each kind is kept apart."""

import numpy as np
import pytest

from dwsep_helpers.hardware import recognizing


class Clock:
    """A clock that runs as it is told."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    found = Clock()
    monkeypatch.setattr(recognizing, "time", found)
    monkeypatch.setattr(recognizing, "quick", lambda: False)
    return found


@pytest.mark.parametrize(
    ("seconds_at_32", "size"), [(0.01, 224), (0.8, 224), (1.0, 160), (4.0, 96), (90.0, 32)]
)
def test_the_image_is_as_large_as_there_is_time_for(clock, capsys, seconds_at_32, size):
    shapes = []

    def run(x):
        shapes.append(x.shape)
        clock.now += seconds_at_32

    assert recognizing.affordable_size(run, seconds=40) == size
    assert shapes == [(1, 3, 32, 32)]
    said = " ".join(capsys.readouterr().out.split())
    fewer = f"the image has {size}×{size} pixels, {(224 / size) ** 2:.2g} times fewer"
    assert (fewer in said) == (size != 224)


def test_the_unit_says_how_long_an_image_may_take(root):
    unit = (root / "solutions/08_capstone/08_capstone.ipynb").read_text("utf-8")
    assert f"as your layers can take it in {recognizing.SECONDS:.0f} seconds" in unit


def test_a_graded_notebook_takes_the_smallest(monkeypatch):
    monkeypatch.setattr(recognizing, "quick", lambda: True)
    assert recognizing.affordable_size(lambda x: 1 / 0) == 32


def test_time_is_kept_apart_by_kind(clock):
    def layer(seconds):
        clock.now += seconds
        return seconds

    names = {"a": layer, "b": layer}
    with recognizing.clocked(names, {"a": "depthwise", "b": "pointwise"}) as seconds:
        assert names["a"](1) + names["b"](2) + names["a"](4) == 7
        clock.now += 8
    assert seconds == {"depthwise": 5, "pointwise": 2, "other": 8}
    assert names == {"a": layer, "b": layer}


def test_functions_come_back_after_an_error(clock):
    names = {"a": np.sum}
    with pytest.raises(ZeroDivisionError), recognizing.clocked(names, {"a": "depthwise"}):
        1 / 0  # noqa: B018
    assert names["a"] is np.sum


def test_the_courses_layers_are_not_called_the_learners():
    from dwsep_helpers import mine

    assert recognizing.are_theirs(np.sum, lambda x: x)
    assert not recognizing.are_theirs(np.sum, mine.conv2d_vectorized)


def test_programs_of_a_network_say_what_it_says():
    torch = pytest.importorskip("torch")
    pytest.importorskip("ai_edge_litert")
    pytest.importorskip("executorch")
    from dwsep_helpers.mobilenet.inverted import Design, MobileNetV2, Stage

    torch.manual_seed(0)
    stages = Stage(1, 3, 1, 1, 8), Stage(2, 5, 2, 3, 8)
    network = MobileNetV2(5, design=Design("small", stages, same=True, stem=8, head=16)).eval()
    images = torch.rand(4, 3, 16, 16)
    with torch.inference_mode():
        right = network(images[:1])
    programs = recognizing.programs(network, images)
    assert [*programs] == ["ExecuTorch, float32", "LiteRT, float32", "LiteRT, int8"]
    sizes = [run.size for run in programs.values()]
    assert sizes[2] < min(sizes[:2])
    for name, run in programs.items():
        close = 0.03 if "int8" in name else 1e-5
        reach = float(right.max() - right.min())
        np.testing.assert_allclose(run(images[:1]), right, atol=close * reach)
