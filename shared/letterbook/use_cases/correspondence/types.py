"""The types of correspondence that the firm declared; every version is kept."""

from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.channels import templates_for
from letterbook.domain.correspondence import EMAILED_BY, CorrespondenceType
from letterbook.domain.correspondence_fields import completed
from letterbook.domain.errors import FieldError, Invalid, NotFound
from letterbook.ports import Page, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.correspondence.content import content_faults, schema_faults
from letterbook.use_cases.reading.pages import slice_page
from letterbook.use_cases.support.optimistic_lock import next_version


def put_type(world: World, viewer: Viewer, draft: CorrespondenceType, version: int | None = None) -> CorrespondenceType:
    """Makes a new version; with `version` only of that one. What was written by an older one keeps to that.

    Raises Forbidden, PreconditionFailed, and Invalid for fields that cannot be a form, examples that it does not accept, and
    templates that are not there.
    """
    viewer.require(Permission.TEMPLATES)
    checked = checked_type(world, draft)

    def save() -> CorrespondenceType:
        before = world.correspondence_types.get(draft.key, None)
        made = replace(checked, version=next_version(before.version if before else 0, version))
        world.correspondence_types.save(made)
        return made

    return retry_on_conflict(save)


def checked_type(world: World, draft: CorrespondenceType) -> CorrespondenceType:
    """With its fields as they are kept. Raises Invalid for what putting it refuses."""
    fields = completed(draft.fields)
    faults = [*schema_faults(fields), *_template_faults(world, draft)]
    if not faults:
        faults += [
            replace(fault, field=f"fields.examples.{place}.{fault.field.removeprefix('content.')}")
            for place, example in enumerate(fields.get("examples", ()))
            for fault in content_faults(fields, example)
        ]
    if faults:
        raise Invalid("The type cannot be used.", *faults)
    return replace(draft, fields=fields)


def _template_faults(world: World, draft: CorrespondenceType) -> list[FieldError]:
    known: dict[str, set[str]] = {}
    for one in world.templates.all():
        known.setdefault(one.key, set()).update(one.channels)
    faults = []
    if not draft.template:
        faults.append(FieldError("template", "required", "Name the template that makes the letter."))
    elif draft.template not in known:
        faults.append(FieldError("template", "unknown_template", "There is no such template."))
    if draft.message and draft.message not in known:
        faults.append(FieldError("message", "unknown_template", "There is no such template."))
    elif draft.message and templates_for(EMAILED_BY).isdisjoint(known[draft.message]):
        faults.append(FieldError("message", "wrong_channel", "This template is not for email, which is to carry it."))
    return faults


def read_type(world: World, viewer: Viewer, key: str, version: int | None = None) -> CorrespondenceType:
    """The last version unless asked otherwise. Raises Forbidden, NotFound."""
    viewer.require(Permission.READ)
    type_ = world.correspondence_types.get(key, version)
    if type_ is None:
        raise NotFound("There is no such type of correspondence.")
    return type_


def list_types(world: World, viewer: Viewer, *, limit: int, after: str | None = None) -> Page[CorrespondenceType]:
    """The last version of each, by name. Raises Forbidden."""
    viewer.require(Permission.READ)
    return slice_page(world.correspondence_types.all(), _place, limit=limit, after=after)


def _place(type_: CorrespondenceType) -> str:
    return f"{type_.name.casefold()} {type_.key}"
