"""What a mail says and what came with it, put together: each part of it is one or the other."""

from dataclasses import dataclass, replace

from letterbook.adapters.inbound_mail.bodies import body_of, body_of_text
from letterbook.adapters.inbound_mail.files import files_of, tnef_in
from letterbook.adapters.inbound_mail.mime import Part
from letterbook.domain.inbound_email import InboundFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """`html` is cleaned. `left_out` counts files that are only in the original; `unread` says what else is, in plain words."""

    text: str
    html: str | None
    files: tuple[InboundFile, ...]
    left_out: int
    unread: tuple[str, ...]


def content_of(mail: Part) -> Content:
    body = body_of(mail)
    files = files_of(mail, body)
    if not body.text.strip() and body.html is None:
        outlook = tnef_in(files)
        body = replace(body_of_text(outlook.text, outlook.html), parts=body.parts) if outlook else body
    return Content(
        text=body.text,
        html=body.html,
        files=files.all,
        left_out=files.left_out,
        unread=(*body.unread, *files.unread),
    )
