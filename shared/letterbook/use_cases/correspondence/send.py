"""Sends a correspondence: by email, as a letter. The entry that carries it is composed like any other.

Entry and correspondence are written in one transaction, the correspondence on top of what was read: of two presses at once one
sends, and whoever dies has sent nothing, or sent it and recorded that. From there on it goes as entries do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication
from letterbook.domain.correspondence import (
    EMAILED_BY,
    HANDED_OVER_BY,
    NUMBER,
    POSTED_BY,
    Attaches,
    Carriage,
    Carried,
    Correspondence,
    CorrespondenceType,
)
from letterbook.domain.errors import CallerError, FieldError, Invalid, NotFound
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import Contact, Party
from letterbook.domain.post import PostalAddress, PostWish
from letterbook.domain.references import Regarding
from letterbook.domain.status import Status
from letterbook.domain.templates import TemplateUse
from letterbook.ports import IdempotencyKey, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.correspondence.content import template_values
from letterbook.use_cases.correspondence.letter import link_for, template_for
from letterbook.use_cases.delivery.routing import is_carried
from letterbook.use_cases.messages.compose import compose
from letterbook.use_cases.messages.prepare import Prepared
from letterbook.use_cases.messages.preview import preview
from letterbook.use_cases.reading.correspondence import (
    CorrespondenceDetail,
    detail_of,
    documents_of_subjects,
    read_correspondence,
    type_of,
    with_attempts,
)
from letterbook.use_cases.support.idempotency import replay
from letterbook.use_cases.support.optimistic_lock import next_version

# What went no further: to send it again is no second time.
_WENT_NOWHERE = frozenset({Status.FAILED, Status.REJECTED, Status.CANCELLED, Status.SKIPPED})
# What an email says whose type names no message, by language.
_MESSAGES = {
    "en": "Please read the attached document. If you have a question about it, answer this email.",
    "fr": "Veuillez lire le document ci-joint. Pour toute question, répondez à ce message.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailRequest:
    """Whom it goes to, what goes with it (document ids), what it says, and why: for the audit trail.

    Without `to` it goes to the primary contact, else to the party; without `template` it says what its type says.
    """

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    template: TemplateUse | None = None
    audit: dict[str, str] | None = None

    @property
    def is_quick(self) -> bool:
        return self == QUICK


QUICK = EmailRequest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRequest:
    """`address` are the lines that it goes to, or `postal_address` their parts, else the party's own; `post` is how."""

    address: str | None = None
    postal_address: PostalAddress | None = None
    post: PostWish | None = None
    audit: dict[str, str] | None = None


TO_THEIR_ADDRESS = PostRequest()


def email_correspondence(
    world: World,
    viewer: Viewer,
    account: str,
    number: str,
    asked: EmailRequest = QUICK,
    *,
    key: IdempotencyKey | None = None,
    version: int | None = None,
) -> tuple[CorrespondenceDetail, bool]:
    """With the entry that carries it; and whether that was there before.

    One press sends each version of the letter once: pressed again, what goes already is answered, unless it failed. Whoever asks
    with recipients or documents asks for another email.

    Raises Forbidden, NotFound, Conflict `void` or `not_ready`, PreconditionFailed, `no_document` where nothing of what it regards
    has a PDF, and what composing raises.
    """
    return _send(
        world,
        viewer,
        account,
        number,
        Carriage.EMAIL,
        lambda current: _email(world, current, asked),
        quick=asked.is_quick,
        key=key,
        version=version,
        documents=asked.documents,
    )


def post_correspondence(
    world: World,
    viewer: Viewer,
    account: str,
    number: str,
    asked: PostRequest = TO_THEIR_ADDRESS,
    *,
    key: IdempotencyKey | None = None,
    version: int | None = None,
) -> tuple[CorrespondenceDetail, bool]:
    """As a letter, by post where that can be sent, else by a person. Raises as emailing does."""
    return _send(
        world,
        viewer,
        account,
        number,
        Carriage.POST,
        lambda current: _letter(world, current, asked),
        quick=asked == TO_THEIR_ADDRESS,
        key=key,
        version=version,
    )


def preview_email(world: World, viewer: Viewer, account: str, number: str, asked: EmailRequest = QUICK) -> Prepared:
    """What emailing it would send, to whom, and what the rules say; sends nothing. Raises as emailing does."""
    correspondence = read_correspondence(world, viewer, account, number)
    correspondence.must_be_made()
    return preview(world, viewer, _email(world, correspondence, asked))


def preview_post(
    world: World, viewer: Viewer, account: str, number: str, asked: PostRequest = TO_THEIR_ADDRESS
) -> Prepared:
    """What posting it would send, where to, and what the rules say; sends nothing. Raises as emailing does."""
    correspondence = read_correspondence(world, viewer, account, number)
    correspondence.must_be_made()
    return preview(world, viewer, _letter(world, correspondence, asked))


def emailed_already(world: World, correspondence: Correspondence) -> bool:
    """Whether pressing once more would email nothing: this version goes, or has gone, to its default recipients."""
    return _goes_already(world, correspondence, Carriage.EMAIL)


