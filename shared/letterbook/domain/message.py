"""A message as somebody asks for it, before anything is decided: the input of compose, preview and a kept draft."""

from dataclasses import dataclass, field
from datetime import datetime

from letterbook.domain.communication import Channel, Regarding
from letterbook.domain.templates import TemplateUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`to` empty means the contact's address, else the party's. Either `template` or `body` is given.

    `body` is Markdown for an email and plain text for an SMS. `attachments` are document ids.
    """

    channel: Channel
    party_id: str
    contact_id: str | None = None
    case_id: str | None = None
    regarding: Regarding | None = None
    category: str | None = None
    restricted: bool = False
    metadata: dict[str, str] = field(default_factory=dict)
    audit: dict[str, str] = field(default_factory=dict)
    sender: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: str | None = None
    subject: str = ""
    body: str = ""
    template: TemplateUse | None = None
    attachments: tuple[str, ...] = ()
    urgent: bool = False
    urgent_reason: str | None = None
    send_now: bool = True
    send_at: datetime | None = None
