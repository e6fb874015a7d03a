"""Quick send: what can go without a form goes by one press, and can be undone; what lacks something leads to its form."""

import json
import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from console.app.routing import PageRequest, PageResponse, page, pages
from console.forms.outcome import outcome
from console.forms.values import link_of, number
from console.lists.choose_party import choose_party
from console.pages.compose import view
from console.pages.compose.beside import SEND_WITHOUT, missing_attachment, with_question
from console.pages.compose.form import ComposeForm, pinned_to
from console.pages.compose.pages import PATH, compose_page, done, must_have_what_it_speaks_of, preview_to_ask
from console.presenters.compose import SendVerdict, send_verdict
from letterbook.domain.access import Permission
from letterbook.domain.channels import SENDABLE, Channel, sendable_like
from letterbook.domain.communication import RecipientRole
from letterbook.domain.errors import CallerError, Invalid
from letterbook.domain.ids import Kind, is_id
from letterbook.use_cases.messages.addressee import read_addressee
from letterbook.use_cases.messages.compose import compose

QUICK = f"{PATH}/quick"
# Each of a page is looked at by the code that sends it, and all at once.
_MOST = 8


@pages.get(QUICK)
def index(visit: PageRequest) -> PageResponse:
    """The templates for somebody, by one channel: what would become of each, and a button for those that could go.

    `from`: how many stand on the pages before.
    """
    visit.viewer.require(Permission.SEND)
    link = link_of(visit)
    if not link.party_id:
        return choose_party(visit, "Quick send")
    addressee = read_addressee(visit.world, visit.viewer, link.party_id)
    party, case_id = addressee.party, link.case_id or ""
    channel = sendable_like(visit.parameter("channel") or addressee.preferences.preferred or "")
    form = ComposeForm(party_id=party.id, case_id=case_id, channel=channel)
    offered = view.templates(visit, form, party)
    groups = view.by_category(offered, party)
    every = [key for _, group in groups for key, _ in group]
    first = _first(visit, len(every))
    keys = every[first : first + _MOST]
    forms = {one.key: form.with_template(one.key, pinned_to(one.key, one.language, one.version)) for one in offered}
    with ThreadPoolExecutor(_MOST) as pool:
        verdicts = dict(zip(keys, pool.map(lambda key: _verdict(visit, forms[key]), keys), strict=True))
    before, after = max(0, first - _MOST), first + _MOST
    return page(
        "compose/quick.html",
        title=f"Quick send to {party.name}",
        party=party,
        case_id=case_id,
        channel=channel,
        ways=[(one, _address(QUICK, party.id, case_id, one)) for one in SENDABLE],
        groups=[(name, _lines(group, verdicts, forms)) for name, group in groups],
        told=f"Templates {first + 1} to {first + len(keys)} of {len(every)}" if len(every) > _MOST else "",
        before=_address(QUICK, party.id, case_id, channel, first=before) if first else "",
        after=_address(QUICK, party.id, case_id, channel, first=after) if after < len(every) else "",
        seconds=int(visit.organisation.undo_time(quick=True).total_seconds()),
        path=QUICK,
        form=_address(PATH, party.id, case_id, channel),
    )


@pages.post(QUICK)
def send(visit: PageRequest) -> PageResponse:
    """Sends a template in the language and version that the page showed. What lacks something, or is refused, is shown in its form
    with what is wrong.
    """
    visit.viewer.require(Permission.SEND)
    party_id, channel = visit.field("party_id"), visit.field("channel")
    if not is_id(Kind.PARTY, party_id) or channel not in SENDABLE:
        return choose_party(visit, "Quick send", Invalid("Choose whom it is for."))
    form = ComposeForm(party_id=party_id, case_id=visit.field("case_id"), channel=Channel(channel))
    form = form.with_template(visit.field("template"), visit.field("pinned"))
    looked = preview_to_ask(visit, form)

    def save() -> PageResponse:
        message = form.message(visit.organisation.zone)
        digest = json.dumps(form.to_body(visit.organisation.zone), sort_keys=True)
        must_have_what_it_speaks_of(visit, form, looked)
        key = visit.key("compose/quick", digest)
        undo = visit.organisation.undo_time(quick=True)
        return done(compose(visit.world, visit.viewer, message, key, undo=undo)[0])

    return outcome(save, lambda error: compose_page(visit, form, error=error, looked=looked), (CallerError,))


def _first(visit: PageRequest, every: int) -> int:
    """How many templates stand before the page; none, where that is no number of theirs."""
    first = number(visit.parameter("from"))
    return first if isinstance(first, int) and 0 <= first < every else 0


def _verdict(visit: PageRequest, form: ComposeForm) -> SendVerdict | None:
    looked = view.run_preview(visit, form)
    prepared = looked.prepared
    if prepared is None:
        return None
    to = [one.address for one in prepared.recipients if one.role is RecipientRole.TO]
    verdict = send_verdict(prepared.ruling, looked.faults, prepared.message.channel, form.channel, to, visit.clock)
    return with_question(verdict, missing_attachment(visit, form, prepared))


def _lines(
    group: Sequence[tuple[str, str]], verdicts: Mapping[str, SendVerdict | None], forms: Mapping[str, ComposeForm]
) -> list[dict[str, Any]]:
    """Of those that were looked at. Only what would go, and lacks nothing, has a button."""
    lines = []
    for key, words in group:
        if key not in verdicts:
            continue
        verdict, form = verdicts[key], forms[key]
        ready = verdict is not None and bool(verdict.send) and not verdict.troubles and verdict.order != SEND_WITHOUT
        lines.append(
            {
                "key": key,
                "pinned": form.pinned,
                "once": secrets.token_urlsafe(16),
                "words": words,
                "ready": ready,
                "group": verdict.group if verdict else "manual",
                "icon": verdict.icon if verdict else "i-warn",
                "told": _told(verdict),
                "fills": bool(verdict and verdict.troubles),
                "href": _address(PATH, form.party_id, form.case_id, form.channel, key),
            }
        )
    return lines


def _told(verdict: SendVerdict | None) -> str:
    if verdict is None:
        return "Not ready: see in the form what is wrong."
    if verdict.troubles:
        return " ".join(one.words for one in verdict.troubles)
    return f"{verdict.lead}{verdict.text}" if verdict.send else f"{verdict.lead}{verdict.text} {verdict.why}".strip()


def _address(path: str, party_id: str, case_id: str, channel: Channel, template: str = "", first: int = 0) -> str:
    given = {"party_id": party_id, "case_id": case_id, "channel": channel, "template": template, "from": first}
    return f"{path}?{urlencode({name: value for name, value in given.items() if value})}"
