"""The correspondence of a party: its list, and a new one: its type, then the form of that type beside the letter that it makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.content import ContentField, FieldKind, Typed, content_of, fields_of, labels_of, typed_in, typed_of
from console.forms.errors import NONE, Faults, faults_of
from console.forms.meanwhile import takes
from console.forms.outcome import outcome
from console.forms.parsing import digest, once
from console.lists.pagination import PAGE, pager
from console.lists.subject_choice import subject_choices
from console.pages.parties.head import PATH, may_correspond, offered_types, party_head
from console.presenters.correspondence import correspondence_line, correspondence_path
from console.presenters.letter import LetterSheets, letter_sheets
from letterbook.domain.access import Permission
from letterbook.domain.correspondence import (
    Attaches,
    CorrespondenceDraft,
    CorrespondenceFilters,
    CorrespondenceType,
    parse_number,
)
from letterbook.domain.errors import CallerError, FieldError, Forbidden, Invalid, NotFound, TooLarge, Unavailable
from letterbook.domain.letter import TypesettingFailed
from letterbook.domain.party import Party
from letterbook.use_cases.accounts.profile import read_profile
from letterbook.use_cases.correspondence.create import create_correspondence
from letterbook.use_cases.correspondence.show_letter import show_draft
from letterbook.use_cases.reading.correspondence import list_correspondence, read_correspondence
from letterbook.use_cases.support.access import NOT_YOURS, visible_party

_ALL = f"{PATH}/{{party_id}}/correspondence"
_NEW = f"{_ALL}/new"
_LOOK = "look"
_NOT_NOW = "It cannot be shown at the moment. It can be saved all the same."
_LACKS = ("required", "too_few", "missing_variable")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """The letter as it would be made now, where it can; the number that it would get; and what it lacks."""

    letter: LetterSheets
    number: str = ""


@pages.get(_ALL)
def index(visit: PageRequest, party_id: str) -> PageResponse:
    found = read_profile(visit.world, visit.viewer, party_id)
    turning = pager(visit, f"{PATH}/{party_id}/correspondence")
    filters = CorrespondenceFilters(party_id=party_id)
    listed = list_correspondence(visit.world, visit.viewer, filters, limit=PAGE, after=turning.after)
    return page(
        "parties/correspondence.html",
        **party_head(visit, found.party, found.preferences, "/correspondence"),
        lines=[correspondence_line(one, visit.clock) for one in listed.items],
        newer=turning.newer,
        older=turning.older(listed.after),
    )


@pages.get(_NEW)
def choose(visit: PageRequest, party_id: str) -> PageResponse:
    """The types that are offered; the menu of the party's page leads past it."""
    party = _written_to(visit, party_id)
    path = f"{PATH}/{party_id}"
    return page(
        "correspondence/choose_type.html",
        title="New correspondence",
        party=party,
        types=[
            {"href": f"{path}/correspondence/new/{one.key}", "name": one.name, "told": _asks(one)}
            for one in offered_types(visit)
        ]
        if party.account_number
        else [],
        back=path,
        numbered=bool(party.account_number),
        changes=visit.viewer.changes_party(party_id) and visit.viewer.may(Permission.RECORDS),
    )


@pages.get(f"{_NEW}/{{key}}")
def write(visit: PageRequest, party_id: str, key: str) -> PageResponse:
    """`like` is the number of one whose content it begins with."""
    party, type_ = _written_to(visit, party_id), _offered(visit, key)
    fields = fields_of(type_.fields)
    return _form(visit, party, type_, typed_of(fields, _content_of(visit, type_)))


@pages.post(f"{_NEW}/{{key}}", form=True)
def create(visit: PageRequest, party_id: str, key: str) -> PageResponse:
    party, type_ = _written_to(visit, party_id), _offered(visit, key)
    typed = typed_in(visit, fields_of(type_.fields))
    if takes(visit) or visit.field("do") == _LOOK:
        return _form(visit, party, type_, typed)

    def save() -> PageResponse:
        draft = _draft(party, type_, typed)
        made, _ = create_correspondence(
            visit.world, visit.viewer, draft, visit.key(f"correspondence/{party_id}/{key}", digest(draft.content))
        )
        return redirect(correspondence_path(made), f"{made.number} was saved. Its PDF is being made.")

    return outcome(save, lambda error: _form(visit, party, type_, typed, error))


