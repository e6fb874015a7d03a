"""Prepares a message: finds what it needs, renders it, asks the policy. Preview shows this, compose and send commit it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from letterbook.domain import sms
from letterbook.domain.access import Permission, Viewer
from letterbook.domain.addresses import address_for
from letterbook.domain.channels import AddressKind, CostClass, templates_for
from letterbook.domain.communication import Recipient, RecipientRole, TemplateRef
from letterbook.domain.errors import CallerError, FieldError, Invalid, MissingVariable
from letterbook.domain.message import MessageRequest
from letterbook.domain.organisation import Organisation, Sender
from letterbook.domain.party import Contact, Party
from letterbook.domain.policy import PolicyInput, PolicyResult, decide, refusal_of, size
from letterbook.domain.recipients import MAX_RECIPIENTS, folded, validate_addresses
from letterbook.domain.record_variables import VariableSources, known_values
from letterbook.domain.templates import Rendered, Template, values_for
from letterbook.domain.text import TextLimit, check_size
from letterbook.ports import IdempotencyKey, MessageContext, World
from letterbook.use_cases.directory.holders import bystanders
from letterbook.use_cases.messages.resolve_references import PreviousVersion, References, context_query_for, resolve

_FURTHEST = timedelta(days=366)
# Something that looks like a variable in a text that is no template: it was meant to be replaced.
# The quantifiers are possessive: an opening that never closes is looked at once, however long it is.
_UNREPLACED = re.compile(r"\{\{-?\s*+([A-Za-z_][\w.]*+)[^{}]*+\}\}")
# So many gaps are named; whoever has more has another problem.
_MOST_GAPS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A message with everything it refers to, as its recipient would get it, and what the policy says.

    `known` is what the record itself fills a template with.
    """

    message: MessageRequest
    organisation: Organisation
    about: References
    category: str | None
    sender: Sender
    recipients: tuple[Recipient, ...]
    rendered: Rendered
    template: TemplateRef | None
    sms: sms.SmsSize | None
    gaps: tuple[MissingVariable, ...]
    ruling: PolicyResult
    too_large: CallerError | None
    known: Mapping[str, str]


def load_context(world: World, message: MessageRequest, key: IdempotencyKey | None = None) -> MessageContext:
    """Everything the message refers to, in one round trip; with a key, also what that key made before."""
    organisation = world.library.organisation()
    use = message.template
    languages = ((use.language,) if use.language else organisation.languages) if use else ()
    templates = tuple((use.key, language, use.version) for language in languages) if use else ()
    return world.load_context(context_query_for(message, templates, key))


def prepare(
    world: World,
    viewer: Viewer,
    message: MessageRequest,
    found: MessageContext,
    *,
    now: datetime,
    kept: PreviousVersion | None = None,
) -> Prepared:
    """Raises Forbidden, and Invalid naming everything in the request that is unknown or malformed.

    What the policy objects to is no error here: see `ruling`.
    """
    viewer.require(Permission.SEND)
    organisation, channel = world.library.organisation(), message.channel.spec
    faults: list[FieldError] = []
    about = resolve(world, viewer, message, found, faults, kept)
    party = about.party
    template = _template(message, organisation, found, faults)
    sender = _sender(message, organisation)
    if sender is None:
        what = "The firm has no such sender." if message.sender else f"The firm has no sender for {message.channel}."
        faults.append(FieldError("from", "unknown_sender", what))
    recipients = _recipients(message, party, found.contact, faults)
    if message.send_at and message.send_at <= now:
        faults.append(FieldError("send_at", "in_the_past", "This time has passed."))
    if message.send_at and message.send_at > now + _FURTHEST:
        faults.append(FieldError("send_at", "too_far_ahead", "A message can wait for a year at most."))
    if faults or party is None or sender is None:
        raise Invalid("The message refers to things that are not there, or not usable.", *faults)
    known = known_values(
        VariableSources(
            organisation=organisation, party=party, contact=found.contact, case=found.case, client=about.client,
            viewer=viewer,
        )
    )  # fmt: skip
    rendered, gaps = _rendered(
        world, message, template, known, party.language or organisation.languages[0], organisation.currency
    )
    category = message.category or (template.category if template else None)
    measured = sms.measure(rendered.text) if channel.cost_class is CostClass.PER_SEGMENT else None
    to = tuple(one.address for one in recipients if one.role is RecipientRole.TO)
    electronic = channel.is_correspondence and message.send_now
    everybody = [one.address for one in recipients]
    known_addresses = world.directory.known_addresses(everybody) if everybody and electronic else {}
    in_quarantine = {one: found_.quarantine for one, found_ in known_addresses.items() if found_.quarantine}
    proposal = PolicyInput(
        viewer=viewer,
        organisation=organisation,
        channel=message.channel,
        party=party,
        preferences=found.preferences,
        category=category,
        to=to,
        quarantined={
            f"{role}.{place}": (address, in_quarantine[address].at)
            for role in RecipientRole
            for place, address in enumerate(one.address for one in recipients if one.role is role)
            if address in in_quarantine
        },
        bystanders=bystanders(world, party.id, known_addresses),
        override_hold=message.override_hold,
        urgent=message.urgent,
        urgent_reason=message.urgent_reason,
        now=now,
        wanted_at=message.send_at or now,
        subject_characters=len(rendered.subject),
        lines=message.body.count("\n"),
        text_bytes=max(len(message.body.encode()), len(rendered.text.encode())),
        attachment_bytes=sum(document.bytes for document in about.documents),
        sms=measured,
        gaps=gaps,
    )
    return Prepared(
        message=message,
        organisation=organisation,
        about=about,
        category=category,
        sender=sender,
        recipients=recipients,
        rendered=rendered,
        template=TemplateRef(key=template.key, version=template.version, language=template.language)
        if template
        else None,
        sms=measured,
        gaps=gaps,
        ruling=decide(proposal),
        too_large=refusal_of(size(proposal)),
        known=known,
    )


