"""Modules of many kinds are counted or named; and parameters, labels and rows read are right."""

import copy
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional as F  # noqa: N812
from torch.nn.utils import parametrizations

from dwsep_helpers.cost import profile
from tests.cost.calls import Calls

SIZE = (1, 4, 8, 8)
MACS = 6 * 6 * 6 * 4 * 9  # of conv() on it


def conv():
    return nn.Conv2d(4, 6, 3)


def in_a_thread(self, x):
    found = []
    thread = threading.Thread(target=lambda: found.append(self.conv(x)))
    thread.start()
    thread.join()
    return found[0]


def in_a_pool_without_modules(self, x):
    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(lambda x: F.conv2d(x, self.conv.weight), [x, x]))


def in_a_thread_of_before():
    pool = ThreadPoolExecutor(1)
    pool.submit(int).result()
    return Calls(lambda self, x: pool.submit(self.conv, x).result(), conv=conv())


def in_a_copy(self, x):
    return copy.deepcopy(self.conv)(x)


def as_an_ensemble(self, x):
    weights, _ = torch.func.stack_module_state(list(self.convs))
    base = copy.deepcopy(self.convs[0]).to("meta")
    call = torch.func.functional_call
    return torch.vmap(lambda w: call(base, w, (x,)))(weights)


def in_eight_bits():
    quantization = pytest.importorskip("torchao.quantization")
    network = nn.Sequential(nn.Linear(64, 32))
    quantization.quantize_(network, quantization.Int8DynamicActivationInt8WeightConfig())
    return network


def packed():
    from torch.utils import mkldnn  # it warns, being old

    part = mkldnn.to_mkldnn(conv().eval())
    return Calls(lambda s, x: s.part(x.to_mkldnn()).to_dense(), part=part)


def fake(*behind):
    with FakeTensorMode():
        return nn.Sequential(*(make() for make in (conv, *behind)))


def of_inference_mode():
    with torch.inference_mode():
        return nn.Linear(4, 3)


COUNTED = {
    "scripted": (lambda: torch.jit.script(conv()), SIZE, MACS),
    "scripted part": (lambda: nn.Sequential(torch.jit.script(conv()), nn.ReLU()), SIZE, MACS),
    "traced": (lambda: torch.jit.trace(conv(), torch.zeros(SIZE)), SIZE, MACS),
    "frozen": (lambda: torch.jit.freeze(torch.jit.script(conv().eval())), SIZE, MACS),
    "thread": (lambda: Calls(in_a_thread, conv=conv()), SIZE, MACS),
    "pool": (lambda: Calls(in_a_pool_without_modules, conv=conv()), SIZE, 2 * MACS),
    "parallel": (lambda: nn.DataParallel(conv()), SIZE, MACS),
    "fake": (fake, SIZE, MACS),
    "fake, in place": (
        lambda: fake(lambda: nn.BatchNorm2d(6), lambda: nn.ReLU(inplace=True)),
        SIZE,
        MACS,
    ),
    "of inference mode": (of_inference_mode, (2, 4), 24),
    "addmm_": (lambda: Calls(lambda _, x: x.clone().addmm_(x, x)), (4, 4), 64),
    "baddbmm_": (lambda: Calls(lambda _, x: x.clone().baddbmm_(x, x)), (2, 4, 4), 128),
    "addmv_": (lambda: Calls(lambda _, x: x[0].clone().addmv_(x, x[0])), (4, 4), 16),
    "out": (lambda: Calls(lambda _, x: torch.mm(x, x, out=torch.empty(4, 4))), (4, 4), 64),
    "vdot": (lambda: Calls(lambda _, x: torch.vdot(x, x)), (4,), 4),
    "outer added": (lambda: Calls(lambda _, x: torch.addr(x, x[0], x[0])), (4, 4), 16),
    "vmap": (
        lambda: Calls(lambda s, x: torch.vmap(s.linear)(x), linear=nn.Linear(4, 3)),
        (5, 4),
        60,
    ),
    "cond": (
        lambda: Calls(lambda _, x: torch.cond(x.sum() == 0, lambda x: x @ x, lambda x: -x, (x,))),
        (4, 4),
        64,
    ),
    "nearest": (lambda: nn.Upsample(scale_factor=2), SIZE, 0),
    "normalize": (lambda: Calls(lambda _, x: F.normalize(x)), SIZE, 0),
    "thread of before": (in_a_thread_of_before, SIZE, MACS),
    "copy": (lambda: Calls(in_a_copy, conv=conv()), SIZE, MACS),
    "ensemble": (
        lambda: Calls(as_an_ensemble, convs=nn.ModuleList([conv(), conv()])),
        SIZE,
        2 * MACS,
    ),
    "torchao": (in_eight_bits, (2, 64), 2 * 64 * 32),
    "int_mm": (
        lambda: Calls(lambda _, x: torch._int_mm(x.to(torch.int8), x.T.to(torch.int8))),
        (32, 16),
        32 * 32 * 16,
    ),
    "celu": (lambda: nn.CELU(), SIZE, 0),
    "unpooling": (
        lambda: Calls(lambda _, x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2)),
        SIZE,
        0,
    ),
    "a loss": (
        lambda: Calls(lambda _, x: F.cross_entropy(x, x[:, 0].long()) + F.mse_loss(x, x)),
        SIZE,
        0,
    ),
    "weight norm": (lambda: parametrizations.weight_norm(nn.Linear(4, 3)), (2, 4), 24),
}


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.parametrize("kind", COUNTED)
def test_counted(kind):
    make, size, macs = COUNTED[kind]
    module = make()
    found = profile(module, size)
    assert (found.total.macs, found.not_counted) == (macs, {})
    if kind != "pool":  # without the bias
        assert found.unused_params == 0


