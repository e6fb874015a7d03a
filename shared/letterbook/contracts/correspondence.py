"""Correspondence and its types as callers write and read them."""

import json
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, JsonValue
from pydantic_core import PydanticCustomError

from letterbook.contracts.entries import FailureView
from letterbook.contracts.fields import (
    Addresses,
    Body,
    DocumentId,
    Line,
    MaybeEmptyLine,
    Note,
    PartyId,
    Reason,
    Slug,
    Time,
    View,
)
from letterbook.contracts.message_parts import AuditBody, RegardingBody, TemplateUseBody
from letterbook.contracts.post import PostalAddressBody, PostalLinesOrParts, PostWishBody
from letterbook.contracts.references import PartyRefView, RegardingView
from letterbook.domain.communication import Actor
from letterbook.domain.correspondence import (
    Attaches,
    Carriage,
    Correspondence,
    CorrespondenceDraft,
    CorrespondenceStatus,
    CorrespondenceType,
)
from letterbook.domain.references import Regarding, TemplateRef
from letterbook.domain.templates import TemplateUse

# As JSON: it is kept with the correspondence, whose item holds 400 KB (DynamoDB).
_LARGEST_CONTENT = 64 * 1024


def _fits(content: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(content)) > _LARGEST_CONTENT:
        raise PydanticCustomError("too_long", "The content is {kb} KB at most.", {"kb": _LARGEST_CONTENT // 1024})
    return content


_Values = Annotated[dict[str, JsonValue], AfterValidator(_fits)]


class CorrespondenceBody(Body):
    """`content` is what the form of the type asks for; `regarding` what it is about besides what the content names."""

    type: Slug
    party_id: PartyId
    content: _Values = {}
    regarding: Annotated[list[RegardingBody], Field(max_length=100)] = []

    def draft(self) -> CorrespondenceDraft:
        return CorrespondenceDraft(
            type=self.type,
            party_id=self.party_id,
            content=self.content,
            regarding=tuple(Regarding(type=one.type, id=one.id) for one in self.regarding),
        )


class EmailCorrespondenceBody(Body):
    """Empty, it goes at once: to the primary contact, else the party, with the message of its type.

    `documents` go with it besides; `audit` says why, for the audit trail.
    """

    to: Addresses = []
    cc: Addresses = []
    bcc: Addresses = []
    documents: Annotated[list[DocumentId], Field(max_length=50)] = []
    template: TemplateUseBody | None = None
    audit: AuditBody | None = None

    def template_use(self) -> TemplateUse | None:
        use = self.template
        if use is None:
            return None
        given = {name: str(value) for name, value in use.variables.items()}
        return TemplateUse(key=use.key, language=use.language, version=use.version, variables=given)


class PostCorrespondenceBody(Body):
    """`address` is where it goes, in the place of the party's own; `post` how it is printed and carried."""

    address: PostalLinesOrParts | None = None
    post: PostWishBody | None = None
    audit: AuditBody | None = None

    @property
    def asked(self) -> dict[str, Any]:
        """As whoever posts it is asked."""
        parts = self.address.postal_address() if isinstance(self.address, PostalAddressBody) else None
        return {
            "address": None if isinstance(self.address, PostalAddressBody) else self.address,
            "postal_address": parts,
            "post": self.post.wish() if self.post else None,
            "audit": self.audit.model_dump() if self.audit else None,
        }


class DeliverCorrespondenceBody(Body):
    """How it was delivered, for the audit trail."""

    reason: MaybeEmptyLine = ""
    details: Note = ""


class VoidBody(Body):
    reason: Reason


class CorrespondenceTypeBody(Body):
    """A new version of a type. `fields` is the JSON Schema (2020-12) of its content: an object whose properties a form can show.

    These are strings, numbers, integers, booleans, and lists of ids of subjects, which name their type as `x-subjects`. `template`
    makes the letter; `message` is that of the email which carries it.
    """

    name: Line
    fields: _Values
    template: Slug
    message: Slug | None = None
    attaches: Attaches = Attaches.LETTER
    category: Slug | None = None
    enabled: bool = True

    def type_(self, key: str, author: Actor, now: datetime) -> CorrespondenceType:
        return CorrespondenceType(
            key=key,
            name=self.name,
            fields=self.fields,
            template=self.template,
            message=self.message or "",
            category=self.category or "",
            attaches=self.attaches,
            enabled=self.enabled,
            created_at=now,
            created_by=author,
        )


class CorrespondenceTypeView(View):
    key: str
    name: str
    fields: dict[str, JsonValue]
    template: str
    message: str
    attaches: Attaches
    category: str
    enabled: bool
    version: int
    created_at: Time
    created_by: Actor


class LetterVersionView(View):
    version: int
    document_id: str
    sha256: str
    template: TemplateRef
    created_at: Time
    created_by: Actor


class SendingView(View):
    """An entry that carried it, and which version of its PDF."""

    communication_id: str
    carriage: Carriage
    version: int


class CorrespondenceView(View):
    """`communications` are the entries that carried it, of which `sendings` say how, and which version.

    `audit` is how it was delivered by hand.
    """

    number: str
    type: str
    type_name: str
    type_version: int
    party: PartyRefView
    status: CorrespondenceStatus
    content: dict[str, JsonValue]
    regarding: list[RegardingView]
    versions: list[LetterVersionView]
    communications: list[str]
    sendings: list[SendingView]
    failure: FailureView | None
    void_reason: str
    audit: dict[str, str]
    created_at: Time
    created_by: Actor
    version: int


class CorrespondenceDetailView(CorrespondenceView):
    """`communications` has later attempts of theirs, too. `without_document` are the things whose PDF it should attach, and which
    have none.
    """

    without_document: list[RegardingView]


def correspondence_view(one: Correspondence) -> CorrespondenceView:
    return CorrespondenceView(**_fields(one))


def detail_view(
    one: Correspondence, communications: list[str], without_document: list[Regarding]
) -> CorrespondenceDetailView:
    shown = {
        "communications": communications,
        "without_document": [RegardingView.of(each) for each in without_document],
    }
    return CorrespondenceDetailView(**(_fields(one) | shown))


def _fields(one: Correspondence) -> dict[str, Any]:
    return {
        "number": one.number,
        "type": one.type.key,
        "type_name": one.type.name,
        "type_version": one.type.version,
        "party": PartyRefView.model_validate(one.party),
        "status": one.status,
        "content": dict(one.content),
        "regarding": [RegardingView.of(each) for each in one.regarding],
        "versions": [
            LetterVersionView(
                version=each.version,
                document_id=each.document.id,
                sha256=each.document.sha256,
                template=each.template,
                created_at=each.created_at,
                created_by=each.created_by,
            )
            for each in one.versions
        ],
        "communications": list(one.communications),
        "sendings": [SendingView.model_validate(each) for each in one.sendings],
        "failure": FailureView.of(one.failure) if one.failure else None,
        "void_reason": one.void_reason,
        "audit": dict(one.audit),
        "created_at": one.created_at,
        "created_by": one.created_by,
        "version": one.version,
    }
