"""What the course consists of and where it lives: the one home of units and addresses.

Everything that shows an address or a unit's points has it from here, by way of
:mod:`dwsep_helpers.stamping`. A fork sets :data:`REPOSITORY` and runs ``make notebooks``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from dwsep_helpers import __version__

# A placeholder that nobody can own: a GitHub name has no underscore.
REPOSITORY = "https://github.com/your_organisation/dwsep-course"

# Links and installations name a tag, never a branch: a class must not change under way.
RELEASE = f"v{__version__}"


@dataclass(frozen=True)
class Unit:
    """One unit of the course.

    Attributes
    ----------
    name : str
        Of its folder and its notebook, ``NN_topic``.
    title : str
        As in the notebook's first heading.
    builds : str
        What the learner has built at its end.
    minutes : str
        How long it takes, two failed tries at each exercise included, as in ``90–110``: about
        twice what the headers of its exercises add up to.
    points : int
        The sum over its exercises; 0 where nothing is graded.
    optional : int
        Points of exercises for those who want more. They stand apart and are in no sum.
    torch : bool
        Whether nothing in it goes without torch.
    """

    name: str
    title: str
    builds: str
    minutes: str
    points: int
    optional: int = 0
    torch: bool = False

    @property
    def number(self) -> str:
        """The unit's two digits."""
        return self.name[:2]

    @property
    def heading(self) -> str:
        """The notebook's first heading."""
        return f"Unit {self.number} · {self.title}"

    @property
    def path(self) -> str:
        """The learner's notebook, from the folder ``notebooks``."""
        return f"{self.name}/{self.name}.ipynb"


UNITS = (
    Unit(
        name="00_start_here",
        title="Start here",
        builds="your first checked function; notation, MACs and FLOPs",
        minutes="15",
        points=0,
    ),
    Unit(
        name="01_conv2d",
        title="2D convolution",
        builds="a convolution layer, with loops and vectorized, and the count of what it costs",
        minutes="90–110",
        points=20,
    ),
    Unit(
        name="02_depthwise",
        title="Depthwise convolution",
        builds="a depthwise layer, with a depth multiplier, and a test of whether its channels "
        "stay apart",
        minutes="65–80",
        points=15,
        optional=2,
    ),
    Unit(
        name="03_pointwise",
        title="Pointwise, and the two together",
        builds="a depthwise separable layer, the one dense kernel that equals it, and its limits",
        minutes="80–100",
        points=15,
        optional=2,
    ),
    Unit(
        name="04_cost",
        title="The cost, derived",
        builds="every formula of cost, and MobileNet's tables recomputed, misprints and all",
        minutes="90–110",
        points=20,
    ),
    Unit(
        name="05_mobilenet",
        title="MobileNet, built and trained",
        builds="MobileNet in PyTorch, its batch norms folded, gradients by hand, and a verdict on "
        "overfitting",
        minutes="115–140",
        points=19,
        optional=2,
        torch=True,
    ),
    Unit(
        name="06_mobile_hardware",
        title="How fast is MobileNet?",
        builds="the least time of a network on any machine, and the way to a number in memory",
        minutes="75–90",
        points=15,
        torch=True,
    ),
    Unit(
        name="07_eight_bits",
        title="Eight bits: fit it on a chip",
        builds="layers in integers alone, a network that survives eight bits, and a design for a "
        "chip",
        minutes="85–105",
        points=15,
        torch=True,
    ),
    Unit(
        name="08_capstone",
        title="A network that recognizes photographs",
        builds="a trained network on your own layers, which names what is in a photograph of yours",
        minutes="80–100",
        points=20,
        torch=True,
    ),
)


def unit(name: str) -> Unit:
    """Return the unit of that name.

    Raises
    ------
    ValueError
        No unit has that name; the message lists those there are.

    Examples
    --------
    >>> unit("01_conv2d").points
    20
    """
    units = {unit.name: unit for unit in UNITS}
    if name not in units:
        raise ValueError(f"no unit is called {name!r}; there are {', '.join(units)}")
    return units[name]


def after(unit: Unit) -> Unit | None:
    """Return the unit that comes next, if there is one."""
    return next((other for other in UNITS if other.name > unit.name), None)


def hours() -> tuple[int, int]:
    """Return how many hours all units take, at the least and at the most."""
    minutes = [[int(n) for n in re.findall(r"\d+", unit.minutes)] for unit in UNITS]
    return round(sum(map(min, minutes)) / 60), math.ceil(sum(map(max, minutes)) / 60)


def archive_url() -> str:
    """Return the address of the release's source, which pip can install."""
    return f"{REPOSITORY}/archive/refs/tags/{RELEASE}.zip"


def binder_url(unit: Unit) -> str:
    """Return where Binder builds the release and opens the unit."""
    return (
        f"https://mybinder.org/v2/gh/{owner_and_name()}/{RELEASE}"
        f"?urlpath=lab/tree/notebooks/{unit.path}"
    )


def colab_url(unit: Unit) -> str:
    """Return where Colab opens the unit."""
    return (
        f"https://colab.research.google.com/github/{owner_and_name()}"
        f"/blob/{RELEASE}/notebooks/{unit.path}"
    )


def site_url(page: str = "") -> str:
    """Return where GitHub's Pages serve the course's site, or one page of it.

    Examples
    --------
    >>> site_url("phone.html").endswith(".github.io/dwsep-course/phone.html")
    True
    """
    owner, name = owner_and_name().split("/")
    return f"https://{owner}.github.io/{name}/{page}"


def unit_links(unit: Unit) -> str:
    """Return the links that open a unit without installing anything, one line of markdown."""
    return f"[Colab]({colab_url(unit)}) · [Binder]({binder_url(unit)})"


def owner_and_name() -> str:
    """Return what GitHub calls the repository, ``owner/name``."""
    return REPOSITORY.removeprefix("https://github.com/")


def is_published() -> bool:
    """Tell whether the addresses lead anywhere: no owner on GitHub has an underscore."""
    return "_" not in owner_and_name().split("/")[0]
