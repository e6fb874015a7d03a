"""The door for what providers post, whoever they are: what is right is queued, and nothing else is.

What each posts, and how that is signed, stands in events/<name>/contract.json.
"""

import base64
import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from letterbook.adapters import aws
from letterbook.adapters.providers import PROVIDERS, RegisteredProviders, vendor_http
from letterbook.adapters.providers.vendor_http import VendorAnswer
from letterbook.domain.errors import Permanent
from letterbook.environment import settings
from tests.support.aws import WorldForTests, client
from tests.support.lambda_client import invoke, sample
from tests.support.provider_contract import Post, contracts

CASES = [(one.name, post) for one in contracts() for post in one.posts]
POSTS = pytest.mark.parametrize(
    ("name", "post"), CASES, ids=lambda one: one if isinstance(one, str) else one.path or "events"
)
DOORS = [(name, path) for name, spec in PROVIDERS.items() for path in spec.webhooks]
EACH_DOOR = pytest.mark.parametrize(("name", "path"), DOORS)
CLOCK = time.time


class Door:
    """The function at its address."""

    def __init__(self, world: WorldForTests, patch: pytest.MonkeyPatch) -> None:
        self.world = world
        self.patch = patch
        self.confirmed: list[dict[str, str]] = []

    def opens_for(self, name: str, post: Post) -> None:
        """It is the moment of the post, and its secret is there."""
        vars(self.world)["fakes"] = RegisteredProviders(settings())
        for key, value in post.environment.items():
            self.patch.setenv(key, value)
            vars(settings()).pop(key.lower(), None)
        self.is_now(datetime.fromisoformat(post.at).timestamp())
        if post.credentials:
            self.keep(name, post.credentials)

        def fetched(_: str, url: str, **__: Any) -> VendorAnswer:
            if url not in post.fetches:
                raise Permanent("404")
            return VendorAnswer(status=200, headers={}, body=post.fetches[url].encode())

        self.patch.setattr(vendor_http, "call", fetched)
        self.patch.setattr(aws.sns(), "confirm_subscription", lambda **asked: self.confirmed.append(asked))

    def is_now(self, at: float) -> None:
        self.patch.setattr("time.time", lambda: at)

    def keep(self, name: str, held: dict[str, str]) -> None:
        """Today, whatever the time is for the post."""
        secrets, secret = client("secretsmanager"), f"letterbook/providers/{name}"
        with self.patch.context() as today:
            today.setattr("time.time", CLOCK)
            try:
                secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(held))
            except secrets.exceptions.ResourceNotFoundException:
                secrets.create_secret(Name=secret, SecretString=json.dumps(held))

    def take(
        self, name: str, post: Post, *, body: bytes | None = None, method: str = "POST", **changes: Any
    ) -> dict[str, Any]:
        event = sample("webhook/unknown-provider.json")
        event["requestContext"]["http"]["method"] = method
        event["rawPath"] = f"/{name}/{post.path}".rstrip("/")
        event["rawQueryString"] = post.query
        event["headers"] = changes.pop("headers", post.headers)
        content = post.body.encode() if body is None else body
        event["body"], event["isBase64Encoded"] = base64.b64encode(content).decode(), True
        answer: dict[str, Any] = invoke("webhook", {**event, **changes})
        return answer

    def kept(self) -> tuple[int, int, int]:
        """Events, messages and mail that were put where they are safe."""
        mail = client("s3").list_objects_v2(Bucket="inbound").get("Contents", [])
        return len(self.world.queued("receipts")), len(self.world.queued("inbound")), len(mail)


