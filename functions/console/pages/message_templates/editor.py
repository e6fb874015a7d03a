"""Writing a template: a new one, or a new version of one that is there. Looked at before it is saved."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.errors import NONE, faults_of
from console.forms.meanwhile import merge, takes
from console.forms.outcome import outcome
from console.forms.parsing import validate, version_of
from console.forms.values import query_of
from console.lists.choices import category_options, language_options, picked, template_categories
from console.pages.message_templates.context import PATH, ChannelPreview, example, previews
from console.presenters.labels import humanize_code
from console.presenters.variables import offered_variables
from letterbook.contracts.queries import TemplateQuery
from letterbook.contracts.templates import TemplateBody
from letterbook.domain.access import Permission
from letterbook.domain.channels import DEFAULT, TEMPLATED
from letterbook.domain.errors import CallerError, Conflict, FieldError, Invalid, PreconditionFailed, TooLarge
from letterbook.domain.templates import NewVariables, Template
from letterbook.use_cases.admin.template_versions import latest_version, rehearse_template
from letterbook.use_cases.admin.templates import put_template, read_template
from letterbook.use_cases.support.access import actor_of

_SPARE_ROWS, _MOST_ROWS = 2, 100
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")
_TAKEN = frozenset({"new"})
_HINT = (
    "{{ name }} is a variable, {{ invoices | table }} a table. **bold**, _emphasis_, lists, # headings, > quotations, "
    "[words](https://\u2026). Lines run on to the next empty line; one that ends in \\ is broken there."
)
_LABELS = {
    "key": "Name",
    "category": "Category",
    "language": "Language",
    "channels": "For",
    "subject": "Subject",
    "body": "Text",
    "variables": "Variables",
}


@dataclass(frozen=True, slots=True)
class TemplateForm:
    """The form as it stands. `variables` are (name, required, example)."""

    key: str = ""
    category: str = ""
    language: str = ""
    channels: tuple[str, ...] = ("email",)
    subject: str = ""
    body: str = ""
    variables: tuple[tuple[str, bool, str], ...] = ()
    version: int = 0

    @property
    def written(self) -> dict[str, Any]:
        """What somebody writes of it, and somebody else might write otherwise; the language makes it another template."""
        return {name: getattr(self, name) for name in ("category", "channels", "subject", "body", "variables")}

    @classmethod
    def of(cls, template: Template) -> "TemplateForm":
        variables = tuple((one.name, one.required, one.example) for one in template.variables)
        return cls(
            template.key, template.category, template.language, template.channels, template.subject, template.body,
            variables, template.version,
        )  # fmt: skip


@pages.get(f"{PATH}/new")
def new(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.TEMPLATES)
    return _form(
        visit, TemplateForm(language=visit.organisation.languages[0], category=visit.parameter("category")), new=True
    )


@pages.post(f"{PATH}/new", form=True)
def create(visit: PageRequest) -> PageResponse:
    return _done(visit, _from_request(visit, visit.field("key")), new=True)


@pages.get(f"{PATH}/{{key}}/edit")
def edit(visit: PageRequest, key: str) -> PageResponse:
    visit.viewer.require(Permission.TEMPLATES)
    template = read_template(visit.world, visit.viewer, key, query_of(visit, TemplateQuery).language, None)
    return _form(visit, TemplateForm.of(template), new=False)


@pages.post(f"{PATH}/{{key}}/edit", form=True)
def save(visit: PageRequest, key: str) -> PageResponse:
    return _done(visit, _from_request(visit, key), new=False)


def _from_request(visit: PageRequest, key: str) -> TemplateForm:
    """Rows of variables without a name are none."""
    rows = (
        (
            visit.field(f"variables.{n}.name"),
            f"variables.{n}.required" in visit.form,
            visit.field(f"variables.{n}.example"),
        )
        for n in range(_MOST_ROWS)
        if f"variables.{n}.name" in visit.form
    )
    return TemplateForm(
        key=key,
        category=picked(visit, "category"),
        language=visit.field("language"),
        channels=tuple(visit.form.get("channels", ())),
        subject=visit.field("subject"),
        body=visit.form.get("body", [""])[0].replace("\r\n", "\n").strip("\n"),
        variables=tuple(one for one in rows if one[0] or one[2]),
        version=version_of(visit) or 0,
    )


def _done(visit: PageRequest, typed: TemplateForm, *, new: bool) -> PageResponse:
    visit.viewer.require(Permission.TEMPLATES)
    if takes(visit):
        return _form(visit, typed, new=new)

    def save_draft() -> PageResponse:
        if visit.field("do") == "look":
            return _form(visit, typed, shown=_rehearsed(visit, _draft(visit, _as_far_as_it_is(typed))), new=new)
        draft = _draft(visit, typed)
        if visit.field("do") == "preview":
            return _form(visit, typed, shown=_rehearsed(visit, draft), new=new)
        _must_be_the_latest(visit, draft, typed.version, new=new)
        saved = put_template(visit.world, visit.viewer, draft, confirmed=visit.form.get("confirmed", ()))
        return redirect(f"{PATH}/{saved.key}?language={saved.language}", f"Saved as version {saved.version}.")

    return outcome(
        save_draft, lambda error: _form(visit, typed, error, new=new), (Invalid, Conflict, PreconditionFailed, TooLarge)
    )


def _rehearsed(visit: PageRequest, draft: Template) -> Sequence[ChannelPreview]:
    return previews(visit.world, rehearse_template(visit.world, visit.viewer, draft))


def _as_far_as_it_is(typed: TemplateForm) -> TemplateForm:
    """While somebody writes, what has no name, category or subject yet is looked at all the same."""
    return replace(
        typed,
        key=typed.key if _KEY.fullmatch(typed.key) else "draft",
        category=typed.category or "general",
        channels=typed.channels or (DEFAULT.value,),
        subject=typed.subject or "(no subject yet)",
        body=typed.body or " ",
        variables=tuple(one for one in typed.variables if _NAME.fullmatch(one[0])),
    )


def _words(name: str, value: Any) -> str:
    if name == "variables":
        return "\n".join(f"{one}{'' if required else ', may be left out'}" for one, required, _ in value)
    return ", ".join(value) if name == "channels" else str(value)


def _draft(visit: PageRequest, typed: TemplateForm) -> Template:
    """Raises Invalid, with everything that is wrong."""
    faults: list[FieldError] = []
    if not _KEY.fullmatch(typed.key) or typed.key in _TAKEN:
        faults.append(
            FieldError(
                "key", "invalid_format", "Give it a name of small letters, digits and hyphens, such as dsar-initial."
            )
        )
    try:
        draft = _body(typed).template(typed.key, actor_of(visit.viewer), visit.world.now())
    except (Invalid, TooLarge) as error:
        faults += error.faults
    if faults:
        raise Invalid("The template cannot be used.", *faults)
    return draft


def _body(typed: TemplateForm) -> TemplateBody:
    variables = [{"name": name, "required": required, "example": given} for name, required, given in typed.variables]
    given = {
        "category": typed.category,
        "language": typed.language,
        "channels": [one for one in TEMPLATED if one in typed.channels],
        "subject": typed.subject or None,
        "body": typed.body,
        "variables": variables,
    }
    return validate(TemplateBody, given)


def _must_be_the_latest(visit: PageRequest, draft: Template, version: int, *, new: bool) -> None:
    """Nobody's new version is overlooked. Raises Invalid, PreconditionFailed."""
    before = latest_version(visit.world, visit.viewer, draft.key, draft.language)
    if new and before:
        raise Invalid(
            "", FieldError("key", "taken", "There is a template of this name in this language: change that one.")
        )
    if before and version and before.version != version:
        raise PreconditionFailed(
            f"{before.created_by.name} saved version {before.version} while you were writing. "
            "It stands below. Save once more to put yours after it; theirs stays among the versions."
        )


