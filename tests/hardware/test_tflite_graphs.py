"""Networks that are no chains, as .tflite files in float32 and in eight bits."""

import numpy as np
import pytest
import torch
from ai_edge_litert import schema_py_generated as schema
from torch import nn
from torch.nn import functional as F  # noqa: N812

from dwsep_helpers.hardware import rounded
from dwsep_helpers.hardware.inputs import folded
from dwsep_helpers.hardware.tflite import Interpreter, to_tflite
from dwsep_helpers.mobilenet import SMALL_IMAGES, InvertedResidual, MobileNetV1
from dwsep_helpers.mobilenet.blocks import SamePadding
from dwsep_helpers.mobilenet.inverted import Design, MobileNetV2, Stage

STAGES = Stage(1, 3, 1, 1, 8), Stage(2, 5, 2, 3, 8), Stage(2, 3, 1, 2, 12)
DESIGNS = Design("lite", STAGES, same=True, eps=1e-3, stem=8, head=24), Design("v2", STAGES, stem=8)


def images(seed=0, count=4, channels=2, rows=9, columns=None):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, channels, rows, columns or rows, generator=generator) - 0.3


def answers(run, x):
    with torch.inference_mode():
        return torch.cat([run(one) for one in x.split(1)])


def seen(network, x):
    """Return a network whose norms have seen images."""
    with torch.no_grad():
        for _ in range(30):
            network.train()(x)
    return network.eval()


