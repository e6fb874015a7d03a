"""Composing: whom, what, when; looked at before it is sent, by the very code that sends it."""

import json
import secrets
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from console.app.paths import COMMUNICATIONS
from console.app.routing import PageRequest, PageResponse, page, pages, redirect
from console.forms import about, postal
from console.forms.errors import Faults, id_of
from console.forms.meanwhile import Merge, merge, takes
from console.forms.outcome import outcome
from console.forms.parsing import version_of
from console.forms.values import known_id, link_of
from console.lists.choose_party import choose_party
from console.pages.compose import view
from console.pages.compose.beside import SEND_WITHOUT, missing_attachment
from console.pages.compose.drafting import autosave, draft_key, merged_form, written
from console.pages.compose.form import ComposeForm, from_request, of_message
from console.pages.compose.uploads import attached
from letterbook.domain.access import Permission
from letterbook.domain.addressing import sender_asked
from letterbook.domain.authorship import answered_at
from letterbook.domain.channels import SENDABLE, Channel, sendable_like
from letterbook.domain.communication import Communication, Direction, Entry, RecipientRole
from letterbook.domain.errors import (
    CallerError,
    Conflict,
    FieldError,
    Invalid,
    PartyMerged,
    PreconditionFailed,
    immutable,
)
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.status import Status
from letterbook.domain.templates import Template
from letterbook.use_cases.messages.addressee import Addressee, read_addressee
from letterbook.use_cases.messages.amend import amend
from letterbook.use_cases.messages.compose import compose, send_draft
from letterbook.use_cases.messages.keep_draft import keep_draft, rewritten
from letterbook.use_cases.messages.resend import message_to_resend
from letterbook.use_cases.reading.read import get_visible, read_content

PATH = "/compose"
_ONE = f"{COMMUNICATIONS}/{{communication_id}}"
_SAID = {
    Status.SCHEDULED: "It goes when its time has come.",
    Status.SKIPPED: "It was skipped: see why below.",
    Status.COLLECTING: "It goes by itself once all that it brings is there.",
    Status.GENERATING: "Its letter is being prepared.",
    Status.MANUAL_PENDING: "It waits to be delivered by hand.",
}
_OVERTAKEN = (
    "Somebody else changed this draft meanwhile. What they saved stands below; what only they changed is in the form by now. "
    "Keep or send it once more to put yours in the place of the rest, or take theirs."
)
# The preview, and the things to choose from.
_READS_AT_ONCE = 6
_FROM_LINK = ("party_id", "case_id", "contact_id", "regarding", "thread_id", "template", "subject", "in_reply_to")


# ---- a new one


@pages.get(PATH)
def begin(visit: PageRequest) -> PageResponse:
    """From a link: see `_FROM_LINK`, and `channel`; `quick` chooses a template, too."""
    visit.viewer.require(Permission.SEND)
    link = link_of(visit)
    if link.in_reply_to and not link.party_id:
        return redirect(f"{COMMUNICATIONS}/{link.in_reply_to}/reply")
    if not link.party_id:
        return choose_party(visit, "Compose")
    addressee = read_addressee(visit.world, visit.viewer, link.party_id)
    given: dict[str, Any] = link.given(*_FROM_LINK)
    wish = ComposeForm(**given)
    preferred = addressee.preferences.preferred or ""
    wish = replace(wish, channel=sendable_like(visit.parameter("channel") or preferred))
    quick = visit.parameter("quick") or (addressee.party.kind == "creditor" and wish.case_id)
    offered = None
    if quick and not wish.template and not wish.subject:
        offered = view.templates(visit, wish, addressee.party)
        wish = replace(wish, template=view.first_template(offered, addressee.party))
    return compose_page(visit, wish, addressee=None if link.contact_id else addressee, offered=offered)


