"""The mailbox that mail comes in by."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from letterbook.adapters.inbound_mail import S3Mailbox


class MailboxForTests:
    """The real one, whose mail came in at the test's time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def fetch(self, key: str) -> Any:
        mail = S3Mailbox("inbound").fetch(key)
        return mail and replace(mail, at=self._now())

    def read(self, raw: bytes, at: datetime) -> Any:
        return S3Mailbox("inbound").read(raw, at)

    def put(self, raw: bytes) -> None:
        S3Mailbox("inbound").put(raw)
