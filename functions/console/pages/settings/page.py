"""The firm's settings, for who may change them. Who saves after somebody else is shown what the other saved."""

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.errors import NONE, Faults, faults_of
from console.forms.meanwhile import Merge, merge, takes
from console.forms.outcome import outcome
from console.forms.parsing import version_of
from console.lists.choices import (
    category_options,
    country_options,
    language_options,
    payment_options,
    subdivision_options,
    template_categories,
    time_zones,
)
from console.pages.settings.form import (
    DAYS,
    LABELS,
    QUIET,
    SECTIONS,
    SENDING,
    WAYS,
    SettingsForm,
    body_of,
    of_form,
    of_settings,
    place_of,
    settings_words,
    words_for,
)
from console.presenters.post import wish_options
from letterbook.domain.access import Permission
from letterbook.domain.errors import CallerError, PreconditionFailed
from letterbook.domain.organisation import Organisation
from letterbook.use_cases.admin.organisation import provider_labels
from letterbook.use_cases.admin.settings import read_settings, update_settings

PATH = "/settings"


@pages.get(PATH)
def show(visit: PageRequest) -> PageResponse:
    visit.viewer.require_any(Permission.SETTINGS, Permission.READ_AUDIT)
    present = read_settings(visit.world, visit.viewer)
    if not visit.viewer.may(Permission.SETTINGS):
        return _read_only(visit, present)
    return _form(visit, of_settings(present, visit.clock), present.version, present=present)


@pages.post(PATH, form=True)
def save(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.SETTINGS)
    typed = of_form(visit)
    version = version_of(visit) or 0
    if takes(visit):
        return _conflict_form(visit, typed)

    def save_settings() -> PageResponse:
        saved = update_settings(visit.world, visit.viewer, version, body_of(typed, visit.clock).applied)
        return redirect(PATH, f"Saved as version {saved.version}. It is in force everywhere within a minute.")

    def again(error: CallerError) -> PageResponse:
        overtaken = isinstance(error, PreconditionFailed)
        return _conflict_form(visit, typed, error) if overtaken else _form(visit, typed, version, error)

    return outcome(save_settings, again)


def _read_only(visit: PageRequest, present: Organisation) -> PageResponse:
    called = provider_labels(visit.world)
    return page(
        "settings/read_only.html",
        title="Settings",
        sections=[(title, settings_words(present, visit.clock, names, called)) for title, names in SECTIONS.items()],
        version=present.version,
        saved=visit.clock.full(present.updated_at) if present.updated_at else None,
    )


def _conflict_form(visit: PageRequest, typed: SettingsForm, error: CallerError | None = None) -> PageResponse:
    """Both are kept: theirs is saved, and stands in a table with a button for each field; one's own is still in the form."""
    present = read_settings(visit.world, visit.viewer)
    merged = merge(visit, error, typed, of_settings(present, visit.clock), LABELS, words_for)
    told = (
        "Somebody else saved the settings while you were changing them. What they saved stands below; what only they changed is in "
        "the form by now. Save once more to put yours in the place of the rest, or take theirs."
    )
    faults = Faults(summary=((told, ""),)) if error else NONE
    status = error.status if error else 200
    return _form(visit, merged.values, present.version, faults=faults, status=status, present=present, merged=merged)


def _form(
    visit: PageRequest,
    typed: SettingsForm,
    version: int,
    error: CallerError | None = None,
    *,
    faults: Faults = NONE,
    status: int = 200,
    present: Organisation | None = None,
    merged: Merge | None = None,
) -> PageResponse:
    present = present or visit.organisation
    merged = merged or merge(visit, None, typed, typed, LABELS, words_for)
    return page(
        "settings/form.html",
        status=422 if error else status,
        title="Settings",
        typed=typed,
        version=version,
        faults=faults_of(error, LABELS, _places(error, typed)) if error else faults,
        meanwhile=merged.changes,
        began=merged.began,
        post_options=wish_options(None),
        days=list(DAYS.items()),
        quiet=list(QUIET.items()),
        sending=SENDING,
        ways=WAYS,
        languages=language_options(visit.organisation, *typed["languages"]),
        zones=[(one, one) for one in time_zones(typed["time_zone"])],
        countries=country_options(present.country, typed["country"]),
        subdivisions=subdivision_options(typed["country"], typed["subdivision"]),
        payments=payment_options(present),
        categories=category_options(present, template_categories(visit)),
        example_day=visit.clock.whole_date(visit.clock.today.replace(month=12, day=24)),
        saved=visit.clock.moment(present.updated_at) if present.updated_at and present.version == version else None,
        path=PATH,
    )


def _places(error: CallerError, typed: SettingsForm) -> dict[str, str]:
    return {one.field: place_of(one.field, typed) for one in error.faults}
