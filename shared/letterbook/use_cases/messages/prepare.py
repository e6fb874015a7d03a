"""Prepares a message: finds what it needs, renders it, asks the policy. Preview shows this, compose and send commit it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.addresses import KnownAddress
from letterbook.domain.addressing import recipients_of, sender_asked
from letterbook.domain.channels import CostClass, templates_for
from letterbook.domain.communication import Communication, Recipient
from letterbook.domain.destination import destination_of
from letterbook.domain.errors import CallerError, FieldError, Invalid, MissingVariable
from letterbook.domain.message import MessageRequest
from letterbook.domain.organisation import Organisation, Sender
from letterbook.domain.party import PDF, Party
from letterbook.domain.policy import PolicyResult, decide, refusal_of
from letterbook.domain.policy_rules import PolicyInput, size
from letterbook.domain.post import PostalAddress, PostOptions
from letterbook.domain.recipients import folded
from letterbook.domain.record_variables import VariableSources, known_values
from letterbook.domain.references import TemplateRef
from letterbook.domain.rows import NoValue, Value
from letterbook.domain.sms import SmsSize, SmsText, measure, plain_text
from letterbook.domain.subjects import lender
from letterbook.domain.templates import Rendered, Template
from letterbook.ports import IdempotencyKey, MessageContext, World
from letterbook.use_cases.messages.reach import post_options, reach_input
from letterbook.use_cases.messages.render_message import render_message
from letterbook.use_cases.messages.resolve_references import PreviousVersion, References, context_query_for, resolve
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.signatures import signature_of

if TYPE_CHECKING:
    from letterbook.use_cases.messages.einvoice_of_message import BroughtEinvoice

_FURTHEST = timedelta(days=366)
# More addresses are asked about once it is certain that they are any.
_FEW = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A message with everything it refers to, as its recipient would get it, and what the policy says.

    `known` is what the record itself fills a template with, `language` the party's (BCP 47), else the firm's first.
    `postal_address` is where a letter goes, where its parts are certain; `post` how it is printed and carried, if by a provider.
    `brought` is the e-invoice that it is, or was before it went another way.
    """

    message: MessageRequest
    organisation: Organisation
    about: References
    category: str | None
    sender: Sender
    recipients: tuple[Recipient, ...]
    rendered: Rendered
    template: TemplateRef | None
    sms: SmsSize | None
    sms_text: SmsText | None
    gaps: tuple[MissingVariable, ...]
    ruling: PolicyResult
    too_large: CallerError | None
    known: Mapping[str, Value | NoValue]
    language: str
    postal_address: PostalAddress | None = None
    post: PostOptions | None = None
    brought: "BroughtEinvoice | None" = None

    @property
    def faults(self) -> tuple[FieldError, ...]:
        """What is to be mended in what it says, before it can be sent."""
        return (*self.gaps, *(self.brought.faults if self.brought else ()))


def load_context(world: World, message: MessageRequest, key: IdempotencyKey | None = None) -> MessageContext:
    """Everything the message refers to, in one round trip; with a key, also what that key made before.

    What is known of whom it goes to is part of it where they are named, or where the process wrote there before.
    """
    organisation = world.settings.current()
    use = message.template
    languages = ((use.language,) if use.language else organisation.languages) if use else ()
    templates = tuple((use.key, language, use.version) for language in languages) if use else ()
    query = context_query_for(message, templates, key)
    if _asks_of_addresses(message):
        theirs = message.channel.spec.is_correspondence and not message.to
        named = (*message.to, *message.cc, *message.bcc)
        query = replace(
            query, addresses=named if len(named) <= _FEW else (), own=message.channel.spec.address if theirs else None
        )
    return world.load_context(query)


def _asks_of_addresses(message: MessageRequest) -> bool:
    """Whether it matters what is known of them: a draft says nothing yet, and some can turn out to be nobody's."""
    return message.channel.spec.tells_of_dead_addresses and message.send_now