@pytest.mark.filterwarnings("ignore:flex_attention called without")
def test_flex_attention_counts_its_two_products():
    flex = pytest.importorskip("torch.nn.attention.flex_attention").flex_attention
    found = profile(Calls(lambda _, x: flex(x, x, x)), (1, 2, 16, 8))
    assert found.by_kind["attention"].macs == 2 * (2 * 16 * 16 * 8)


NAMED = {
    "sparse": (
        lambda: Calls(
            lambda s, x: torch.sparse.mm(s.weight.to_sparse(), x), weight=nn.Parameter(torch.eye(4))
        ),
        (4, 3),
        "sparse_addmm of sparse_coo tensors",
    ),
    "compressed": (
        lambda: Calls(lambda s, x: s.weight.to_sparse_csr() @ x, weight=nn.Parameter(torch.eye(4))),
        (4, 3),
        "mm of sparse_csr tensors",
    ),
    "nested": (
        lambda: Calls(
            lambda s, x: s.linear(torch.nested.nested_tensor([x[0], x[0]])), linear=nn.Linear(8, 3)
        ),
        (1, 5, 8),
        "linear of nested tensors",
    ),
    "jagged": (
        lambda: Calls(
            lambda s, x: s.linear(
                torch.nested.nested_tensor([x[0], x[0]], layout=torch.jagged)
            ).values(),
            linear=nn.Linear(8, 3),
        ),
        (1, 5, 8),
        "linear of nested tensors",
    ),
    "packed": (packed, SIZE, "mkldnn_convolution of mkldnn tensors"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", NAMED)
def test_named(kind):
    make, size, name = NAMED[kind]
    found = profile(make(), size)
    assert found.not_counted == {name: 1}
    assert found.unused_params == 0, "no untrue note"
    assert f"Not counted, though they may multiply: {name} (1 time)." in str(found)


def test_computed_and_cast_weights_are_linear():
    class Computed(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(3, 4))

        def forward(self, x):
            return F.linear(x, 2 * self.weight)

    class Cast(nn.Linear):
        def forward(self, x):
            with torch.autocast("cpu"):
                return super().forward(x)

    for module, size, macs in (
        (Computed(), (2, 4), 24),
        (Cast(4, 3), (2, 4), 24),
        (Cast(4, 3), (2, 5, 4), 120),
    ):
        found = profile(module, size)
        assert (found.by_kind["linear"].macs, "matmul" in found.by_kind) == (macs, False)
        (row,) = (row for row in found.rows if row.macs)
        assert row.input_elements == size[0] * (size[1] if len(size) == 3 else 1) * 4
        assert row.weight_elements >= 12
        assert found.unused_params == 0


def test_parameters_of_slices_count_once():
    class Slices(nn.Module):
        def __init__(self, *slices):
            super().__init__()
            self.slices = slices
            self.weight = nn.Parameter(torch.ones(6, 4))

        def forward(self, x):
            return sum(F.linear(x, self.weight[one]).sum() for one in self.slices)

    for slices, params in (
        ((slice(3), slice(3)), 12),
        ((slice(3), slice(1, 4)), 16),
        ((slice(3), slice(3, 6)), 24),
        ((slice(3), slice(6), slice(2)), 24),
        ((slice(0, 6, 2), slice(0, 6, 2)), 12),
    ):
        found = profile(Slices(*slices), (2, 4))
        assert (found.total.params, found.unused_params) == (params, 24 - params)


def test_an_embedding_reads_the_rows_it_is_asked_for():
    tokens = torch.tensor([[3, 1, 4, 15, 9]])
    (row,) = profile(nn.Embedding(1000, 8), inputs=tokens).rows
    assert (row.params, row.weight_elements, row.output_elements) == (8000, 40, 40)
    for trained in (True, False):  # torch has an operation for each
        bag = nn.EmbeddingBag(1000, 8).requires_grad_(trained)
        (row, *_) = profile(bag, inputs=tokens).rows
        assert (row.kind, row.params, row.weight_elements) == ("embedding", 8000, 40)
        assert row.output_elements == 8


def test_outputs_of_any_kind_and_their_checks():
    class Draws(nn.Linear):
        def forward(self, x):
            return torch.distributions.Categorical(logits=super().forward(x))

    found = profile(Draws(10, 3), (1, 10))
    assert (found.total.macs, found.not_counted) == (30, {})


def test_inputs_by_keyword_and_nested():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = conv()

        def forward(self, x, y=None):
            return self.conv(x) + self.conv(y)

    class Batch(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = conv()

        def forward(self, batch):
            return self.conv(batch["image"])

    x = torch.zeros(SIZE)
    packed = nn.utils.rnn.pack_padded_sequence(torch.zeros(4, 3, 5), [4, 3, 2])
    assert profile(nn.LSTM(5, 6), inputs=packed).total.macs == (4 + 3 + 2) * 4 * 6 * (5 + 6)
    assert profile(Two(), inputs={"x": x, "y": x}).total.macs == 2 * MACS
    assert profile(Two(), inputs=(x, x)).total.macs == 2 * MACS
    found = profile(Batch(), inputs={"image": x})
    assert found.total.macs == MACS
    assert found.title == "Batch, input 1×4×8×8"
