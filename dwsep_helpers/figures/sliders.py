"""Sliders that redraw a figure, and a strip of pictures where no sliders can be."""

from collections.abc import Callable
from hashlib import sha256

from dwsep_helpers.figures.picture import Picture

WIDGET = "application/vnd.jupyter.widget-view+json"
STRIP = "dwsep-strip"  # the class of what the sliders hide

Values = dict[str, int]
Ends = dict[str, tuple[int, int]]


class Explorer:
    """A figure with a slider for each of its numbers.

    It shows as two outputs: sliders with the figure, and a strip of pictures. The sliders, where
    they live, hide the strip. So it stays where they don't: on a page, in a saved notebook whose
    kernel is gone. (One output with both would not do: JupyterLab takes the sliders, and shows an
    error in their place if the kernel doesn't know them.)

    Parameters
    ----------
    start : dict of str to int
        The sliders' names and first values.
    ends : callable
        From values to the ends (least, most) of every slider. Earlier sliders bound later ones.
    draw : callable
        From values to a Picture.
    strip : Picture
    """

    def __init__(
        self,
        start: Values,
        ends: Callable[[Values], Ends],
        draw: Callable[[Values], Picture],
        strip: Picture,
    ):
        import ipywidgets

        self.strip, self._ends, self._draw = strip, ends, draw
        self._name = f"{STRIP}-{sha256(strip.data).hexdigest()[:12]}"
        self.shown = ipywidgets.HTML()
        self.sliders = {
            name: ipywidgets.IntSlider(value, 0, max(value, 1), description=name)
            for name, value in start.items()
        }
        self._settling = False
        for slider in self.sliders.values():
            slider.observe(self._show, "value")
        self._show()
        hidden = ipywidgets.HTML(f"<style>.{self._name} {{ display: none }}</style>")
        # Side by side: one under the other, five push the figure off a laptop's screen.
        row = ipywidgets.Box([*self.sliders.values()], layout={"flex_flow": "row wrap"})
        self._widget = ipywidgets.VBox([row, self.shown, hidden])

    @property
    def values(self) -> Values:
        """What the sliders say."""
        return {name: slider.value for name, slider in self.sliders.items()}

    def _show(self, _change: object = None) -> None:
        if self._settling:  # by moving an end, which moved a value
            return
        self._settling = True
        try:
            for name, slider in self.sliders.items():
                least, most = self._ends(self.values)[name]
                slider.max = max(most, slider.min)
                slider.min = least
                slider.max = most
                slider.disabled = least == most
        finally:
            self._settling = False
        self.shown.value = self._draw(self.values)._repr_html_()

    def __repr__(self) -> str:
        return f"[Sliders: {', '.join(self.sliders)}. {self.strip.alt}]"

    def _repr_mimebundle_(self, **_options: object) -> dict[str, object]:
        """Return the sliders, and nothing in place of them."""
        return {**self._widget._repr_mimebundle_(), "text/plain": repr(self), "text/html": ""}

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True)
        still = f'<div class="{STRIP} {self._name}">{self.strip._repr_html_()}</div>'
        display({"text/html": still, "text/plain": repr(self.strip)}, raw=True)
