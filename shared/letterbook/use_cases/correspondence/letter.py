"""Writes the letter of a correspondence: its type's present template, filled with its content and with what the record knows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from letterbook.domain.access import Viewer
from letterbook.domain.channels import Channel, sendable_like
from letterbook.domain.communication import TemplateRef
from letterbook.domain.correspondence import Correspondence, CorrespondenceType
from letterbook.domain.correspondence_fields import subject_types
from letterbook.domain.errors import FieldError, Invalid, MissingVariable
from letterbook.domain.letter import Letter
from letterbook.domain.message import MessageRequest
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Party
from letterbook.domain.record_variables import VariableSources, known_values
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.templates import Rendered, Template, TemplateUse
from letterbook.ports import World
from letterbook.use_cases.correspondence.content import written
from letterbook.use_cases.letters.build_letter import build_letter
from letterbook.use_cases.messages.render_message import render_message
from letterbook.use_cases.reading.correspondence import subjects_of

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
    organisation = world.settings.current()
    template = _template(world, organisation, party, type_)
    subjects = tuple(_subjects(world, correspondence))
    content = written(correspondence.content)
    day = now.astimezone(organisation.zone).date()
    contact = next((one for one in world.parties.contacts(party.id) if one.primary), None)
    known = known_values(
        VariableSources(
            organisation=organisation,
            party=party,
            contact=contact,
            client=None,
            viewer=viewer,
            today=day,
            subject=subjects[0] if len(subjects) == 1 else None,
            subjects=subjects,
            correspondence_number=correspondence.number,
        )
    )
    message = MessageRequest(
        channel=sendable_like(Channel.POST),
        party_id=party.id,
        template=TemplateUse(key=template.key, variables=_given(type_, content)),
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
        code=correspondence.number,
    )
    ref = TemplateRef(key=template.key, version=template.version, language=template.language)
    return WrittenLetter(letter=letter, rendered=rendered, template=ref)


def _template(world: World, organisation: Organisation, party: Party, type_: CorrespondenceType) -> Template:
    languages = [one for one in (party.language, *organisation.languages) if one]
    found = (world.templates.get(type_.template, one, None) for one in dict.fromkeys(languages))
    template = next((one for one in found if one), None)
    if template is None:
        told = f"There is no template {type_.template} in the party's language or the firm's."
        raise Invalid(told, FieldError("type", "unknown_template", told))
    return template


def _subjects(world: World, correspondence: Correspondence) -> Sequence[RegardedRecord]:
    """What its rows and sums are made of: what it names; where it names nothing, the whole account."""
    if correspondence.regarding:
        return subjects_of(world, correspondence)
    found = world.subjects.of_party(correspondence.party.id, limit=_MOST_SUBJECTS + 1)
    if len(found) > _MOST_SUBJECTS:
        told = f"This party has more than {_MOST_SUBJECTS} invoices and payments: name those that it is about."
        raise Invalid(told, FieldError("regarding", "too_many", told))
    return found


def _given(type_: CorrespondenceType, content: dict[str, str]) -> dict[str, str]:
    """What the form may leave out is nothing, and no gap."""
    fields = type_.fields
    lists = subject_types(fields)
    optional = {name: "" for name in fields.get("properties", {}) if name not in fields.get("required", ())}
    return {name: value for name, value in {**optional, **content}.items() if name not in lists}


def _fault(type_: CorrespondenceType, gap: MissingVariable) -> FieldError:
    own = gap.variable in type_.fields.get("properties", {})
    return FieldError(f"content.{gap.variable}" if own else "content", gap.code, gap.message)
