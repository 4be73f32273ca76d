"""Parse the expressions of questions; an error points at the place in the text.

    condition   = conjunction { "or" conjunction }
    conjunction = denial { "and" denial }
    denial      = "not" denial | comparison
    comparison  = sum [ ("==" | "!=" | ">" | ">=" | "<" | "<=") sum ]
    sum         = product { ("+" | "-") product }
    product     = value { ("*" | "/") value }
    value       = number | "text" | true | false | "-" value | "(" condition ")" | aggregate | table "." column
    aggregate   = function "(" of [ "where" condition ] [ "via" column ] [ "," duration ] ")"
    of          = table | condition over the columns of one table

Functions: count, sum, mean, min, max, any, first, last. Names that are not plain words are written in
`backquotes`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, cast, get_args

from radix_assets.question.horizon import UNITS, is_duration
from radix_assets.question.syntax import (
    COMPARISONS,
    Aggregate,
    Column,
    Expression,
    Function,
    Negation,
    Number,
    Operation,
    Operator,
    Span,
    Text,
    Truth,
    columns,
)
from radix_assets.question.target import nearest
from radix_resources.errors import TargetError

FUNCTIONS: tuple[str, ...] = get_args(Function)
MOST_NESTED = 50
"""Deeper brackets are an error."""
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    rf"|(?P<duration>\d+\s*(?:{'|'.join(sorted(UNITS, key=len, reverse=True))})\b)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<quoted>`[^`]+`)"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>==|!=|>=|<=|<>|[-+*/<>=(),.])"
)
_ALIASES = {"=": "==", "<>": "!="}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: Span


def wrong(
    text: str, place: Span, found: str, *, expected: str = "", hint: str = "", code: str = "RDX-TGT-301"
) -> TargetError:
    """Return an error that shows the place in the expression."""
    mark = " " * place.start + "^" * max(1, place.end - place.start)
    return TargetError(
        code,
        f"{found}\n    {text}\n    {mark}",
        expected=expected,
        hint=hint or "fix the expression",
        character=f"{place.start + 1} of the expression",
    )


def parse(text: str) -> Expression:
    """Parse an expression into a tree. Raises TargetError RDX-TGT-301, which points at what cannot be parsed."""
    parser = _Parser(text)
    tree = parser.condition()
    parser.end()
    return tree


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            error_text = "this quote is not closed" if text[at] in "\"'`" else f"{text[at]!r} is not allowed here"
            raise wrong(
                text, Span(at, at + 1), error_text, expected="a function, a column, a number, text or an operator"
            )
        if match.lastgroup != "space":
            tokens.append(_Token(str(match.lastgroup), match[0], Span(match.start(), match.end())))
        at = match.end()
    return tokens


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def condition(self) -> Expression:
        self._depth += 1
        if self._depth > MOST_NESTED:
            self._fail("the brackets are nested too deeply", f"at most {MOST_NESTED} levels")
        tree = self._chain(self._conjunction, "or")
        self._depth -= 1
        return tree

    def end(self) -> None:
        """Raise unless the text ends here."""
        if self._at < len(self._tokens):
            self._fail(f"unexpected {self._tokens[self._at].text!r}", "an operator such as ==, >, and, or the end")

    def _conjunction(self) -> Expression:
        return self._chain(self._denial, "and")

    def _denial(self) -> Expression:
        token = self._take("not")
        if token is None:
            return self._comparison()
        of = self._denial()
        return Negation("not", of, Span(token.place.start, of.place.end))

    def _comparison(self) -> Expression:
        left = self._sum()
        sign = self._take(*COMPARISONS, *_ALIASES)
        if sign is None:
            return left
        right = self._sum()
        operator = cast("Operator", _ALIASES.get(sign.text, sign.text))
        return Operation(operator, left, right, Span(left.place.start, right.place.end))

    def _sum(self) -> Expression:
        return self._chain(self._product, "+", "-")

    def _product(self) -> Expression:
        return self._chain(self._value, "*", "/")

    def _chain(self, part: Callable[[], Expression], *signs: str) -> Expression:
        tree = part()
        while (sign := self._take(*signs)) is not None:
            right = part()
            operator = cast("Operator", sign.text.lower())
            tree = Operation(operator, tree, right, Span(tree.place.start, right.place.end))
        return tree

    def _value(self) -> Expression:
        token = self._next("a value")
        lower = token.text.lower()
        if token.text == "(":
            tree = self.condition()
            self._require(")")
            return tree
        if token.text == "-":
            of = self._value()
            return Negation("-", of, Span(token.place.start, of.place.end))
        if token.kind == "number":
            return Number(float(token.text), token.place)
        if token.kind == "text":
            return Text(re.sub(r"\\(.)", r"\1", token.text[1:-1]), token.place)
        if token.kind == "name" and lower in {"true", "false"}:
            return Truth(lower == "true", token.place)
        if token.kind in {"name", "quoted"}:
            return self._aggregate(token) if self._peek("(") else self._column(token)
        if token.kind == "duration":
            expected = "a value; a duration is the last argument of a function: count(orders, 30d)"
            raise wrong(self._text, token.place, f"{token.text!r} is a duration", expected=expected)
        expected = "a function, a column, a number or text"
        raise wrong(self._text, token.place, f"{token.text!r} is not a value", expected=expected)

    def _column(self, token: _Token) -> Column:
        if self._take(".") is None:
            near = nearest(token.text, FUNCTIONS, 1)
            raise wrong(
                self._text,
                token.place,
                f"{token.text!r} alone is not a value",
                expected="table.column, or a function such as count(orders)",
                hint=f"did you mean {near[0]}(…)?" if near else "",
            )
        name = self._next("a column")
        if name.kind not in {"name", "quoted"}:
            self._at -= 1
            self._fail(f"{name.text!r} is not a column name", "a name; in `backquotes` if it is not a plain word")
        return Column(_bare(token), _bare(name), Span(token.place.start, name.place.end))

    def _aggregate(self, token: _Token) -> Aggregate:
        if token.text.lower() not in FUNCTIONS:
            near = nearest(token.text.lower(), FUNCTIONS, 1)
            raise wrong(
                self._text,
                token.place,
                f"there is no function {token.text!r}",
                expected=f"one of {', '.join(FUNCTIONS)}",
                hint=f"did you mean {near[0]}?" if near else "",
            )
        function = cast("Function", token.text.lower())
        self._require("(")
        start = self._at
        first = self._next("a table or a column")
        table = self._whole_table(first)
        of = None
        if table is None:
            self._at = start
            of = self.condition()
            table = self._one_table(of)
        elif function != "count":
            raise wrong(
                self._text,
                first.place,
                f"{function} of a whole table",
                expected=f"a column: {function}({first.text}.column)",
                hint=f"count({first.text}) counts its rows",
            )
        where = self.condition() if self._take("where") else None
        via = _bare(self._next("a column")) if self._take("via") else None
        span = None
        if self._take(","):
            duration = self._next("a duration")
            if duration.kind != "duration" or not is_duration(duration.text):
                self._at -= 1
                expected = f"a number and one of {', '.join(UNITS)}, such as 30d"
                self._fail(f"{duration.text!r} is not a duration", expected)
            span = re.sub(r"\s", "", duration.text)
        close = self._require(")")
        place = Span(token.place.start, close.place.end)
        return Aggregate(function, table, of, where, via, span, place)

    def _whole_table(self, token: _Token) -> str | None:
        """Return the table's name if it is the whole argument, else None."""
        alone = self._at == len(self._tokens) or self._peek(")", ",", "where", "via")
        if token.kind not in {"name", "quoted"} or not alone:
            return None
        return _bare(token)

    def _one_table(self, of: Expression) -> str:
        """Return the single table of an aggregated expression."""
        tables = list(dict.fromkeys(column.table for column in columns(of)))
        if len(tables) != 1:
            aggregated = f"a function over {' and '.join(tables)}" if tables else "a function over no column"
            raise wrong(self._text, of.place, aggregated, expected="columns of one table, such as sum(orders.amount)")
        return tables[0]

    def _peek(self, *texts: str) -> bool:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        return token is not None and token.kind in {"name", "sign"} and token.text.lower() in texts

    def _take(self, *texts: str) -> _Token | None:
        if not self._peek(*texts):
            return None
        self._at += 1
        return self._tokens[self._at - 1]

    def _require(self, text: str) -> _Token:
        token = self._take(text)
        if token is None:
            self._fail(f"a {text!r} is missing", "")
        return token

    def _next(self, expected: str) -> _Token:
        if self._at == len(self._tokens):
            self._fail("the expression ends too early" if self._tokens else "the expression is empty", expected)
        self._at += 1
        return self._tokens[self._at - 1]

    def _fail(self, found: str, expected: str) -> NoReturn:
        end = Span(len(self._text), len(self._text) + 1)
        place = self._tokens[self._at].place if self._at < len(self._tokens) else end
        raise wrong(self._text, place, found, expected=expected)


def _bare(token: _Token) -> str:
    return token.text[1:-1] if token.kind == "quoted" else token.text
