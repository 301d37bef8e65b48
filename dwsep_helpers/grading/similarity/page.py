"""The report on whose code is alike: a page with the code side by side, and its table as CSV."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dwsep_helpers.grading.names import for_spreadsheet, shown
from dwsep_helpers.grading.similarity.answers import Texts
from dwsep_helpers.grading.similarity.pairs import Compared, Pair
from dwsep_helpers.grading.similarity.runs import RUN

_ANSWERS = 4  # of a pair that are shown side by side
_CHARACTERS = 6_000  # of each

DOES_NOT_PROVE = (
    "Alike is not copied. Short exercises have few right answers; two who learn together, or who "
    "both read the same page, write the same. It can't tell who had it first, it can't see what "
    "was said aloud, and whoever rewrites enough isn't found. Before you say anything, read the "
    "code, and ask both to explain it."
)
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Whose code is alike: {unit}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 0 auto; padding: 1rem }}
table {{ border-collapse: collapse }}
.wide {{ overflow-x: auto }}
th, td {{ text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top }}
.number {{ text-align: right }}
.beside {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem }}
.beside > div {{ min-width: 0 }}
pre {{ overflow-x: auto; border: 1px solid; padding: .5rem; font-size: .85rem }}
summary {{ cursor: pointer }}
</style></head><body><main>
<h1>Whose code is alike: {unit}</h1>
<p>{learners} learners, compared with each other and with what the course publishes. Comments,
docstrings and spaces don't count, nor which names were chosen, nor what everybody was given.
<em>Same runs</em> are stretches of {run} tokens that both have, of the one who has fewer; half of
all pairs stay below {usual:.0%}. <em>Bits</em> say how surprising that is: a stretch that few have
counts for more.</p>
<p><strong>{doubt}</strong></p>
{tables}
<h2>Side by side</h2>
{details}
</main></body></html>
"""
_HEADER = ("", "who", "and who", "to the letter", "but for comments", "same runs", "bits")


def write_page(
    path: Path, unit: str, compared: Compared, texts: Mapping[str, Texts], course: Sequence[str]
) -> None:
    """Write the page.

    Parameters
    ----------
    path : Path
    unit : str
    compared : Compared
        With the pairs that are to be shown.
    texts : mapping of str to Texts
        Everybody's code.
    course : sequence of str
        Which of them the course publishes.
    """
    numbered = list(enumerate(compared.pairs, 1))
    among = [(i, pair) for i, pair in numbered if pair.first not in course]
    published = [(i, pair) for i, pair in numbered if pair.first in course]
    tables = _table("Among learners", among) + _table("What the course publishes", published)
    text = _PAGE.format(
        unit=html.escape(unit),
        learners=len(texts) - len(course),
        run=RUN,
        usual=compared.usual,
        doubt=html.escape(DOES_NOT_PROVE),
        tables=tables or "<p>Nobody's code is like another's.</p>",
        details="\n".join(_beside(i, pair, texts) for i, pair in numbered),
    )
    path.write_text(text, encoding="utf-8", errors="backslashreplace")


def _table(title: str, pairs: Iterable[tuple[int, Pair]]) -> str:
    rows = [_row(i, pair) for i, pair in pairs]
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{name or "pair"}</th>' for name in _HEADER)
    return (
        f'<h2>{title}</h2><div class="wide" tabindex="0" role="region" aria-label="{title}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(i: int, pair: Pair) -> str:
    cells = [
        html.escape(shown(text))
        for text in (pair.first, pair.second, ", ".join(pair.letters), ", ".join(pair.tokens))
    ]
    numbers = f'<td class="number">{pair.share:.0%}</td><td class="number">{pair.bits:.0f}</td>'
    said = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><td><a href="#pair-{i}">{i}</a></td>{said}{numbers}</tr>'


def _beside(i: int, pair: Pair, texts: Mapping[str, Texts]) -> str:
    names = html.escape(f"{shown(pair.first)} and {shown(pair.second)}")
    first, second = texts[pair.first], texts[pair.second]
    blocks = [
        f"<h3>{html.escape(shown(name))}</h3>"
        f'<div class="beside">{_code(pair.first, first[name])}'
        f"{_code(pair.second, second[name])}</div>"
        for name in pair.alike[:_ANSWERS]
        if name in second
    ]
    code = "".join(blocks) or "<p>It lies in cells that have no common name.</p>"
    # The target lies inside, so that following a link to it opens the details.
    return f'<details><summary>{i}: {names}</summary><div id="pair-{i}">{code}</div></details>'


def _code(who: str, text: str) -> str:
    label = html.escape(shown(who))
    return (
        f'<div><p>{label}</p><pre tabindex="0" aria-label="{label}">'
        f"{html.escape(text[:_CHARACTERS])}</pre></div>"
    )


def write_csv(path: Path, unit: str, pairs: Iterable[Pair]) -> None:
    """Write the pairs as a table."""
    with path.open("w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["unit", "first", "second", "to_the_letter", "but_for_comments", "same_runs", "bits"]
        )
        for pair in pairs:
            names = [for_spreadsheet(shown(who)) for who in (pair.first, pair.second)]
            same = [for_spreadsheet(shown(" ".join(of))) for of in (pair.letters, pair.tokens)]
            writer.writerow([unit, *names, *same, f"{pair.share:.3f}", f"{pair.bits:.1f}"])
