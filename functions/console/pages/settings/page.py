"""The firm's settings, for who may change them. Who saves after somebody else is shown what the other saved."""

from pydantic import ValidationError

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.errors import NONE, Faults, faults_of
from console.forms.parsing import version_of
from console.pages.settings.form import (
    DAYS,
    LABELS,
    QUIET,
    SENDING,
    Typed,
    body_of,
    differing,
    of_form,
    of_settings,
    place_of,
)
from letterbook.contracts.settings import SettingsBody
from letterbook.domain.access import Permission
from letterbook.domain.errors import CallerError, Invalid, PreconditionFailed
from letterbook.http.problems import from_validation_error
from letterbook.use_cases.admin.settings import read_settings, update_settings

PATH = "/settings"


@pages.get(PATH)
def show(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.SETTINGS)
    present = read_settings(visit.world, visit.viewer)
    return _form(visit, of_settings(present), present.version)


@pages.post(PATH)
def save(visit: PageRequest) -> PageResponse:
    visit.viewer.require(Permission.SETTINGS)
    typed = of_form(visit)
    version = version_of(visit) or 0
    try:
        saved = update_settings(visit.world, visit.viewer, version, body_of(typed, SettingsBody).applied)
    except ValidationError as error:
        return _form(visit, typed, version, from_validation_error(error))
    except Invalid as error:
        return _form(visit, typed, version, error)
    except PreconditionFailed:
        return _overtaken(visit, typed)
    return redirect(PATH, f"Saved as version {saved.version}. It is in force everywhere within a minute.")


def _overtaken(visit: PageRequest, typed: Typed) -> PageResponse:
    """Both are kept: theirs is saved, and stands beside each field where it is another; one's own is still in the form."""
    present = read_settings(visit.world, visit.viewer)
    meanwhile = differing(typed, of_settings(present))
    told = (
        "Somebody else saved the settings while you were changing them. What they saved stands beside each field that differs. "
        "Save once more to put yours in its place."
    )
    faults = Faults(summary=((told, ""), *((f"{LABELS[name]}: now {words}", "") for name, words in meanwhile.items())))
    return _form(visit, typed, present.version, faults=faults, meanwhile=dict(meanwhile), status=412)


def _form(
    visit: PageRequest,
    typed: Typed,
    version: int,
    error: CallerError | None = None,
    *,
    faults: Faults = NONE,
    meanwhile: dict[str, str] | None = None,
    status: int = 200,
) -> PageResponse:
    present = visit.world.library.organisation()
    return page(
        "settings.html",
        status=422 if error else status,
        title="Settings",
        typed=typed,
        version=version,
        faults=faults_of(error, LABELS, _places(error, typed)) if error else faults,
        meanwhile=meanwhile or {},
        days=list(DAYS.items()),
        quiet=list(QUIET.items()),
        sending=SENDING,
        carriers=_carriers(visit),
        saved=visit.clock.moment(present.updated_at) if present.updated_at and present.version == version else None,
        path=PATH,
    )


def _places(error: CallerError, typed: Typed) -> dict[str, str]:
    return {one.field: place_of(one.field, typed) for one in error.faults}


def _carriers(visit: PageRequest) -> dict[str, str]:
    """The providers that there are, by channel."""
    providers = visit.world.providers
    return {channel: ", ".join(one.name for one in providers.routes(channel)) for channel in providers.channels}
