"""Code to HTML: pygments' tokens in the five classes of the design (keyword, string, number, comment, function)."""

from __future__ import annotations

import html

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.lexers.python import PythonLexer
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

PLAIN = frozenset({"", "text", "output", "txt"})
_CLASSES: tuple[tuple[_TokenType, str], ...] = (
    (Token.Comment, "c"),
    (Token.Keyword, "k"),
    (Token.Operator.Word, "k"),
    (Token.Literal.String, "s"),
    (Token.Literal.Number, "n"),
    (Token.Name.Function, "f"),
    (Token.Name.Class, "f"),
    (Token.Name.Builtin, "f"),
    (Token.Name.Decorator, "f"),
)


class UnknownLanguage(ValueError):
    """The language of a code fence is not one that we can colour."""


def highlight(code: str, language: str) -> str:
    """Escaped HTML for the inside of `<code>`. Raises UnknownLanguage."""
    if language in PLAIN:
        return html.escape(code, quote=False)
    lexer = PythonLexer() if language in {"python", "py"} else _lexer(language)
    return "".join(_span(kind, value) for kind, value in lexer.get_tokens(code)).rstrip("\n")


def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language)
    except ClassNotFound:
        raise UnknownLanguage(language) from None


def _span(kind: _TokenType, value: str) -> str:
    text = html.escape(value, quote=False)
    name = next((name for base, name in _CLASSES if kind[: len(base)] == base), "")  # kinds are tuples: a base is a beginning
    return f'<span class="{name}">{text}</span>' if name and value.strip() else text
