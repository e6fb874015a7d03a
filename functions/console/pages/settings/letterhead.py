"""What the firm's letters bear: a line of the law, a colour, how it is reached, its logo; and a letter with all of it."""

from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.outcome import outcome
from console.forms.parsing import form_faults, form_values, once, standing_version, validate, version_of
from console.pages.compose.uploads import take_files
from console.presenters.letter import LetterSheets, data_address, letter_sheets
from letterbook.contracts.settings import SettingsBody
from letterbook.domain.access import Permission
from letterbook.domain.errors import CallerError, Unavailable
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.organisation import LetterheadSetting
from letterbook.use_cases.admin.letterhead import show_letterhead
from letterbook.use_cases.admin.logo import read_logo
from letterbook.use_cases.admin.settings import read_settings, update_settings

PATH = "/settings/letterhead"
_FIELDS = ("registration", "colour", "phone", "email")
_LABELS = {"logo": "Logo", "registration": "Registration", "colour": "Colour", "phone": "Telephone", "email": "Email"}
_PLACES = {"attachments": "logo", **{f"letterhead.{name}": name for name in _LABELS}}


@pages.get(PATH)
def show(visit: PageRequest) -> PageResponse:
    visit.viewer.require_any(Permission.SETTINGS, Permission.READ_AUDIT)
    return _page(visit)


@pages.post(PATH)
def save(visit: PageRequest) -> PageResponse:
    """The logo that came with the form takes the place of the one before; without one that stays, unless it is taken away."""
    visit.viewer.require(Permission.SETTINGS)
    typed = form_values(visit, *_FIELDS)

    def save_letterhead() -> PageResponse:
        given: dict[str, Any] = dict(typed)
        if visit.field("no_logo"):
            given["logo"] = None
        for document in take_files(visit, "", ""):
            given["logo"] = document.id
        body = validate(SettingsBody, {"letterhead": given})
        saved = update_settings(visit.world, visit.viewer, version_of(visit) or 0, body.applied, body.logo_id)
        return redirect(PATH, f"Saved as version {saved.version}. It is in force everywhere within a minute.")

    return outcome(save_letterhead, lambda error: _page(visit, typed, error))


def _page(visit: PageRequest, typed: dict[str, str] | None = None, error: CallerError | None = None) -> PageResponse:
    organisation = read_settings(visit.world, visit.viewer)
    own = organisation.letterhead
    return page(
        "settings/letterhead.html",
        status=error.status if error else 200,
        pictures=True,
        title="Letterhead",
        typed=typed or {name: getattr(own, name) for name in _FIELDS},
        facts=_facts(own),
        logo=_logo(visit),
        faults=form_faults(error, _LABELS, _PLACES),
        letter=_letter(visit),
        once=once(visit),
        version=standing_version(visit, error, organisation.version),
        path=PATH,
    )


def _facts(own: LetterheadSetting) -> list[tuple[str, str]]:
    """For who may not change it."""
    said = {**{name: getattr(own, name) for name in _FIELDS}, "logo": own.logo.name if own.logo else ""}
    return [(label, said[name] or "None") for name, label in _LABELS.items()]


def _logo(visit: PageRequest) -> dict[str, str] | None:
    """As the page shows it, in which it stands itself: as a picture it can run nothing."""
    found = read_logo(visit.world, visit.viewer)
    if found is None:
        return None
    logo, content = found
    return {"name": logo.name, "address": data_address(logo.media_type, content)}


def _letter(visit: PageRequest) -> LetterSheets:
    """As it is saved: what only stands in the form is not shown yet."""
    try:
        return letter_sheets("the letter", show_letterhead(visit.world, visit.viewer), "")
    except TypesettingFailed as failed:
        return LetterSheets(told=f"No letter can be made with it: {failed}")
    except Unavailable:
        told = "A letter cannot be shown at the moment. The letterhead can be saved all the same."
        return LetterSheets(told=told, later=True)
