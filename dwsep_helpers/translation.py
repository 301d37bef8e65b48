"""What checks say, in the language that was chosen: English, or that of a catalogue.

A catalogue is a gettext .po file, which translators edit with the tools they know; the template
for one comes from :mod:`dwsep_helpers.translating`. The environment's ``DWSEP_LANGUAGE`` chooses
it: a language whose file lies in ``dwsep_helpers/translations``, such as ``"de"``, or the path of
a .po file. What a catalogue hasn't is said in English.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

LANGUAGE = "DWSEP_LANGUAGE"
FOLDER = Path(__file__).parent / "translations"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_BRACES = re.compile(r"\{[^{}]*\}")
_CODE = re.compile(r"[A-Za-z]{2,3}([-_@][A-Za-z]+)*")


class Phrase(str):
    """A text in English that remembers its template, to be said in any language later.

    Parameters
    ----------
    template : str
        English, with placeholders such as ``{axis}``; a phrase is itself.
    **values : Any
        What stands for the placeholders; phrases are translated, too.

    Examples
    --------
    >>> answer = Phrase("{what}; one Fraction is asked for", what=Phrase("a {kind}", kind="list"))
    >>> answer
    'a list; one Fraction is asked for'
    >>> Phrase.from_plain(answer.to_plain()).values["what"].template
    'a {kind}'
    """

    template: str
    many: str | None  # the template for all numbers but 1, where there are two
    n: int
    values: Mapping[str, str]

    def __new__(cls, template: str, /, **values: Any) -> Self:  # noqa: D102 - the class says it
        if isinstance(template, cls):
            return template
        return cls._of(template, None, 1, values)

    @classmethod
    def _of(cls, one: str, many: str | None, n: int, values: Mapping[str, Any]) -> Self:
        kept = {name: v if isinstance(v, Phrase) else str(v) for name, v in values.items()}
        made = super().__new__(cls, _filled(one if many is None or n == 1 else many, kept))
        made.template, made.many, made.n, made.values = one, many, n, kept
        return made

    def __reduce__(self) -> tuple[Callable[..., Phrase], tuple[Any, ...]]:
        return Phrase._of, (self.template, self.many, self.n, self.values)

    def to_plain(self) -> list[Any]:
        """Return it as JSON can hold it."""
        values = {k: v.to_plain() if isinstance(v, Phrase) else v for k, v in self.values.items()}
        return [self.template, self.many, self.n, values]

    @classmethod
    def from_plain(cls, told: Any) -> Phrase:
        """Return what :meth:`to_plain` was called on, or a text as a phrase.

        Raises
        ------
        TypeError, ValueError, AttributeError
            If it is neither.
        """
        if isinstance(told, str):
            return cls._of(told, None, 1, {})
        one, many, n, values = told
        read = {str(k): cls.from_plain(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls._of(str(one), many if many is None else str(many), int(n), read)


def phrase_n(one: str, many: str, /, n: int, **values: Any) -> Phrase:
    """Return a phrase that depends on a count, which is a value of it too.

    Examples
    --------
    >>> phrase_n("{n} norm is left", "{n} norms are left", 2)
    '2 norms are left'
    """
    return Phrase._of(one, many, n, {"n": n, **values})


def say(text: str, /, **values: Any) -> str:
    """Return a text in the language that was chosen.

    Parameters
    ----------
    text : str
        The English template, which is what a catalogue has translations of; or a :class:`Phrase`.
    **values : Any
        What stands for its placeholders.

    Examples
    --------
    >>> say("Got shape {shape}.", shape=(2, 3))
    'Got shape (2, 3).'
    """
    phrase = Phrase(text, **values)
    catalogue = chosen()
    if catalogue is None:
        return str(phrase)
    found = catalogue.template(phrase)
    if found is None:
        found = phrase.template if phrase.many is None or phrase.n == 1 else phrase.many
    values = {k: say(v) if isinstance(v, Phrase) else v for k, v in phrase.values.items()}
    return _filled(found, values)


def say_n(one: str, many: str, /, n: int, **values: Any) -> str:
    """Return a text that depends on a count, in the language that was chosen.

    Examples
    --------
    >>> say_n("Worth {n} point.", "Worth {n} points.", 1)
    'Worth 1 point.'
    """
    return say(phrase_n(one, many, n, **values))


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Put values in the place of their names. Nothing is evaluated, and what is put in stays."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


@dataclass(frozen=True)
class Catalogue:
    """The texts of a language.

    Attributes
    ----------
    texts : mapping
        By the English template, the translations: one, or as many as the language has plurals.
    plural : str
        Which of them a number ``n`` takes, as gettext writes it.
    """

    texts: Mapping[str, list[str]]
    plural: str = "n != 1"
    _index: Callable[[int], int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        from gettext import c2py  # it takes numbers, n and operators, and nothing else

        object.__setattr__(self, "_index", c2py(self.plural))

    def template(self, phrase: Phrase) -> str | None:
        """Return the translation of a phrase's template; None where there is none that fits it."""
        forms = self.texts.get(phrase.template)
        if not forms:
            return None
        number = 0
        if phrase.many is not None and len(forms) > 1:
            with suppress(ArithmeticError):  # of a rule that divides by zero
                number = self._index(phrase.n)
        found = forms[number] if 0 <= number < len(forms) else ""
        return found if found and _fits(found, phrase) else None

    @cached_property
    def digest(self) -> str:
        """A text that differs if anything in the catalogue does."""
        return hashlib.sha256(json.dumps(self.to_plain(), sort_keys=True).encode()).hexdigest()

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {"texts": self.texts, "plural": self.plural}

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a .po file, or what :meth:`to_plain` returned in a .json file.

        What is marked as fuzzy, to be looked at again, counts as missing.
        """
        if path.suffix == ".json":
            return cls(**json.loads(path.read_text("utf-8")))
        from babel.messages.pofile import read_po

        with path.open("rb") as file:
            read = read_po(file, abort_invalid=True)
        texts = {}
        for message in read:
            if message.id and message.string and not message.fuzzy:
                one = message.id if isinstance(message.id, str) else message.id[0]
                said = message.string
                texts[one] = [said] if isinstance(said, str) else [*said]
        return cls(texts, read.plural_expr)


def _fits(translation: str, phrase: Phrase) -> bool:
    """Whether a translation has the placeholders of its template; a plural may leave the n out."""
    has = {*_BRACES.findall(translation)}
    all_of = [{*_BRACES.findall(one)} for one in (phrase.template, phrase.many) if one is not None]
    may = set.union(*all_of)
    must = set.intersection(*all_of) - ({"{n}"} if phrase.many is not None else set())
    return must <= has <= may


_asked = False  # whether the environment was, or somebody chose
_chosen: Catalogue | None = None


def chosen() -> Catalogue | None:
    """Return the catalogue of the language that was chosen; None for English."""
    if not _asked:
        language = os.environ.get(LANGUAGE, "")
        use(language)
        if language:  # what starts here finds the file from any folder, or needn't warn again
            os.environ[LANGUAGE] = str(_file(language).absolute()) if _chosen else ""
    return _chosen


def use(language: str | Catalogue | None) -> None:
    """Say everything in a language from now on.

    Parameters
    ----------
    language : str, Catalogue or None
        As for ``DWSEP_LANGUAGE``; None for English. Where no catalogue can be read there, a
        warning says so, and it is English.
    """
    global _asked, _chosen
    _asked, _chosen = True, language if isinstance(language, Catalogue) else None
    if not isinstance(language, str) or language in ("", "en"):
        return
    path = _file(language)
    try:
        _chosen = Catalogue.read(path)
    except Exception as error:  # a file can be broken in many ways, and Babel may be missing
        reason = error.strerror if isinstance(error, OSError) else error
        warnings.warn(
            f"There is no translation to {language!r}, so it is English: {path} can't be read "
            f"({reason or type(error).__name__}).",
            stacklevel=2,
        )


def _file(language: str) -> Path:
    return FOLDER / f"{language}.po" if _CODE.fullmatch(language) else Path(language)


@contextmanager
def using(language: str | Catalogue | None) -> Iterator[None]:
    """Say everything in a language inside the ``with`` block."""
    global _asked, _chosen
    before = _asked, _chosen
    use(language)
    try:
        yield
    finally:
        _asked, _chosen = before
