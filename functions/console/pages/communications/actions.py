"""What somebody does to a communication. What cannot be taken back is asked about first, on a page that says what it will do."""

from datetime import timedelta
from typing import Any

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, pages, redirect
from console.forms.outcome import outcome
from console.forms.parsing import form_values, parse
from console.forms.values import moment
from console.pages.communications.confirmation import confirmation, form_field
from console.pages.compose.beside import lacks_attachment
from console.presenters.log_rows import badge
from letterbook.contracts.declare_delivered import DeliverBody
from letterbook.contracts.resend import ResendBody
from letterbook.contracts.seen_to import SeenToBody
from letterbook.domain.channels import AddressKind
from letterbook.domain.communication import Entry, RecipientRole
from letterbook.domain.errors import AlreadySentAgain, CallerError, Conflict, FieldError, Invalid, TooLarge
from letterbook.domain.message import TooOld
from letterbook.domain.status import CANCELLABLE, Status
from letterbook.use_cases.messages.cancel import cancel, may_be_stopped, require_cancellable
from letterbook.use_cases.messages.compose import send_draft
from letterbook.use_cases.messages.declare_delivered import declare_delivered, require_deliverable
from letterbook.use_cases.messages.delete import delete
from letterbook.use_cases.messages.ignore import ignore
from letterbook.use_cases.messages.prepare import Prepared
from letterbook.use_cases.messages.preview import preview_draft, preview_resend
from letterbook.use_cases.messages.resend import resend
from letterbook.use_cases.messages.see_to import see_to, take_back
from letterbook.use_cases.reading.read import get_visible, require_amendable

_ONE = f"{COMMUNICATIONS}/{{communication_id}}"
_SENT = {
    Status.SKIPPED: "It was skipped: see why below.",
    Status.SCHEDULED: "It goes when its time has come.",
    Status.MANUAL_PENDING: "It is to be delivered by hand.",
}


# ---- sending again


@pages.get(f"{_ONE}/resend")
def ask_resend(visit: PageRequest, communication_id: str) -> PageResponse:
    return _resend_page(visit, communication_id, elsewhere=visit.parameter("to") == "other", address="")


@pages.post(f"{_ONE}/resend")
def do_resend(visit: PageRequest, communication_id: str) -> PageResponse:
    elsewhere, address = "address" in visit.form, visit.field("address")
    if elsewhere and not address:
        nobody = Invalid("", FieldError("to", "required", "Enter the address that it shall go to."))
        return _resend_page(visit, communication_id, elsewhere=True, address="", error=nobody)
    again = bool(visit.field("again"))
    try:
        body = parse(ResendBody, {"to": [address] if elsewhere else [], "again": again})
        key = visit.key(f"resend/{communication_id}", f"{address} again" if again else address)
        undo = visit.organisation.undo_time()
        made, _ = resend(visit.world, visit.viewer, communication_id, body.to, key, again=body.again, undo=undo)
    except (AlreadySentAgain, Invalid, TooLarge) as error:
        return _resend_page(visit, communication_id, elsewhere=elsewhere, address=address, error=error)
    except TooOld as error:
        return redirect(f"{COMMUNICATIONS}/{communication_id}/anew", error.detail)
    # As long as it can be undone, its page says so, and nothing else.
    told = "" if made.undo_until else f"Sent again, as attempt {made.entry.attempt}."
    return redirect(f"{COMMUNICATIONS}/{made.id}", told)


def _resend_page(
    visit: PageRequest, communication_id: str, *, elsewhere: bool, address: str, error: CallerError | None = None
) -> PageResponse:
    entry = get_visible(visit.world, visit.viewer, communication_id).entry
    rehearsed: Prepared | None = None
    overtaken = isinstance(error, AlreadySentAgain)
    said: AlreadySentAgain | None = error if isinstance(error, AlreadySentAgain) else None
    try:
        try:
            _, rehearsed = preview_resend(visit.world, visit.viewer, communication_id)
        except AlreadySentAgain as later:
            said = later
            _, rehearsed = preview_resend(visit.world, visit.viewer, communication_id, again=True)
    except (Invalid, TooLarge) as wrong:
        # Another address may do where the present one does not.
        error = error if elsewhere else error or wrong
    except TooOld as refused:
        return redirect(f"{COMMUNICATIONS}/{communication_id}/anew", refused.detail)
    by_number = entry.channel.spec.address is AddressKind.MOBILE
    label = "Telephone number" if by_number else "Email address"
    return confirmation(
        visit,
        entry,
        verb="resend",
        question=_question(elsewhere=elsewhere, said=said is not None),
        keep="Leave it" if said else "Back",
        text="It becomes a new entry, with the present template and address. The old one stays as it is.",
        button="Send another copy" if said else "Send again",
        rehearsed=None if elsewhere else rehearsed,
        error=None if overtaken else error,
        status=AlreadySentAgain.status if overtaken else None,
        said=_later_attempt(visit, said) if said else None,
        fields=[form_field("address", label, address, error, kind="tel" if by_number else "email", of="to")]
        if elsewhere
        else [],
        before=list(entry.addresses(RecipientRole.TO)),
        other="" if elsewhere else "resend?to=other",
    )


