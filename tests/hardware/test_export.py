"""Exports held against eager: inputs of every layout, and the networks of public reports."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from dwsep_helpers.hardware.export import Program, export, quantized

LAST = torch.channels_last
SHAPE = (1, 2, 3, 4)


class Through(nn.Module):
    """Layers, and then a function of x, y and the module."""

    def __init__(self, layer, then):
        super().__init__()
        self.layer, self.then = layer, then
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x):
        return self.then(x, self.layer(x), self)


def counted(_x, y, module):
    module.calls += 1
    return y + module.calls


def drawn(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def agree(program, network, x):
    with torch.no_grad():
        torch.testing.assert_close(program(x), network(x), rtol=1e-4, atol=1e-4)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(2, 3, 3, padding=1), nn.ReLU6(), nn.Conv2d(3, 4, 1)).eval()


@pytest.fixture(scope="module")
def program(network):
    """Exported with an example whose memory is channels last: the program takes any."""
    return export(network, drawn(*SHAPE).to(memory_format=LAST))


@given(st.permutations(range(4)), st.tuples(*[st.integers(1, 3)] * 4), st.booleans())
def test_any_strides_of_an_input_give_eagers_answer(program, network, order, steps, narrow):
    """The axes lie in any order, with gaps, or as slices of a wider array."""
    wide = [SHAPE[axis] * steps[axis] + narrow for axis in order]
    x = drawn(*wide).permute([order.index(axis) for axis in range(4)])
    x = x[tuple(slice(int(narrow), None, step) for step in steps)]
    agree(program, network, x)


def test_a_photo_whose_channels_come_last_is_what_it_is():
    layer = nn.Conv2d(2, 1, 1, bias=False)
    layer.weight.data = torch.tensor([1.0, 10.0]).reshape(1, 2, 1, 1)
    photo = torch.tensor([[[0.0, 2.0], [1.0, 3.0]]])  # H, W, C
    x = photo.permute(2, 0, 1)[None]
    program = export(layer, x)
    for same in (x, x.contiguous(), x.to(memory_format=LAST)):
        assert program(same).flatten().tolist() == [20, 31]
    assert program.operators(x, calls=2)


def test_other_tensors_with_the_same_numbers(program, network):
    x = drawn(*SHAPE)
    conjugate = torch.view_as_complex(torch.stack([x, x], -1)).conj()

    class Image(torch.Tensor):
        pass

    with torch.inference_mode():
        of_inference = x.clone()
    for same in (
        x.flip(2),
        x[:, :1].expand(SHAPE),
        conjugate.imag,
        x.clone().requires_grad_(),
        nn.Parameter(x),
        of_inference,
        x.as_subclass(Image),
        torch.full(SHAPE, torch.inf),
    ):
        plain = torch.tensor(same.tolist())
        with torch.no_grad():
            right = network(plain)
        torch.testing.assert_close(program(same), right, rtol=1e-4, atol=1e-4, equal_nan=True)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda x: x[..., :2], r"x has shape \(1, 2, 3, 2\); it should have \(1, 2, 3, 4\)"),
        (lambda x: x[0], r"x has shape \(2, 3, 4\); it should"),
        (lambda x: x.double(), r"x has dtype torch.float64; it should have torch.float32"),
        (lambda x: x.half(), "x has dtype torch.float16"),
        (lambda x: (9 * x).byte(), "x has dtype torch.uint8"),
        (lambda x: x.to("meta"), "x can't be copied to plain memory"),
        (lambda x: x.to_sparse(), "x can't be copied to plain memory"),
        (lambda x: x.to_mkldnn(), "x can't be copied to plain memory"),
        (lambda x: torch.nested.nested_tensor([x[0]]), "x can't be copied to plain memory"),
        (lambda x: FakeTensorMode().from_tensor(x), "x can't be copied to plain memory"),
        (lambda x: x.numpy(), "x is a ndarray; it should be a tensor"),
        (lambda x: x.where(x > 0, torch.nan), "x has NaN"),
    ],
)
def test_another_input_is_an_error_before_the_runtime_sees_it(program, capfd, change, named):
    for run in (program, program.operators):
        with pytest.raises(ValueError, match=named):
            run(change(drawn(*SHAPE)))
    assert capfd.readouterr().err == ""


def test_what_is_no_program_is_said(program):
    whole = program.buffer
    for other in (b"", b"<!DOCTYPE html>", bytes(999), whole[:-1], whole[: len(whole) // 2]):
        with pytest.raises(ValueError, match=f"buffer, of {len(other)} bytes, is no program"):
            Program(other)


@pytest.mark.parametrize(
    ("network", "shape"),
    [
        (nn.Conv2d(1, 5, 1), (1, 1, 7, 5)),  # pytorch/executorch#19153
        (Through(nn.Conv2d(5, 11, 3), lambda x, y, _: y.sigmoid().mean((2, 3))), (2, 5, 13, 7)),
        (nn.Conv2d(4, 4, 3, groups=4), (1, 4, 6, 6)),  # pytorch/executorch#22520
    ],
)
def test_networks_and_examples_in_channels_last(network, shape):
    """The second is pytorch/executorch#19139 and #16507."""
    wide = drawn(*shape).to(memory_format=LAST)
    program = export(network.to(memory_format=LAST), wide)
    agree(program, network, wide)
    agree(program, network, wide.contiguous())


