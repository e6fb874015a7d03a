"""Correspondence: a formal letter of a type that the firm declared, with a number of its own, `12345/C001`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from letterbook.domain.communication import Actor, Attachment, Failure, PartyRef, Regarding, TemplateRef


class Attaches(StrEnum):
    """What is sent: the letter itself, or the PDF of each thing that it regards, without a letter."""

    LETTER = "letter"
    SUBJECT_DOCUMENTS = "subject_documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrespondenceType:
    """`fields` is the JSON Schema (2020-12) of its content; its `examples` begin with one that it accepts.

    `template` makes the letter, `message` the email that carries it: keys of templates. Only what is `enabled` is offered.
    """

    key: str
    name: str
    fields: Mapping[str, Any]
    template: str
    message: str = ""
    category: str = ""
    attaches: Attaches = Attaches.LETTER
    enabled: bool = True
    created_at: datetime
    created_by: Actor
    version: int = 1


class CorrespondenceStatus(StrEnum):
    GENERATING = "generating"
    READY = "ready"
    EMAILED = "emailed"
    POSTED = "posted"
    DELIVERED = "delivered"
    VOID = "void"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterVersion:
    """A PDF that was made of it; what was sent stays pinned by its SHA-256, whatever is made later."""

    version: int
    document: Attachment
    template: TemplateRef
    created_at: datetime
    created_by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeRef:
    """The type as it was when the correspondence was made: its key and version."""

    key: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """`account` is the party's account number as it was when the `ordinal` was given; together they are its number, for ever.

    `content` is what the form of its type asked for. `communications` are the ids of the entries that carried it.
    """

    party: PartyRef
    account: str
    ordinal: int
    type: TypeRef
    content: Mapping[str, Any]
    regarding: tuple[Regarding, ...] = ()
    status: CorrespondenceStatus = CorrespondenceStatus.GENERATING
    versions: tuple[LetterVersion, ...] = ()
    communications: tuple[str, ...] = ()
    failure: Failure | None = None
    void_reason: str = ""
    audit: Mapping[str, str] = field(default_factory=dict)
    created_at: datetime
    created_by: Actor
    version: int = 1

    @property
    def number(self) -> str:
        return f"{self.account}/{number_of(self.ordinal)}"

    @property
    def latest(self) -> LetterVersion | None:
        return self.versions[-1] if self.versions else None


def number_of(ordinal: int) -> str:
    """Within the party: C001, and beyond 999 as many digits as it needs."""
    return f"C{ordinal:03}"
