"""What is done with a correspondence in one step, and the pages that ask first: delivered, posted, voided, made again."""

from collections.abc import Callable
from typing import Any

from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms import postal
from console.forms.errors import NONE, Faults, faults_of
from console.forms.outcome import outcome
from console.forms.parsing import digest, form_values, once, parse, version_of, without_empty
from console.lists.choices import country_options
from console.pages.correspondence.detail import ONE, correspondence_to_change
from console.presenters.correspondence import correspondence_path, type_name
from console.presenters.post import post_words, wish_options
from letterbook.contracts.correspondence import DeliverCorrespondenceBody, PostCorrespondenceBody, VoidBody
from letterbook.domain.correspondence import POSTED_BY, Correspondence
from letterbook.domain.errors import CallerError, Invalid, TooLarge
from letterbook.ports import IdempotencyKey
from letterbook.use_cases.correspondence.deliver import deliver_correspondence
from letterbook.use_cases.correspondence.recreate import recreate_correspondence
from letterbook.use_cases.correspondence.send import (
    PostRequest,
    email_correspondence,
    post_correspondence,
    posted_by,
)
from letterbook.use_cases.correspondence.void import void_correspondence
from letterbook.use_cases.support.access import visible_party

_LABELS = {**postal.LABELS, **postal.WISH_LABELS, "reason": "Reason", "details": "Details"}
# What brings the form back; what is not possible any more shows the correspondence as it is by now.
_IN_THE_FORM = (Invalid, TooLarge)


@pages.post(f"{ONE}/quick-email")
def quick_email(visit: PageRequest, account: str, number: str) -> PageResponse:
    """By one press to whom its page named; pressed again, it has gone already."""
    one = correspondence_to_change(visit, account, number)
    email_correspondence(
        visit.world, visit.viewer, account, number, key=key_of(visit, one, "email", ""), version=version_of(visit)
    )
    return redirect(correspondence_path(one), "The email is on its way.")


@pages.post(f"{ONE}/recreate")
def recreate(visit: PageRequest, account: str, number: str) -> PageResponse:
    one = correspondence_to_change(visit, account, number)
    recreate_correspondence(
        visit.world, visit.viewer, account, number, key=key_of(visit, one, "recreate", ""), version=version_of(visit)
    )
    told = "A new version of its PDF is being made. What was sent stays as it was."
    return redirect(correspondence_path(one), told)


@pages.get(f"{ONE}/deliver")
def ask_deliver(visit: PageRequest, account: str, number: str) -> PageResponse:
    one = correspondence_to_change(visit, account, number)
    one.must_be_made()
    return _ask_deliver(visit, one, {})


@pages.post(f"{ONE}/deliver", form=True)
def deliver(visit: PageRequest, account: str, number: str) -> PageResponse:
    one = correspondence_to_change(visit, account, number)
    typed = form_values(visit, "reason", "details")

    def save() -> PageResponse:
        body = parse(DeliverCorrespondenceBody, typed)
        deliver_correspondence(
            visit.world, visit.viewer, account, number,
            reason=body.reason, details=body.details, version=version_of(visit),
        )  # fmt: skip
        return redirect(correspondence_path(one), "Recorded as delivered. What was to do about its invoices is done.")

    return _kept(visit, save, lambda error: _ask_deliver(visit, one, typed, error))


@pages.get(f"{ONE}/post")
def ask_post(visit: PageRequest, account: str, number: str) -> PageResponse:
    one = correspondence_to_change(visit, account, number)
    one.must_be_made()
    return _ask_post(visit, one, {}, address=_own_address(visit, one))


@pages.post(f"{ONE}/post", form=True)
def post(visit: PageRequest, account: str, number: str) -> PageResponse:
    one = correspondence_to_change(visit, account, number)
    typed, address, wish = (
        form_values(visit, "reason", "details"),
        postal.typed_address(visit),
        postal.typed_wish(visit),
    )

    def save() -> PageResponse:
        said = {"address": address.asked, "post": postal.wish_given(wish), "audit": audit_of(typed)}
        asked = PostRequest(**parse(PostCorrespondenceBody, said).asked)
        key = key_of(visit, one, "post", digest(said))
        post_correspondence(visit.world, visit.viewer, account, number, asked, key=key, version=version_of(visit))
        return redirect(correspondence_path(one), _POSTED[posted_by(visit.world) is POSTED_BY])

    return _kept(visit, save, lambda error: _ask_post(visit, one, typed, error, address=address, wish=wish))