@pages.post(PATH, form=True)
def submit(visit: PageRequest) -> PageResponse:
    """What `do` says: `look` and `review` only show, `keep` makes a draft, `autosave` too while somebody writes, `send` sends;
    `send-without` what it speaks of, too.
    """
    visit.viewer.require(Permission.SEND)
    form = from_request(visit)
    if not is_id(Kind.PARTY, form.party_id):
        return choose_party(visit, "Compose", Invalid("Choose whom it is for."))
    form = _turned(visit, form)
    do = _order(visit)
    if do == "autosave":
        return autosave(visit, form)
    try:
        form = _with_files(visit, form)
    except Invalid as error:
        return compose_page(visit, form, error=error)
    if do not in ("send", "keep"):
        return compose_page(visit, form, only_looks=do == "look")
    body = form.to_body(visit.organisation.zone, send=do == "send")
    looked = preview_to_ask(visit, form)

    def save() -> PageResponse:
        message = form.message(visit.organisation.zone, send=do == "send")
        must_have_what_it_speaks_of(visit, form, looked)
        about.keep_thing(visit, form.about)
        undo = visit.organisation.undo_time()
        if visit.field("drafting"):
            # A draft may have been made of it by itself, and its page never heard of that.
            kept = keep_draft(visit.world, visit.viewer, message, draft_key(visit))
            return done(kept if do == "keep" else send_draft(visit.world, visit.viewer, kept.id, undo))
        key = visit.key("compose", json.dumps(body, sort_keys=True))
        made, _ = compose(visit.world, visit.viewer, message, key, undo=undo)
        return done(made)

    return outcome(save, lambda error: compose_page(visit, form, error=error, looked=looked), (CallerError,))


# ---- from what is there


@pages.get(f"{_ONE}/reply")
def reply(visit: PageRequest, communication_id: str) -> PageResponse:
    """To whoever it was with, in the same thread."""
    visit.viewer.require(Permission.SEND)
    answered = get_visible(visit.world, visit.viewer, communication_id)
    entry = answered.entry
    to = answered_at(answered) or _answer_to(entry)
    about_it = _about(entry)
    sender = next(iter(sender_asked(Channel(about_it.channel).spec, answered)), "")
    return compose_page(visit, replace(about_it, subject=_with_lead("Re: ", entry.subject), to=to, sender=sender))


@pages.get(f"{_ONE}/correct")
def correct(visit: PageRequest, communication_id: str) -> PageResponse:
    """What was sent stays; what is right is said in a new message that is linked to it."""
    visit.viewer.require(Permission.SEND)
    communication = get_visible(visit.world, visit.viewer, communication_id)
    entry = communication.entry
    if entry.direction is not Direction.OUTBOUND or entry.channel.spec.is_record_only:
        raise Conflict("Only what we sent can be corrected by another message.")
    before = message_to_resend(visit.world, communication, ())
    wish = of_message(before, visit.organisation.zone)
    said = read_content(visit.world, visit.viewer, communication).rendered
    return compose_page(
        visit,
        replace(
            wish, **_without_orders(), in_reply_to=entry.id, resend_of="", template="", pinned="", variables={},
            subject=_with_lead("Correction: ", entry.subject) if entry.channel.spec.has_subject else "",
            body=before.body or said.text, to=wish.to or entry.addresses(RecipientRole.TO),
        ),
    )  # fmt: skip


@pages.get(f"{_ONE}/anew")
def new_from_old(visit: PageRequest, communication_id: str) -> PageResponse:
    """What is too old to be sent again, as a new message to begin with."""
    visit.viewer.require(Permission.SEND)
    communication = get_visible(visit.world, visit.viewer, communication_id)
    if communication.entry.direction is not Direction.OUTBOUND or communication.entry.channel.spec.is_record_only:
        raise Conflict("Only what we sent can be sent anew.")
    wish = of_message(message_to_resend(visit.world, communication, ()), visit.organisation.zone)
    return compose_page(visit, replace(wish, **_without_orders(), pinned=""))


# ---- drafts


def edit_draft(visit: PageRequest, communication: Communication) -> PageResponse:
    message = read_content(visit.world, visit.viewer, communication).message
    if message is None:
        raise immutable()
    return compose_page(visit, of_message(message, visit.organisation.zone), draft=communication.entry)


