"""Wrong ways to fold a batch norm."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from dwsep_helpers.checks.exercise import Mistake

# From a convolution's bias b and the norm's γ, β, μ, σ² and ε to (scale, shift).
Formula = Callable[[Any, Any, Any, Any, Any, float], tuple[Any, Any]]


def _right(b, gamma, beta, mean, var, eps):
    s = gamma / (var + eps).sqrt()
    return s, (b - mean) * s + beta


def fold_by(
    formula: Formula, conv: Any, norm: Any, *, edit: Mapping[str, Any] | None = None
) -> Any:
    """Fold with a formula; ``edit`` changes attributes of the convolution that comes out."""
    import torch
    from torch import nn

    with torch.no_grad():
        bias = torch.zeros(conv.out_channels) if conv.bias is None else conv.bias
        scale, shift = formula(
            bias, norm.weight, norm.bias, norm.running_mean, norm.running_var, norm.eps
        )
        folded = copy.deepcopy(conv)
        if scale is not None:
            folded.weight.copy_(folded.weight * scale.reshape(-1, 1, 1, 1))
        folded.bias = None if shift is None else nn.Parameter(shift)
    for name, value in (edit or {}).items():
        setattr(folded, name, value)
    return folded


_FORMULAS: tuple[tuple[str, str, int, Formula], ...] = (
    (
        "eps-forgotten",
        "Without ε a channel with a small variance gets a scale that is too large.",
        3,
        lambda b, g, beta, mu, var, eps: (
            g / var.sqrt(),
            (b - mu) * g / var.sqrt() + beta,
        ),
    ),
    (
        "eps-outside-the-root",
        "ε is added to the deviation; it belongs to the variance, inside of the root.",
        3,
        lambda b, g, beta, mu, var, eps: (
            g / (var.sqrt() + eps),
            (b - mu) * g / (var.sqrt() + eps) + beta,
        ),
    ),
    (
        "variance-for-deviation",
        "It divides by the variance. A norm divides by its root.",
        3,
        lambda b, g, beta, mu, var, eps: (g / (var + eps), (b - mu) * g / (var + eps) + beta),
    ),
    (
        "multiplied-by-deviation",
        "It multiplies by the deviation where a norm divides.",
        3,
        lambda b, g, beta, mu, var, eps: (
            g * (var + eps).sqrt(),
            (b - mu) * g * (var + eps).sqrt() + beta,
        ),
    ),
    (
        "gamma-forgotten",
        "The norm's own scale γ, its weight, is left out.",
        2,
        lambda b, g, beta, mu, var, eps: (
            1 / (var + eps).sqrt(),
            (b - mu) / (var + eps).sqrt() + beta,
        ),
    ),
    (
        "beta-forgotten",
        "The norm's own shift β, its bias, is left out.",
        2,
        lambda *p: (_right(*p)[0], _right(*p)[1] - p[2]),
    ),
    (
        "beta-scaled",
        "β is scaled too. The norm adds it at the very end.",
        3,
        lambda *p: (_right(*p)[0], (p[0] - p[3] + p[2]) * _right(*p)[0]),
    ),
    (
        "mean-forgotten",
        "The running mean is not taken away.",
        2,
        lambda *p: (_right(*p)[0], p[0] * _right(*p)[0] + p[2]),
    ),
    (
        "mean-added",
        "The running mean is added; a norm takes it away.",
        3,
        lambda *p: (_right(*p)[0], (p[0] + p[3]) * _right(*p)[0] + p[2]),
    ),
    (
        "mean-not-scaled",
        "The running mean is taken away as it is. What is taken away before the scale is "
        "scaled with the rest.",
        3,
        lambda *p: (_right(*p)[0], p[0] * _right(*p)[0] - p[3] + p[2]),
    ),
    (
        "old-bias-dropped",
        "The convolution had a bias of its own, and it is gone.",
        2,
        lambda *p: (_right(*p)[0], -p[3] * _right(*p)[0] + p[2]),
    ),
    (
        "old-bias-not-scaled",
        "The convolution's own bias comes in unscaled. The norm scales all that the "
        "convolution gives.",
        3,
        lambda *p: (_right(*p)[0], p[0] - p[3] * _right(*p)[0] + p[2]),
    ),
    (
        "weight-not-scaled",
        "The bias is right, the weight is as it was.",
        2,
        lambda *p: (None, _right(*p)[1]),
    ),
    (
        "no-bias-made",
        "The weight is right, and there is no bias to shift by.",
        2,
        lambda *p: (_right(*p)[0], None),
    ),
    (
        "shift-scaled-twice",
        "The shift is scaled twice.",
        3,
        lambda *p: (_right(*p)[0], (p[0] - p[3]) * _right(*p)[0] ** 2 + p[2]),
    ),
)


def _by(formula: Formula) -> Callable[..., Any]:
    def fold_batch_norm(conv, norm):
        return fold_by(formula, conv, norm)

    return fold_batch_norm


def _edited(**edit: Any) -> Callable[..., Any]:
    def fold_batch_norm(conv, norm):
        return fold_by(_right, conv, norm, edit=edit)

    return fold_batch_norm


def _unfolded(conv, norm):
    return copy.deepcopy(conv)


FOLD_BATCH_NORM = (
    Mistake("not-folded", "It is the convolution as it was: the norm is gone.", _unfolded, 1),
    *(Mistake(name, says, _by(formula), hint) for name, says, hint, formula in _FORMULAS),
    Mistake(
        "stride-lost",
        "What comes out has stride 1: a new convolution needs all that the old one had.",
        _edited(stride=(1, 1)),
    ),
    Mistake(
        "padding-lost",
        "What comes out has no padding: a new convolution needs all that the old one had.",
        _edited(padding=(0, 0)),
    ),
    Mistake(
        "dilation-lost",
        "What comes out has dilation 1: a new convolution needs all that the old one had.",
        _edited(dilation=(1, 1)),
    ),
)


def fold_rightly(conv: Any, norm: Any) -> Any:
    """Fold one batch norm into its convolution."""
    return fold_by(_right, conv, norm)


def fold_each(
    network: Any,
    fold: Callable[[int, Any, Any], Any],
    keep: Callable[[Any], bool] = lambda layer: True,
) -> Any:
    """Fold a flat sequence, ``fold(number, conv, norm)``; keep other layers that ``keep`` likes."""
    from torch import nn

    layers = list(copy.deepcopy(network))
    made: list[Any] = []
    number = 0
    for place, layer in enumerate(layers):
        if isinstance(layer, nn.Conv2d):
            after = layers[place + 1] if place + 1 < len(layers) else None
            if isinstance(after, nn.BatchNorm2d):
                made.append(fold(number, layer, after))
                number += 1
            else:
                made.append(layer)
        elif not isinstance(layer, nn.BatchNorm2d) and keep(layer):
            made.append(layer)
    return nn.Sequential(*made)


def _not(*names: str) -> Callable[[Any], bool]:
    return lambda layer: type(layer).__name__ not in names


def _network(
    name: str,
    says: str,
    fold: Callable[[int, Any, Any], Any] = lambda number, conv, norm: fold_rightly(conv, norm),
    keep: Callable[[Any], bool] = lambda layer: True,
    hint: int = 2,
) -> Mistake:
    return Mistake(name, says, lambda network: fold_each(network, fold, keep), hint)


def _norm_of_the_last(network):
    """Fold every convolution with the last norm that fits it."""
    from torch import nn

    norms = [layer for layer in network if isinstance(layer, nn.BatchNorm2d)]

    def fold(number, conv, norm):
        fitting = [n for n in norms if n.num_features == conv.out_channels]
        return fold_rightly(conv, fitting[-1])

    return fold_each(network, fold)


def _relus_last(network):
    from torch import nn

    folded = fold_each(network, lambda number, *pair: fold_rightly(*pair))
    active = [layer for layer in folded if isinstance(layer, nn.ReLU6)]
    others = [layer for layer in folded if not isinstance(layer, nn.ReLU6)]
    return nn.Sequential(*others, *active[:1])


def _one_relu_each(network):
    from torch import nn

    folded = fold_each(network, lambda number, *pair: fold_rightly(*pair), _not("ReLU6"))
    return nn.Sequential(*(x for layer in folded for x in (layer, nn.ReLU6())))


def _plain_relu(network):
    from torch import nn

    folded = fold_each(network, lambda number, *pair: fold_rightly(*pair))
    return nn.Sequential(*(nn.ReLU() if isinstance(layer, nn.ReLU6) else layer for layer in folded))


_FORMULA = {name: formula for name, _, _, formula in _FORMULAS}

FOLD_NETWORK = (
    _network(
        "norms-dropped",
        "The norms are gone, and the convolutions are as they were.",
        lambda number, conv, norm: conv,
        hint=1,
    ),
    _network(
        "only-the-first-folded",
        "The first norm is folded; the others are dropped without a trace.",
        lambda number, conv, norm: conv if number else fold_rightly(conv, norm),
    ),
    _network(
        "the-first-not-folded",
        "The first norm is dropped without a trace; the others are folded.",
        lambda number, conv, norm: fold_rightly(conv, norm) if number else conv,
    ),
    _network(
        "only-convolutions-kept",
        "The activations are gone with the norms.",
        keep=_not("ReLU6"),
    ),
    Mistake(
        "one-norm-for-all",
        "All convolutions are folded with one norm. Each has its own, right behind it.",
        _norm_of_the_last,
    ),
    Mistake(
        "activations-last",
        "The activation is where all convolutions are done. It belongs behind each.",
        _relus_last,
    ),
    Mistake(
        "activation-behind-each",
        "There is an activation behind each layer, also where the network had none.",
        _one_relu_each,
    ),
    Mistake("relu-for-relu6", "Its activations are ReLU; the network's are ReLU6.", _plain_relu),
    *(
        _network(
            name,
            "The network is folded throughout, with a formula that is not the norm's: "
            "exercise 5.3 knows it.",
            lambda number, conv, norm, formula=_FORMULA[name]: fold_by(formula, conv, norm),
            hint=3,
        )
        for name in (
            "eps-forgotten",
            "gamma-forgotten",
            "beta-forgotten",
            "mean-forgotten",
            "old-bias-dropped",
            "weight-not-scaled",
        )
    ),
)