def _question(*, elsewhere: bool, said: bool) -> str:
    if said:
        return "Send another copy?"
    return "Send to another address?" if elsewhere else "Send it again?"


def _later_attempt(visit: PageRequest, refused: AlreadySentAgain) -> dict[str, Any]:
    """The later attempt, and how it stands: whoever sends another copy has been told of it."""
    if refused.communication_id is None:
        return {"number": 0}
    later = get_visible(visit.world, visit.viewer, refused.communication_id).entry
    return {
        "number": later.attempt,
        "href": f"{COMMUNICATIONS}/{later.id}",
        "status": badge(later),
        "when": visit.clock.moment(later.occurred_at),
    }


# ---- drafts


@pages.get(f"{_ONE}/send")
def ask_send(visit: PageRequest, communication_id: str) -> PageResponse:
    try:
        draft, rehearsed = preview_draft(visit.world, visit.viewer, communication_id)
    except (Invalid, TooLarge) as error:
        return _unsendable(visit, communication_id, error)
    seconds = int(visit.organisation.undo_time().total_seconds())
    told = lacks_attachment(visit, rehearsed)
    return confirmation(
        visit, draft.entry, verb="send", question="Send this draft?", rehearsed=rehearsed,
        button="Send without it" if told else "Send",
        text=" ".join((
            *([f"It says “{told}”, and nothing is attached."] if told else []),
            f"For {seconds} seconds it can be undone, and then no more." if seconds
            else "What was sent cannot be called back.",
        )),
    )  # fmt: skip


@pages.post(f"{_ONE}/send")
def do_send(visit: PageRequest, communication_id: str) -> PageResponse:
    return _send(visit, communication_id, visit.organisation.undo_time())


@pages.post(f"{_ONE}/quick-send")
def quick_send(visit: PageRequest, communication_id: str) -> PageResponse:
    """In one press, and so always with a while to undo it. What speaks of an attachment and has none asks first."""
    try:
        prepared = preview_draft(visit.world, visit.viewer, communication_id)[1]
    except (Invalid, TooLarge) as error:
        return _unsendable(visit, communication_id, error)
    if lacks_attachment(visit, prepared):
        return redirect(f"{COMMUNICATIONS}/{communication_id}/send", "")
    return _send(visit, communication_id, visit.organisation.undo_time(quick=True))


def _send(visit: PageRequest, communication_id: str, undo: timedelta) -> PageResponse:
    def save() -> PageResponse:
        sent = send_draft(visit.world, visit.viewer, communication_id, undo)
        otherwise = "" if sent.undo_until else "It is on its way."
        return redirect(f"{COMMUNICATIONS}/{sent.id}", _SENT.get(sent.entry.status, otherwise))

    return outcome(save, lambda error: _unsendable(visit, communication_id, error), (Invalid, TooLarge))


def _unsendable(visit: PageRequest, communication_id: str, error: CallerError) -> PageResponse:
    entry = get_visible(visit.world, visit.viewer, communication_id).entry
    return confirmation(visit, entry, verb="send", question="This draft cannot be sent", error=error)


@pages.get(f"{_ONE}/discard")
def ask_discard(visit: PageRequest, communication_id: str) -> PageResponse:
    entry = get_visible(visit.world, visit.viewer, communication_id).entry
    require_amendable(entry)
    what = "draft" if entry.status is Status.DRAFT else "record"
    return confirmation(
        visit, entry, verb="discard", button=f"{'Discard' if what == 'draft' else 'Delete'} it",
        question=f"{'Discard this draft' if what == 'draft' else 'Delete this record'}?",
        text="It is seen nowhere any more. That it was there stays in the activity log.",
    )  # fmt: skip


@pages.post(f"{_ONE}/discard")
def do_discard(visit: PageRequest, communication_id: str) -> PageResponse:
    delete(visit.world, visit.viewer, communication_id)
    return redirect(COMMUNICATIONS, "It is gone.")


# ---- stopping, declaring, ignoring


_MAY_BE_STOPPED = (
    "Its provider has it already, and is told to stop it. Whether that is still possible the provider says."
)
_IS_STOPPED = "It had gone already. Its provider is told to stop it, and says whether that was in time."


@pages.get(f"{_ONE}/cancel")
def ask_cancel(visit: PageRequest, communication_id: str) -> PageResponse:
    communication = get_visible(visit.world, visit.viewer, communication_id)
    entry, stoppable = communication.entry, may_be_stopped(visit.world, communication)
    if not stoppable:
        require_cancellable(entry)
    return confirmation(
        visit, entry, verb="cancel", question="Cancel this message?", button="Cancel the message", keep="Leave it",
        text=_MAY_BE_STOPPED if stoppable else "It will not be sent. It stays in the log as cancelled.",
    )  # fmt: skip


@pages.post(f"{_ONE}/cancel")
def do_cancel(visit: PageRequest, communication_id: str) -> PageResponse:
    stopping = cancel(visit.world, visit.viewer, communication_id).work.stopping
    return redirect(
        f"{COMMUNICATIONS}/{communication_id}", _IS_STOPPED if stopping else "Cancelled. It will not be sent."
    )