def _send(
    world: World,
    viewer: Viewer,
    account: str,
    number: str,
    carriage: Carriage,
    message: Callable[[Correspondence], MessageRequest],
    *,
    quick: bool,
    key: IdempotencyKey | None,
    version: int | None,
    documents: Sequence[str] = (),
) -> tuple[CorrespondenceDetail, bool]:
    viewer.require(Permission.SEND)

    def attempt() -> bool:
        current = read_correspondence(world, viewer, account, number)
        if key and (remembered := world.idempotency.get(key, Communication)):
            replay(remembered, key, Communication, lambda _: current)
            return True
        current.must_be_made()
        if quick and _goes_already(world, current, carriage):
            return True
        next_version(current.version, version)
        carried = Carried(correspondence=current, carriage=carriage, quick=quick)
        asked = message(current)
        try:
            return compose(world, viewer, asked, key, carried=carried)[1]
        except CallerError as error:
            error.faults = tuple(_where_it_was_asked(one, asked.attachments, documents) for one in error.faults)
            raise

    replayed = retry_on_conflict(attempt)
    return detail_of(world, read_correspondence(world, viewer, account, number)), replayed


def _where_it_was_asked(fault: FieldError, attachments: Sequence[str], documents: Sequence[str]) -> FieldError:
    """Whoever asked for `documents` knows of no `attachments`, of which what the letter brings is the first."""
    name, _, place = fault.field.partition(".")
    if name != "attachments" or not place.isdecimal() or attachments[int(place)] not in documents:
        return fault
    return replace(fault, field=f"documents.{documents.index(attachments[int(place)])}")


def _goes_already(world: World, correspondence: Correspondence, carriage: Carriage) -> bool:
    """Whether this version was sent so by one press, and not in vain."""
    latest = correspondence.latest
    same = [
        one.communication_id
        for one in correspondence.sendings
        if one.quick and one.carriage is carriage and latest and one.version == latest.version
    ]
    # What failed may have been sent again since, by the entry itself.
    entries = world.communications.entries(with_attempts(world, same), now=True) if same else {}
    return any(one.status not in _WENT_NOWHERE for one in entries.values())


def _email(world: World, correspondence: Correspondence, asked: EmailRequest) -> MessageRequest:
    type_ = type_of(world, correspondence)
    documents, digests = _documents(world, correspondence, type_)
    party = _party(world, correspondence)
    contact = None if asked.to else _primary_contact(world, party)
    template = asked.template or (TemplateUse(key=type_.message, variables={}) if type_.message else None)
    if template:
        template = replace(
            template, variables={**_variables(world, correspondence, party, template), **template.variables}
        )
    return MessageRequest(
        channel=EMAILED_BY,
        party_id=party.id,
        contact_id=contact.id if contact else None,
        regarding=_regarding(correspondence),
        category=type_.category or None,
        to=asked.to,
        cc=asked.cc,
        bcc=asked.bcc,
        template=template,
        subject="" if template else f"{type_.name} {correspondence.number}",
        body="" if template else _own_words(world, party),
        attachments=tuple(dict.fromkeys((*documents, *asked.documents))),
        lent=documents,
        digests=digests,
        audit=asked.audit or {},
        metadata={NUMBER: correspondence.number},
    )


def posted_by(world: World) -> Channel:
    """What a letter goes by: the post, where a provider of letters is set up; else a person takes it there."""
    return POSTED_BY if is_carried(world, POSTED_BY) else HANDED_OVER_BY


def _letter(world: World, correspondence: Correspondence, asked: PostRequest) -> MessageRequest:
    """What was made is printed as it is: nothing is written anew."""
    type_ = type_of(world, correspondence)
    documents, digests = _documents(world, correspondence, type_)
    return MessageRequest(
        channel=posted_by(world),
        party_id=correspondence.party.id,
        regarding=_regarding(correspondence),
        category=type_.category or None,
        subject=f"{type_.name} {correspondence.number}",
        address=asked.address,
        postal_address=asked.postal_address,
        post=asked.post,
        attachments=documents,
        lent=documents,
        digests=digests,
        audit=asked.audit or {},
        metadata={NUMBER: correspondence.number},
    )


def _documents(
    world: World, correspondence: Correspondence, type_: CorrespondenceType
) -> tuple[tuple[str, ...], dict[str, str]]:
    """What goes with it: the last version of the letter, pinned; or the PDF of each thing that it regards, without a letter."""
    if type_.attaches is Attaches.SUBJECT_DOCUMENTS:
        found = tuple(dict.fromkeys(one.id for one in documents_of_subjects(world, correspondence).values()))
        if not found:
            told = "None of what it is about has a PDF: put one to each first."
            raise Invalid(told, FieldError("regarding", "no_document", told))
        return found, {}
    if correspondence.latest is None:
        raise ValueError("a correspondence that may be sent has a version")
    document = correspondence.latest.document
    return (document.id,), {document.id: document.sha256}


def _party(world: World, correspondence: Correspondence) -> Party:
    party = world.parties.get(correspondence.party.id)
    if party is None:
        raise NotFound("There is no such party.")
    return party


def _primary_contact(world: World, party: Party) -> Contact | None:
    """Who reads what is sent to the party, where an email reaches them."""
    return next((one for one in world.parties.contacts(party.id) if one.primary and one.email), None)


def _regarding(correspondence: Correspondence) -> Regarding | None:
    """An entry is about one thing: the first."""
    return correspondence.regarding[0] if correspondence.regarding else None


def _variables(world: World, correspondence: Correspondence, party: Party, use: TemplateUse) -> dict[str, str]:
    """What a message may say of the correspondence: what its form was given, its number, a link of its own."""
    template = template_for(world, party, use.key, use.language)
    link = link_for(world, party, template) if template else ""
    given = {**template_values(correspondence.content), "correspondence_number": correspondence.number}
    return {**given, "link": link} if link else given


def _own_words(world: World, party: Party) -> str:
    """They bear no name: whatever somebody is called, it is Markdown here."""
    language = (party.language or world.settings.current().languages[0]).partition("-")[0]
    return _MESSAGES.get(language, _MESSAGES["en"])
