"""Providers that do as they are told and remember what they were given."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from letterbook.adapters.providers import PROVIDERS, RegisteredProviders
from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.domain.channels import Channel
from letterbook.domain.inbound_text import InboundMedia, InboundText, Keyword
from letterbook.environment import settings
from letterbook.ports import OutboundMessage, Provider


class FakeProvider:
    """Takes every parcel, unless `next` has an answer for it: an error to raise, or something to do first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.taken: list[OutboundMessage] = []
        self.calls = 0
        self.next: list[BaseException | Callable[[], object]] = []
        self.watch: Callable[[OutboundMessage], None] = lambda _: None

    def send(self, parcel: OutboundMessage) -> str:
        self.calls += 1
        answer = self.next.pop(0) if self.next else None
        if isinstance(answer, BaseException):
            raise answer
        self.watch(parcel)
        self.taken.append(parcel)
        if answer:
            answer()
        return f"{self.name}-{len(self.taken)}"

    def taken_and_then(self, error: BaseException) -> None:
        """The next parcel is taken, and the caller never learns of it."""

        def fail() -> None:
            raise error

        self.next.append(fail)


# A second provider of emails, that comes after the first.
SECOND = "second"
# One that prints letters.
PRINTER = "printer"
# One that text messages come in by.
TEXTS = "texts"


class FakeTexts:
    """Reads what comes in as JSON of its fields. `files` are what lies there by its address; an error among them is raised."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[str, bytes] | Exception] = {}
        self.fetched: list[str] = []

    def read(self, raw: str) -> InboundText:
        said = json.loads(raw)
        said["at"] = datetime.fromisoformat(said["at"])
        said["media"] = tuple(InboundMedia(url=url, media_type=kind) for url, kind in said.get("media", []))
        if "keyword" in said:
            said["keyword"] = Keyword(said["keyword"])
        return InboundText(provider=TEXTS, **said)

    def media(self, _: Account, url: str, at_most: int) -> tuple[str, bytes]:
        self.fetched.append(url)
        found = self.files[url]
        if isinstance(found, Exception):
            raise found
        if len(found[1]) > at_most:
            raise ValueError("too large")
        return found


class FakeProviders(RegisteredProviders):
    """See ports.Providers: the registry's own names and readers, with fakes that send. `secrets` are those that are set up."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        super().__init__(settings(), has_secret=self.secrets.__contains__)
        self.made = {name: FakeProvider(name) for name in (*PROVIDERS, SECOND)}

    def with_a_second(self) -> FakeProvider:
        """From now on emails have two ways."""
        second = replace(PROVIDERS["ses"], receipts=False, reference=None, message_id=None)
        self.use({**PROVIDERS, SECOND: second})
        return self.made[SECOND]

    def with_texts(self) -> FakeTexts:
        """From now on text messages come in by another provider of SMS, which comes after the first."""
        texts = FakeTexts()
        spec = replace(
            PROVIDERS["sns"], name=TEXTS, label="Texts", reports_by=None, read_text=texts.read, media=texts.media
        )
        self.use({**PROVIDERS, TEXTS: spec})
        self.made.setdefault(TEXTS, FakeProvider(TEXTS))
        return texts

    def with_printer(self, name: str = PRINTER, **changes: Any) -> FakeProvider:
        """From now on letters are printed: by one that takes the same letter twice as one, unless it is told otherwise."""
        spec = ProviderSpec(
            name=name,
            label="Printer",
            channel=Channel.POST,
            make=lambda _: self.made[name],
            read=lambda _: None,
            idempotent=True,
        )
        self.made.setdefault(name, FakeProvider(name))
        self.use({**self._registry, name: replace(spec, **changes)})
        return self.made[name]

    def use(self, registry: Mapping[str, ProviderSpec]) -> None:
        """From now on these are the providers."""
        super().__init__(settings(), registry, self.secrets.__contains__)

    def get(self, name: str) -> Provider:
        return self.made[name]

    @property
    def email(self) -> FakeProvider:
        return self.made["ses"]

    @property
    def sms(self) -> FakeProvider:
        return self.made["sns"]