@pages.post(f"{_ONE}/undo")
def undo(visit: PageRequest, communication_id: str) -> PageResponse:
    """Takes back what was sent a moment ago, if no worker has it yet; says so where it has gone."""

    def take_back() -> PageResponse:
        stopping = cancel(visit.world, visit.viewer, communication_id).work.stopping
        return redirect(f"{COMMUNICATIONS}/{communication_id}", _IS_STOPPED if stopping else "Undone. It was not sent.")

    def refused(error: CallerError) -> PageResponse:
        status = get_visible(visit.world, visit.viewer, communication_id).entry.status
        told = error.detail if status in CANCELLABLE else "It has already gone."
        words = "Undone. It was not sent." if status is Status.CANCELLED else told
        return redirect(f"{COMMUNICATIONS}/{communication_id}", words)

    return outcome(take_back, refused, (Conflict,))


@pages.get(f"{_ONE}/deliver")
def ask_deliver(visit: PageRequest, communication_id: str) -> PageResponse:
    entry = get_visible(visit.world, visit.viewer, communication_id).entry
    require_deliverable(entry)
    return _deliver_page(visit, entry)


@pages.post(f"{_ONE}/deliver")
def do_deliver(visit: PageRequest, communication_id: str) -> PageResponse:
    entry = get_visible(visit.world, visit.viewer, communication_id).entry

    def save() -> PageResponse:
        values = form_values(visit, "reason", "details")
        at = moment(visit.field("delivered_at"), visit.organisation.zone)
        body = parse(DeliverBody, {**values, "delivered_at": at or None})
        declare_delivered(
            visit.world, visit.viewer, communication_id,
            reason=body.reason, details=body.details, delivered_at=body.delivered_at,
        )  # fmt: skip
        return redirect(f"{COMMUNICATIONS}/{communication_id}", "Recorded as delivered.")

    return outcome(save, lambda error: _deliver_page(visit, entry, error), (Invalid, TooLarge))


def _deliver_page(visit: PageRequest, entry: Entry, error: CallerError | None = None) -> PageResponse:
    now = visit.world.now().astimezone(visit.organisation.zone)
    given = visit.field("delivered_at", f"{now:%Y-%m-%dT%H:%M}")
    return confirmation(
        visit,
        entry,
        verb="deliver",
        question="Record that it was delivered",
        text="Who declares it and how is kept with the entry.",
        button="Record delivery",
        error=error,
        fields=[
            form_field("reason", "How", visit.field("reason"), error, hint="Handed over, posted, left with…"),
            form_field("details", "Details", visit.field("details"), error, kind="textarea"),
            form_field("delivered_at", "When", given, error, kind="datetime-local"),
        ],
    )


@pages.get(f"{_ONE}/seen-to")
def ask_seen_to(visit: PageRequest, communication_id: str) -> PageResponse:
    entry = get_visible(visit.world, visit.viewer, communication_id).entry
    return _seen_to_page(visit, entry)


@pages.post(f"{_ONE}/seen-to")
def do_see_to(visit: PageRequest, communication_id: str) -> PageResponse:
    entry = get_visible(visit.world, visit.viewer, communication_id).entry

    def save() -> PageResponse:
        body = parse(SeenToBody, {"note": visit.field("note")})
        see_to(visit.world, visit.viewer, communication_id, body.note)
        return redirect(f"{COMMUNICATIONS}/{communication_id}", "Seen to. It stands under Failed no more.")

    return outcome(save, lambda error: _seen_to_page(visit, entry, error), (Invalid, TooLarge))


def _seen_to_page(visit: PageRequest, entry: Entry, error: CallerError | None = None) -> PageResponse:
    return confirmation(
        visit,
        entry,
        verb="seen-to",
        question="Seen to without sending it again?",
        text="It leaves Failed and Work. It stays in every list, with your name and your words.",
        button="Seen to",
        error=error,
        fields=[
            form_field("note", "What was done", visit.field("note"), error, hint="Telephoned her, posted it myself…")
        ],
    )


@pages.post(f"{_ONE}/take-back")
def do_take_back(visit: PageRequest, communication_id: str) -> PageResponse:
    take_back(visit.world, visit.viewer, communication_id)
    return redirect(f"{COMMUNICATIONS}/{communication_id}{visit.behind}", "It stands under Failed again.")


@pages.post(f"{_ONE}/ignore")
def do_ignore(visit: PageRequest, communication_id: str) -> PageResponse:
    ignore(visit.world, visit.viewer, communication_id, ignored=True)
    return redirect(f"{COMMUNICATIONS}/{communication_id}{visit.behind}", "Ignored. It stands under Failed no more.")


@pages.post(f"{_ONE}/unignore")
def do_unignore(visit: PageRequest, communication_id: str) -> PageResponse:
    ignore(visit.world, visit.viewer, communication_id, ignored=False)
    return redirect(f"{COMMUNICATIONS}/{communication_id}{visit.behind}", "Not ignored any more.")