def _written_to(visit: PageRequest, party_id: str) -> Party:
    """Raises NotFound for one that is not seen, Forbidden for one that is seen through a case only."""
    visit.viewer.require(Permission.SEND)
    party = visible_party(visit.world, visit.viewer, party_id)
    if not may_correspond(visit, party):
        raise Forbidden(NOT_YOURS)
    return party


def _offered(visit: PageRequest, key: str) -> CorrespondenceType:
    found = next((one for one in offered_types(visit) if one.key == key), None)
    if found is None:
        raise NotFound("There is no such type of correspondence, or it is not offered any more.")
    return found


def _content_of(visit: PageRequest, type_: CorrespondenceType) -> dict[str, Any]:
    like = parse_number(visit.parameter("like"))
    if like is None:
        return {}
    account, number = visit.parameter("like").strip().rsplit("/", 1)
    try:
        found = read_correspondence(visit.world, visit.viewer, account, number)
    except NotFound:
        return {}
    return dict(found.content) if found.type.key == type_.key else {}


def _draft(party: Party, type_: CorrespondenceType, typed: Typed) -> CorrespondenceDraft:
    return CorrespondenceDraft(
        type=type_.key, party_id=party.id, content=content_of(fields_of(type_.fields), typed), regarding=()
    )


def _form(
    visit: PageRequest, party: Party, type_: CorrespondenceType, typed: Typed, error: CallerError | None = None
) -> PageResponse:
    fields = fields_of(type_.fields)
    looked = _look(visit, fields, _draft(party, type_, typed))
    without = type_.attaches is Attaches.SUBJECT_DOCUMENTS
    back = f"{PATH}/{party.id}"
    return page(
        "correspondence/form.html",
        status=error.status if error else 200,
        pictures=True,
        title=type_.name,
        party=party,
        fields=fields,
        typed=typed,
        things=subject_choices(visit, party.id, (one.subjects for one in fields if one.subjects), documents=without),
        faults=_faults(error, fields),
        letter=looked.letter,
        number=looked.number,
        without_letter=without,
        once=once(visit),
        path=f"{back}/correspondence/new/{type_.key}",
        others=f"{back}/correspondence/new",
        back=back,
    )


def _look(visit: PageRequest, fields: Sequence[ContentField], draft: CorrespondenceDraft) -> _Look:
    """While somebody writes, what is not filled in yet is no fault: it is named where the letter will be."""
    try:
        shown = show_draft(visit.world, visit.viewer, draft)
    except (Invalid, TooLarge) as error:
        return _Look(letter=LetterSheets(told=_untold(error, fields)))
    except TypesettingFailed as failed:
        return _Look(letter=LetterSheets(told=f"No letter can be made of it: {failed}"))
    except Unavailable:
        return _Look(letter=LetterSheets(told=_NOT_NOW, later=True))
    return _Look(letter=letter_sheets(shown.number, shown.pages, shown.text), number=shown.number)


def _untold(error: CallerError, fields: Sequence[ContentField]) -> str:
    labels = labels_of(fields)
    lacking = [labels[one.field] for one in error.faults if one.code in _LACKS and one.field in labels]
    if lacking and len(lacking) == len(error.faults):
        return f"It is shown here once these are filled in: {', '.join(dict.fromkeys(lacking))}."
    return " ".join(dict.fromkeys(one.message for one in error.faults)) or error.detail


def _faults(error: CallerError | None, fields: Sequence[ContentField]) -> Faults:
    if error is None:
        return NONE
    labels = labels_of(fields)
    places = {one.field: _place(one, labels) for one in error.faults}
    return faults_of(error, labels, places)


def _place(fault: FieldError, labels: dict[str, str]) -> str:
    """The field of the form that it is about: what is wrong with one of those that were ticked is told of all of them."""
    name = ".".join(fault.field.split(".")[:2])
    return name if name in labels else ""


def _asks(type_: CorrespondenceType) -> str:
    """What its form asks for, in a line."""
    return ", ".join(one.label for one in fields_of(type_.fields) if one.kind is not FieldKind.TICK)
