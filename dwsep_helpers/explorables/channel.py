"""The way from a figure in the browser to Python: a line of JSON, where a kernel runs."""

from __future__ import annotations

import importlib
import importlib.util
import json
import secrets
from collections.abc import Callable
from typing import Any

LONGEST = 100_000  # characters of what a page may say at once


class Channel:
    """Hands what the learner does in a figure to a function.

    JupyterLab keeps ipywidgets in the page: the figure's script writes into a text field that
    nobody sees. Colab shuts each output away from the others, and calls a function by its name.

    Parameters
    ----------
    received : callable
        Called with each value. One that it refuses with a ValueError is let go: pages can say
        anything.
    """

    def __init__(self, received: Callable[[Any], None]):
        self.name = f"dwsep-channel-{secrets.token_hex(6)}"
        self._received = received

    def receive(self, said: str) -> None:
        """Take a line of JSON that the page said."""
        if not said or len(said) > LONGEST:
            return
        try:
            self._received(json.loads(said))
        except (ValueError, RecursionError):
            return

    def open(self) -> None:
        """Listen from now on. In JupyterLab this shows a field that takes no room."""
        if importlib.util.find_spec("google") and importlib.util.find_spec("google.colab"):
            output = importlib.import_module("google.colab.output")
            output.register_callback(self.name, self.receive)
            return
        import ipywidgets
        from IPython.display import display

        field = ipywidgets.Text(layout={"display": "none"})
        field.add_class(self.name)
        field.observe(lambda change: self.receive(change["new"]), "value")
        self._field = field  # it lives as long as the figure
        display({**field._repr_mimebundle_(), "text/plain": "", "text/html": ""}, raw=True)
