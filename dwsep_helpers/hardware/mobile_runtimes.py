"""Whether the mobile runtimes are installed, and how to add them."""

from importlib.util import find_spec

MOBILE = ("executorch", "ai_edge_litert", "ethosu")
"""What the extra ``mobile`` brings, by the names that are imported."""


def has_mobile() -> bool:
    """Return whether the mobile runtimes are installed.

    Examples
    --------
    >>> has_mobile() in (True, False)
    True
    """
    return all(find_spec(name) for name in MOBILE)


def how_to_add_mobile() -> str:
    """Return the sentence that tells how to install the mobile runtimes.

    Examples
    --------
    >>> how_to_add_mobile().startswith("The mobile runtimes aren't installed here.")
    True
    """
    return (
        "The mobile runtimes aren't installed here. To add them: "
        'pip install "executorch>=1.4" ai-edge-litert ethos-u-vela'
    )
