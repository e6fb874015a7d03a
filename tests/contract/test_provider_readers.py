"""What reads what providers post, given anything at all: it is understood, or refused as what it is, and nothing else happens."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings as tries, strategies as st

from letterbook.adapters.providers import PROVIDERS, vendor_http
from letterbook.adapters.providers.account import Account
from letterbook.adapters.providers.vendor_http import VendorAnswer
from letterbook.domain.errors import CallerError
from letterbook.domain.receipts import Receipt
from letterbook.environment import Settings
from letterbook.ports import WebhookContent, WebhookRequest
from tests.support.mutations import almost
from tests.support.provider_contract import Post, ProviderContract, contracts

ALL = pytest.mark.parametrize("provider", contracts(), ids=lambda one: one.name)
POSTS = pytest.mark.parametrize(
    ("name", "post"),
    [(one.name, post) for one in contracts() for post in one.posts],
    ids=lambda one: one if isinstance(one, str) else one.path or "events",
)
OFTEN = tries(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def samples(provider: ProviderContract) -> list[str]:
    return [provider.raw(file) for file in (*provider.events, provider.unknown)]


def assert_can_be_kept(receipt: Receipt) -> None:
    """What is stored of it is text, and as long as a key may be."""
    assert receipt.at.tzinfo is not None
    assert receipt.at.astimezone(UTC)
    texts = [receipt.event, receipt.reference, receipt.communication_id, receipt.digest, receipt.raw]
    texts += [text for one in receipt.news for text in (one.recipient, one.provider_code)]
    for text in texts:
        assert text is None or (type(text) is str and text.encode() is not None)
    assert len((receipt.reference or "").encode()) <= 2_048
    assert len(receipt.event.encode()) <= 200


def read(provider: ProviderContract, raw: str) -> None:
    try:
        receipt = provider.spec.read(raw)
    except ValueError:
        return
    if receipt:
        assert_can_be_kept(receipt)


@ALL
@given(data=st.data())
@OFTEN
def test_an_event_that_is_almost_right(provider: ProviderContract, data: st.DataObject) -> None:
    raw = data.draw(almost(samples(provider)))
    # A queue holds whole characters.
    read(provider, raw.encode(errors="backslashreplace").decode())


@ALL
@given(raw=st.text())
@OFTEN
def test_a_text_that_is_no_event(provider: ProviderContract, raw: str) -> None:
    read(provider, raw)


@ALL
@pytest.mark.parametrize(
    "raw", ["[" * 100_000, '{"a":' * 100_000, "1e999", "NaN", "9" * 5_000, '"\\ud800"', "null", "[]"]
)
def test_what_json_may_also_be(provider: ProviderContract, raw: str) -> None:
    read(provider, raw)


TAKES_TEXTS = [name for name, spec in PROVIDERS.items() if spec.read_text]


@pytest.mark.parametrize("name", TAKES_TEXTS or [pytest.param("", marks=pytest.mark.skip("nobody takes texts in yet"))])
@given(raw=st.one_of(st.text(), st.binary().map(lambda one: one.decode("latin-1"))))
@OFTEN
def test_a_text_message_that_is_none(name: str, raw: str) -> None:
    read_text = PROVIDERS[name].read_text
    assert read_text is not None
    try:
        read_text(raw)
    except ValueError:
        return


class Believing(Account):
    """Whose every signature is right, so that what stands below it is read."""

    def __init__(self, name: str, post: Post) -> None:
        super().__init__(name, (), Settings())
        self._held = post.credentials

    def prove(self, proves: Any) -> bool:
        proves(self._held)
        return True


def posted(name: str, post: Post, body: bytes, headers: dict[str, str], query: str = "") -> None:
    request = WebhookRequest(path=post.path, query=query, headers=headers, body=body)
    try:
        content = PROVIDERS[name].webhooks[post.path](Believing(name, post), request)
    except CallerError:
        return
    assert isinstance(content, WebhookContent)
    for text in (*content.events, *content.messages):
        assert text.encode() is not None


@pytest.fixture
def then(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The moment of the post, when what it fetches is there."""
    post: Post = request.getfixturevalue("post")
    at = datetime.fromisoformat(post.at).timestamp()
    monkeypatch.setattr("time.time", lambda: at)
    monkeypatch.setenv("WEBHOOK_URL", "https://hooks.letterbook.example")
    for name, value in post.environment.items():
        monkeypatch.setenv(name, value)

    def fetched(_: str, url: str, **__: Any) -> VendorAnswer:
        return VendorAnswer(status=200, headers={}, body=post.fetches.get(url, "").encode())

    monkeypatch.setattr(vendor_http, "call", fetched)


@POSTS
@given(data=st.data())
@OFTEN
def test_a_post_that_is_almost_right(then: None, name: str, post: Post, data: st.DataObject) -> None:
    try:
        json.loads(post.body)
        body = data.draw(almost([post.body])).encode(errors="surrogatepass")
    except ValueError:
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(post.body))] * 2)))
        body = post.body[:start].encode() + data.draw(st.binary(max_size=40)) + post.body[end:].encode()
    posted(name, post, body, post.headers)


@POSTS
@given(body=st.binary(), headers=st.dictionaries(st.sampled_from(["content-type", "x"]), st.text()), query=st.text())
@OFTEN
def test_a_post_that_is_anything(
    then: None, name: str, post: Post, body: bytes, headers: dict[str, str], query: str
) -> None:
    posted(name, post, body, {**post.headers, **headers}, query)
