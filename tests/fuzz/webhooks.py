"""Reads posts and events of providers that a fuzzer makes out of the samples, for SECONDS (60): each is understood or refused.

`python -m tests.fuzz.webhooks FILE` reads one again. The first byte says which reader: each provider's events, then each door.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["letterbook.adapters.providers"]):
    from letterbook.adapters.providers import PROVIDERS
    from letterbook.adapters.providers.account import Account

from letterbook.domain.errors import CallerError
from letterbook.environment import Settings
from letterbook.ports import WebhookRequest
from tests.support.provider_contract import Post, contracts

_MOST_BYTES, _MOST_SECONDS = 64 * 1024, 2
_KEPT = Path(".fuzz")


class _Believing(Account):
    """Whose every signature is right, so that what stands below it is read."""

    def __init__(self, name: str, post: Post) -> None:
        super().__init__(name, (), Settings())
        self._held = post.credentials

    def prove(self, proves: Any) -> bool:
        proves(self._held)
        return True


def _event(name: str) -> Callable[[bytes], None]:
    return lambda raw: _refused_at_most(lambda: PROVIDERS[name].read(raw.decode(errors="replace")), ValueError)


def _text(name: str) -> Callable[[bytes], None]:
    read = PROVIDERS[name].read_text
    return lambda raw: _refused_at_most(lambda: read(raw.decode(errors="replace")) if read else None, ValueError)


def _post(name: str, post: Post) -> Callable[[bytes], None]:
    read, account, at = PROVIDERS[name].webhooks[post.path], _Believing(name, post), datetime.fromisoformat(post.at)

    def posted(body: bytes) -> None:
        clock = time.time
        time.time = at.timestamp
        try:
            request = WebhookRequest(path=post.path, query=post.query, headers=post.headers, body=body)
            _refused_at_most(lambda: read(account, request), CallerError)
        finally:
            time.time = clock

    return posted


def _refused_at_most(read: Callable[[], object], refusal: type[Exception]) -> None:
    try:
        read()
    except refusal:
        return


_READERS = [
    *(_event(one.name) for one in contracts()),
    *(_text(one.name) for one in contracts() if one.spec.read_text),
    *(_post(one.name, post) for one in contracts() for post in one.posts if post.credentials),
]
_SAMPLES = [
    *([one.raw(file).encode() for file in one.events] for one in contracts()),
    *([] for one in contracts() if one.spec.read_text),
    *([post.body.encode()] for one in contracts() for post in one.posts if post.credentials),
]


def _read(data: bytes) -> None:
    if not data:
        return
    begun = time.process_time()
    _READERS[data[0] % len(_READERS)](data[1:])
    if time.process_time() - begun > _MOST_SECONDS:
        raise AssertionError("it took too long")


def main() -> None:
    os.environ.setdefault("WEBHOOK_URL", "https://hooks.letterbook.example")
    if len(sys.argv) > 1:
        _read(Path(sys.argv[1]).read_bytes())
        return
    seeds = _KEPT / "webhooks"
    seeds.mkdir(parents=True, exist_ok=True)
    for place, samples in enumerate(_SAMPLES):
        for n, sample in enumerate(samples):
            (seeds / f"seed-{place}-{n}").write_bytes(bytes([place]) + sample)
    asked = [
        f"-max_total_time={os.environ.get('SECONDS', '60')}",
        f"-max_len={_MOST_BYTES}",
        f"-artifact_prefix={_KEPT}/",
        str(seeds),
    ]
    atheris.Setup([sys.argv[0], *asked], _read)
    atheris.Fuzz()


main()
