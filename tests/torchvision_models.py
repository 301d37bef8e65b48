"""torchvision's networks, also where its compiled part was built for another torch."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import torch

# Operators that torchvision's Python code describes, and its compiled part defines.
_COMPILED = ("nms", "qnms")
_kept = []


@cache
def models():
    """Return the module torchvision.models."""
    folder = Path(find_spec("torchvision").submodule_search_locations[0])
    try:
        torch.ops.load_library(str(folder / "_C.so"))
    except OSError:
        # Compiled for another build of torch. Boxes are suppressed there, no network here
        # needs it: the names are enough.
        library = torch.library.Library("torchvision", "DEF")
        for operator in _COMPILED:
            library.define(f"{operator}(Tensor dets, Tensor scores, float threshold) -> Tensor")
        _kept.append(library)  # what it has defined goes when it goes
    return import_module("torchvision.models")
