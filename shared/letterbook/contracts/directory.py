"""Parties, contacts, preferences, cases, documents and grants at the border."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, Field

from letterbook.contracts.einvoice import EinvoiceBody
from letterbook.contracts.fields import (
    Address,
    Body,
    CaseId,
    Country,
    Day,
    Language,
    Line,
    MaybeEmptyLine,
    Moment,
    Note,
    PartyId,
    Postal,
    Slug,
    Time,
    View,
)
from letterbook.contracts.post import PostalAddressBody, PostalAddressView, PostalLinesOrParts
from letterbook.domain.access import Grant, Viewer
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.party import (
    Case,
    CaseKind,
    CaseStatus,
    Contact,
    Document,
    EinvoiceAddress,
    Hold,
    HoldKind,
    OptOut,
    OptOutSource,
    Party,
    PartyKind,
    Preferences,
)
from letterbook.domain.recipients import BadAddress, email_address

Amended = TypeVar("Amended", Party, Contact, Case)

_PartyIds = Annotated[list[PartyId], Field(max_length=40)]


class ContactMethod(StrEnum):
    """The ways that somebody can be contacted, as preferences name them."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"
    EINVOICE = "einvoice"


class _PartyFields(Body):
    account_number: Line | None = None
    email: Address | None = None
    mobile: Address | None = None
    phone: Address | None = None
    address: PostalLinesOrParts | None = None
    einvoice: EinvoiceBody | None = None
    language: Language | None = None
    country: Country | None = None
    location: Line | None = None
    payment_method: Slug | None = None


class PartyBody(_PartyFields):
    kind: PartyKind
    name: Line

    def party(self, now: datetime) -> Party:
        return Party(id="", created_at=now, **_values(self))


class PartyPatch(_PartyFields):
    """The fields that shall change; null takes a value away."""

    kind: PartyKind | None = None
    name: Line | None = None

    def amended(self, party: Party) -> Party:
        return _amended(party, self, "kind", "name")


class PartyView(View):
    """`email_verified_at` is when they said, by the link that was sent there, that the present email address is theirs.

    `address` are the lines of their address, as their country writes it; `postal_address` its parts, null where these are
    not certain.
    """

    id: str
    kind: PartyKind
    name: str
    account_number: str | None
    email: str | None
    mobile: str | None
    phone: str | None
    address: str | None
    postal_address: Annotated[
        PostalAddressView | None, Field(validation_alias=AliasChoices("addressed", "postal_address"))
    ]
    einvoice: EinvoiceAddress | None
    language: str | None
    country: str | None
    location: str | None
    payment_method: str | None
    email_verified_at: Time | None
    created_at: Time
    version: int


class ContactBody(Body):
    name: Line
    role: Line | None = None
    email: Address | None = None
    mobile: Address | None = None
    phone: Address | None = None
    primary: bool = False

    def contact(self, party_id: str, now: datetime) -> Contact:
        return Contact(id="", party_id=party_id, created_at=now, **_values(self))


class ContactPatch(Body):
    """The fields that shall change; null takes a value away."""

    name: Line | None = None
    role: Line | None = None
    email: Address | None = None
    mobile: Address | None = None
    phone: Address | None = None
    primary: bool | None = None

    def amended(self, contact: Contact) -> Contact:
        return _amended(contact, self, "name", "primary")


class ContactView(View):
    id: str
    party_id: str
    name: str
    role: str | None
    email: str | None
    mobile: str | None
    phone: str | None
    primary: bool
    created_at: Time
    version: int


class OptOutBody(Body):
    """Without a category it is for all of them; without a time, from now. One that stands already keeps its time."""

    channel: ContactMethod
    category: Slug | None = None
    source: OptOutSource = OptOutSource.MANUAL
    at: Moment | None = None


class HoldBody(Body):
    kind: HoldKind
    until: Day | None = None
    reason: Note = ""


class PreferencesBody(Body):
    """What shall change of a party's preferences; what is not named stays. `version` is the one that was read, if it matters.

    `opt_outs` and `skip`, where they are named, are all there shall be; null takes `preferred` or the `hold` away. The right
    communications:override_hold is needed to end or shorten a hold, to take an opt-out away, and to enter one of any source but
    `manual`.
    """

    version: int | None = None
    preferred: ContactMethod | None = None
    opt_outs: Annotated[list[OptOutBody], Field(max_length=100)] = []
    skip: Annotated[list[Slug], Field(max_length=50)] = []
    hold: HoldBody | None = None

    def applied(self, before: Preferences, now: datetime) -> Preferences:
        """The preferences with what was named."""
        named = self.model_fields_set
        after = before
        if "preferred" in named:
            after = replace(after, preferred=self.preferred)
        if "opt_outs" in named:
            wishes = (
                OptOut(channel=one.channel, category=one.category, source=one.source, at=one.at or now)
                for one in self.opt_outs
            )
            after = after.with_opt_outs(wishes)
        if "skip" in named:
            after = replace(after, skip=tuple(dict.fromkeys(self.skip)))
        if "hold" in named:
            hold = self.hold
            held = Hold(kind=hold.kind, until=hold.until, reason=hold.reason) if hold else None
            after = replace(after, hold=held)
        return after