@pytest.fixture
def door(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    with monkeypatch.context() as patch:
        yield Door(world, patch)


def one_bit_off(text: str) -> str:
    """In the middle, where it is neither padding nor a length."""
    place = next(n for n in range(len(text) // 2, len(text)) if text[n].isalnum() and chr(ord(text[n]) ^ 1).isalnum())
    return text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]


def with_signature(post: Post, signature: str) -> dict[str, Any]:
    """The same post, signed otherwise."""
    headers = {name: value.replace(post.signature, signature) for name, value in post.headers.items()}
    return {"headers": headers, "body": post.body.replace(post.signature, signature).encode()}


# ---- what is right


def test_every_door_has_a_post_that_is_right() -> None:
    """Two names of one door are the same door."""
    shown = {(name, PROVIDERS[name].webhooks[post.path]) for name, post in CASES}
    assert {(name, PROVIDERS[name].webhooks[path]) for name, path in DOORS} == shown


@POSTS
def test_what_is_right_is_kept(door: Door, name: str, post: Post) -> None:
    door.opens_for(name, post)
    assert door.take(name, post)["statusCode"] == 200
    assert door.kept() == (post.events, post.messages, post.mail)


@POSTS
def test_the_same_again_is_taken_again(door: Door, name: str, post: Post) -> None:
    """They post again where our answer was lost; whoever records it knows it."""
    door.opens_for(name, post)
    assert [door.take(name, post)["statusCode"] for _ in range(2)] == [200, 200]


@POSTS
def test_whoever_asks_whether_we_listen_is_answered_by_the_api(door: Door, name: str, post: Post) -> None:
    """Never by following the address that stands in it."""
    door.opens_for(name, post)
    door.take(name, post)
    asked = "SubscriptionConfirmation" in post.body and "Token" in post.body
    assert [one["Token"] for one in door.confirmed] == ([json.loads(post.body)["Token"]] if asked else [])


# ---- what is not


@POSTS
def test_a_signature_that_is_wrong_by_one_bit(door: Door, name: str, post: Post) -> None:
    door.opens_for(name, post)
    assert door.take(name, post, **with_signature(post, one_bit_off(post.signature)))["statusCode"] == 401
    assert door.kept() == (0, 0, 0)


@POSTS
@pytest.mark.parametrize("signature", ["", "=", "A" * 300, "é", "0" * 64])
def test_what_is_no_signature(door: Door, name: str, post: Post, signature: str) -> None:
    door.opens_for(name, post)
    assert door.take(name, post, **with_signature(post, signature))["statusCode"] == 401
    assert door.kept() == (0, 0, 0)


@POSTS
def test_without_the_header_fields(door: Door, name: str, post: Post) -> None:
    """Where the signature stands in the content, that alone may be right."""
    door.opens_for(name, post)
    answer = door.take(name, post, headers={})
    if any(post.signature in value for value in post.headers.values()):
        assert answer["statusCode"] == 401
        assert door.kept() == (0, 0, 0)
    else:
        assert answer["statusCode"] in (200, 400, 401, 415)


@POSTS
@pytest.mark.parametrize("seconds", [-7 * 24 * 3600, 24 * 3600, 400 * 24 * 3600])
def test_stale_or_from_the_future(door: Door, name: str, post: Post, seconds: int) -> None:
    door.opens_for(name, post)
    door.is_now(datetime.fromisoformat(post.at).timestamp() + seconds)
    assert door.take(name, post)["statusCode"] == (401 if post.fresh else 200)


@POSTS
def test_without_its_secret_nobody_is_believed(door: Door, name: str, post: Post) -> None:
    door.opens_for(name, post)
    if post.credentials:
        client("secretsmanager").delete_secret(SecretId=f"letterbook/providers/{name}", ForceDeleteWithoutRecovery=True)
        assert door.take(name, post)["statusCode"] == 401
        assert door.kept() == (0, 0, 0)


@POSTS
def test_a_secret_that_cannot_be_read_is_nobodys_fault(door: Door, name: str, post: Post) -> None:
    def fails(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")

    door.opens_for(name, post)
    door.patch.setattr(aws.secrets(), "get_secret_value", fails)
    assert door.take(name, post)["statusCode"] == (503 if post.credentials else 200)
    if post.credentials:
        assert door.kept() == (0, 0, 0)


@POSTS
def test_two_credentials_are_good_while_they_are_exchanged(door: Door, name: str, post: Post) -> None:
    door.opens_for(name, post)
    if post.credentials:
        door.keep(
            name, {key: one_bit_off(value) if len(value) > 8 else value for key, value in post.credentials.items()}
        )
        assert door.take(name, post)["statusCode"] == 200


@POSTS
def test_what_cannot_be_queued_is_to_be_posted_again(door: Door, name: str, post: Post) -> None:
    def fails(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessageBatch")

    door.opens_for(name, post)
    if post.events or post.messages:
        door.patch.setattr(aws.sqs(), "send_message_batch", fails)
        assert door.take(name, post)["statusCode"] == 503


# ---- whatever anybody posts


def posts_nothing_right(path: str) -> Post:
    return Post(path=path, body="", credentials={}, at="2026-11-20T15:12:00+00:00")


HOSTILE = {
    "nothing": (b"", "application/json"),
    "not utf-8": (b'{"a": "\xff\xfe\xc0"}', "application/json"),
    "100,000 levels": (b"[" * 100_000, "application/json"),
    "100,000 objects": (b'{"a":' * 100_000, "application/json"),
    "10,000 fields": (b"&".join(b"f%d=1" % n for n in range(10_000)), "application/x-www-form-urlencoded"),
    "10,000 parts": (
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(10_000))
        + b"--x--",
        "multipart/form-data; boundary=x",
    ),
    "no boundary": (b"--x\r\n\r\n", "multipart/form-data"),
    "no end": (b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1', "multipart/form-data; boundary=x"),
    "a huge number": (b'{"timestamp": ' + b"9" * 10_000 + b"}", "application/json"),
    "no number": (b'{"timestamp": NaN, "signature": Infinity}', "application/json"),
    "half a character": (
        b'{"signature": {"token": "\\ud800", "timestamp": "1", "signature": "\\udfff"}}',
        "application/json",
    ),
    "a list": (b"[1, null, {}]", "application/json"),
    "a word": (b'"word"', "application/json"),
    "lists for names": (b'{"Type": [], "TopicArn": {}, "signature": [], "event-data": 1}', "application/json"),
    "a picture": (bytes(range(256)) * 10, "image/png"),
    "no media type": (b"{}", ""),
}


@EACH_DOOR
@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_not_theirs_is_refused_and_nothing_is_queued(door: Door, name: str, path: str, kind: str) -> None:
    body, media_type = HOSTILE[kind]
    post = posts_nothing_right(path)
    door.opens_for(name, post)
    answer = door.take(name, post, body=body, headers={"content-type": media_type} if media_type else {})
    assert answer["statusCode"] in (400, 401, 415, 422)
    assert json.loads(answer["body"])["status"] == answer["statusCode"]
    assert door.kept() == (0, 0, 0)


@EACH_DOOR
def test_two_megabytes_are_too_much(door: Door, name: str, path: str) -> None:
    post = posts_nothing_right(path)
    door.opens_for(name, post)
    assert door.take(name, post, body=b"x" * 2 * 1024 * 1024)["statusCode"] == 413


@EACH_DOOR
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "post"])
def test_it_is_posted_or_nothing(door: Door, name: str, path: str, method: str) -> None:
    post = posts_nothing_right(path)
    door.opens_for(name, post)
    assert door.take(name, post, method=method)["statusCode"] == 405


@pytest.mark.parametrize("path", ["nobody", "nobody/inbound", "", "ses", "twilio/other", "%2e%2e", "sns/", "SNS"])
def test_nobody_else_posts_here(door: Door, path: str) -> None:
    name, _, rest = path.partition("/")
    post = posts_nothing_right(rest)
    door.opens_for(name or "nobody", post)
    assert door.take(name, post)["statusCode"] in ((404,) if path != "sns/" else (400, 404))


@pytest.mark.parametrize("body", ["not base64!", "AAA", "é"])
def test_what_is_not_encoded_as_it_says(door: Door, body: str) -> None:
    name, path = DOORS[0]
    post = posts_nothing_right(path)
    door.opens_for(name, post)
    event = {**sample("webhook/unknown-provider.json"), "rawPath": f"/{name}", "body": body, "isBase64Encoded": True}
    assert invoke("webhook", event)["statusCode"] == 400
