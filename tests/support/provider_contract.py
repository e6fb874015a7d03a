"""What the contract suite knows of a provider: the folder events/<name>/, with one contract.json beside a file for each event.

- `credentials`: what its secret holds, all but the address; `exchanged`: the same after they were exchanged, to be read again when
  the vendor answers 401; none for a provider that is called with the rights of the function itself.
- `endpoint`: for a service of AWS what its client's address is set by, AWS_ENDPOINT_URL_<endpoint>; others have `base_url`.
- `sender`, `recipient`: as in the fixtures; `communication_id`, `reference`: what the events are about (either may be missing).
- `beside`: what it is asked before a message is handed over (a token, a discovery), by how such a request begins, and its answer,
  in which `{url}` is where the vendor stands.
- `accepted`: the answer of success and the `reference` in it; `taken_anyway`: which answers besides say that it was taken, such as
  `broken` JSON for a vendor that has the reference in a header, or `huge` where the library reads whatever comes.
- `throttled`: how it asks us to wait, where that is not a 429 alone.
- `errors`: answers, each with the error that it `raises` and our `reason`.
- `statuses`: the error of an answer with a status alone, where it is not the common one.
- `events`: what each file means; `unknown`: the file of an event that nobody documented; `each`: files are lists of events.
- `posts`: requests that are signed right, each with the moment `at` which it is, and the `credentials` to check it with.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.spec import ProviderSpec
from tests.support.sam_template import ROOT


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a vendor answers. `body` is JSON, or a text as it is; `raises` and `reason` are what that means."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raises: str = ""
    reason: str = ""
    reference: str = ""

    @property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass(frozen=True, kw_only=True)
class Post:
    """A request that a vendor signed. `at` is when; `signature` is that itself, as it stands somewhere in the request.

    `environment` is what the function is told besides, `fetches` what stands at the addresses that are looked at. `fresh`: it is
    good for a while only.
    """

    path: str
    at: str
    credentials: dict[str, str]
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    signature: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    fetches: dict[str, str] = field(default_factory=dict)
    fresh: bool = True
    events: int = 0
    messages: int = 0
    mail: int = 0


@dataclass(frozen=True, kw_only=True)
class ProviderContract:
    name: str
    accepted: Answer
    errors: list[Answer]
    events: dict[str, dict[str, Any]]
    unknown: str
    recipient: str
    sender: str
    communication_id: str = ""
    reference: str = ""
    endpoint: str = ""
    credentials: dict[str, str] = field(default_factory=dict)
    exchanged: dict[str, str] = field(default_factory=dict)
    beside: dict[str, Answer] = field(default_factory=dict)
    throttled: Answer = Answer(status=429)
    taken_anyway: frozenset[str] = frozenset()
    statuses: dict[str, str] = field(default_factory=dict)
    each: bool = False
    posts: list[Post] = field(default_factory=list)

    @property
    def spec(self) -> ProviderSpec:
        return PROVIDERS[self.name]

    @property
    def folder(self) -> Path:
        return ROOT / "events" / self.name

    def raw(self, file: str) -> str:
        """An event as its `read` is given it."""
        text = (self.folder / file).read_text()
        if self.each:
            [event] = json.loads(text)
            return json.dumps(event)
        return text


@cache
def contract_of(name: str) -> ProviderContract:
    told = json.loads((ROOT / "events" / name / "contract.json").read_text())
    return ProviderContract(
        name=name,
        **{
            **told,
            "accepted": Answer(**told["accepted"]),
            "beside": {begins: Answer(**one) for begins, one in told.get("beside", {}).items()},
            "errors": [Answer(**one) for one in told["errors"]],
            "throttled": Answer(**told.get("throttled", {"status": 429})),
            "taken_anyway": frozenset(told.get("taken_anyway", ())),
            "posts": [Post(**one) for one in told.get("posts", ())],
        },
    )


def contracts() -> list[ProviderContract]:
    return [contract_of(name) for name in PROVIDERS]
