"""Other people's weights: files are read (`files`), layers matched (`names`), numbers copied."""

from dwsep_helpers.mobilenet.weights.loading import Loaded, load_checkpoint

__all__ = ["Loaded", "load_checkpoint"]