def _form(
    visit: PageRequest,
    typed: TemplateForm,
    error: CallerError | None = None,
    *,
    new: bool,
    shown: Sequence[ChannelPreview] = (),
) -> PageResponse:
    path = f"{PATH}/new" if new else f"{PATH}/{typed.key}/edit"
    present = typed
    if isinstance(error, PreconditionFailed) or takes(visit):
        latest = latest_version(visit.world, visit.viewer, typed.key, typed.language)
        present = TemplateForm.of(latest) if latest else typed
        typed = replace(typed, version=present.version)
    merged = merge(visit, error, typed.written, present.written, _LABELS, _words)
    typed = replace(typed, **merged.values)
    new_variables = error.names if isinstance(error, NewVariables) else {}
    faults = faults_of(error, _LABELS) if error and not new_variables else NONE
    unreadable = ""
    if not new and not shown and error is None:
        shown, unreadable = example(visit, read_template(visit.world, visit.viewer, typed.key, typed.language, None))
    return page(
        "message_templates/editor.html",
        status=422 if error else 200,
        title="New template" if new else f"Change {humanize_code(typed.key)}",
        new=new,
        typed=typed,
        rows=[*typed.variables, *(("", True, "") for _ in range(_SPARE_ROWS))][:_MOST_ROWS],
        faults=faults,
        new_variables=new_variables,
        languages=language_options(visit.organisation, typed.language, empty=False),
        channels=[(one.value, one.spec.label) for one in TEMPLATED],
        categories=category_options(visit.organisation, template_categories(visit), typed.category),
        offered=offered_variables((name, given) for name, _, given in typed.variables),
        lines=typed.body.split("\n"),
        meanwhile=merged.changes,
        began=merged.began,
        hint=_HINT,
        path=path,
        back=PATH if new else f"{PATH}/{typed.key}",
        previews=shown,
        unreadable=unreadable,
        pictures=True,
    )
