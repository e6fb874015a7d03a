"""The e-invoice that a message brings: read, checked by the rules of its network, and told of as what it regards."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from letterbook.domain.access import Viewer
from letterbook.domain.channels import ChannelSpec
from letterbook.domain.einvoice import MOST_BYTES, Einvoice, EinvoiceFacts, EinvoiceKind, EinvoiceSyntax, RuleFault
from letterbook.domain.einvoice_numbers import EinvoiceNumber, key_of, may_have_been_taken, would_be_found
from letterbook.domain.einvoice_text import template_for, title, values_of
from letterbook.domain.errors import FieldError
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import Document, EinvoiceAddress, Network, Party
from letterbook.domain.references import Regarding
from letterbook.domain.subjects import RegardedRecord, lender, of_party
from letterbook.domain.templates import Rendered
from letterbook.domain.visible import name_of
from letterbook.ports import UnreadableEinvoice, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.directory.attachments import attachment_of

_FIELD = "document_id"
_UNREADABLE = "invalid_document"
# A file that breaks more rules is another thing altogether.
_MOST_FAULTS = 100
_RULE = re.compile(r"[A-Za-z][\w.]*(?:-[\w.]+)+", re.ASCII)
# An id that other systems could have for it (contracts/fields.py, ForeignId).
_MOST_OF_NUMBER = 120
_CATEGORY = "invoice"


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtEinvoice:
    """`einvoice` is None where its file cannot be read. `faults` are what it cannot be sent for; `sent_before` is another entry
    whose invoice of that number its network may have, in words.
    """

    network: Network
    receiver: EinvoiceAddress | None
    einvoice: Einvoice | None = None
    faults: tuple[FieldError, ...] = ()
    number: EinvoiceNumber | None = None
    sent_before: str = ""

    @property
    def facts(self) -> EinvoiceFacts | None:
        if self.einvoice is None or self.receiver is None:
            return None
        return EinvoiceFacts(
            network=self.network,
            receiver=replace(self.receiver, network=None),
            kind=self.einvoice.kind,
            syntax=self.einvoice.syntax,
            number=self.einvoice.number,
            amount=self.einvoice.totals.payable,
            currency=self.einvoice.currency,
            due_on=self.einvoice.due_on,
        )

    def rendered(self, world: World, spec: ChannelSpec, language: str, currency: str) -> Rendered:
        """What it says. In a letter that is a PDF already, as Factur-X is, it is not said again."""
        einvoice = self.einvoice
        if einvoice is None:
            return Rendered(subject="", text="")
        said = title(einvoice, language)
        if spec.is_letter and einvoice.syntax is EinvoiceSyntax.FACTUR_X:
            return Rendered(subject=said, text="")
        values = values_of(einvoice, language, otherwise=spec.is_written)
        rendered = world.renderer.render(
            template_for(language), values, html=spec.html, currency=currency, blocks=spec.is_letter
        )
        return replace(rendered, subject=said)

    @property
    def category(self) -> str | None:
        return _CATEGORY if self.einvoice else None

    def regarding(self, world: World, party_id: str, client_id: str | None) -> Regarding | None:
        """The invoice itself, by the name that its own party's subject has."""
        if self.einvoice is None:
            return None
        named = world.subjects.named(self.subject_type, self.einvoice.number)
        subject = lender(named, party_id=party_id, client_id=client_id)
        return subject.regarding if subject else Regarding(type=self.subject_type, id=self.einvoice.number)

    @property
    def subject_type(self) -> str:
        return (self.einvoice.kind if self.einvoice else EinvoiceKind.INVOICE).value


def einvoice_of(
    world: World, viewer: Viewer, message: MessageRequest, party: Party, documents: Sequence[Document]
) -> tuple[BroughtEinvoice, list[FieldError]]:
    """What a message brings, and what of its request is wrong; what is wrong with the file is no such thing: see `faults`.

    By whatever channel it goes, it is read; its network's rules are asked only where it goes there.
    """
    receiver = message.receiver or party.einvoice
    network = message.network or (party.einvoice.network if party.einvoice else None) or Network.PEPPOL
    brought = BroughtEinvoice(network=network, receiver=receiver)
    if not documents:
        return brought, []
    content, wrong = _content(world, documents[0])
    if content is None:
        return brought, wrong
    goes_there = not message.channel.spec.is_written
    einvoice, broken = _read(world, content, network if goes_there else None)
    faults = [_fault(one) for one in broken[:_MOST_FAULTS]]
    brought = replace(brought, einvoice=einvoice, faults=tuple(faults))
    if einvoice is None or not goes_there:
        return brought, []
    faults += _disagreements(brought)
    number = world.einvoice_numbers.get(key_of(einvoice, network))
    told = _sent_before(world, viewer, number, brought, message.resend_of)
    return replace(brought, faults=tuple(faults), number=number, sent_before=told), []