def work_on_draft(visit: PageRequest, communication: Communication) -> PageResponse:
    """As with a new one. A draft that was sent meanwhile, or changed by somebody else, is not written over."""
    draft, wish = communication.entry, _turned(visit, from_request(visit))
    wish = replace(wish, party_id=draft.party.id)
    do = _order(visit)
    if do == "autosave":
        return autosave(visit, wish, communication)
    try:
        wish = _with_files(visit, wish)
    except Invalid as error:
        return compose_page(visit, wish, draft=draft, error=error)
    if takes(visit):
        return _draft_page(visit, communication, wish)
    if do not in ("send", "keep"):
        return compose_page(visit, wish, draft=draft, only_looks=do == "look")
    looked = preview_to_ask(visit, wish)

    def save() -> PageResponse:
        nonlocal draft
        message = wish.message(visit.organisation.zone, send=False)
        must_have_what_it_speaks_of(visit, wish, looked)
        about.keep_thing(visit, wish.about)
        kept = amend(visit.world, visit.viewer, draft.id, version_of(visit), rewritten(message))
        if do == "keep":
            return redirect(f"{COMMUNICATIONS}/{draft.id}/edit", "Draft kept.")
        draft = kept.entry
        return done(send_draft(visit.world, visit.viewer, draft.id, visit.organisation.undo_time()))

    def again(error: CallerError) -> PageResponse:
        if not isinstance(error, PreconditionFailed):
            # What was amended and could not go is another version by now.
            amended = draft.version if draft is not communication.entry else None
            return compose_page(visit, wish, draft=draft, error=error, version=amended, looked=looked)
        return _draft_page(visit, get_visible(visit.world, visit.viewer, draft.id), wish, error)

    return outcome(save, again, (CallerError,))


def _draft_page(
    visit: PageRequest, draft: Communication, wish: ComposeForm, error: CallerError | None = None
) -> PageResponse:
    """With what somebody else made of it meanwhile."""
    if draft.entry.status is not Status.DRAFT:
        raise immutable()
    shown, merged = merged_form(visit, error, wish, draft)
    told = Conflict(_OVERTAKEN) if error else None
    return compose_page(
        visit, shown, draft=draft.entry, error=told, merged=merged, version=draft.entry.version if error else None
    )


def _turned(visit: PageRequest, form: ComposeForm) -> ComposeForm:
    """Without what belonged to the channel that it `was` before another was chosen."""
    if visit.field("was", form.channel) not in {*SENDABLE} - {form.channel}:
        return form
    return form.turned(Channel(visit.field("was")), view.template_keys(visit, form.channel))


def _with_files(visit: PageRequest, form: ComposeForm) -> ComposeForm:
    """The form with what came with it attached. Raises Forbidden, Invalid at `attachments`."""
    files = attached(visit, form.attachments, form.party_id, form.case_id)
    return replace(form, attachments=files if form.channel.spec.is_written else files[-1:])


def _order(visit: PageRequest) -> str:
    """`send-without` is an order to send, by somebody who was asked."""
    do = visit.field("do")
    return "send" if do == SEND_WITHOUT else do


def preview_to_ask(visit: PageRequest, form: ComposeForm) -> view.Preview | None:
    """What a template says that is to be sent with nothing attached: it may speak of an attachment. None for anything else."""
    asks = visit.field("do") == "send" and form.template and not form.attachments
    return view.run_preview(visit, form) if asks else None


def must_have_what_it_speaks_of(visit: PageRequest, form: ComposeForm, looked: view.Preview | None) -> None:
    """Raises Invalid, once: the strip then offers to send it without."""
    if visit.field("do") != "send":
        return
    if told := missing_attachment(visit, form, looked.prepared if looked else None):
        words = f"It says “{told}”, and nothing is attached."
        raise Invalid(words, FieldError("attachments", "none_attached", words))


# ---- the page


