"""What layers are called elsewhere: prefixes, and the parts of MobileNets in several schemes.

A scheme calls a block's layers by names of its own, which tell what each is: ``blocks.0.depthwise``
here is timm's ``blocks.0.0.conv_dw``, torchvision's ``features.1.0.0`` and Keras's ``conv_dw_1``.
`parts` translates a name into its part, such as ``("block", 0, 4, 0)``: of the first block, which
has four layers, the first.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

Part = tuple[str | int, ...]
Block = tuple[str, tuple[int, ...]]

# What training on several devices, compiling, averaging and wrapping put before all names.
_PREFIXES = """module model net network backbone encoder _orig_mod ema ema_model model_ema
    averaged_model mobilenet mobilenetv1 mobilenetv2 mobilenet_v1 mobilenet_v2"""
PREFIXES = frozenset(_PREFIXES.split())

# A block's layers from first to last. Of four: depthwise, norm, pointwise, norm. Of six: before
# them the pointwise layer that widens, and its norm.
_BLOCKS = """
depthwise depthwise_norm pointwise pointwise_norm
depthwise depthwise_bn pointwise pointwise_bn
stages.depthwise stages.depthwise_norm stages.project stages.project_norm
conv_dw bn1 conv_pw bn2
conv_dw conv_dw_bn conv_pw conv_pw_bn
conv1 bn1 conv2 bn2
0.0 0.1 1.0 1.1
0 1 3 4
conv.0.0 conv.0.1 conv.1 conv.2
conv.0 conv.1 conv.3 conv.4
depthwise depthwise_bn project project_bn
_depthwise_conv _bn1 _project_conv _bn2
stages.expand stages.expand_norm stages.depthwise stages.depthwise_norm stages.project stages.project_norm
conv_pw bn1 conv_dw bn2 conv_pwl bn3
conv.0.0 conv.0.1 conv.1.0 conv.1.1 conv.2 conv.3
conv.0 conv.1 conv.3 conv.4 conv.6 conv.7
_expand_conv _bn0 _depthwise_conv _bn1 _project_conv _bn2
expand expand_bn depthwise depthwise_bn project project_bn
conv1 bn1 conv2 bn2 conv3 bn3
""".strip().splitlines()  # noqa: E501
_INSIDE = {
    frozenset(line.split()): {name: place for place, name in enumerate(line.split())}
    for line in _BLOCKS
}
# Of what stands before and after the blocks.
_ENDS = {
    "stem": r"stem\.conv|_?conv_stem|conv1|conv_stem\.convolution|conv2d_0|(features\.)?0\.0",
    "stem_norm": r"stem\.norm|bn1|_bn0|conv1_bn|bn_conv1|conv_stem\.normalization|conv2d_0_bn"
    r"|(features\.)?0\.1",
    "head": r"head\.conv|_?conv_head|conv_1|conv_1x1|features\.(?!0\.)\d+\.0",
    "head_norm": r"head\.norm|bn2|_bn1|conv_1_bn|conv_1x1_bn|features\.(?!0\.)\d+\.1",
    "classifier": r"classifier(\.[01])?|_?fc|linear|head|head\.fc|logits|predictions|conv_preds"
    r"|logits\.conv2d_1c_1x1|output|dense",
}
# Names that don't say "block, number, layer", brought into that form.
_REWRITTEN = (
    (r"(?<![^.])([a-z]\w*)\.\1(?=\.|$)", r"\1"),  # Keras's files have conv1/conv1/kernel
    (r"\.batch_?norm$", "_bn"),
    (r"^conv_(dw|pw)_(\d+)(_bn)?$", r"block.\2.conv_\1\3"),
    (r"^conv2d_(\d+)_(depthwise|pointwise)(_bn)?$", r"block.\1.\2\3"),
    (r"^block_(\d+)_(expand|depthwise|project)(_bn)?$", r"block.\1.\2\3"),
    (r"^expanded_conv_(depthwise|project)(_bn)?$", r"block.0.\1\2"),
)


def bare(name: str) -> str:
    """Return a name without the prefixes of training.

    Examples
    --------
    >>> bare("module.model.stem.conv")
    'stem.conv'
    """
    while name.partition(".")[0].lower() in PREFIXES and "." in name:
        name = name.partition(".")[2]
    return name


def plain(names: Iterable[str]) -> dict[str, str]:
    """Return names by what they are without prefixes; those that would be the same stay out.

    Examples
    --------
    >>> plain(["module.fc", "ema.conv", "module.conv"])
    {'fc': 'module.fc'}
    """
    names = list(names)
    count = Counter(map(bare, names))
    return {bare(name): name for name in names if count[bare(name)] == 1}


def parts(names: Iterable[str]) -> dict[Part, str]:
    """Return the layers of a MobileNet by the part that each plays, as far as names tell.

    Blocks are numbered from 0 in the order of their numbers, 10 after 9. Where there are more
    blocks than are known in some scheme, none is taken.

    Examples
    --------
    >>> parts(["bn1", "blocks.2.0.bn1", "blocks.2.0.conv_dw", "blocks.2.0.conv_pw",
    ...        "blocks.2.0.bn2"])[("block", 0, 4, 2)]
    'blocks.2.0.conv_pw'
    """
    known = {_rewritten(short): name for short, name in plain(names).items()}
    found: dict[Part, list[str]] = defaultdict(list)
    blocks, all_known = _blocks(known)
    inside = {short for layers in blocks.values() for short in layers.values()}
    for number, block in enumerate(sorted(blocks) if all_known else []):
        for inner, short in blocks[block].items():
            place = _INSIDE[frozenset(blocks[block])][inner]
            found["block", number, len(blocks[block]), place].append(known[short])
    for short, name in known.items():
        for role, pattern in _ENDS.items():
            if short not in inside and re.fullmatch(pattern, short):
                found[(role,)].append(name)
    return {part: only[0] for part, only in found.items() if len(only) == 1}


def _rewritten(name: str) -> str:
    name = name.lower()
    for pattern, better in _REWRITTEN:
        name = re.sub(pattern, better, name)
    # transformers numbers the layers of a MobileNetV1, two for each block.
    layer = re.fullmatch(r"layer\.(\d+)\.(convolution|normalization)", name)
    if layer:
        which = "depthwise" if int(layer[1]) % 2 == 0 else "pointwise"
        norm = "_norm" if layer[2] == "normalization" else ""
        name = f"layer.{int(layer[1]) // 2}.{which}{norm}"
    return name


def _blocks(names: Iterable[str]) -> tuple[dict[Block, dict[str, str]], bool]:
    """Return the blocks that a scheme knows, from inner to whole names; and if these are all."""
    grouped: dict[Block, dict[str, str]] = defaultdict(dict)
    for name in names:
        for depth in (1, 2):
            found = re.fullmatch(rf"([a-z_]*)\.?((?:\d+\.){{{depth}}})(.+)", name)
            if found:
                numbers = tuple(map(int, found[2].split(".")[:-1]))
                grouped[found[1], numbers][found[3]] = name
    blocks = {block: inner for block, inner in grouped.items() if frozenset(inner) in _INSIDE}
    inside = {name for inner in blocks.values() for name in inner.values()}
    words = {word for word, _ in blocks}
    others = [
        name
        for (word, _), inner in grouped.items()
        if word in words
        for name in inner.values()
        if name not in inside and not any(re.fullmatch(p, name) for p in _ENDS.values())
    ]
    return blocks, len(words) == 1 and not others


def same_numbers(ours: Iterable[str], theirs: Iterable[str]) -> Mapping[str, bool]:
    """Say of each name that both have whether its numbers mean the same place in both.

    ``0, 2, 4`` and ``0, 1, 2`` are three layers each, and the two that are called 2 may have
    nothing in common. Numbers tell where those of one side contain those of the other.

    Examples
    --------
    >>> same_numbers(["0", "2", "4", "fc"], ["0", "1", "2", "fc"])
    {'0': False, '2': False, 'fc': True}
    """
    ours, theirs = list(ours), set(theirs)
    numbers: tuple[defaultdict, defaultdict] = (defaultdict(set), defaultdict(set))
    for names, beneath in zip((ours, theirs), numbers, strict=True):
        for name in names:
            for place in re.finditer(r"(?<![^.])\d+(?![^.])", name):
                beneath[name[: place.start()]].add(place[0])
    agree = {
        parent: numbers[0][parent] <= numbers[1][parent] or numbers[1][parent] <= numbers[0][parent]
        for parent in numbers[0]
    }
    return {
        name: all(
            agree[name[: place.start()]] for place in re.finditer(r"(?<![^.])\d+(?![^.])", name)
        )
        for name in ours
        if name in theirs
    }