def _known(world: World, recipients: Sequence[Recipient], context: MessageContext) -> Mapping[str, KnownAddress]:
    """What is known of everybody's address: what the context does not tell of, which may spell them otherwise, is asked."""
    told = {folded(address): one for address, one in context.addresses.items()}
    known = {one.address: told[folded(one.address)] for one in recipients if folded(one.address) in told}
    unknown = [one.address for one in recipients if one.address not in known]
    return {**known, **world.addresses.known(unknown)} if unknown else known


def prepare(
    world: World,
    viewer: Viewer,
    message: MessageRequest,
    context: MessageContext,
    *,
    now: datetime,
    previous: PreviousVersion | None = None,
) -> Prepared:
    """Raises Forbidden, and Invalid naming everything in the request that is unknown or malformed.

    What the policy objects to is no error here: see `ruling`.
    """
    viewer.require(Permission.SEND)
    organisation, channel = world.settings.current(), message.channel.spec
    references, faults = resolve(world, viewer, message, context, previous)
    party = references.party
    template, wrong_template = _template(message, organisation, context)
    answered = _answered(viewer, party, context)
    sender, wrong_sender = _sender(message, organisation, answered)
    recipients, wrong_recipients = recipients_of(
        message,
        context.contact,
        party,
        organisation,
        answered,
    )
    faults += [*wrong_template, *wrong_sender, *wrong_recipients, *_wrong_letter(message, references)]
    if message.send_at and message.send_at <= now:
        faults.append(FieldError("send_at", "in_the_past", "This time has passed."))
    if message.send_at and message.send_at > now + _FURTHEST:
        faults.append(FieldError("send_at", "too_far_ahead", "A message can wait for a year at most."))
    if faults or party is None or sender is None:
        raise Invalid("The message refers to things that are not there, or not usable.", *faults)
    client = references.client
    brought = None
    if message.brings_einvoice:
        # Few messages do, and every cold start would wait for it.
        from letterbook.use_cases.messages.einvoice_of_message import einvoice_of

        brought, wrong_file = einvoice_of(world, viewer, message, party, references.documents)
        if wrong_file:
            raise Invalid("There is no e-invoice to be sent.", *wrong_file)
        references = _regarding_invoice(world, message, references, brought)
    subject = lender(context.subjects, party_id=party.id, client_id=client.id if client else None)
    known = known_values(
        VariableSources(
            organisation=organisation, party=party, contact=context.contact, case=context.case, client=client,
            viewer=viewer, sender_role=_role(world, viewer, template),
            today=(message.send_at or now).astimezone(organisation.zone).date(),
            subject=subject, subjects=(subject,) if subject else (),
        )
    )  # fmt: skip
    language = party.language or organisation.languages[0]
    gaps: tuple[MissingVariable, ...] = ()
    if brought:
        rendered = brought.rendered(world, channel, language, organisation.currency)
    else:
        rendered, gaps = render_message(world, message, template, known, language, organisation.currency)
    category = message.category or (template.category if template else None) or (brought.category if brought else None)
    by_parts = channel.cost_class is CostClass.PER_SEGMENT
    sms_text = plain_text(rendered.text, typography=organisation.sms_plain_typography) if by_parts else None
    rendered = replace(rendered, text=sms_text.text) if sms_text else rendered
    measured = measure(rendered.text) if sms_text else None
    shows_words = sms_text or (channel.is_letter and _is_written(message) and not brought)
    if shows_words and not gaps and not rendered.text.strip():
        gaps = (MissingVariable("body", "required", "This holds nothing that can be seen."),)
    destination = destination_of(message, context.contact, party, organisation) if channel.is_letter else None
    reach = reach_input(
        world,
        viewer,
        message,
        party=party,
        preferences=context.preferences,
        category=category,
        recipients=recipients,
        destination=destination,
        known=_known(world, recipients, context) if _asks_of_addresses(message) else {},
        now=now,
    )
    policy_input = PolicyInput(
        **{one.name: getattr(reach, one.name) for one in fields(reach)},
        subject_characters=len(rendered.subject),
        lines=message.body.count("\n"),
        text_bytes=max(0 if sms_text else len(message.body.encode()), len(rendered.text.encode())),
        attachment_bytes=sum(document.bytes for document in references.documents),
        sms=measured,
        gaps=gaps,
        brings_file=not channel.is_written,
        file_faults=brought.faults if brought else (),
        sent_before=brought.sent_before if brought else "",
    )
    return Prepared(
        message=message,
        organisation=organisation,
        about=references,
        category=category,
        sender=sender,
        recipients=recipients,
        rendered=rendered,
        template=TemplateRef(key=template.key, version=template.version, language=template.language)
        if template
        else None,
        sms=measured,
        sms_text=sms_text,
        gaps=gaps,
        ruling=decide(policy_input),
        too_large=refusal_of(size(policy_input)),
        known=known,
        language=language,
        postal_address=destination.parts if destination else None,
        post=post_options(message, organisation) if channel.is_posted else None,
        brought=brought,
    )


