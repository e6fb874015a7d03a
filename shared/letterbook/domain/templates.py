"""Templates: Markdown with variables, by key and language, every version kept."""

from dataclasses import dataclass
from datetime import datetime

from letterbook.domain.communication import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A gap in a template. One that is not required is left empty."""

    name: str
    required: bool = True
    example: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`channels` are those it may be used for; `subject` is for email and post."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateUse:
    """A template as a message asks for it: the party's language and the latest version unless it says otherwise."""

    key: str
    language: str | None = None
    version: int | None = None
    variables: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as its recipient gets it; an SMS has no html and no subject."""

    subject: str
    text: str
    html: str | None = None


class SpoiltValue(ValueError):
    """A value that its template cannot use: `code` says how, `variable` whose value it is, empty where that is not known."""

    def __init__(self, reason: str, code: str, variable: str) -> None:
        super().__init__(reason)
        self.code = code
        self.variable = variable


def values_for(template: Template, given: dict[str, str], known: dict[str, str]) -> dict[str, str]:
    """What fills the gaps: what was given, then what the record knows, then nothing where that is allowed."""
    optional = {variable.name: "" for variable in template.variables if not variable.required}
    return optional | known | given
