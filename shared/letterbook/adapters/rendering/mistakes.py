"""What is wrong with a template that cannot be read, in the words of who wrote it: the line, and what to write instead.

Jinja says what its parser met. Whoever writes letters wants to know what they did, so each pair of braces is looked at by itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from traceback import walk_tb

from jinja2 import TemplateSyntaxError, nodes

from letterbook.domain.templates import TemplateFault, UnknownVariable, nearest

FILTERS = ("upper", "lower", "title", "capitalize", "trim", "default", "truncate", "date", "money", "number", "table")
# What others call them.
_CALLED = {
    "currency": "money", "amount": "money", "price": "money", "pounds": "money", "euro": "money", "euros": "money",
    "gbp": "money", "eur": "money", "format": "date", "dateformat": "date", "strftime": "date", "day": "date",
    "round": "number", "int": "number", "float": "number", "decimal": "number", "rows": "table", "list": "table",
    "uppercase": "upper", "upcase": "upper", "lowercase": "lower", "downcase": "lower", "titlecase": "title",
    "strip": "trim", "or": "default", "fallback": "default", "shorten": "truncate",
}  # fmt: skip
_CONDITIONS = "{% if … %}, {% elif … %}, {% else %} and {% endif %}"
_REPEATING = frozenset({"for", "endfor", "foreach", "each", "loop", "while", "repeat"})
_TAGS = frozenset({"if", "elif", "else", "endif"})

_BEGIN = re.compile(r"\{[{%#]")
_END = {"{{": "}}", "{%": "%}", "{#": "#}"}
_END_OF_RAW = re.compile(r"\{%-?\s*endraw\s*[-+]?%\}")
_WORD = re.compile(r"[^\W\d]\w*")
_ONE_BRACE = re.compile(r"\s*([^\W\d]\w*)\s*\}(?!\})")
_NAME = r"([^\W\d]\w*)"
# Both sides of a sign that joins no name: `party.name`, `Party Name`, `party-name`.
_SEVERAL_WORDS = rf"({_NAME}(?:[ \t./'\u2019-]+\w+)+)"
_CURLY = "[\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb]"
_ASSIGNS = re.compile(r"(?<![=!<>])=(?!=)")


@dataclass(frozen=True, slots=True)
class _Braces:
    """`begin` is `{{`, `{%` or `{#`. `closed` is false where what closes it does not come before the next one begins."""

    begin: str
    line: int
    inner: str
    closed: bool


def explained(source: str, wrong: TemplateSyntaxError, parse: Callable[[str], object]) -> TemplateFault:
    """What is said instead of what Jinja says. `parse` raises TemplateSyntaxError for what cannot stand in a template."""
    conditions: list[int] = []
    for braces in _braces(source):
        if not braces.closed:
            return _unclosed(braces)
        if braces.begin == "{{" and (fault := _of_print(braces, parse) or misplaced_tag(_inner(braces), braces.line)):
            return fault
        if braces.begin == "{%" and (fault := _of_tag(braces, conditions, parse)):
            return fault
    if conditions:
        return TemplateFault(
            conditions[-1], "{% if … %} is not closed. Write {% endif %} behind the words that depend on it."
        )
    return TemplateFault(wrong.lineno, f"this cannot be read: {str(wrong.message or '').rstrip('.')}.")


def _inner(braces: _Braces) -> str:
    return braces.inner.strip("-+ \t\r\n")


def _braces(source: str) -> Iterator[_Braces]:
    at = 0
    while found := _BEGIN.search(source, at):
        begin, inside = found[0], found.end()
        end = source.find(_END[begin], inside)
        following = _BEGIN.search(source, inside) if begin != "{#" else None
        if begin == "{{" and following and following.start() == inside - 1:
            # Of three braces the first two are meant.
            following = _BEGIN.search(source, inside + 1)
        closed = end >= 0 and (following is None or end < following.start())
        stop = end if closed else following.start() if following else len(source)
        at = stop + (len(_END[begin]) if closed else 0)
        braces = _Braces(begin, source.count("\n", 0, found.start()) + 1, source[inside:stop], closed)
        if begin == "{%" and closed and _inner(braces) == "raw":
            end_of_raw = _END_OF_RAW.search(source, at)
            at = end_of_raw.end() if end_of_raw else len(source)
        else:
            yield braces


def _unclosed(braces: _Braces) -> TemplateFault:
    if braces.begin == "{#":
        told = (
            "{# begins a note that nobody is shown, and it has no end. Write #} behind it, or a blank between { and #."
        )
        return TemplateFault(braces.line, told)
    if braces.begin == "{%":
        return TemplateFault(braces.line, "{% is not closed. Write %} behind it, such as {% if contact_name %}.")
    one = _ONE_BRACE.match(braces.inner)
    word = one or _WORD.match(braces.inner.lstrip())
    written = f", such as {{{{ {word[word.re.groups]} }}}}" if word else ", or leave it out"
    told = "a variable ends with two braces" if one else "{{ is not closed"
    return TemplateFault(braces.line, f"{told}. Write }}}} behind the name{written}.")


def _of_print(braces: _Braces, parse: Callable[[str], object]) -> TemplateFault | None:
    inner, line = _inner(braces), braces.line
    if not inner:
        return TemplateFault(line, "{{ }} names no variable. Write one between the braces, such as {{ party_name }}.")
    if _reads(inner, parse):
        return misplaced_tag(inner, line)
    return misplaced_tag(inner, line) or _misread(_PRINTS, inner, line) or _unreadable("{{ %s }}", inner, line)


# What is found between braces that cannot be read, and what is said of it: the first that fits.
_Mistakes = tuple[tuple[str, Callable[[re.Match[str], int], TemplateFault]], ...]
_QUOTES: _Mistakes = (
    (
        rf".*{_CURLY}.*",
        lambda _, line: TemplateFault(line, "between braces quotes are straight: write \"…\" or '…'."),
    ),
)
_PRINTS: _Mistakes = (
    (
        r"\{+(.*)",
        lambda found, line: TemplateFault(
            line, f"a variable stands in two braces, not three. Write {{{{ {found[1].strip(' }')[:60]} }}}}."
        ),
    ),
    (
        r"[#/^>&!].*",
        lambda _, line: TemplateFault(
            line, "what depends on something is written {% if contact_name %} … {% endif %}."
        ),
    ),
    (
        r"\d.*",
        lambda found, line: TemplateFault(line, f"a name begins with a letter, and {found[0][:60]} does not."),
    ),
    *_QUOTES,
    (
        r".*\|",
        lambda _, line: TemplateFault(line, f"behind | stands how it is written: {', '.join(FILTERS)}."),
    ),
    (
        r"\|.*",
        lambda found, line: TemplateFault(
            line, f"before | stands a variable, such as {{{{ party_name {found[0][:60]} }}}}."
        ),
    ),
    (
        rf"{_NAME}\s*\|\s*{_NAME}\s*:\s*(.*)",
        lambda found, line: TemplateFault(
            line, f"a colon means nothing here. Write {{{{ {found[1]} | {found[2]}({found[3].strip()[:40]}) }}}}."
        ),
    ),
    (
        rf"{_NAME}\s+({'|'.join(FILTERS)})",
        lambda found, line: TemplateFault(line, f"| is missing. Write {{{{ {found[1]} | {found[2]} }}}}."),
    ),
    (rf"{_SEVERAL_WORDS}\s*(?:\|.*)?", lambda found, line: UnknownVariable(found[1], line)),
)
_CONDITIONS_OF_IF: _Mistakes = (
    *_QUOTES,
    (
        rf".*{_ASSIGNS.pattern}.*",
        lambda found, line: TemplateFault(
            line, f"two things are compared by ==. Write {{% if {_ASSIGNS.sub('==', found[0])[:60]} %}}."
        ),
    ),
    (
        r".*(?:&&|\|\|).*",
        lambda _, line: TemplateFault(line, "several conditions are joined by the words and, or, not."),
    ),
    (_SEVERAL_WORDS, lambda found, line: UnknownVariable(found[1], line)),
)


def _misread(mistakes: _Mistakes, inner: str, line: int) -> TemplateFault | None:
    for pattern, say in mistakes:
        if found := re.fullmatch(pattern, inner, re.DOTALL):
            return say(found, line)
    return None


def _unreadable(braces: str, inner: str, line: int) -> TemplateFault:
    shown = braces % inner[:60]
    if inner.count('"') % 2 or inner.count("'") % 2:
        return TemplateFault(line, f"a quote is missing in {shown}.")
    if inner.count("(") != inner.count(")"):
        return TemplateFault(line, f"a parenthesis is missing in {shown}.")
    return TemplateFault(
        line, f"{shown} cannot be read. A variable is one name, and behind | stands how it is written."
    )


def misplaced_tag(inner: str, line: int) -> TemplateFault | None:
    """Of what is no variable, but belongs in the braces of a condition."""
    found = _WORD.match(inner)
    word = found[0] if found else ""
    rest = inner[len(word) :].strip()
    if word in ("for", "foreach", "endfor"):
        return repeats(line)
    if word in _TAGS | {"elseif", "elsif"} and (rest or inner == word):
        meant = "elif" if word.startswith("els") and word != "else" else word
        shown = f"{meant} {rest[:60]}" if rest and meant in ("if", "elif") else meant
        return TemplateFault(line, f"a condition stands in {{% and %}}. Write {{% {shown} %}}.")
    return None


def _of_tag(braces: _Braces, conditions: list[int], parse: Callable[[str], object]) -> TemplateFault | None:
    """`conditions` are the lines of those that are open."""
    inner, line = _inner(braces), braces.line
    found = _WORD.match(inner)
    word = found[0] if found else ""
    rest = inner[len(word) :].strip()
    if word not in _TAGS:
        return repeats(line) if word in _REPEATING else no_such_tag(inner, line)
    if word == "else" and rest:
        begins = f"elif {rest.removeprefix('if').strip()[:60]}"
        return TemplateFault(
            line, f"{{% else %}} stands alone. Write {{% {begins} %}} for what depends on something else."
        )
    if word != "if" and not conditions:
        return TemplateFault(line, f"{{% {word} %}} follows no {{% if … %}}.")
    if word == "if":
        conditions.append(line)
    elif word == "endif":
        conditions.pop()
    return _of_condition(word, rest, line, parse) if word in ("if", "elif") else None


def _of_condition(word: str, rest: str, line: int, parse: Callable[[str], object]) -> TemplateFault | None:
    if not rest:
        told = f"{word} asks nothing. Write what it depends on, such as {{% {word} contact_name %}}."
        return TemplateFault(line, told)
    if _reads(rest, parse):
        return None
    return _misread(_CONDITIONS_OF_IF, rest, line) or _unreadable(f"{{%% {word} %s %%}}", rest, line)


def _reads(inner: str, parse: Callable[[str], object]) -> bool:
    try:
        parse(f"{{{{ {inner} }}}}")
    except TemplateSyntaxError:
        return False
    return True


def repeats(line: int) -> TemplateFault:
    return TemplateFault(
        line, "a template repeats nothing. Rows are written by {{ invoices | table }}, on a line of their own."
    )


def no_such_tag(inner: str, line: int) -> TemplateFault:
    first = inner.split()[0][:40] if inner.split() else ""
    near = {"end": "endif", "fi": "endif", "elseif": "elif", "elsif": "elif", "unless": "if not"}.get(first) or nearest(
        first, _TAGS
    )
    meant = f" Write {{% {near} %}}." if near else ""
    return TemplateFault(line, f"there is no {{% {first} %}}.{meant} There are {_CONDITIONS}.")


def no_such_filter(name: str, of: str, line: int) -> TemplateFault:
    """`of` is the variable that it stands behind, empty where that is none."""
    near = _CALLED.get(name.lower()) or nearest(name, FILTERS)
    meant = f" Did you mean {near}? Write {{{{ {of or 'it'} | {near} }}}}." if near else ""
    return TemplateFault(line, f"there is no filter {name[:40]}.{meant} There are {', '.join(FILTERS)}.")


def not_in_the_language(node: nodes.Node) -> TemplateFault:
    """Of what Jinja has, and templates have not."""
    line = node.lineno
    match node:
        case nodes.For():
            return repeats(line)
        case nodes.Getattr() | nodes.Getitem() | nodes.Sub() if name := _joined(node):
            return UnknownVariable(name, line)
        case nodes.Call():
            return _called(node)
        case nodes.Add() | nodes.Sub() | nodes.Mul() | nodes.Div() | nodes.FloorDiv() | nodes.Mod() | nodes.Pow():
            return TemplateFault(line, "a template does not reckon. Give the result as a variable of its own.")
        case nodes.Tuple():
            return TemplateFault(
                line, "one variable stands in each pair of braces: {{ party_name }}, {{ case_reference }}."
            )
        case nodes.Keyword():
            return TemplateFault(line, f"what a filter takes has no name: leave out {node.key}=.")
        case nodes.Stmt():
            return no_such_tag(_tag_of(node), line)
    return TemplateFault(line, "a template has variables, conditions and filters, and nothing else.")


def _called(node: nodes.Call) -> TemplateFault:
    names = [one.name for one in node.args if isinstance(one, nodes.Name)]
    match node.node:
        case nodes.Name() as called if called.name in FILTERS and names:
            written = f"{names[0]} | {called.name}"
        case nodes.Getattr(node=nodes.Name() as of) as called if called.attr in FILTERS:
            written = f"{of.name} | {called.attr}"
        case nodes.Name() as called:
            written = called.name
        case _:
            return TemplateFault(node.lineno, "a variable is not called: leave out the parentheses.")
    return TemplateFault(node.lineno, f"nothing is called in a template. Write {{{{ {written} }}}}.")


def _tag_of(node: nodes.Stmt) -> str:
    return {"Assign": "set", "AssignBlock": "set", "FilterBlock": "filter", "FromImport": "from"}.get(
        type(node).__name__, type(node).__name__.lower()
    )


def _joined(node: nodes.Node) -> str:
    """`party.name`, `party['name']`, `party-name` as one name; empty for what is none."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr() if before := _joined(node.node):
            return f"{before}.{node.attr}"
        case nodes.Getitem(arg=nodes.Const(value=str() as key)) if before := _joined(node.node):
            return f"{before}.{key}"
        case nodes.Sub() if (left := _joined(node.left)) and (right := _joined(node.right)):
            return f"{left}-{right}"
    return ""


def line_of(wrong: BaseException) -> int:
    """The line of the template that failed; 0 where that cannot be told."""
    lines = [line for frame, line in walk_tb(wrong.__traceback__) if frame.f_code.co_filename == "<template>"]
    return lines[-1] if lines else 0


def failed(wrong: Exception) -> TemplateFault:
    """Of a template that can be read, and fails on the values that it was given."""
    told = str(wrong)
    if isinstance(wrong, TypeError) and "not supported between" in told:
        told = 'a text and a number are compared. Conditions ask for equal texts: {% if name == "word" %}'
    return TemplateFault(line_of(wrong), f"this fails: {told.rstrip('.')}.", code="template_fails")
