"""What the compose page shows of a message: its form, what it may be chosen from, and what preview says of it."""

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from console.app.routing import PageRequest
from console.forms import about
from console.forms.postal import address_of
from console.lists.choices import category_options, country_options, scheme_options
from console.lists.pagination import WHOLE, first_of
from console.pages.compose.beside import answered, missing_attachment, with_question
from console.pages.compose.form import ComposeForm
from console.pages.compose.uploads import document_choice, more_documents
from console.presenters.compose import (
    FORMATTED,
    LABELS,
    VARIABLES,
    SendVerdict,
    channel_availability,
    send_verdict,
    sms_words,
    source_of,
    template_word,
    troubles,
)
from console.presenters.dates import Clock
from console.presenters.einvoice import NETWORKS, invoice_page
from console.presenters.labels import capital, humanize_code
from console.presenters.letter import proof_sheets, seen_html
from console.presenters.passages import sheet_height
from console.presenters.policy_trace import trace_words
from console.presenters.post import post_words, wish_options
from letterbook.contracts.channel_fields import message_fields
from letterbook.domain.access import Permission
from letterbook.domain.addresses import address_for
from letterbook.domain.authorship import answered_at, asked_elsewhere
from letterbook.domain.channels import SENDABLE, TEMPLATED, Channel
from letterbook.domain.communication import Communication, RecipientRole
from letterbook.domain.errors import CallerError, Conflict, FieldError, Invalid, NotFound, TooLarge
from letterbook.domain.party import Case, Contact, Network, Party, PartyKind
from letterbook.domain.policy import ABOUT_CONTENT, PolicyResult
from letterbook.domain.record_variables import RECORD_VARIABLES, ROW_VARIABLES
from letterbook.domain.rows import Money, Rows
from letterbook.domain.templates import Template
from letterbook.ports import Page
from letterbook.use_cases.admin.template_versions import variables_used
from letterbook.use_cases.admin.templates import list_templates
from letterbook.use_cases.directory.cases import list_cases
from letterbook.use_cases.directory.parties import list_contacts
from letterbook.use_cases.messages.addressee import Addressee
from letterbook.use_cases.messages.document_choice import DocumentChoice
from letterbook.use_cases.messages.letter_proof import proof_of
from letterbook.use_cases.messages.prepare import Prepared
from letterbook.use_cases.messages.preview import preview
from letterbook.use_cases.messages.reach import survey_channels