def _sender(message: MessageRequest, organisation: Organisation) -> Sender | None:
    if not message.channel.spec.is_correspondence:
        return Sender(channel=message.channel, address=organisation.name)
    return organisation.sender(message.channel, message.sender)


def _template(
    message: MessageRequest, organisation: Organisation, found: MessageContext, faults: list[FieldError]
) -> Template | None:
    use = message.template
    if use is None:
        return None
    own = found.party.language if found.party else None
    wanted = (use.language,) if use.language else (own, *organisation.languages)
    template = next((found.templates[one] for one in wanted if one and one in found.templates), None)
    if template is None:
        faults.append(
            FieldError("template.key", "unknown_template", "There is no such template in that language and version.")
        )
    elif templates_for(message.channel).isdisjoint(template.channels):
        faults.append(FieldError("template.key", "wrong_channel", f"This template is not for {message.channel}."))
    return template


def _recipients(
    message: MessageRequest, party: Party | None, contact: Contact | None, faults: list[FieldError]
) -> tuple[Recipient, ...]:
    kind = message.channel.spec.address
    default = address_for(kind, contact, party)
    if not message.channel.spec.is_correspondence:
        where = message.address or default
        return (Recipient(address=where),) if where else ()
    given = {
        RecipientRole.TO: message.to or ((default,) if default else ()),
        RecipientRole.CC: message.cc,
        RecipientRole.BCC: message.bcc,
    }
    recipients: dict[str, Recipient] = {}
    for role, addresses in given.items():
        good, bad = validate_addresses(role, addresses, sms=kind is AddressKind.MOBILE)
        faults.extend(bad)
        for address in good:
            # Whoever is named twice gets it once, in the first place where they are named.
            recipients.setdefault(folded(address), Recipient(address=address, role=role))
    if message.reply_to:
        faults.extend(
            replace(fault, field="reply_to")
            for fault in validate_addresses("reply_to", [message.reply_to], sms=False)[1]
        )
    if len(recipients) > MAX_RECIPIENTS:
        faults.append(FieldError("to", "too_many_recipients", f"A message has at most {MAX_RECIPIENTS} recipients."))
    return tuple(recipients.values())


def _rendered(
    world: World,
    message: MessageRequest,
    template: Template | None,
    known: dict[str, str],
    language: str,
    currency: str,
) -> tuple[Rendered, tuple[MissingVariable, ...]]:
    html = message.channel.spec.html
    if template is None or message.template is None:
        unreplaced = {
            (field, match[1]): None
            for field, text in (("subject", message.subject), ("body", message.body))
            for match in _UNREPLACED.finditer(text)
        }
        gaps = tuple(
            MissingVariable(field, "unresolved_variable", f"{{{{ {name[:60]} }}}} was not replaced.", name[:60])
            for field, name in islice(unreplaced, _MOST_GAPS)
        )
        try:
            check_size(message.body)
            if not html:
                return Rendered(subject=message.subject, text=message.body), gaps
            return world.renderer.free_text(message.subject, message.body, language), gaps
        except TextLimit as limit:
            raise limit.at("body") from None
    values = values_for(template, message.template.variables, known)
    try:
        used = world.renderer.variables_in(template.subject) | world.renderer.variables_in(template.body)
    except ValueError as wrong:
        return _unfilled(template, wrong)
    except TextLimit as limit:
        raise limit.at("template.key") from None
    required = {variable.name for variable in template.variables if variable.required}
    missing = sorted(name for name in used | required if name not in values)
    gaps = tuple(
        MissingVariable(f"template.variables.{name}", "missing_variable", f"The template needs {name}.", name)
        for name in missing[:_MOST_GAPS]
    )
    filled = values | {name: f"[{name}]" for name in missing}
    try:
        rendered = world.renderer.render(template, filled, html=html, currency=currency)
    except ValueError as wrong:
        return _unfilled(template, wrong, gaps)
    except TextLimit as limit:
        given = limit.variable in message.template.variables
        raise limit.at(f"template.variables.{limit.variable}" if given else "template.key") from None
    if message.channel.spec.needs_subject and not rendered.subject:
        gaps = (*gaps, MissingVariable("subject", "required", "With these variables the subject is empty."))
    return rendered, gaps


def _unfilled(
    template: Template, wrong: ValueError, gaps: tuple[MissingVariable, ...] = ()
) -> tuple[Rendered, tuple[MissingVariable, ...]]:
    return Rendered(subject=template.subject, text=""), (
        *gaps,
        MissingVariable("template.key", "template_fails", str(wrong)),
    )