class OptOutView(View):
    channel: str
    category: str | None
    source: OptOutSource
    at: Time


class PreferencesView(View):
    preferred: str | None
    opt_outs: list[OptOutView]
    skip: list[str]
    hold: Hold | None
    version: int


class QuarantineView(View):
    """An address that bounced hard, and the message that told us; `corrected` is where letters go now, as the post says."""

    address: str
    code: str
    at: Time
    communication_id: str
    party_id: str
    corrected: PostalAddressView | None


class AddressBody(Body):
    """An address as the quarantine names it; a postal one has several lines."""

    address: Postal


class CaseBody(Body):
    reference: Line
    title: MaybeEmptyLine = ""
    kind: CaseKind = CaseKind.CASE
    status: CaseStatus = CaseStatus.OPEN
    party_ids: _PartyIds = []
    creditor_ids: _PartyIds = []

    def case(self, now: datetime) -> Case:
        return Case(id="", created_at=now, **_values(self))


class CasePatch(Body):
    """The fields that shall change."""

    reference: Line | None = None
    title: MaybeEmptyLine | None = None
    kind: CaseKind | None = None
    status: CaseStatus | None = None
    party_ids: _PartyIds | None = None
    creditor_ids: _PartyIds | None = None

    def amended(self, case: Case) -> Case:
        return _amended(case, self, *type(self).model_fields)


class CaseView(View):
    """What the firm's people send with `capture_address` in bcc is logged in this case; null where no domain takes mail in."""

    id: str
    reference: str
    title: str
    kind: CaseKind
    status: CaseStatus
    party_ids: list[str]
    creditor_ids: list[str]
    created_at: Time
    version: int
    capture_address: str | None = None


def case_view(case: Case, capture_address: str | None) -> CaseView:
    return CaseView.model_validate(case).model_copy(update={"capture_address": capture_address})


class DocumentBody(Body):
    """A file to be uploaded; `bytes` is its exact size. It belongs to a party, a case, or to the message that takes it up."""

    name: Line
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[A-Za-z0-9][A-Za-z0-9.+-]{0,100}$")]
    bytes: Annotated[int, Field(ge=1, le=18 * 1024 * 1024)]
    party_id: PartyId | None = None
    case_id: CaseId | None = None

    def document(self, viewer: Viewer, now: datetime) -> Document:
        return Document(id="", created_by=viewer.id, created_at=now, **_values(self))


class DocumentView(View):
    id: str
    name: str
    media_type: str
    bytes: int
    party_id: str | None
    case_id: str | None
    communication_id: str | None
    sha256: str | None
    created_at: Time


class UploadView(DocumentView):
    """PUT the file to `upload_url` within 15 minutes, with its media type as Content-Type."""

    upload_url: str


class GrantBody(Body):
    """One user sees one party or one case; `restricted` opens its restricted entries too, which who may read them all grants."""

    user: Line
    party_id: PartyId | None = None
    case_id: CaseId | None = None
    restricted: bool = False

    def grant(self) -> Grant:
        if (self.party_id is None) == (self.case_id is None):
            raise Invalid(
                "A grant is for one party or one case.", FieldError("party_id", "required", "Name one of the two.")
            )
        return Grant(user=self.user, party_id=self.party_id, case_id=self.case_id, restricted=self.restricted)


class GrantView(View):
    user: str
    party_id: str | None
    case_id: str | None
    restricted: bool


def _values(body: Body) -> dict[str, Any]:
    """What was given, as the domain has it: email addresses checked and normalised. Raises Invalid naming each that is wrong.

    Telephone numbers are read where it is known of which country they are.
    """
    values: dict[str, Any] = {}
    faults: list[FieldError] = []
    for name in body.model_fields_set:
        value = getattr(body, name)
        if isinstance(value, EinvoiceBody):
            value = value.address()
        elif name == "address":
            # The lines of one that is given in its parts are made where it is known how the firm writes abroad.
            parts = isinstance(value, PostalAddressBody)
            values["postal_address"] = value.postal_address() if parts else None
            value = None if parts else value
        elif isinstance(value, list):
            value = tuple(dict.fromkeys(value))
        elif name == "email" and value is not None:
            try:
                value = email_address(value)
            except BadAddress as wrong:
                faults.append(FieldError(name, wrong.code, str(wrong)))
        values[name] = value
    if faults:
        raise Invalid("Some addresses cannot be used.", *faults)
    return values


def _amended(before: Amended, body: Body, *needed: str) -> Amended:
    values = _values(body)
    gone = [name for name in needed if name in values and values[name] is None]
    if gone:
        raise Invalid(
            "These cannot be taken away.", *(FieldError(name, "required", "This is needed.") for name in gone)
        )
    return replace(before, **values)
