"""The firm's message templates."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from letterbook.domain.access import Permission, Viewer
from letterbook.domain.errors import FieldError, Invalid, NotFound
from letterbook.domain.record_variables import EXAMPLES
from letterbook.domain.templates import NewVariables, Template, Variable, mistyped_variables, nearest
from letterbook.ports import Page, World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.admin.template_examples import line_of, render_examples, usage_of
from letterbook.use_cases.reading.pages import slice_page
from letterbook.use_cases.support.access import actor_of
from letterbook.use_cases.support.template_variables import variables_of


def put_template(
    world: World, viewer: Viewer, draft: Template, *, confirmed: Collection[str] | None = None
) -> Template:
    """Makes a new version, whatever others make at the same moment. Raises Invalid when it cannot be used.

    With `confirmed`, variables that are new and not declared have to be in it, and are declared so: else raises NewVariables.
    """
    viewer.require(Permission.TEMPLATES)
    render_examples(world, draft)
    unknown = _unknown_variables(world, draft)
    if confirmed is not None and unknown:
        if not unknown.keys() <= {*confirmed}:
            raise NewVariables(unknown)
        draft = replace(draft, variables=(*draft.variables, *(Variable(name=name) for name in unknown)))
    return _save_version(world, draft)


def restore_template(world: World, viewer: Viewer, key: str, language: str, version: int) -> Template:
    """Makes a new version that says what an old one said. Raises Forbidden, NotFound, Invalid where it cannot be used any more."""
    viewer.require(Permission.TEMPLATES)
    old = world.templates.get(key, language, version)
    if old is None:
        raise NotFound("There is no such version.")
    render_examples(world, old)
    return _save_version(
        world, replace(old, restored_from=version, created_at=world.now(), created_by=actor_of(viewer))
    )


def _save_version(world: World, draft: Template) -> Template:
    def save() -> Template:
        before = world.templates.get(draft.key, draft.language, None)
        template = replace(draft, version=before.version + 1 if before else 1)
        world.templates.save(template)
        return template

    return retry_on_conflict(save)


def _unknown_variables(world: World, draft: Template) -> dict[str, str]:
    """What neither the template, nor its version before, nor the record knows, each with what may be meant.

    Raises Invalid for what is nearly the name of one that is known.
    """
    before = world.templates.get(draft.key, draft.language, None)
    known = draft.declared | {*EXAMPLES} | (variables_of(world, before) | before.declared if before else frozenset())
    places = {
        name: field
        for field, source in (("body", draft.body), ("subject", draft.subject))
        for name in world.renderer.variables_in(source) - known
    }
    offered = {*EXAMPLES} | draft.declared
    if mistyped := mistyped_variables(sorted(places), offered):
        sources = {"body": draft.body, "subject": draft.subject}
        faults = [_mistyped(places[name], sources[places[name]], name, near) for name, near in mistyped.items()]
        raise Invalid("The template asks for what nobody fills in.", *faults)
    return {name: nearest(name, offered) for name in sorted(places)}


def _mistyped(field: str, source: str, name: str, near: str) -> FieldError:
    line = line_of(source, name)
    where = f"Line {line}: there" if line and field == "body" else "There"
    told = f"{where} is no {name}. Did you mean {near}? Write {usage_of(near)}, or declare {name} too."
    return FieldError(field, "unknown_variable", told, line=line)


def read_template(world: World, viewer: Viewer, key: str, language: str | None, version: int | None) -> Template:
    """The latest version in the firm's first language that has one, unless asked otherwise. Raises NotFound."""
    viewer.require(Permission.READ)
    languages = (language,) if language else world.settings.current().languages
    templates = (world.templates.get(key, one, version) for one in languages)
    template = next((one for one in templates if one), None)
    if template is None:
        raise NotFound("There is no such template in that language and version.")
    return template


def list_templates(
    world: World,
    viewer: Viewer,
    *,
    categories: Iterable[str] = (),
    channels: Iterable[str] = (),
    languages: Iterable[str] = (),
    limit: int,
    after: str | None = None,
) -> Page[Template]:
    """The latest version of every template, newest first."""
    viewer.require(Permission.READ)
    by_category, by_channel, by_language = set(categories), set(channels), set(languages)
    asked = (
        template
        for template in world.templates.all()
        if (not by_category or template.category in by_category)
        and (not by_channel or by_channel & {*template.channels})
        and (not by_language or template.language in by_language)
    )
    return slice_page(asked, _made, limit=limit, after=after, descending=True)


def _made(template: Template) -> str:
    return f"{template.created_at.isoformat()} {template.key} {template.language}"
