"""What is compared of an answer's code: what a locked process makes of learners' texts.

Comments, docstrings and spaces don't count, and a name that the code itself gives to something
counts as a name, whichever it is. What is left is a row of tokens; each run of :data:`RUN` of them
stands for what it was written like.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import io
import keyword
import tokenize
import warnings
from collections.abc import Iterator
from typing import Any

RUN = 10  # tokens: about two lines of NumPy
MOST = 20_000  # tokens of an answer that are looked at
_NOTHING = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING, tokenize.ENDMARKER}
_LAYOUT = {tokenize.INDENT: "{", tokenize.DEDENT: "}"}
_BEFORE_STATEMENT = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
_KNOWN = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}


def compared(argument: dict[str, Any], keeper: object = None) -> dict[str, dict[str, Any]]:
    """Return what is compared of each text.

    Parameters
    ----------
    argument : dict
        ``texts``, code by name.
    keeper : object, optional
        Has nothing to do.

    Returns
    -------
    dict
        By name: ``letters`` and ``tokens``, hashes that are equal where all letters are, or all
        that counts with the names as they are; ``runs``, the hashes of all runs of tokens;
        ``length``, in tokens.
    """
    return {name: _compared(text) for name, text in argument["texts"].items()}


def _compared(text: str) -> dict[str, Any]:
    tokens = list(tokens_of(text))
    own = _own_names(text, tokens)
    row = ["a name" if token in own else token for token in tokens]
    runs = {_hash("\0".join(row[i : i + RUN])) for i in range(max(1, len(row) - RUN + 1))}
    return {
        "letters": _hash("\n".join(line.rstrip() for line in text.strip().splitlines())),
        "tokens": _hash("\0".join(tokens)),
        "runs": sorted(runs) if row else [],
        "length": len(row),
    }


def tokens_of(text: str) -> Iterator[str]:
    r"""Yield a text's tokens, without comments, docstrings and spaces, up to what is no Python.

    Examples
    --------
    >>> print(*tokens_of("def area(h, w):\n    'Of it.'\n    return h*w  # sides"))
    def area ( h , w ) : { return h * w }
    """
    before = tokenize.ENCODING
    count = 0
    found = tokenize.generate_tokens(io.StringIO(text).readline)
    held = None  # a string at the start of a statement, which may be all of it
    try:
        for token in found:
            if held is not None and token.type not in (tokenize.NEWLINE, tokenize.COMMENT):
                yield held
                held = None
            if token.type == tokenize.NEWLINE:
                held = None
            elif token.type == tokenize.STRING and before in _BEFORE_STATEMENT:
                held = token.string
            elif token.type in _LAYOUT:
                yield _LAYOUT[token.type]
            elif token.type not in _NOTHING:
                yield token.string
            if token.type not in (tokenize.COMMENT, tokenize.NL):
                before = token.type
            if (count := count + 1) > MOST:
                return
    except (tokenize.TokenError, SyntaxError):
        return


def _own_names(text: str, tokens: list[str]) -> set[str]:
    """Return the names that the code gives; where it can't be read, all but Python's own."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {token for token in tokens if token.isidentifier()} - _KNOWN
    own = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    own |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    return own | {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}


def _hash(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=8).hexdigest()
