"""The types of correspondence: which there are, and the form of one, with its example as the letter that it makes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.content import fields_of
from console.forms.errors import NONE, Faults, faults_of
from console.forms.meanwhile import merge, takes
from console.forms.outcome import outcome
from console.forms.parsing import form_faults, parse, version_of
from console.forms.type_fields import (
    KINDS,
    FieldRow,
    as_json,
    kind_words,
    place_of,
    read_json,
    rows_in,
    rows_of,
    schema_of,
    spare,
)
from console.lists.choices import category_options, picked, template_categories
from console.lists.pagination import WHOLE
from console.presenters.labels import humanize_code
from console.presenters.letter import LetterSheets, letter_sheets
from letterbook.contracts.correspondence import CorrespondenceTypeBody
from letterbook.domain.access import Permission
from letterbook.domain.channels import Channel
from letterbook.domain.correspondence import EMAILED_BY, Attaches, CorrespondenceType
from letterbook.domain.errors import (
    CallerError,
    Conflict,
    FieldError,
    Invalid,
    NotFound,
    PreconditionFailed,
    TooLarge,
    Unavailable,
)
from letterbook.domain.letter import TypesettingFailed
from letterbook.use_cases.admin.templates import list_templates
from letterbook.use_cases.correspondence.show_letter import show_example
from letterbook.use_cases.correspondence.types import list_types, put_type, read_type
from letterbook.use_cases.support.access import actor_of

PATH = "/settings/correspondence"
_LABELS = {
    "key": "Key",
    "name": "Name",
    "template": "Letter",
    "message": "Email",
    "category": "Category",
    "attaches": "Sends",
    "enabled": "Offered",
    "fields": "What it asks for",
}
_ATTACHES = {
    Attaches.LETTER: "The letter",
    Attaches.SUBJECT_DOCUMENTS: "The PDF of each thing that it is about, without a letter",
}
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_TAKEN = frozenset({"new"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeForm:
    """The form as it stands: the fields as `rows`, on top of the schema in `json`, or as that alone where `as_json`."""

    key: str = ""
    name: str = ""
    template: str = ""
    message: str = ""
    category: str = ""
    attaches: str = Attaches.LETTER
    enabled: bool = True
    rows: tuple[FieldRow, ...] = ()
    json: str = "{}"
    as_json: bool = False
    version: int = 0

    @classmethod
    def of(cls, type_: CorrespondenceType, *, in_json: bool = False) -> "TypeForm":
        return cls(
            key=type_.key, name=type_.name, template=type_.template, message=type_.message, category=type_.category,
            attaches=type_.attaches, enabled=type_.enabled, rows=tuple(rows_of(type_.fields)), json=as_json(type_.fields),
            as_json=in_json, version=type_.version,
        )  # fmt: skip

    @property
    def schema(self) -> dict[str, Any]:
        """Raises Invalid for what is no schema."""
        written = read_json(self.json)
        return written if self.as_json else schema_of(self.rows, written)

    @property
    def written(self) -> dict[str, Any]:
        """What somebody writes of it, and somebody else might write otherwise."""
        names = ("name", "template", "message", "category", "attaches", "enabled", "json" if self.as_json else "rows")
        return {name: getattr(self, name) for name in names}

    def turned(self, *, to_json: bool) -> "TypeForm":
        """The same fields, shown the other way. Raises Invalid."""
        schema = self.schema
        return replace(self, rows=tuple(rows_of(schema)), json=as_json(schema), as_json=to_json)


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    """By name."""
    listed = list_types(visit.world, visit.viewer, limit=WHOLE).items
    return page(
        "settings/correspondence_types.html",
        title="Types of correspondence",
        path=PATH,
        types=[_line(one, visit) for one in listed],
    )


@pages.get(f"{PATH}/new")
def new(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.TEMPLATES)
    return _form(visit, TypeForm(), new=True)


@pages.post(f"{PATH}/new", form=True)
def create(visit: PageRequest) -> PageResponse:
    return _done(visit, _from_request(visit, visit.field("key")), new=True)


@pages.get(f"{PATH}/{{key}}")
def edit(visit: PageRequest, key: str) -> PageResponse:
    visit.viewer.require(Permission.TEMPLATES)
    return _form(visit, TypeForm.of(read_type(visit.world, visit.viewer, key)), new=False)


@pages.post(f"{PATH}/{{key}}", form=True)
def save(visit: PageRequest, key: str) -> PageResponse:
    return _done(visit, _from_request(visit, key), new=False)


def _from_request(visit: PageRequest, key: str) -> TypeForm:
    return TypeForm(
        key=key,
        name=visit.field("name"),
        template=visit.field("template"),
        message=visit.field("message"),
        category=picked(visit, "category"),
        attaches=visit.field("attaches"),
        enabled="enabled" in visit.form,
        rows=tuple(rows_in(visit)),
        json=visit.field("fields"),
        as_json="as_json" in visit.form,
        version=version_of(visit) or 0,
    )


def _done(visit: PageRequest, typed: TypeForm, *, new: bool) -> PageResponse:
    visit.viewer.require(Permission.TEMPLATES)

    def save_draft() -> PageResponse:
        if visit.field("do") in ("rows", "json"):
            return _form(visit, typed.turned(to_json=visit.field("do") == "json"), new=new)
        if takes(visit) or visit.field("do") == "preview":
            return _form(visit, typed, new=new)
        draft = _draft(visit, typed)
        if new:
            _must_be_new(visit, typed.key)
        saved = put_type(visit.world, visit.viewer, draft, None if new else typed.version)
        return redirect(f"{PATH}/{saved.key}", f"{saved.name} was saved as version {saved.version}.")

    return outcome(
        save_draft, lambda error: _form(visit, typed, error, new=new), (Invalid, Conflict, PreconditionFailed, TooLarge)
    )


def _draft(visit: PageRequest, typed: TypeForm) -> CorrespondenceType:
    """Raises Invalid, with everything that is wrong."""
    if not _KEY.fullmatch(typed.key) or typed.key in _TAKEN:
        told = "Give it a key of small letters, digits and hyphens, such as final-notice."
        raise Invalid("", FieldError("key", "invalid_format", told))
    given = {
        "name": typed.name,
        "fields": typed.schema,
        "template": typed.template,
        "message": typed.message or None,
        "attaches": typed.attaches,
        "category": typed.category or None,
        "enabled": typed.enabled,
    }
    return parse(CorrespondenceTypeBody, given).type_(typed.key, actor_of(visit.viewer), visit.world.now())


def _must_be_new(visit: PageRequest, key: str) -> None:
    try:
        read_type(visit.world, visit.viewer, key)
    except NotFound:
        return
    raise Invalid("", FieldError("key", "taken", "There is a type of this key already: change that one."))


def _form(visit: PageRequest, typed: TypeForm, error: CallerError | None = None, *, new: bool) -> PageResponse:
    present, saved = typed, None
    if not new:
        standing = read_type(visit.world, visit.viewer, typed.key)
        present, saved = TypeForm.of(standing, in_json=typed.as_json), visit.clock.moment(standing.created_at)
    merged = merge(visit, error, typed.written, present.written, _LABELS, _words)
    if isinstance(error, PreconditionFailed) or takes(visit):
        typed = replace(typed, version=present.version)
    typed = replace(typed, **merged.values)
    return page(
        "settings/correspondence_type.html",
        status=error.status if error else 200,
        pictures=True,
        title="New type of correspondence" if new else typed.name,
        new=new,
        typed=typed,
        rows=spare(typed.rows),
        kinds=_kinds(typed.rows),
        templates=_templates(visit, letters=True, chosen=typed.template),
        messages=_templates(visit, letters=False, chosen=typed.message),
        categories=category_options(visit.organisation, template_categories(visit), typed.category),
        attaches=list(_ATTACHES.items()),
        faults=_faults(error, typed),
        meanwhile=merged.changes,
        began=merged.began,
        saved=saved,
        letter=_example(visit, typed),
        path=PATH,
        to=f"{PATH}/new" if new else f"{PATH}/{typed.key}",
    )


def _example(visit: PageRequest, typed: TypeForm) -> LetterSheets:
    """The letter that its example makes, as it stands in the form."""
    try:
        shown = show_example(visit.world, visit.viewer, _draft(visit, typed))
    except (Invalid, TooLarge):
        return LetterSheets(
            told="It is shown once the type has a key, a name, a template and an example that fits its fields."
        )
    except TypesettingFailed as failed:
        return LetterSheets(told=f"No letter can be made of it: {failed}")
    except Unavailable:
        return LetterSheets(told="It cannot be shown at the moment. It can be saved all the same.", later=True)
    return letter_sheets(shown.number, shown.pages, shown.text)


def _templates(visit: PageRequest, *, letters: bool, chosen: str) -> list[tuple[str, str]]:
    """Those that can make a letter, or an email; and that which is chosen, whatever it is for."""
    every = list_templates(visit.world, visit.viewer, limit=WHOLE).items
    fitting = {one.key for one in every if any(_fits(channel, letters=letters) for channel in one.channels)}
    return [("", ""), *((one, humanize_code(one)) for one in sorted({*fitting, *([chosen] if chosen else [])}))]


def _fits(channel: str, *, letters: bool) -> bool:
    spec = Channel(channel).spec
    return spec.is_letter or spec.has_subject if letters else Channel(channel) is EMAILED_BY


def _kinds(rows: Sequence[FieldRow]) -> list[tuple[str, str]]:
    """What a field may be; and what one is already that ticks things of the firm's own."""
    own = {one.kind: kind_words(one.kind) for one in rows}
    return list((own | KINDS).items())


def _faults(error: CallerError | None, typed: TypeForm) -> Faults:
    if error is None:
        return NONE
    if isinstance(error, PreconditionFailed):
        return form_faults(error, _LABELS)
    places = {one.field: place_of(one.field, typed.rows) for one in error.faults} if not typed.as_json else {}
    return faults_of(error, _LABELS, places)


def _words(name: str, value: Any) -> str:
    if name == "rows":
        return "\n".join(f"{one.name}: {kind_words(one.kind)}{', required' if one.required else ''}" for one in value)
    if name == "enabled":
        return "yes" if value else "no"
    return str(value)


def _line(type_: CorrespondenceType, visit: PageRequest) -> dict[str, Any]:
    return {
        "href": f"{PATH}/{type_.key}" if visit.viewer.may(Permission.TEMPLATES) else "",
        "name": type_.name,
        "enabled": type_.enabled,
        "asks": ", ".join(one.label for one in fields_of(type_.fields)),
        "letter": humanize_code(type_.template),
        "message": humanize_code(type_.message),
        "version": type_.version,
        "when": visit.clock.moment(type_.created_at),
        "who": type_.created_by.name,
    }