def _regarding_invoice(
    world: World, message: MessageRequest, references: References, brought: "BroughtEinvoice"
) -> References:
    """It regards itself, unless something else is named. On paper goes what people read: its file is none of it."""
    if references.regarding is None and references.party:
        client_id = references.client.id if references.client else None
        regarding = brought.regarding(world, references.party.id, client_id)
        references = replace(references, regarding=regarding)
    if message.channel.spec.is_letter:
        readable = tuple(one for one in references.documents if one.media_type == PDF)
        references = replace(references, documents=readable)
    return references


def _wrong_letter(message: MessageRequest, references: References) -> Sequence[FieldError]:
    """What nobody wrote is a document that goes as it is; what goes by post is printed with all that it encloses.

    Whether they can be opened, and printed, who makes documents sees.
    """
    spec = message.channel.spec
    if not spec.is_letter:
        return ()
    wrong = [place for place, document in enumerate(references.documents) if document.media_type != PDF]
    as_it_is = not _is_written(message)
    faults = []
    if as_it_is and 0 in wrong:
        faults.append(FieldError("document_id", "not_a_pdf", "A letter that is sent as it is must be a PDF."))
    if spec.is_posted:
        told = "What is enclosed in a letter by post is printed, and must be a PDF."
        faults += [FieldError(f"attachments.{one}", "not_a_pdf", told) for one in wrong if one or not as_it_is]
    return faults


def _is_written(message: MessageRequest) -> bool:
    """Whether somebody wrote it; what nobody wrote is a document."""
    return bool(message.template or message.body.strip() or message.brings_einvoice)


def _role(world: World, viewer: Viewer, template: Template | None) -> str:
    """What the author is on letters; looked up for a template that says it."""
    asked = template is not None and "sender_role" in template.body
    return signature_of(world, actor_of(viewer)).role if asked else ""


def _sender(
    message: MessageRequest, organisation: Organisation, answered: Communication | None
) -> tuple[Sender | None, Sequence[FieldError]]:
    if not message.channel.spec.is_correspondence:
        return Sender(channel=message.channel, address=organisation.name), ()
    named = (message.sender,) if message.sender else (*sender_asked(message.channel.spec, answered), None)
    sender = next((one for one in (organisation.sender(message.channel, name) for name in named) if one), None)
    if sender:
        return sender, ()
    told = "The firm has no such sender." if message.sender else f"The firm has no sender for {message.channel}."
    return None, [FieldError("from", "unknown_sender", told)]


def _answered(viewer: Viewer, party: Party | None, context: MessageContext) -> Communication | None:
    """What it answers, where it is seen, and was with the same party."""
    found = context.answered
    own = found and party and found.entry.party.id == party.id and viewer.sees(found.entry.ownership)
    return found if own else None


def _template(
    message: MessageRequest, organisation: Organisation, context: MessageContext
) -> tuple[Template | None, Sequence[FieldError]]:
    use = message.template
    if use is None:
        return None, ()
    own = context.party.language if context.party else None
    wanted = (use.language,) if use.language else (own, *organisation.languages)
    template = next((context.templates[one] for one in wanted if one and one in context.templates), None)
    if template is None:
        told = "There is no such template in that language and version."
        return None, [FieldError("template.key", "unknown_template", told)]
    if templates_for(message.channel).isdisjoint(template.channels):
        return template, [FieldError("template.key", "wrong_channel", f"This template is not for {message.channel}.")]
    return template, ()