def _read(world: World, content: bytes, network: Network | None) -> tuple[Einvoice | None, Sequence[RuleFault]]:
    """What the file says, where that can be shown, and everything at once that is wrong with it; of a network's rules none where it
    goes to none.
    """
    try:
        file = world.einvoice_reader.open(content)
    except UnreadableEinvoice as refused:
        return None, refused.faults
    broken = file.faults(network) if network else ()
    try:
        return file.read(), broken
    except UnreadableEinvoice as refused:
        named = {one.where for one in broken}
        return None, (*broken, *(one for one in refused.faults if one.where not in named))


def _content(world: World, document: Document) -> tuple[bytes | None, list[FieldError]]:
    if document.bytes > MOST_BYTES:
        # Looked at before it is fetched.
        told = f"An e-invoice has at most {MOST_BYTES // 1_000_000} MB."
        return None, [FieldError(_FIELD, "too_large", told)]
    if document.is_stored:
        return world.content_store.attachment(attachment_of(document)), []
    content = world.content_store.uploaded(document)
    if content is None:
        return None, [FieldError(_FIELD, "not_uploaded", "The file was announced and has not been uploaded yet.")]
    return content, []


def _fault(fault: RuleFault) -> FieldError:
    """The rule's number goes before its words, for people who look it up."""
    numbered = _RULE.fullmatch(fault.rule)
    words = " ".join(fault.message.split())
    where = f" ({fault.where})" if fault.where else ""
    code = fault.rule.lower() if numbered else _UNREADABLE
    return FieldError(_FIELD, code, f"{fault.rule}: {words}{where}" if numbered else f"{words}{where}")


def _disagreements(brought: BroughtEinvoice) -> list[FieldError]:
    einvoice, receiver = brought.einvoice, brought.receiver
    if einvoice is None:
        return []
    found = []
    named = einvoice.buyer.endpoint
    if receiver and named and not receiver.same_as(named):
        told = f"It would go to {receiver}, and the invoice itself is to {named}: one of the two is wrong."
        found.append(FieldError("receiver", "receiver_differs", told))
    if not name_of(einvoice.number) or len(einvoice.number) > _MOST_OF_NUMBER:
        told = f"Its number is what it is known by: it has between 1 and {_MOST_OF_NUMBER} characters that can be seen."
        found.append(FieldError(_FIELD, _UNREADABLE, told))
    return found


def _sent_before(
    world: World, viewer: Viewer, number: EinvoiceNumber, brought: BroughtEinvoice, resend_of: str | None
) -> str:
    if not number.communication_id or brought.einvoice is None:
        return ""
    other = world.communications.get(number.communication_id)
    if other is None or not may_have_been_taken(other.entry, brought.network):
        return ""
    if other.id == resend_of and would_be_found(other, brought.network, world.now()):
        return ""
    which = f": see {other.id}" if viewer.sees(other.entry.ownership) else ""
    return (
        f"{title(brought.einvoice)} went to this network before, or may have{which}. An invoice goes there once: send another copy "
        "by email, or a new invoice under a new number."
    )


def tell_of_invoice(world: World, viewer: Viewer, brought: BroughtEinvoice, party_id: str) -> None:
    """Puts what the file says as its party's subject; what another system told of it stays as it is.

    Nothing for who may not change the party: their entry regards it all the same.
    """
    einvoice = brought.einvoice
    if einvoice is None or not viewer.changes_party(party_id):
        return
    told: Mapping[str, Any] = {
        "date": einvoice.issued_on,
        "due_date": einvoice.due_on,
        "amount": einvoice.totals.with_tax,
        "outstanding": einvoice.totals.payable,
        "currency": einvoice.currency,
    }

    def attempt() -> None:
        named = world.subjects.named(brought.subject_type, einvoice.number)
        before = of_party(named, party_id)
        if before is None:
            ordinal = max((one.ordinal for one in named), default=0) + 1
            record = RegardedRecord(
                type=brought.subject_type, id=einvoice.number, party_id=party_id, ordinal=ordinal, **told
            )
            world.subjects.save(record, None)
            return
        # Amounts belong together: of two currencies none is made.
        own = {one.name for one in fields(before) if getattr(before, one.name) is not None}
        alike = before.currency in (None, einvoice.currency) and not own & {"amount", "outstanding"}
        news = {name: value for name, value in told.items() if value is not None and name not in own}
        news = {name: value for name, value in news.items() if alike or name in ("date", "due_date")}
        if news:
            world.subjects.save(replace(before, **news, version=before.version + 1), before)

    retry_on_conflict(attempt)