_MOST_CASES = 200
# What a creditor is written about first; everybody else never.
_CREDITORS = ("dsar", "section_78", "section-78", "s78", "loc", "settlement")
# What others are written about first.
_OTHERS = ("appointment", "reminder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What preview says; None where it could not be asked, and then `faults` say why."""

    prepared: Prepared | None
    faults: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the fields are chosen from, while it is being read."""

    templates: Future[Sequence[Template]]
    cases: Future[Page[Case]]
    contacts: Future[Page[Contact]]
    documents: Future[DocumentChoice]
    answered: Future[dict[str, Any] | None]
    about: Future[dict[str, Any]]


def run_preview(visit: PageRequest, form: ComposeForm) -> Preview:
    """By the very code that sends. What has no text yet is looked at as it is: whether and when it would go is known already."""
    zone = visit.organisation.zone
    holes: tuple[FieldError, ...] = ()
    try:
        about.check(form.about)
        try:
            message = form.message(zone)
        except Invalid as error:
            holes = tuple(one for one in error.faults if one.code == "required" and one.field in ("subject", "body"))
            if len(holes) < len(error.faults):
                return Preview(prepared=None, faults=error.faults)
            message = replace(form.message(zone, filled=True), subject=form.subject, body=form.body)
        try:
            prepared = preview(visit.world, visit.viewer, message)
        except Conflict as changed:
            # What is attached is not what the page showed: it is shown as it is now, and told.
            holes = (*holes, *changed.faults)
            prepared = preview(visit.world, visit.viewer, replace(message, digests={}))
    except (Invalid, NotFound, TooLarge) as error:
        return Preview(prepared=None, faults=(*holes, *(error.faults or (FieldError("", error.code, error.detail),))))
    return Preview(prepared=prepared, faults=(*holes, *prepared.faults))


def survey(
    visit: PageRequest, form: ComposeForm, looked: Preview, addressee: Addressee
) -> Mapping[Channel, PolicyResult]:
    """What the policy says of each channel: of the form's own by the whole message, unless that lacks something."""
    prepared = looked.prepared
    asked = form.outline(visit.organisation.zone)
    category = prepared.category if prepared else form.category or None
    found = dict(survey_channels(visit.world, visit.viewer, addressee, asked, SENDABLE, category))
    if prepared and prepared.ruling.decision.rule not in ABOUT_CONTENT:
        found[form.channel] = prepared.ruling
    return found


def preview_context(
    visit: PageRequest,
    form: ComposeForm,
    looked: Preview,
    rulings: Mapping[Channel, PolicyResult],
    as_: str,
) -> dict[str, Any]:
    """Strip, channels and preview: what changes while somebody writes."""
    prepared, clock = looked.prepared, visit.clock
    proof = proof_of(visit.world, visit.viewer, prepared, pictures=True) if prepared else None
    asked = missing_attachment(visit, form, prepared)
    ruling = prepared.ruling if prepared else rulings[form.channel]
    channel = prepared.message.channel if prepared else form.channel
    to = [one.address for one in prepared.recipients if one.role is RecipientRole.TO] if prepared else []
    said = with_question(send_verdict(ruling, looked.faults, channel, form.channel, to, clock), asked)
    return {
        "verdict": said,
        "small": channel_availability(rulings, visit.organisation, clock),
        "trace": trace_words(ruling.trace, clock),
        "why": _why(said),
        "paper": _letter(prepared, as_, clock) if prepared else None,
        "sheets": proof_sheets(proof, prepared.rendered.text) if proof and prepared else None,
        "invoice": invoice_page(prepared.brought.einvoice, clock)
        if prepared and prepared.brought and prepared.brought.einvoice and not channel.spec.is_written
        else None,
        "file_faults": [one.message for one in prepared.brought.faults if one.field == "document_id"]
        if prepared and prepared.brought
        else [],
        "sms_words": _carried_words(prepared) if prepared else "",
        "held": bool(form.override_hold) or ruling.decision.rule == "contact_hold",
    }


def _carried_words(prepared: Prepared) -> str:
    """How much an SMS is, and how a letter goes."""
    if prepared.post:
        return post_words(prepared.post)
    return sms_words(prepared.sms, prepared.sms_text) if prepared.sms else ""


def begin_choices(
    pool: ThreadPoolExecutor, visit: PageRequest, form: ComposeForm, party: Party, offered: Sequence[Template] | None
) -> Choices:
    """Asks for each beside the others, and beside the preview. `offered` are the templates, where they were read already."""
    world, viewer = visit.world, visit.viewer
    given = offered
    cases = pool.submit(lambda: list_cases(world, viewer, party.id, limit=_MOST_CASES, after=None))
    return Choices(
        templates=pool.submit(lambda: templates(visit, form, party) if given is None else given),
        cases=cases,
        about=pool.submit(lambda: about.context(visit, _owners(form, party, cases.result().items), form.about)),
        contacts=pool.submit(lambda: list_contacts(world, viewer, party.id, limit=WHOLE, seen=party)),
        documents=pool.submit(lambda: document_choice(visit, party, form.case_id, form.attachments)),
        answered=pool.submit(lambda: answered(visit, form)),
    )


def _owners(form: ComposeForm, party: Party, cases: Sequence[Case]) -> list[str]:
    """Whose things it may be about: the party's, and those of the client whose case it belongs to."""
    return [party.id, *(one.client_id for one in cases if one.id == form.case_id and one.client_id)]


def form(
    visit: PageRequest, form: ComposeForm, looked: Preview, addressee: Addressee, choices: Choices
) -> dict[str, Any]:
    """What the fields are filled with, and chosen from."""
    party, prepared = addressee.party, looked.prepared
    offered, cases, documents = choices.templates.result(), choices.cases.result(), choices.documents.result()
    used = next((one for one in offered if one.key == form.template), None)
    own = (addressee.contact or party) if form.channel.spec.is_correspondence else party
    beside = choices.answered.result()
    case = next((one for one in cases.items if one.id == form.case_id), None)
    return {
        "about": choices.about.result(),
        "answered": beside,
        "party": party,
        "takes": message_fields(form.channel.spec),
        "formatted": FORMATTED if form.channel.spec.html else "",
        "contacts": choices.contacts.result().items,
        "cases": cases.items,
        "more_cases": first_of(cases, "cases", "open another and compose from its page"),
        "case": case,
        "templates": by_category(offered, party),
        "categories": category_options(visit.organisation, {one.category for one in offered}, form.category),
        "values": _values(visit, form, used, prepared),
        "default": "" if form.channel.spec.is_letter else address_for(form.channel.spec.address, own, party) or "",
        "typed": _typed_address(form, party),
        "countries": [
            ("", "Where they are"),
            *country_options(visit.organisation.country, form.address.parts.get("country", "")),
        ],
        "post_options": wish_options(visit.organisation.post),
        "elsewhere": _elsewhere(form, beside["communication"] if beside else None),
        "senders": [one for one in visit.organisation.senders if one.channel == form.channel],
        "networks": _network_options(party),
        "schemes": scheme_options(form.receiver_scheme),
        "documents": documents.offered,
        "more_documents": more_documents(documents),
        "attached": documents.attached,
        "attached_bytes": sum(one.bytes for one in documents.attached),
        "uses_urgent": form.channel.spec.keeps_office_hours and visit.viewer.may(Permission.URGENT),
        "overrides": visit.viewer.may(Permission.OVERRIDE_HOLD),
        "restricts": visit.viewer.may(Permission.READ_RESTRICTED) or bool(visit.viewer.unrestricted),
    }


def _typed_address(form: ComposeForm, party: Party) -> dict[str, str]:
    """Their own, until another is asked for."""
    own = address_of(party.address, party.postal_address)
    return {**(form.address if form.address.asked else own).flat(), "address_own": own.own}


def _network_options(party: Party) -> list[tuple[str, str]]:
    own = (party.einvoice.network if party.einvoice else None) or Network.PEPPOL
    return [("", f"{NETWORKS[own]}, as the party has it"), *NETWORKS.items()]


def _elsewhere(form: ComposeForm, asked: Communication | None) -> str:
    """A warning, where the answer goes to another organisation than what it answers came from."""
    if asked is None or not form.to:
        return ""
    wanted = [one for one in answered_at(asked) if one in form.to]
    if not asked_elsewhere(asked.entry.sender, wanted):
        return ""
    return f"Their mail came from {asked.entry.sender} and wants answers at another organisation. Is that right?"


def summary(error: CallerError, labels: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """What is wrong, each with its field."""
    if not error.faults:
        return [(error.detail, "")]
    return [(one.words, one.place) for one in troubles(error.faults, labels)]


def title(form: ComposeForm, party: Party) -> str:
    return form.channel.spec.compose_title.format(label=form.channel.spec.label, name=party.name, kind=party.kind)


def first_template(offered: Sequence[Template], party: Party) -> str:
    """What this kind of party is usually written first, so that one need not choose."""
    groups = by_category(offered, party)
    return str(groups[0][1][0][0]) if groups else ""


def templates(visit: PageRequest, form: ComposeForm, party: Party) -> list[Template]:
    """One for each key that the channel takes: in the party's language, else in the firm's first that has it."""
    every = _templates_for(visit, form.channel)
    languages = [one for one in (party.language, *visit.organisation.languages) if one]
    best: dict[str, Template] = {}
    for one in sorted(every, key=lambda each: languages.index(each.language) if each.language in languages else 99):
        best.setdefault(one.key, one)
    return list(best.values())


def template_keys(visit: PageRequest, channel: Channel) -> frozenset[str]:
    """The keys of the templates that may be chosen for a channel."""
    return frozenset(one.key for one in _templates_for(visit, channel))


def _templates_for(visit: PageRequest, channel: Channel) -> Sequence[Template]:
    takes = {one for one in TEMPLATED if one.spec.has_subject} if channel.spec.is_letter else {channel}
    return list_templates(visit.world, visit.viewer, channels=takes, limit=WHOLE).items


def by_category(templates: Sequence[Template], party: Party) -> list[tuple[str, list[tuple[str, str]]]]:
    """The key and the words of each, by category; what fits the party stands first, and in a category what begins it."""
    creditor = party.kind is PartyKind.CREDITOR

    first, last = (_CREDITORS, ()) if creditor else (_OTHERS, _CREDITORS)

    def place(one: Template) -> tuple[int, str, int, str]:
        fits = first.index(one.category) if one.category in first else 99 if one.category in last else 9
        return fits, one.category, 0 if "initial" in one.key else 1, one.key

    groups: dict[str, list[tuple[str, str]]] = {}
    for one in sorted(templates, key=place):
        groups.setdefault(humanize_code(one.category), []).append(
            (one.key, template_word(one.key, one.version, one.language))
        )
    return list(groups.items())


def _values(
    visit: PageRequest, form: ComposeForm, used: Template | None, prepared: Prepared | None
) -> list[dict[str, Any]]:
    """The template's gaps in its own order, then what it uses without telling; not what says who we are, nor what nobody types."""
    if used is None:
        return []
    told = {one.name: one for one in used.variables}
    names = [*told, *sorted(variables_used(visit.world, visit.viewer, used) - {*told})]
    filled = prepared.known if prepared else {}
    known = {name: value for name, value in filled.items() if isinstance(value, str)}
    untyped = ROW_VARIABLES | {name for name, value in filled.items() if isinstance(value, Rows | Money)}
    ours = {one.name for one in RECORD_VARIABLES if one.says_who_we_are and one.name in known} - {*told}
    return [
        {
            "name": name,
            "label": humanize_code(name),
            "value": form.variables.get(name) or known.get(name, ""),
            "known": known.get(name, ""),
            "from": source_of(name, known=name in known and name not in form.variables)
            or ("" if name not in told or told[name].required else "may be left out"),
            "example": told[name].example if name in told else "",
        }
        for name in names
        if name not in ours | untyped
    ]


def _why(said: SendVerdict) -> str:
    if said.lead.startswith("Goes now"):
        return "Why now, and why this way?"
    return "Why?" if said.send else "Why not?"


def _letter(prepared: Prepared, as_: str, clock: Clock) -> dict[str, Any]:
    """The letter as it would read. A gap is marked, wherever `[name]` stands for it."""
    gaps = {gap.variable or gap.field.removeprefix(VARIABLES) for gap in prepared.gaps} - {"template.key", "subject"}
    rendered = prepared.rendered
    framed = bool(rendered.html) and as_ != "text" and bool(rendered.text)
    pieces = re.compile(f"({'|'.join(re.escape(f'[{one}]') for one in sorted(gaps))})") if gaps else None

    def marked(text: str) -> list[tuple[str, bool]]:
        cut = pieces.split(text) if pieces else [text]
        return [(humanize_code(one[1:-1]) if place % 2 else one, bool(place % 2)) for place, one in enumerate(cut)]

    html = seen_html(rendered.html)
    if pieces:
        html = pieces.sub(lambda found: f"<mark>{humanize_code(found[0][1:-1])}</mark>", html)
    return {
        "subject": marked(rendered.subject),
        "blocks": [marked(one) for one in rendered.text.strip().split("\n\n") if one.strip()],
        "html": html,
        "height": sheet_height(rendered.text),
        "has_html": bool(rendered.html),
        "framed": framed,
        "sender": f"{prepared.sender.name}, {prepared.sender.address}"
        if prepared.sender.name
        else prepared.sender.address,
        "recipients": [
            (
                LABELS[str(role)],
                [clock.numbers(", ".join(one.address.splitlines())) for one in prepared.recipients if one.role is role],
            )
            for role in RecipientRole
            if any(one.role is role for one in prepared.recipients)
        ],
        "channel": capital(prepared.message.channel),
        "letter": prepared.message.channel.spec.is_letter,
    }