def operators(content):
    """Return the names and versions of a file's operators, in order."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    names = {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}
    codes = [(names[code.builtinCode], code.version) for code in model.operatorCodes]
    return [codes[one.opcodeIndex] for one in model.subgraphs[0].operators]


class Wired(nn.Module):
    """Layers a, b and c, put together by a function of them and the image."""

    def __init__(self, how, channels=2):
        super().__init__()
        torch.manual_seed(5)
        self.a, self.b, self.c = (nn.Conv2d(channels, channels, 3, padding=1) for _ in range(3))
        self.relu, self.pad = nn.ReLU(), SamePadding(3, 2)
        self.strided = nn.Conv2d(channels, channels, 3, 2)
        self.pool, self.same = nn.AdaptiveAvgPool2d(1), nn.Identity()
        self.one, self.two = nn.Linear(channels, 3), nn.Linear(channels, 3)
        self.how = how

    def forward(self, x):
        return self.how(self, x)


def three_ways(net, x):
    y = net.a(x)
    return net.b(y) + net.c(y) + y


def both_ends(net, x):
    return net.strided(net.pad(x)) + net.strided(net.pad(net.a(x)))


def padded_for_two(net, x):
    y = net.pad(x)
    return net.strided(y) + net.strided(net.a(y))


def of_features(net, x):
    y = torch.flatten(net.pool(net.a(x)), 1)
    return net.one(y) + net.two(y)


def of_functions(net, x):
    y = F.relu6(net.a(x), inplace=True) + torch.relu(net.b(x)) + net.a(x).relu()
    return net.one(F.adaptive_avg_pool2d(y, output_size=(1, 1)).flatten(1))


def in_place(net, x):
    y = net.a(x)
    y += x
    return net.b(y)


GRAPHS = {
    "a sum of three": three_ways,
    "a map and itself": lambda net, x: net.a(x) + net.a(x),
    "one map twice": lambda net, x: (lambda y: y + y)(net.a(x)),
    "the image": lambda net, x: x + net.a(x),
    "an activation behind a sum": lambda net, x: net.b(net.relu(net.a(x) + x)),
    "an activation that two read": lambda net, x: (lambda y: net.b(y) + y)(net.relu(net.a(x))),
    "a layer that hands on": lambda net, x: net.same(net.a(net.same(x))) + net.same(x),
    "torch.add": lambda net, x: torch.add(net.a(x), x),
    "a method": lambda net, x: net.a(x).add(net.b(x)),
    "features": of_features,
    "functions": of_functions,
    "written over": in_place,
    "zeros of two maps": both_ends,
    "zeros that two read": padded_for_two,
    "zeros at the end": lambda net, x: net.pad(net.a(x)),
    "zeros before a mean": lambda net, x: net.pool(net.pad(net.a(x))),
    "zeros around zeros": lambda net, x: net.a(net.pad(x)),
    "a sum of sums": lambda net, x: (net.a(x) + x) + (net.b(x) + x),
}


@pytest.mark.parametrize("size", [(9, 9), (8, 7)])
@pytest.mark.parametrize("how", GRAPHS.values(), ids=list(GRAPHS))
def test_graphs_are_as_eager(how, size):
    network, x = Wired(how).eval(), images(1, 4, 2, *size)
    right = answers(network, x)
    ours = answers(Interpreter(to_tflite(network, x, "float32")), x)
    np.testing.assert_allclose(ours, right, atol=1e-5 * float(right.abs().max()))
    reach = float(right.max() - right.min())
    ours = answers(Interpreter(to_tflite(network, x)), x)
    np.testing.assert_allclose(ours, right, atol=0.03 * reach)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
@pytest.mark.parametrize("size", [(16, 16), (17, 14), (31, 20)])
def test_inverted_residuals_are_as_eager_and_as_rounding_tells(design, size):
    torch.manual_seed(2)
    x = images(3, 6, 3, *size)
    network = folded(seen(MobileNetV2(5, design=design), x))
    right = answers(network, x)
    ours = answers(Interpreter(to_tflite(network, x, "float32")), x)
    np.testing.assert_allclose(ours, right, atol=1e-5 * float(right.abs().max()))
    weights = rounded.with_weights(network, lambda w: rounded.in_eight_bits(w, w.shape[2] > 0))
    predicted = answers(rounded.with_activations(weights, x), x)
    ours = answers(Interpreter(to_tflite(network, x)), x)
    step = float(right.max() - right.min()) / 255
    assert (ours - predicted).abs().max() <= 4 * step


@pytest.mark.parametrize("separable", [True, False])
@pytest.mark.parametrize("size", [9, 12])
def test_mobilenets_in_float32_are_as_eager(separable, size):
    torch.manual_seed(4)
    x = images(4, 4, 3, size)
    network = MobileNetV1(6, 0.25, layers=SMALL_IMAGES, separable=separable, in_channels=3)
    network = seen(network, x)
    content = to_tflite(network, x, "float32")
    right = answers(network, x)
    np.testing.assert_allclose(
        answers(Interpreter(content), x), right, atol=1e-5 * float(right.abs().max())
    )
    assert {version for _, version in operators(content)} == {1}
    assert to_tflite(network, x, "float32", float_edges=True) == content


def test_float_edges_convert_first_and_last():
    x = images()
    network = nn.Sequential(InvertedResidual(2, 2), nn.Conv2d(2, 4, 3)).eval()
    inside, edges = to_tflite(network, x), to_tflite(network, x, float_edges=True)
    first, *between, last = operators(edges)
    assert (first, last) == (("QUANTIZE", 1), ("DEQUANTIZE", 2))
    assert between == operators(inside)
    assert ("ADD", 2) in between
    ours, right = Interpreter(edges), Interpreter(inside)
    scale, zero_point = right._input["quantization"]
    rng = np.random.default_rng(0)
    for _ in range(20):  # images of whole steps: what lies between two may be rounded either way
        steps = rng.integers(-128, 128, (1, 2, 9, 9))
        image = torch.from_numpy(scale * (steps - zero_point)).float()
        assert torch.equal(ours(image), right(image))


@pytest.mark.parametrize(
    ("layer", "size", "kinds"),
    [
        (InvertedResidual(2, 3, 2, kernel_size=5, same=True), 8, []),
        (InvertedResidual(2, 3, 2, kernel_size=5, same=True), 9, []),
        (InvertedResidual(2, 3, 2, kernel_size=3), 9, []),  # one on each side is what "SAME" is
        (InvertedResidual(2, 3, 2, kernel_size=3), 8, ["PAD"]),  # here the far side would get it
        (InvertedResidual(2, 3, 1, kernel_size=5), 8, []),
        (nn.Sequential(SamePadding(5, 2), nn.Conv2d(2, 3, 3, 2)), 8, ["PAD"]),  # another layer's
    ],
)
def test_the_runtimes_own_padding_is_used_where_it_is_the_same(layer, size, kinds):
    x = images(0, 4, 2, size)
    network = nn.Sequential(layer).eval()
    content = to_tflite(network, x, "float32")
    layers = {"CONV_2D", "DEPTHWISE_CONV_2D", "ADD"}
    assert [kind for kind, _ in operators(content) if kind not in layers] == kinds
    right = answers(network, x)
    np.testing.assert_allclose(answers(Interpreter(content), x), right, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("small", [1e-30, 1e-9, 1e-3, 1.0])
@pytest.mark.parametrize("large", [1.0, 1e4, 1e9])
def test_sums_of_maps_of_very_different_sizes(small, large):
    network, x = Wired(lambda net, x: net.a(x) + net.b(x)).eval(), images()
    network.a.weight.data *= small
    network.a.bias.data *= small
    network.b.weight.data *= large
    network.b.bias.data *= large
    right = answers(network, x)
    ours = answers(Interpreter(to_tflite(network, x)), x)
    assert (ours - right).abs().max() <= 0.03 * (right.max() - right.min())


@pytest.mark.parametrize("kept", [0.0, 1e-6, 1e-3, 0.1])
def test_a_sum_that_nearly_cancels_is_as_sure_as_its_parts(kept):
    network, x = Wired(lambda net, x: net.a(x) + net.b(x)).eval(), images()
    network.b.load_state_dict({n: -(1 - kept) * v for n, v in network.a.state_dict().items()})
    right, part = answers(network, x), answers(network.a, x)
    ours = answers(Interpreter(to_tflite(network, x)), x)
    assert (ours - right).abs().max() <= 0.03 * (part.max() - part.min())


def test_a_residual_that_begins_with_zeros():
    """The norm before the sum has γ = 0, as some recipes of training begin."""
    block, x = InvertedResidual(2, 2).eval(), images()
    nn.init.zeros_(block.stages.project_norm.weight)
    ours = answers(Interpreter(to_tflite(nn.Sequential(block), x)), x)
    assert (ours - x).abs().max() <= 2 * (x.max() - x.min()) / 255


def overwritten(net, x):
    y = net.a(x)
    z = net.b(y)
    y += x
    return z + y if net.training else net.c(y) + z


def read_and_overwritten(net, x):
    y = net.a(x)
    z = y
    z += x
    return y + z


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda net, x: net.a(x) + 1, "add of network is no layer"),
        (lambda net, x: torch.add(net.a(x), x, alpha=2), "add of network is no layer"),
        (lambda net, x: torch.cat([net.a(x), x], 1), "cat of network is no layer"),
        (lambda net, x: net.a(x) * x, "mul of network is no layer"),
        (
            lambda net, x: net.a(x) + net.pool(x),
            r"add of network adds .* and \(1, 2, 1, 1\)",
        ),
        (lambda net, x: net.a(x) + net.pad(x), r"add of network adds .*9, 9\) and \(1, 2, 11"),
        (lambda net, x: net.relu(net.a(x)) + net.relu(net.relu(x)), "relu_1 of network follows no"),
        (lambda net, x: (lambda y: net.relu(y) + y)(net.a(x)), "relu of network follows a, whose"),
        (lambda net, x: (lambda y: net.relu(net.same(y)) + y)(net.a(x)), "follows a, whose output"),
        (lambda net, x: (net.a(x), net.b(x)), "network returns a tuple; it should be one tensor"),
        (lambda net, x: x, "network has no layer to write"),
        (
            lambda net, x: net.a(x) if x.sum() > 0 else x,
            "network can't be read as a graph of layers",
        ),
        (read_and_overwritten, "network gives something else than its layers by themselves do"),
    ],
)
@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_what_a_graph_cannot_say_is_an_error_that_names_the_part(how, said, dtype):
    with pytest.raises(ValueError, match=said):
        to_tflite(Wired(how), images(), dtype)


def test_a_network_of_two_inputs_is_refused():
    class Two(nn.Module):
        def forward(self, x, y):
            return x + y

    with pytest.raises(ValueError, match="network takes y as well; it should take one image"):
        to_tflite(Two(), images())


def test_what_is_read_before_it_is_written_over():
    network, x = Wired(overwritten).eval(), images()
    right = answers(network, x)
    ours = answers(Interpreter(to_tflite(network, x, "float32")), x)
    np.testing.assert_allclose(ours, right, atol=1e-5 * float(right.abs().max()))


@pytest.mark.parametrize("dtype", ["int8", "float32"])
def test_outputs_of_parts_are_given_and_the_rest_is_left_out(dtype):
    torch.manual_seed(6)
    x = images(6, 4, 3, 16)
    network = seen(MobileNetV2(5, design=DESIGNS[0]), x)
    ready = folded(network)
    parts = "stem.relu", "blocks.2.stages.project_norm", "add_1"  # the first sum is block 0's
    content = to_tflite(network, x, dtype, float_edges=True, outputs=parts)
    run = Interpreter(content)
    found = run.outputs(x[:1])
    assert torch.equal(run(x[:1]), found[0])
    assert run.size == len(content)
    with torch.inference_mode():
        stem = ready.stem(x[:1])
        first = ready.blocks[1](ready.blocks[0](stem))
        right = stem, ready.blocks[2].stages(first), first + ready.blocks[2].stages(first)
    close = 0.03 if dtype == "int8" else 1e-5
    for ours, theirs in zip(found, right, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=close * float(theirs.max() - theirs.min()))
    kinds = [kind for kind, _ in operators(content)]
    assert "FULLY_CONNECTED" not in kinds
    assert kinds.count("DEPTHWISE_CONV_2D") == 3
    assert len(content) < len(to_tflite(network, x, dtype))
    one = Interpreter(to_tflite(network, x, dtype, outputs=["stem.relu"]))(x[:1])
    assert one.shape == stem.shape


@pytest.mark.parametrize("name", ["stem.conv", "stem.norm", "stem", "nothing", ""])
def test_outputs_that_are_not_there_are_named(name):
    network = MobileNetV2(5, design=DESIGNS[0]).eval()
    near = r"stem\.relu" if "stem" in name else ""
    with pytest.raises(
        ValueError, match=rf"outputs has '{name}', .*{near}.* and others do"
    ) as said:
        to_tflite(network, images(0, 1, 3, 16), outputs=[name])
    assert len(str(said.value)) <= 200


def test_one_output_by_its_name_alone_and_one_twice():
    network, x = Wired(lambda net, x: net.a(x) + net.b(net.a(x))).eval(), images()
    for dtype in ("float32", "int8"):
        one = Interpreter(to_tflite(network, x, dtype, outputs="b"))
        twice = Interpreter(to_tflite(network, x, dtype, float_edges=True, outputs=["b", "b"]))
        assert torch.equal(*twice.outputs(x[:1]))
        assert one(x[:1]).shape == twice(x[:1]).shape


def test_a_layer_that_stands_in_two_places_has_two_names():
    network, x = Wired(lambda net, x: net.a(net.relu(net.a(x)))).eval(), images()
    with torch.inference_mode():
        right = network.relu(network.a(x[:1])), network(x[:1])
    run = Interpreter(to_tflite(network, x, "float32", outputs=["relu", "a_1"]))
    for ours, theirs in zip(run.outputs(x[:1]), right, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def test_other_dtypes_are_refused_and_images_that_are_not_finite():
    network, x = Wired(three_ways), images()
    with pytest.raises(ValueError, match="dtype is 'int4'; it should be one of int8, float32"):
        to_tflite(network, x, "int4")
    run = Interpreter(to_tflite(network, x, "float32"))
    x[0, 0, 0, 0] = torch.nan
    with pytest.raises(ValueError, match="image has NaN or infinity"):
        run(x[:1])
    with pytest.raises(ValueError, match="calibration has NaN or infinity in image 0"):
        to_tflite(network, x, "float32")
