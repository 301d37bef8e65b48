"""The rules that every notebook of the course keeps.

A rule is a function that takes a :class:`Book` and yields one sentence for each place that
breaks it; its docstring says why there is such a rule.
"""

from . import exercises, hygiene, prose, structure
from .book import Book
from .exercises import answers_given_away

RULES = (*prose.RULES, *hygiene.RULES, *structure.RULES, *exercises.RULES)

__all__ = ["RULES", "Book", "answers_given_away"]
