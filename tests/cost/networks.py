"""Networks to profile: MobileNetV1 and its dense twin, and torchvision's."""

from torch import nn

from dwsep_helpers.papers import MOBILENET_V1
from tests.torchvision_models import models


def _with_norm(convolution):
    return nn.Sequential(convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU())


def mobilenet(*, separable=True):
    """Build MobileNetV1-1.0, or a network of the same widths of standard convolutions."""
    blocks = []
    for kind, in_channels, out_channels, stride in MOBILENET_V1:
        options = {"kernel_size": 3, "stride": stride, "padding": 1, "bias": False}
        if kind == "linear":
            break
        if kind == "separable" and separable:
            filtering = nn.Conv2d(in_channels, in_channels, groups=in_channels, **options)
            combining = nn.Conv2d(in_channels, out_channels, 1, bias=False)
            blocks += [_with_norm(filtering), _with_norm(combining)]
        else:
            blocks.append(_with_norm(nn.Conv2d(in_channels, out_channels, **options)))
    classifier = nn.Linear(in_channels, out_channels)
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), classifier).eval()


def from_torchvision(name, **options):
    """Build a network of torchvision's, with random weights."""
    return getattr(models(), name)(weights=None, **options).eval()