@pages.get(f"{ONE}/void")
def ask_void(visit: PageRequest, account: str, number: str) -> PageResponse:
    one = correspondence_to_change(visit, account, number)
    one.must_not_be_void()
    return _ask_void(visit, one, {})


@pages.post(f"{ONE}/void", form=True)
def void(visit: PageRequest, account: str, number: str) -> PageResponse:
    one = correspondence_to_change(visit, account, number)
    typed = form_values(visit, "reason")

    def save() -> PageResponse:
        body = parse(VoidBody, typed)
        void_correspondence(visit.world, visit.viewer, account, number, reason=body.reason, version=version_of(visit))
        return redirect(correspondence_path(one), f"{one.number} is void.")

    return _kept(visit, save, lambda error: _ask_void(visit, one, typed, error))


_POSTED = {
    True: "It goes by post.",
    False: "It is to be printed and posted: that stands under Work, to be done by hand.",
}


def key_of(visit: PageRequest, one: Correspondence, verb: str, what: str) -> IdempotencyKey | None:
    return visit.key(f"correspondence/{one.number}/{verb}", what)


def audit_of(typed: dict[str, str]) -> dict[str, str] | None:
    """Why it is sent, as the contract takes it; None where nobody said."""
    return without_empty({name: typed[name] for name in ("reason", "details")}) or None


def _own_address(visit: PageRequest, one: Correspondence) -> postal.TypedAddress:
    party = visible_party(visit.world, visit.viewer, one.party.id)
    return postal.address_of(party.address, party.postal_address)


def _kept(
    visit: PageRequest, save: Callable[[], PageResponse], again: Callable[[CallerError], PageResponse]
) -> PageResponse:
    if visit.field("take"):
        return again(Invalid(""))
    return outcome(save, again, _IN_THE_FORM)


def _ask_deliver(
    visit: PageRequest, one: Correspondence, typed: dict[str, str], error: CallerError | None = None
) -> PageResponse:
    return _ask(
        visit, one, "deliver", typed, error,
        title=f"Deliver {one.number}",
        text="For what was posted, handed over or sent outside Letterbook. Open to-dos about the invoices and payments that it is "
        "about are done by this.",
        button="Deliver correspondence",
        fields=(("reason", "line", "handed over, posted, sent by courier…"), ("details", "area", "")),
    )  # fmt: skip


def _ask_post(
    visit: PageRequest,
    one: Correspondence,
    typed: dict[str, str],
    error: CallerError | None = None,
    *,
    address: postal.TypedAddress,
    wish: dict[str, str] | None = None,
) -> PageResponse:
    by_hand, usual = posted_by(visit.world) is not POSTED_BY, visit.organisation.post
    return _ask(
        visit, one, "post", typed, error,
        title=f"Post {one.number}",
        text="Somebody prints the PDF and posts it: it stands under Work, to be done by hand, until that is recorded."
        if by_hand
        else f"It is printed and posted as it is. Unless you choose otherwise, it goes as {post_words(usual)}",
        button="Post correspondence",
        typed_address=address.flat(),
        countries=[("", "Where they are"), *country_options(visit.organisation.country, address.parts.get("country", ""))],
        wish=None if by_hand else wish or {},
        options=wish_options(usual),
        fields=(("reason", "line", "why it goes by post; kept with it"), ("details", "area", "")),
    )  # fmt: skip


def _ask_void(
    visit: PageRequest, one: Correspondence, typed: dict[str, str], error: CallerError | None = None
) -> PageResponse:
    sent = "What was sent of it stays sent; what has not gone yet is cancelled. " if one.sendings else ""
    return _ask(
        visit, one, "void", typed, error,
        title=f"Void {one.number}?",
        text=f"{sent}It cannot be sent any more, and that cannot be undone. It keeps its number, which is not given again.",
        button="Void it",
        fields=(("reason", "line", "the wrong type, the wrong invoices…"),),
    )  # fmt: skip


def _ask(
    visit: PageRequest,
    one: Correspondence,
    verb: str,
    typed: dict[str, str],
    error: CallerError | None,
    **said: Any,
) -> PageResponse:
    faults: Faults = (
        faults_of(error, _LABELS, {"audit.reason": "reason", "audit.details": "details"}) if error else NONE
    )
    return page(
        "correspondence/ask.html",
        status=error.status if error and error.detail else 200,
        one=one,
        type=type_name(one),
        verb=verb,
        typed=typed,
        labels=_LABELS,
        faults=faults if error and (error.detail or error.faults) else NONE,
        version=visit.field("version") or one.version,
        once=once(visit),
        path=correspondence_path(one),
        **said,
    )
