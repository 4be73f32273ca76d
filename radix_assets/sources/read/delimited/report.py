"""What to say of a text file: its dialect for programs, warnings for people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from radix_assets.sources.read.delimited.assemble import MOST_LINES, Event
from radix_assets.sources.read.delimited.preamble import table_in
from radix_assets.sources.read.delimited.structure import Dialect
from radix_assets.sources.read.encoding import Decoded
from radix_assets.sources.schema import ReadWarning

_MOST_LISTED = 100
_UNSURE = 0.55
_NAMES = {"\t": "tab", " ": "blanks", "": "none"}
_TEXTS: dict[str, Callable[[str, str], str]] = {
    "short_rows": lambda rows, at: f"{rows} fewer cells than the header ({at}); the missing cells are null",
    "long_rows": lambda rows, at: f"{rows} more cells than there are columns ({at}); the cells beyond are set aside",
    "truncated_last_row": lambda _, at: (
        f"the last row is cut off ({at}): it has fewer cells than the header and no line end"
    ),
    "broken_quotes": lambda rows, at: (
        f"{rows} a quotation mark that is not closed or not doubled ({at}); it was read as text"
    ),
    "ambiguous_quotes": lambda rows, at: (
        f"{rows} a quoted cell over lines that could be rows by themselves ({at}); it was read as one cell"
    ),
    "line_breaks": lambda rows, at: f"{rows} a line break in a cell without quotes ({at}); the lines were joined again",
    "stray_returns": lambda rows, at: (
        f"{rows} a carriage return that ends no line ({at}); it was read as part of the cell"
    ),
    "null_bytes": lambda rows, at: f"{rows} a zero byte in a cell ({at}); it was kept",
    "not_text": lambda rows, at: f"{rows} bytes that are no text in the file's encoding ({at}); the cell is set aside",
    "totals": lambda rows, at: f"{rows} the total of the rows above ({at}); set aside",
    "empty_rows": lambda rows, at: f"{rows} delimiters only ({at}); left out",
    "repeated_header": lambda rows, at: f"{rows} the header once more ({at}); left out",
}


@dataclass(frozen=True)
class FileReport:
    """One file, for the warnings about it."""

    file: str
    """Its name, if the table has several files; else empty."""
    decoded: Decoded
    dialect: Dialect
    events: Mapping[str, Event]
    last_line: int = 0


def described(report: FileReport) -> dict[str, Any]:
    """Return the dialect of a file, for programs. It holds no value of a column."""
    dialect, decoded = report.dialect, report.decoded
    choice, layout, grammar = dialect.choice, dialect.layout, dialect.grammar
    comments = [*dialect.comments, *(report.events["comments"].lines if "comments" in report.events else [])]
    result: dict[str, Any] = {
        "encoding": decoded.encoding,
        "delimiter": grammar.delimiter,
        "quote": grammar.quote,
        "escape": grammar.escape or grammar.quote,
        "header_lines": dialect.header_lines,
        "first_row": dialect.first_row,
        "comment": layout.comment,
        "skipped_lines": sorted({*(record.line for record in dialect.skipped), *comments})[:_MOST_LISTED],
        "footer_lines": _footer_lines(report),
        "confidence": {
            "encoding": decoded.confidence,
            "delimiter": choice.confidence,
            "header_lines": layout.confidence,
        },
        "evidence": {"encoding": decoded.evidence, "delimiter": choice.evidence, "header_lines": layout.evidence},
    }
    if grammar.edges:
        result["fixed_width"] = list(grammar.edges)
    if decoded.alternatives:
        result["alternatives"] = {"encoding": list(decoded.alternatives)}
    return result


def shown(delimiter: str) -> str:
    """Return a delimiter for display."""
    return _NAMES.get(delimiter, delimiter if delimiter.isprintable() else repr(delimiter)[1:-1])


def warnings_of(report: FileReport, page_lines: Sequence[tuple[int, str]] = ()) -> list[ReadWarning]:
    """Return what a person should know of how a file was read. `page_lines` are the lines of pages left out of it."""
    warnings = [*_of_encoding(report), *_of_pages(page_lines), *_of_structure(report)]
    for code, text in _TEXTS.items():
        event = report.events.get(code)
        if event:
            are = code in {"repeated_header", "totals"}
            rows = f"{event.count:,} rows {'are' if are else 'have'}"
            rows = rows if event.count > 1 else f"1 row {'is' if are else 'has'}"
            warnings.append(
                ReadWarning(code=code, message=text(rows, _lines(event)), lines=event.lines, count=event.count)
            )
    if report.file:
        warnings = [warning.model_copy(update={"message": f"{report.file}: {warning.message}"}) for warning in warnings]
    return warnings


def _lines(event: Event) -> str:
    return listed(event.lines, more=event.count > len(event.lines))


def listed(lines: Sequence[int], *, more: bool = False) -> str:
    """Return line numbers for display."""
    first = [f"{line:,}" for line in lines[:5]]
    dots = " …" if more or len(lines) > len(first) else ""
    return f"line{'s' * (len(lines) > 1 or more)} {', '.join(first)}{dots}"


def _of_encoding(report: FileReport) -> list[ReadWarning]:
    decoded = report.decoded
    if sum(decoded.lines):
        return [_of_mixed(decoded)]
    if decoded.twice:
        return [_of_twice(decoded)]
    if not decoded.doubtful:
        return []
    others = f"; {', '.join(decoded.alternatives)} would fit as well" if decoded.alternatives else ""
    return [
        ReadWarning(
            code="ambiguous_encoding" if decoded.alternatives else "guessed_encoding",
            message=f"the encoding is probably {decoded.encoding} (confidence {decoded.confidence:.0%}){others}; "
            "declare `encoding` if letters are wrong",
        )
    ]


def _of_pages(lines: Sequence[tuple[int, str]]) -> list[ReadWarning]:
    if not lines:
        return []
    numbers = [number for number, _ in lines]
    message = (
        f"{len(lines):,} line{'s' * (len(lines) > 1)} of printed pages ({listed(numbers)}): page numbers, titles and "
        "headers that every page repeats; set aside"
    )
    return [_warning("page_lines", message, numbers)]


def _of_mixed(decoded: Decoded) -> ReadWarning:
    utf8, others = decoded.lines
    other = decoded.encoding.removeprefix("utf-8 and ")
    rivals = f" (or {', '.join(decoded.alternatives)})" if decoded.alternatives else ""
    at = listed(decoded.first_lines, more=others > len(decoded.first_lines))
    message = (
        f"lines of two encodings are in one file: {utf8:,} with letters outside ASCII are UTF-8, {others:,} are "
        f"probably {other}{rivals} ({at}); each was read by itself; declare `encoding` to read all in one"
    )
    return ReadWarning(code="mixed_encodings", message=message, lines=list(decoded.first_lines), count=others)


def _of_twice(decoded: Decoded) -> ReadWarning:
    lines = f"{decoded.twice:,} line{'s have' if decoded.twice > 1 else ' has'}"
    done = "they are read as the letters that were meant; `encoding: utf-8` keeps them as they stand"
    if not decoded.is_repaired:
        done = "it was read as it stands, since nothing else shows what is meant"
    at = listed(decoded.first_lines, more=decoded.twice > len(decoded.first_lines))
    message = f"{lines} letters that were converted to UTF-8 twice, such as Ã¼ for ü ({at}); {done}"
    return ReadWarning(code="converted_twice", message=message, lines=list(decoded.first_lines), count=decoded.twice)


def _footer_lines(report: FileReport) -> list[int]:
    return [report.last_line + 1 + record.line for record in report.dialect.footer]


def _warning(code: str, message: str, lines: Sequence[int] = ()) -> ReadWarning:
    return ReadWarning(code=code, message=message, lines=list(lines)[:MOST_LINES], count=len(lines))


def _of_structure(report: FileReport) -> list[ReadWarning]:
    return [*_of_delimiter(report.dialect), *_of_header(report.dialect), *_of_end(report)]


def _of_delimiter(dialect: Dialect) -> list[ReadWarning]:
    choice, warnings = dialect.choice, []
    if choice.rival is not None:
        used, other = shown(choice.grammar.delimiter), shown(choice.rival.delimiter)
        message = f"the delimiter may be {used} or {other}; {used} was used; declare `delimiter` if that is wrong"
        warnings.append(_warning("ambiguous_delimiter", message))
    if choice.grammar.edges:
        places = len(choice.grammar.edges) - 1
        message = f"there is no delimiter; the columns are parted by blanks at {places} places of every line"
        warnings.append(_warning("fixed_width", message))
    return warnings


def _of_header(dialect: Dialect) -> list[ReadWarning]:
    layout, header, warnings = dialect.layout, dialect.header_lines, []
    table = table_in(dialect.skipped)
    if table:
        message = (
            f"{listed(table)} above the header look like another table, and were left out; give each table a file of "
            "its own"
        )
        warnings.append(_warning("stacked_tables", message, table))
    lines = [record.line for record in dialect.skipped if record.line not in table]
    if lines:
        verb = "holds" if len(lines) == 1 else "hold"
        message = f"{listed(lines)} above the header {verb} a title, a date or a note, and no row; left out"
        warnings.append(_warning("skipped_lines", message, lines))
    if len(header) > 1 and layout.confidence < 1:
        message = f"the header has {len(header)} rows; the names " + (
            "are those of the first, the texts of the questions below it were left out"
            if layout.survey
            else "were joined"
        )
        warnings.append(_warning("several_header_rows", message, header))
    if layout.labels:
        message = (
            f"the first row, line {dialect.first_row:,}, may be the labels of the columns ({layout.labels:.0%}); it "
            f"was read as a row; declare `header: {[*header, dialect.first_row]}` if it is no row"
        )
        warnings.append(_warning("label_row", message, [dialect.first_row]))
    if layout.row_names:
        message = "the header is one cell shorter than the rows; the first column holds names of rows"
        warnings.append(_warning("row_names", message, header))
    repeated = sorted({name for name in layout.names if name and layout.names.count(name) > 1})
    if repeated:
        shown = ", ".join(map(repr, repeated[:5])) + (" …" if len(repeated) > 5 else "")  # noqa: PLR2004
        message = f"several columns are named {shown}; from the second on their names get a number"
        warnings.append(_warning("repeated_names", message, header))
    if layout.unnamed and not layout.row_names and bool(layout.shapes) and bool(layout.shapes[-1]):
        message = "the header has fewer names than the rows have cells; the last columns are named by position"
        warnings.append(_warning("unnamed_columns", message, header))
    if layout.confidence < _UNSURE:
        taken = "a row" if not layout.names else "the header"
        other = f"`header: {dialect.first_row}`" if not layout.names else "`header: false`"
        message = (
            f"whether the first row is a header is not certain ({layout.evidence}); it was taken as {taken}; declare "
            f"{other} if that is wrong"
        )
        warnings.append(_warning("ambiguous_header", message))
    return warnings


def _of_end(report: FileReport) -> list[ReadWarning]:
    dialect, warnings = report.dialect, []
    if dialect.subtotals.doubtful:
        doubtful = dialect.subtotals.doubtful
        rows = f"{len(doubtful):,} rows are" if len(doubtful) > 1 else "1 row is"
        message = f"{rows} labelled as a total ({listed(doubtful)}) but not the sum of the rows above; kept as a row"
        warnings.append(_warning("doubtful_totals", message, doubtful))
    if dialect.footer:
        lines = _footer_lines(report)
        number = len(dialect.footer)
        where = f" ({listed(lines)})" if lines else ""
        message = f"{number} line{'s' * (number > 1)} below the rows{where}: a total or a note, set aside"
        warnings.append(_warning("footer", message, lines))
    if dialect.padding:
        warnings.append(_warning("padding", f"{dialect.padding} after the last line were left out"))
    return warnings
