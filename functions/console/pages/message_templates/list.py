"""Templates: which there are, what each says, how it came to say that, and how it reads with its own examples."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any

from pydantic import Field

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.outcome import outcome
from console.forms.values import first, query_of
from console.lists.pagination import WHOLE
from console.pages.message_templates.context import PATH, channels_of, example
from console.presenters.diff import differences, other_changes
from console.presenters.labels import humanize_code
from console.presenters.library import LibraryWords, library_words
from letterbook.contracts.queries import TemplateQuery
from letterbook.domain.access import Permission
from letterbook.domain.errors import CallerError, Conflict, Invalid, NotFound, TooLarge
from letterbook.domain.templates import Template
from letterbook.use_cases.admin.library import review_library
from letterbook.use_cases.admin.template_versions import MOST, latest_version, template_versions
from letterbook.use_cases.admin.templates import list_templates, read_template, restore_template


class _Compared(TemplateQuery):
    """A version, and the one that it is compared with."""

    since: Annotated[int, Field(ge=1, le=999_999), first] | None = None


@pages.get(PATH)
def index(visit: PageRequest) -> PageResponse:
    """By category; in each by name."""
    listed = list_templates(visit.world, visit.viewer, limit=WHOLE).items
    in_order = sorted(listed, key=lambda one: (one.category, one.key, one.language))
    shelves = [
        {"category": humanize_code(category), "templates": [_line(one, visit) for one in of_it]}
        for category, of_it in groupby(in_order, key=lambda one: one.category)
    ]
    return page(
        "message_templates/templates_list.html",
        title="Templates",
        shelves=shelves,
        several=len({one.language for one in listed}) > 1,
        library=_library(visit),
        path=PATH,
    )


def _library(visit: PageRequest) -> LibraryWords | None:
    """For who may do something about it."""
    if not visit.viewer.may(Permission.TEMPLATES):
        return None
    return library_words(review_library(visit.world, visit.viewer), PATH)


@pages.get(f"{PATH}/{{key}}")
def show(visit: PageRequest, key: str) -> PageResponse:
    """A version, the latest unless another is asked for, and what was changed in it since the one before or any other."""
    wanted = query_of(visit, _Compared)
    latest = read_template(visit.world, visit.viewer, key, wanted.language, None)
    versions = template_versions(visit.world, visit.viewer, key, latest.language)
    shown = _version(versions, wanted.version, latest)
    before = _version(versions, wanted.since, None) if wanted.since else _before(versions, shown)
    changed = {
        "since": before.version,
        "subject": differences(before.subject, shown.subject),
        "body": differences(before.body, shown.body),
        "else": other_changes(before, shown),
    } if before else None  # fmt: skip
    languages = [
        one.language
        for language in visit.organisation.languages
        if language != shown.language and (one := latest_version(visit.world, visit.viewer, key, language))
    ]
    read, unreadable = example(visit, shown)
    return page(
        "message_templates/detail.html",
        title=humanize_code(key),
        shown=shown,
        channels=channels_of(shown.channels),
        category=humanize_code(shown.category),
        made=visit.clock.moment(shown.created_at),
        versions=[_line(one, visit) for one in versions],
        latest=latest.version == shown.version,
        since=before.version if before else None,
        changed=changed,
        languages=languages,
        older_versions=f"These are the newest {len(versions)} versions." if len(versions) == MOST else "",
        path=f"{PATH}/{key}",
        previews=read,
        unreadable=unreadable,
        pictures=True,
    )


@pages.post(f"{PATH}/{{key}}/restore")
def restore(visit: PageRequest, key: str) -> PageResponse:
    """An old version once more, as the newest. What cannot be used any more is shown, with the reason."""
    wanted = query_of(visit, TemplateQuery)
    if wanted.version is None or wanted.language is None:
        raise NotFound("There is no such version.")
    language, version = wanted.language, wanted.version

    def save() -> PageResponse:
        saved = restore_template(visit.world, visit.viewer, key, language, version)
        return redirect(
            f"{PATH}/{key}?language={language}", f"Version {version} is restored, as version {saved.version}."
        )

    def again(error: CallerError) -> PageResponse:
        raise Conflict(f"Version {version} cannot be used any more: {' '.join(one.message for one in error.faults)}")

    return outcome(save, again, (Invalid, TooLarge))


def _line(template: Template, visit: PageRequest) -> dict[str, Any]:
    return {
        "key": template.key,
        "name": humanize_code(template.key),
        "language": template.language,
        "version": template.version,
        "channels": channels_of(template.channels),
        "subject": template.subject,
        "when": visit.clock.moment(template.created_at),
        "who": template.created_by.name,
        "restored_from": template.restored_from,
    }


def _version(versions: Sequence[Template], wanted: int | None, otherwise: Template | None) -> Template:
    """Raises NotFound."""
    found = next((one for one in versions if one.version == wanted), None) if wanted else otherwise
    if found is None:
        raise NotFound("There is no such version, or it is one of long ago.")
    return found


def _before(versions: Sequence[Template], shown: Template) -> Template | None:
    return next((one for one in versions if one.version == shown.version - 1), None)
