"""What stands beside a message while it is written: what it answers, and what it speaks of and does not have."""

from dataclasses import replace
from typing import Any

from console.app.routing import PageRequest
from console.pages.compose.form import ComposeForm
from console.presenters.compose import SendVerdict
from console.presenters.labels import heading, subject_or_preview
from console.presenters.passages import shown_passages
from letterbook.contracts.channel_fields import message_fields
from letterbook.domain.enclosures import told_of
from letterbook.domain.errors import NotFound
from letterbook.domain.ids import Kind, is_id
from letterbook.domain.quotation import own_words
from letterbook.domain.status import StatusGroup
from letterbook.use_cases.messages.prepare import Prepared
from letterbook.use_cases.reading.read import get_visible, read_content

# What there is room for beside a form; all of it is one step away.
_MOST = 20_000
# The order of a form that sends although what it speaks of is not there.
SEND_WITHOUT = "send-without"


def answered(visit: PageRequest, form: ComposeForm) -> dict[str, Any] | None:
    """What the message answers, whole and with its quotations folded; None where it answers nothing that the viewer sees."""
    if not is_id(Kind.COMMUNICATION, form.in_reply_to):
        return None
    try:
        communication = get_visible(visit.world, visit.viewer, form.in_reply_to)
    except NotFound:
        # The preview says so.
        return None
    entry = communication.entry
    content = read_content(visit.world, visit.viewer, communication).rendered
    passages, goes_on = shown_passages(content.text, _MOST)
    return {
        "id": entry.id,
        "communication": communication,
        "heading": heading(entry),
        "channel": entry.channel,
        "subject": subject_or_preview(entry),
        "when": visit.clock.moment(entry.occurred_at),
        "sender": entry.sender,
        "passages": passages,
        "goes_on": goes_on,
        "laid_out": bool(content.html),
        "files": entry.attachments,
    }


def missing_attachment(visit: PageRequest, form: ComposeForm, prepared: Prepared | None) -> str:
    """The words of a message that speak of an attachment where it has none; empty where nothing is to be asked.

    Free text is read as it was typed. What a template says is known once it is `prepared`.
    """
    if form.attachments or "attachments" not in message_fields(form.channel.spec):
        return ""
    return lacks_attachment(visit, prepared) if prepared else _told(visit, form.body)


def lacks_attachment(visit: PageRequest, prepared: Prepared) -> str:
    """The same of what is ready to go, a draft's too."""
    message = prepared.message
    if message.attachments or "attachments" not in message_fields(message.channel.spec):
        return ""
    return _told(visit, prepared.rendered.text, prepared.template.language if prepared.template else "")


def with_question(verdict: SendVerdict, told: str) -> SendVerdict:
    """The strip, where a message that could go speaks of what it does not have: one press more sends it all the same."""
    if not told or not verdict.send or verdict.troubles:
        return verdict
    return replace(
        verdict,
        group=StatusGroup.MANUAL,
        icon="i-clip",
        lead="Nothing is attached:",
        text=f" it says “{told}”. Attach it, or send it without.",
        why=f"{verdict.lead}{verdict.text} {verdict.why}".strip(),
        send=f"{verdict.send} without it",
        order=SEND_WITHOUT,
    )


def _told(visit: PageRequest, text: str, *languages: str) -> str:
    return told_of(own_words(text), (*visit.organisation.languages, *filter(None, languages)))
