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
    """A value that its template cannot use: `code` says how, `variable` whose value it is, empty where that is not known."""

    def __init__(self, reason: str, code: str, variable: str) -> None:
        super().__init__(reason)
        self.code = code
        self.variable = variable


class TemplateFault(ValueError):
    """What is wrong with the source of a template, in words for who wrote it. Its lines are counted from 1."""

    code = "template_syntax"

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"Line {line}: {reason}")
        self.line = line


class UnknownVariable(TemplateFault):
    """A template asks for what can be no variable, such as `party.name`."""

    code = "unknown_variable"

    def __init__(self, name: str, line: int) -> None:
        super().__init__(line, f"there is no {name[:60]}.")
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


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """What to say of a name that is none of the known ones; empty where none is near."""
    near = nearest(name.replace(".", "_"), known)
    return f" Did you mean {near}?" if near else ""


def nearest(name: str, known: Iterable[str], least: float = _MEANT) -> str:
    """The known name that is most like it; empty where none is."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(known), n=1, cutoff=least)), "")


def mistyped_variables(unknown: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """Of names that nobody declared, those that are nearly a known one, with it. Names that differ by a number alone are two."""
    near = {name: nearest(name, known, _MISTYPED) for name in unknown}
    return {name: one for name, one in near.items() if one and _DIGITS.sub("", name) != _DIGITS.sub("", one)}


def values_for(template: Template, given: Mapping[str, str], known: Mapping[str, Value | NoValue]) -> dict[str, Value]:
    """What fills the gaps: what was given, then what the record knows, then nothing where that is allowed."""
    optional = {variable.name: "" for variable in template.variables if not variable.required}
    filled = {name: value for name, value in known.items() if not isinstance(value, NoValue)}
    return {**optional, **filled, **given}
