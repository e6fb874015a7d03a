"""Rows as a table of Markdown, by the filter `table`: one source for email, text and letter.

A cell is a value: nothing in it is a mark. Amounts and dates are written in the template's language, and stand right aligned where
they are numbers. The sums are the last rows, bold in every cell.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from jinja2 import nodes

from letterbook.adapters.rendering.formats import is_gap, locale_of
from letterbook.adapters.rendering.inert import escaped
from letterbook.domain.rows import Cell, ColumnKind, Money, Rows, Value, Wording
from letterbook.domain.templates import TemplateFault, nearest
from letterbook.domain.text import MAX_MARKS, TextLimit

TABLE = "table"
# What tables may have of the marks of a text: three thousand rows of five cells.
_MOST_MARKS = MAX_MARKS * 9 // 10
_AT_THE_RIGHT = (ColumnKind.MONEY, ColumnKind.NUMBER)
# Not the blanks that do not break: they hold an amount together.
_WHITE = re.compile("[ \t-\r\x1c-\x1f\x85\u2028\u2029]+")
_NEW_LINE = re.compile("\r\n|\r|\n")
_CODE = re.compile(r"\{%.*?%\}|\{#.*?#\}")
_PRINTED = re.compile(r"\{\{.*?\}\}")


class TableSource(str):
    """A table as it stands in the source: its cells are escaped already."""


def table_filter(language: str) -> Callable[..., str]:
    def table(value: object, *names: str) -> str:
        if not isinstance(value, Rows):
            # Nothing, or what a preview shows for what is missing: any other is refused before.
            return str(value) if not value or is_gap(value) else ""
        return _table(value.with_columns(names) if names else value, language) if value else ""

    return table


def check_tables(tree: nodes.Template, source: str, values: Mapping[str, Value], *, one_line: bool = False) -> None:
    """Raises TemplateFault for rows that are printed otherwise than as a table on a line of its own, and for a table of what are
    none; TextLimit for more of them than a letter holds, before any is made.
    """
    tables = [one for one in tree.find_all(nodes.Filter) if one.name == TABLE]
    lines = _NEW_LINE.split(source)
    if one_line and tables:
        raise TemplateFault(tables[0].lineno, "a subject is one line, and holds no table.")
    printed = [one for output in tree.find_all(nodes.Output) for one in output.nodes]
    for each in printed:
        as_table = isinstance(each, nodes.Filter) and each.name == TABLE
        names = [each] if isinstance(each, nodes.Name) else [] if as_table else list(each.find_all(nodes.Name))
        for name in names:
            if isinstance(values.get(name.name), Rows):
                written = f"{{{{ {name.name} | table }}}}"
                raise TemplateFault(name.lineno, f"{name.name} are rows, not words. Write {written}, on a line alone.")
    for one in tables:
        _check_table(one, lines[one.lineno - 1], values)
    _check_size(tables, values)


def _check_table(one: nodes.Filter, line: str, values: Mapping[str, Value]) -> None:
    name = one.node.name if isinstance(one.node, nodes.Name) else ""
    value = values.get(name)
    if not name or (value and not isinstance(value, Rows) and not is_gap(value)):
        told = f"{name} is text" if name else "this is text"
        raise TemplateFault(
            one.lineno, f"a table is made of rows, and {told}. Write {{{{ {name or 'it'} }}}} without table."
        )
    left = _PRINTED.sub("", _CODE.sub("", line), count=1)
    if left.strip():
        raise TemplateFault(
            one.lineno, f"a table stands on a line of its own: put {{{{ {name} | table }}}} on the next line."
        )
    if isinstance(value, Rows):
        for column in (str(each.value) for each in one.args if isinstance(each, nodes.Const)):
            if column not in value.names:
                near = nearest(column, value.names)
                meant = f" Did you mean {near}?" if near else ""
                had = ", ".join(value.names)
                raise TemplateFault(one.lineno, f"{name} has no column {column[:60]}; it has {had}.{meant}")


def _check_size(tables: list[nodes.Filter], values: Mapping[str, Value]) -> None:
    left = _MOST_MARKS
    for one in tables:
        name = one.node.name if isinstance(one.node, nodes.Name) else ""
        rows = values.get(name)
        if isinstance(rows, Rows):
            # A row is the marks between its cells, and the cells; a sum has the marks of bold beside.
            columns = len(one.args) or len(rows.columns)
            most = left // (2 * columns + 3)
            left -= (1 + len(rows.rows)) * (2 * columns + 3) + len(rows.totals) * (6 * columns + 3)
            if left < 0:
                told = f"{name} has {len(rows.rows)} rows, and there is room for {most} of so many columns."
                raise TextLimit("too_complex", told, name)


def _table(rows: Rows, language: str) -> TableSource:
    head = _row([_cell(one.title, language) for one in rows.columns])
    rule = _row(["---:" if one.kind in _AT_THE_RIGHT else "---" for one in rows.columns])
    body = [_row([_cell(cell, language) for cell in row]) for row in rows.rows]
    totals = [_row([_bold(_cell(cell, language)) for cell in row]) for row in rows.totals]
    return TableSource("\n".join(["", "", head, rule, *body, *totals, "", ""]))


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _bold(cell: str) -> str:
    return f"**{cell}**" if cell else ""


def _cell(cell: Cell, language: str) -> str:
    """One line, whatever it holds."""
    return escaped(_WHITE.sub(" ", _said(cell, language)).strip())


def _said(cell: Cell, language: str) -> str:
    from babel.dates import format_date
    from babel.numbers import format_currency, format_decimal

    match cell:
        case None:
            return ""
        case str():
            return cell
        case Wording():
            return cell.in_language(language)
        case Money():
            return str(format_currency(cell.amount, cell.currency, locale=locale_of(language)))
        case Decimal():
            return str(format_decimal(cell, locale=locale_of(language), decimal_quantization=False))
        case date():
            return str(format_date(cell, "medium", locale=locale_of(language)))
