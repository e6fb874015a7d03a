"""One correspondence: how it stands, its letter, its versions, what carried it, what it is about, what happened to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms.content import content_words, fields_of
from console.forms.parsing import once
from console.forms.values import first, query_of
from console.presenters.activity import activity_lines
from console.presenters.correspondence import (
    BADGES,
    acts,
    carrier_lines,
    correspondence_path,
    pace,
    standing_words,
    told_words,
    type_name,
    version_lines,
)
from console.presenters.labels import heading
from console.presenters.letter import LetterSheets, letter_sheets
from console.presenters.policy_trace import DecisionBanner, decision_banner
from console.presenters.subjects import subject_path
from letterbook.contracts.queries import VersionQuery
from letterbook.contracts.references import RegardingView
from letterbook.domain.access import Permission
from letterbook.domain.communication import Entry, RecipientRole
from letterbook.domain.correspondence import EMAILED_BY, Attaches, Correspondence, CorrespondenceStatus
from letterbook.domain.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge, Unavailable
from letterbook.domain.letter import TypesettingFailed
from letterbook.ports import ActivityItem
from letterbook.use_cases.admin.organisation import provider_labels
from letterbook.use_cases.correspondence.send import emailed_already, preview_email
from letterbook.use_cases.correspondence.show_letter import show_version
from letterbook.use_cases.correspondence.types import read_type
from letterbook.use_cases.messages.prepare import Prepared
from letterbook.use_cases.reading.correspondence import (
    CorrespondenceDetail,
    history_of,
    pdf_link,
    read_correspondence,
    read_detail,
)
from letterbook.use_cases.reading.current_entries import current_entries
from letterbook.use_cases.support.access import NOT_YOURS

ONE = "/correspondence/{account}/{number}"
# The pages of a letter stand in a frame that runs nothing and loads nothing but our sheet.
_POLICY = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'self'"
_NOT_SHOWN = "Its pages cannot be shown at the moment. Download the PDF to see them."


class _FrameQuery(VersionQuery):
    """`again`: it was asked for before, and could not be shown."""

    again: Annotated[bool, first] = False


@pages.get(ONE)
def show(visit: PageRequest, account: str, number: str) -> PageResponse:
    """Under the number that it bears: another one that leads to it leads on."""
    found = read_detail(visit.world, visit.viewer, account, number)
    one = found.correspondence
    path = correspondence_path(one)
    if one.number != f"{account}/{number}":
        return redirect(path)
    entries = current_entries(visit.world, visit.viewer, found.communications)
    email = email_offer(visit, one)
    return page(
        "correspondence/detail.html",
        title=f"{one.number}: {type_name(one)}",
        one=one,
        type=type_name(one),
        badge=BADGES[one.status],
        said=standing_words(one, {entry.id: entry for entry in entries}, visit.clock),
        email=email,
        acts=acts(one, writes=writes_to(visit, one)),
        anew=_anew(visit, found),
        without_letter=found.type.attaches is Attaches.SUBJECT_DOCUMENTS,
        facts=_facts(found, visit),
        regarded=_regarded(found),
        lacking=[RegardingView.of(each).label or each.id for each in found.without_document],
        versions=version_lines(one, visit.clock),
        carriers=carrier_lines(one, entries, visit.clock),
        deeds=_deeds(visit, one, entries),
        pace=pace(one),
        told_words=told_words(one),
        once=once(visit),
        path=path,
    )


@pages.get(f"{ONE}/pdf")
def download(visit: PageRequest, account: str, number: str) -> PageResponse:
    """Straight from the content store, by an address that is good for minutes."""
    version = query_of(visit, VersionQuery).version
    return redirect(pdf_link(visit.world, visit.viewer, account, number, version))


@pages.get(f"{ONE}/letter")
def letter(visit: PageRequest, account: str, number: str) -> PageResponse:
    """The pages of a version, for the frame on its page, which asks once more where they may come in a moment."""
    asked = query_of(visit, _FrameQuery)
    sheets = _sheets(visit, account, number, asked.version)
    again = (
        f"?{urlencode({'version': asked.version or '', 'again': 'true'})}" if sheets.later and not asked.again else ""
    )
    shown = page("correspondence/letter.html", letter=sheets, again=again)
    return PageResponse(template=shown.template, context=shown.context, policy=_POLICY)


def writes_to(visit: PageRequest, one: Correspondence) -> bool:
    """Whether the viewer may send, change and void it: who may write to its party."""
    return visit.viewer.may(Permission.SEND) and visit.viewer.granted_party(one.party.id)


def correspondence_to_change(visit: PageRequest, account: str, number: str) -> Correspondence:
    """Raises NotFound for one that is not seen, Forbidden for who only reads."""
    visit.viewer.require(Permission.SEND)
    one = read_correspondence(visit.world, visit.viewer, account, number)
    if not writes_to(visit, one):
        raise Forbidden(NOT_YOURS)
    return one


def email_offer(visit: PageRequest, one: Correspondence) -> dict[str, Any] | None:
    """What one press of Email does, to whom; why it does nothing; None where nobody may press it, or nobody need."""
    if not (one.may_be_sent and writes_to(visit, one)) or emailed_already(visit.world, one):
        return None
    account, number = one.number.rsplit("/", 1)
    try:
        prepared = preview_email(visit.world, visit.viewer, account, number)
    except (Conflict, Invalid, TooLarge) as error:
        told = " ".join(dict.fromkeys(fault.message for fault in error.faults)) or error.detail
        return {"goes": False, "text": told}
    banner = banner_of(prepared, visit)
    lacking = " ".join(gap.message for gap in prepared.gaps)
    if lacking or not banner.goes:
        return {"goes": False, "text": lacking or banner.why}
    return {
        "goes": True,
        "text": f"{banner.lead}{banner.text} {banner.why if 'Goes now' not in banner.lead else ''}".strip(),
    }


def banner_of(prepared: Prepared, visit: PageRequest) -> DecisionBanner:
    to = [one.address for one in prepared.recipients if one.role is RecipientRole.TO]
    ruled = prepared.ruling
    return decision_banner(ruled.decision, ruled.refusal, EMAILED_BY, to, visit.clock)


def _sheets(visit: PageRequest, account: str, number: str, version: int | None) -> LetterSheets:
    try:
        shown = show_version(visit.world, visit.viewer, account, number, version)
    except TypesettingFailed:
        return LetterSheets(told=_NOT_SHOWN)
    except Unavailable:
        return LetterSheets(told=_NOT_SHOWN, later=True)
    except Conflict as error:
        return LetterSheets(told=error.detail)
    return letter_sheets(shown.number, shown.pages, shown.text)


def _facts(found: CorrespondenceDetail, visit: PageRequest) -> list[tuple[str, str]]:
    """What its form was filled in with. Things that were ticked stand in a list of their own."""
    one = found.correspondence
    return [
        (field.label, content_words(field, one.content[field.name], visit.clock))
        for field in fields_of(found.type.fields)
        if field.name in one.content and not field.subjects
    ]


def _regarded(found: CorrespondenceDetail) -> list[dict[str, Any]]:
    lacking = {each.key for each in found.without_document}
    party_id = found.correspondence.party.id
    return [
        {
            "label": RegardingView.of(each).label or each.id,
            "href": subject_path(each, party_id),
            "lacks": each.key in lacking,
        }
        for each in found.correspondence.regarding
    ]


def _anew(visit: PageRequest, found: CorrespondenceDetail) -> str:
    """Where one of the same type begins with what this one says, for one that is void."""
    one = found.correspondence
    if one.status is not CorrespondenceStatus.VOID or not writes_to(visit, one):
        return ""
    try:
        offered = read_type(visit.world, visit.viewer, one.type.key).enabled
    except NotFound:
        offered = False
    new = f"/parties/{one.party.id}/correspondence/new"
    return f"{new}/{one.type.key}?like={one.number}" if offered else new


def _deeds(visit: PageRequest, one: Correspondence, entries: Sequence[Entry]) -> list[Any]:
    events = history_of(visit.world, visit.viewer, one)
    # On its own page nobody needs to be told what it is about.
    happened = [ActivityItem(about="", row=replace(event, about=""), place="") for event in events]
    names = {entry.id: heading(entry) for entry in entries}
    return activity_lines(happened, {}, visit.clock, provider_labels(visit.world), names)
