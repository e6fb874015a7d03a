"""Writes the letter of a correspondence: its type's present template, filled with its content and with what the record knows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from letterbook.domain.access import Viewer
from letterbook.domain.communication import SYSTEM
from letterbook.domain.correspondence import POSTED_BY, Correspondence, CorrespondenceType
from letterbook.domain.correspondence_fields import subject_types
from letterbook.domain.errors import FieldError, Invalid, MissingVariable
from letterbook.domain.letter import Letter
from letterbook.domain.message import MessageRequest
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Party
from letterbook.domain.record_variables import VariableSources, known_values
from letterbook.domain.references import TemplateRef
from letterbook.domain.rows import Rows
from letterbook.domain.statement import NotReckonable, statement_rows
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.templates import Rendered, Template, TemplateUse
from letterbook.ports import World
from letterbook.use_cases.correspondence.content import template_values
from letterbook.use_cases.directory.verification import verification_link
from letterbook.use_cases.letters.build_letter import build_letter
from letterbook.use_cases.messages.render_message import render_message
from letterbook.use_cases.reading.correspondence import subjects_of
from letterbook.use_cases.support.signatures import signature_of

# A statement of more is none that anybody reads.
_MOST_SUBJECTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLetter:
    """The letter as data, with what it says beside it, and by which version of the template."""

    letter: Letter
    rendered: Rendered
    template: TemplateRef


def write_letter(
    world: World,
    viewer: Viewer,
    correspondence: Correspondence,
    type_: CorrespondenceType,
    party: Party,
    now: datetime,
) -> WrittenLetter:
    """Raises Invalid for what the template needs and neither content nor record has, at the form's field where it has one."""
    organisation, author = world.settings.current(), correspondence.created_by
    template = template_for(world, party, type_.template)
    if template is None:
        told = f"There is no template {type_.template} in the party's language or the firm's."
        raise Invalid(told, FieldError("type", "unknown_template", told))
    content = template_values(correspondence.content)
    since, until = _period(content)
    subjects = tuple(_subjects(world, correspondence, until))
    day = now.astimezone(organisation.zone).date()
    signature = signature_of(world, author) if author != SYSTEM else None
    contact = next((one for one in world.parties.contacts(party.id) if one.primary), None)
    known = known_values(
        VariableSources(
            organisation=organisation,
            party=party,
            contact=contact,
            client=None,
            viewer=replace(viewer, name=author.name),
            sender_role=signature.role if signature else "",
            today=day,
            subject=subjects[0] if len(subjects) == 1 else None,
            subjects=subjects,
            transactions=_statement(subjects, organisation, since, until),
            link=link_for(world, party, template),
            correspondence_number=correspondence.number,
        )
    )
    message = MessageRequest(
        channel=POSTED_BY,
        party_id=party.id,
        template=TemplateUse(key=template.key, variables=given_values(type_, content)),
    )
    rendered, gaps = render_message(world, message, template, known, template.language, organisation.currency)
    if gaps:
        raise Invalid("The letter cannot be written yet.", *(_fault(type_, gap) for gap in gaps))
    rendered = replace(rendered, subject=rendered.subject or type_.name)
    letter = build_letter(
        organisation,
        party,
        rendered,
        language=template.language,
        day=day,
        contact_name=contact.name if contact else "",
        correspondence_number=correspondence.number,
        signature=signature,
        code=correspondence.number,
    )
    ref = TemplateRef(key=template.key, version=template.version, language=template.language)
    return WrittenLetter(letter=letter, rendered=rendered, template=ref)


def template_for(world: World, party: Party, key: str, language: str | None = None) -> Template | None:
    """The last version in that language, else the party's, else the firm's first that has one."""
    own = (language,) if language else (party.language, *world.settings.current().languages)
    found = (world.templates.get(key, one, None) for one in dict.fromkeys(own) if one)
    return next((one for one in found if one), None)


def link_for(world: World, party: Party, template: Template) -> str:
    """The link that verifies the party's address, signed for a template that names it; empty where there is none."""
    if "link" not in f"{template.subject} {template.body}":
        return ""
    return verification_link(world, party) or ""


def _period(content: dict[str, str]) -> tuple[date | None, date | None]:
    """What a form asks for as `period_start` and `period_end` bounds what the statement shows. Raises Invalid for no time.

    A type may ask for them as texts, of which its schema says not that they are dates.
    """
    since, until = (_day(content, name) for name in ("period_start", "period_end"))
    if since and until and since > until:
        told = "The period ends before it begins."
        raise Invalid(told, FieldError("content.period_end", "out_of_range", told))
    return since, until


def _day(content: dict[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(content[name]) if content.get(name) else None
    except ValueError:
        told = "The period is bounded by dates such as 2026-11-20."
        raise Invalid(told, FieldError(f"content.{name}", "invalid_date", told)) from None


def _subjects(world: World, correspondence: Correspondence, until: date | None) -> Sequence[RegardedRecord]:
    """What its rows and sums are made of: what it names; where it names nothing, the whole account, up to the end of its period."""
    if correspondence.regarding:
        return subjects_of(world, correspondence)
    found = world.subjects.of_party(correspondence.party.id, limit=_MOST_SUBJECTS + 1)
    if len(found) > _MOST_SUBJECTS:
        told = f"This party has more than {_MOST_SUBJECTS} invoices and payments: name those that it is about."
        raise Invalid(told, FieldError("regarding", "too_many", told))
    return [one for one in found if until is None or one.date is None or one.date <= until]


def _statement(
    subjects: Sequence[RegardedRecord], organisation: Organisation, since: date | None, until: date | None
) -> Rows | None:
    """None where it is made of everything, or cannot be reckoned: the template then says why, if it asks for it."""
    try:
        return statement_rows(subjects, organisation.currency, since=since, until=until) if since or until else None
    except NotReckonable:
        return None


def given_values(type_: CorrespondenceType, content: dict[str, str]) -> dict[str, str]:
    """What the form may leave out is nothing, and no gap."""
    fields = type_.fields
    lists = subject_types(fields)
    optional = {name: "" for name in fields.get("properties", {}) if name not in fields.get("required", ())}
    return {name: value for name, value in {**optional, **content}.items() if name not in lists}


def _fault(type_: CorrespondenceType, gap: MissingVariable) -> FieldError:
    own = gap.variable in type_.fields.get("properties", {})
    return FieldError(f"content.{gap.variable}" if own else "content", gap.code, gap.message)