def compose_page(
    visit: PageRequest,
    form: ComposeForm,
    *,
    draft: Entry | None = None,
    error: CallerError | None = None,
    only_looks: bool = False,
    merged: Merge | None = None,
    version: int | None = None,
    addressee: Addressee | None = None,
    offered: Sequence[Template] | None = None,
    looked: view.Preview | None = None,
) -> PageResponse:
    """The form, or of it what changes while somebody writes.

    `addressee`, the templates that are `offered` and the preview that was `looked` at, where they were read already. What is left
    is read at once.
    """
    merged = merged or merge(visit, None, written(form), written(form), {})
    with ThreadPoolExecutor(_READS_AT_ONCE) as pool:
        known = looked
        preview = pool.submit(lambda: known or view.run_preview(visit, form))
        if addressee is None:
            addressee = _addressee(visit, form)
            form = replace(form, party_id=addressee.party.id)
        choices = None if only_looks else view.begin_choices(pool, visit, form, addressee.party, offered)
        looked = preview.result()
    rulings = view.survey(visit, form, looked, addressee)
    as_ = visit.field("as", "html")
    context: dict[str, Any] = {
        "wish": form,
        "ways": SENDABLE,
        **view.preview_context(visit, form, looked, rulings, as_),
        "action": f"{COMMUNICATIONS}/{draft.id}/edit" if draft else PATH,
        "as_": "text" if as_ == "text" else "html",
    }
    if choices is None:
        return page("compose/compose_preview.html", title="Preview", **context)
    stopped = looked.prepared is None and rulings[form.channel].stops
    # Why nothing would be sent says the strip, and what the text lacks is no news then.
    errors = view.summary(error) if error and not stopped else []
    wrong = defaultdict(str, {place: words for words, place in reversed(errors) if place})
    return page(
        "compose/form.html",
        status=422 if error else 200,
        uploads=True,
        pictures=True,
        title=view.title(form, addressee.party),
        draft=draft,
        kept=visit.clock.time(draft.created_at) if draft else None,
        once=visit.field("once") if not error or visit.field("drafting") else secrets.token_urlsafe(16),
        version=version or visit.field("version") or (draft.version if draft else ""),
        drafting=visit.field("drafting") and not draft,
        meanwhile=merged.changes,
        began=merged.began,
        fresh=secrets.token_urlsafe(16),
        errors=errors,
        wrong=wrong,
        faults=Faults({name: wrong[id_of(name)] for name in (*postal.LABELS, *postal.WISH_LABELS)}),
        **view.form(visit, form, looked, addressee, choices),
        **context,
    )


def _addressee(visit: PageRequest, form: ComposeForm) -> Addressee:
    """What was begun for a record that was merged since is for the one that remains."""
    contact_id = known_id(Kind.CONTACT, form.contact_id)
    try:
        return read_addressee(visit.world, visit.viewer, form.party_id, contact_id)
    except PartyMerged as merged:
        return read_addressee(visit.world, visit.viewer, merged.into, contact_id)


def done(made: Communication) -> PageResponse:
    """The page that a message leads to once it is made."""
    status = made.entry.status
    if status is Status.DRAFT:
        return redirect(f"{COMMUNICATIONS}/{made.id}/edit", "Draft kept.")
    # What can still be undone says so itself.
    otherwise = "" if made.undo_until else "It is on its way."
    return redirect(f"{COMMUNICATIONS}/{made.id}", _SAID.get(status, otherwise))


def _about(entry: Entry) -> ComposeForm:
    return ComposeForm(
        channel=entry.channel.spec.answered_by,
        party_id=entry.party.id,
        contact_id=entry.contact.id if entry.contact else "",
        case_id=entry.case.id if entry.case else "",
        regarding=entry.regarding.key if entry.regarding else "",
        in_reply_to=entry.id,
        category=entry.category or "",
        restricted=entry.restricted,
    )


def _answer_to(entry: Entry) -> tuple[str, ...]:
    if not entry.channel.spec.is_correspondence:
        return ()
    if entry.direction is Direction.INBOUND:
        return (entry.sender,) if entry.sender else ()
    return entry.addresses(RecipientRole.TO)


def _with_lead(lead: str, subject: str) -> str:
    return subject if subject.lower().startswith(lead.lower()) else f"{lead}{subject}".strip()


def _without_orders() -> dict[str, Any]:
    """What was decided for the old message alone."""
    return {"send_at": "", "urgent": False, "urgent_reason": "", "override_hold": ""}