@pytest.mark.parametrize(
    ("network", "named"),
    [
        (Through(nn.Conv2d(2, 3, 1), lambda x, y, _: (x, y)), "takes 1 inputs and gives 2 outp"),
        (Through(nn.Conv2d(2, 3, 1), lambda x, y, _: {"y": y}), "network returns a dict"),
        (Through(nn.Identity(), lambda x, y, _: x if x.sum() > 0 else y), "can't be exported"),
        (Through(nn.Identity(), lambda x, y, _: nn.functional.dropout(y, 0.5)), "is random"),
        (nn.ConstantPad2d((0, 0, -2, 2), 0.0), "can't"),  # pytorch/executorch#12456
        (nn.Conv2d(3, 3, 1), "network can't be exported: .* 3 channels, but got 2"),
        (nn.Conv2d(2, 3, 1, device="meta"), "weight of network can't be copied"),
    ],
)
def test_what_cannot_be_exported_is_an_error_that_says_why(network, named):
    with pytest.raises(ValueError, match=named):
        export(network, torch.ones(SHAPE))


def test_a_network_with_a_state_counts_from_where_it_was():
    network = Through(nn.Identity(), counted)
    program, x = export(network, torch.zeros(SHAPE)), torch.zeros(SHAPE)
    assert network.calls == 0
    assert [program(x).max().item() for _ in range(3)] == [1, 2, 3]


def test_a_traced_network_is_exported_as_in_eval_mode():
    layers = nn.Sequential(nn.Conv2d(2, 3, 1), nn.Dropout(0.9))
    traced = torch.fx.symbolic_trace(layers.train())
    agree(export(traced, drawn(*SHAPE)), layers.eval(), drawn(*SHAPE))
    assert traced.training


def test_half_precision_and_tokens():
    half = nn.Conv2d(2, 3, 1).half()
    x = drawn(*SHAPE).half()
    torch.testing.assert_close(export(half, x)(x), half(x).detach(), rtol=0, atol=0.01)
    words, x = nn.Embedding(5, 3), torch.tensor([[0, 4, 2]])
    agree(export(words, x), words, x)


def test_eight_bits_of_a_padding_called_same():
    """pytorch/executorch#20517, whose kernel is even."""
    network = nn.Sequential(nn.Conv2d(1, 4, (32, 1), padding="same"), nn.ReLU())
    x = drawn(3, 1, 64, 1)
    ready = quantized(network, x.to(memory_format=LAST))
    program = export(ready, x[:1])
    for one in x.split(1):
        assert (program(one) - ready(one)).abs().max() <= 0.02 * ready(one).max()


@pytest.mark.parametrize(("weight", "bias"), [(1.0, 1e6), (1e-5, 1e6)])
def test_eight_bits_that_the_runtime_gets_wrong_are_an_error(weight, bias):
    """Its biases overflow."""
    torch.manual_seed(0)
    network, x = nn.Conv2d(2, 3, 3), drawn(1, 2, 8, 8)
    network.weight.data *= weight
    network.bias.data += bias * torch.tensor([0.3, -0.3, 1.0])
    with pytest.raises(ValueError, match="network and program disagree on x"):
        export(quantized(network, x), x)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_eight_bits_of_half_precision_are_refused_before_they_are_lowered(dtype, monkeypatch):
    """XNNPACK wrote float32 into their outputs, beyond the end of them, which ends a process."""
    lower = "executorch.exir.to_edge_transform_and_lower"
    monkeypatch.setattr(lower, lambda *_, **__: pytest.fail("was lowered"))
    layers = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Conv2d(3, 3, 1)).to(dtype)
    x = torch.ones(1, 2, 8, 8, dtype=dtype)
    with pytest.raises(ValueError, match=f"eight-bit layers of {dtype}; they should be float32"):
        export(quantized(layers, x), x)


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_calibration_that_is_not_finite_is_refused_by_name(bad):
    x = drawn(3, 2, 3, 4)
    x[1, 0, 0, 0] = bad
    with pytest.raises(ValueError, match="calibration has NaN or infinity in image 1"):
        quantized(nn.Conv2d(2, 3, 1), x)
