"""Templates: Markdown with variables, by key and language, every version kept."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from letterbook.domain.communication import Actor
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.letter import Block
from letterbook.domain.rows import NoValue, Value

# How like a known name another is that was mistyped, and one that might be meant: of 1 (difflib's ratio).
_MISTYPED, _MEANT = 0.8, 0.6
_NO_WORD = re.compile(r"\W+")
_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A gap in a template. One that is not required is left empty."""

    name: str
    required: bool = True
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`channels` are those it may be used for; `subject` is for email and post.

    `restored_from` is the version that it says again.
    """

    key: str
    language: str
    version: int
    category: str
    channels: tuple[str, ...]
    subject: str = ""
    body: str
    variables: tuple[Variable, ...] = ()
    created_at: datetime
    created_by: Actor
    restored_from: int | None = None

    @property
    def declared(self) -> frozenset[str]:
        return frozenset(one.name for one in self.variables)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """A template as a message asks for it: the party's language and the latest version unless it says otherwise."""

    key: str
    language: str | None = None
    version: int | None = None
    variables: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as its recipient gets it; an SMS has no html and no subject, and only a letter has blocks."""

    subject: str
    text: str
    html: str | None = None
    blocks: tuple[Block, ...] = ()


class SpoiltValue(ValueError):
    """A value that its template cannot use: `code` says how, `variable` whose value it is, empty where that is not known.

    `line` is where the template uses it, counted from 1, and 0 where that is not known.
    """

    def __init__(self, reason: str, code: str, variable: str, line: int = 0) -> None:
        super().__init__(reason)
        self.code = code
        self.variable = variable
        self.line = line


class TemplateFault(ValueError):
    """What is wrong with the source of a template, in words for who wrote it: the line, counted from 1, and what to write instead.

    `field` is `body` or `subject`.
    """

    field = "body"

    def __init__(self, line: int, reason: str, *, code: str = "template_syntax") -> None:
        super().__init__(f"Line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason
        self.code = code


class UnknownVariable(TemplateFault):
    """A template asks for what can be no variable: `name` is as it was written, `party.name` or `Party Name`."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(line, f"there is no {name[:60]}.", code="unknown_variable")
        self.name = name


class NewVariables(Invalid):
    """A template has variables that neither it nor the record fills in: everybody who writes with it must. To be confirmed.

    `names` are they, each with the known one that may be meant, empty where none is near.
    """

    code = "new_variables"

    def __init__(self, names: dict[str, str]) -> None:
        told = f"Whoever writes with this template must fill in {', '.join(names)}."
        super().__init__(told, *(FieldError("variables", "new_variable", f"{name} is new.") for name in names))
        self.names = names


def nearest(name: str, known: Iterable[str], least: float = _MEANT) -> str:
    """The known name that is most like it, however its words are joined, or the only one that has it in it; empty where none is."""
    from difflib import get_close_matches

    word = one_word(name).lower()
    as_written = {one.lower(): one for one in sorted(known, reverse=True)}
    longer = [one for one in as_written if f"_{word}_" in f"_{one}_"] if least <= _MEANT else []
    found = longer if len(longer) == 1 else get_close_matches(word, as_written, n=1, cutoff=least)
    return as_written[found[0]] if found else ""


def one_word(name: str) -> str:
    """As a variable is written: letters, digits and underscores."""
    return _NO_WORD.sub("_", name)


def mistyped_variables(unknown: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Of names that nobody declared, those that are nearly a known one, with it. Names that differ by a number alone are two."""
    near = {name: nearest(name, sorted(known), _MISTYPED) for name in unknown}
    return {name: one for name, one in near.items() if one and _DIGITS.sub("", name) != _DIGITS.sub("", one)}


def values_for(template: Template, given: Mapping[str, str], known: Mapping[str, Value | NoValue]) -> dict[str, Value]:
    """What fills the gaps: what was given, then what the record knows, then nothing where that is allowed.

    What the record has and cannot reckon is not nothing: it stays a gap.
    """
    filled = {name: value for name, value in known.items() if not isinstance(value, NoValue)}
    optional = {one.name: "" for one in template.variables if not one.required and one.name not in known}
    return {**optional, **filled, **given}
