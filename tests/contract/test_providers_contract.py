"""What every provider keeps to, whoever it is: what a call may do, what its errors mean, what its events say.

A provider comes in here by being registered; what is its own stands in events/<name>/contract.json (tests/support).
"""

import gc
import json
import logging
import re
import time
import traceback
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from socket import socket

import pytest
from botocore.config import Config

from letterbook.adapters import aws
from letterbook.adapters.providers import RegisteredProviders, vendor_http
from letterbook.domain import errors
from letterbook.domain.errors import Ambiguous, ProviderError, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome
from letterbook.environment import settings
from letterbook.ports import OutboundMessage
from tests.support.aws import WorldForTests, client
from tests.support.parcels import parcel_of
from tests.support.provider_contract import Answer, ProviderContract, contracts
from tests.support.scripted_server import (
    Act,
    ScriptedServer,
    answers,
    breaks_off,
    resets,
    says_nothing,
    scripted_server,
    trickles,
    unused_url,
)

OURS = "com_01JD4QK8V3M2N7R5T9W1X3Y5Z7"
CONNECT_SECONDS, READ_SECONDS = 0.3, 0.4
HUGE = 10 * 1024 * 1024

ALL = pytest.mark.parametrize("provider", contracts(), ids=lambda one: one.name)


@pytest.fixture
def vendor(request: pytest.FixtureRequest) -> Iterator[ScriptedServer]:
    """Whatever the provider of the test asks before it hands a message over is answered already."""
    provider: ProviderContract = request.getfixturevalue("provider")
    with scripted_server() as server:
        for begins, said in provider.beside.items():
            server.beside[begins] = beside(said, server.url)
        yield server


def beside(said: Answer, url: str) -> Act:
    """That answer, each time with another number."""
    number = count(1)

    def act(connection: socket) -> None:
        body = said.content.replace(b"{url}", url.encode()).replace(b"{n}", b"%d" % next(number))
        answers(said.status, body, said.headers)(connection)

    return act


@pytest.fixture
def carriers(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> RegisteredProviders:
    """The real ones, which wait for nobody longer than a moment."""
    monkeypatch.setattr(vendor_http, "CONNECT_SECONDS", CONNECT_SECONDS)
    monkeypatch.setattr(vendor_http, "READ_SECONDS", READ_SECONDS)
    short = Config(connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS)
    monkeypatch.setattr(aws, "PROVIDER", aws.PROVIDER.merge(short))
    return RegisteredProviders(settings())


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")


def stands_at(provider: ProviderContract, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor is found there from now on."""
    if provider.endpoint:
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{provider.endpoint}", url)
    if provider.credentials:
        put_secret(provider, {**provider.credentials, "base_url": url})


def put_secret(provider: ProviderContract, held: dict[str, str]) -> None:
    name, secrets = f"letterbook/providers/{provider.name}", client("secretsmanager")
    try:
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps(held))
    except secrets.exceptions.ResourceNotFoundException:
        secrets.create_secret(Name=name, SecretString=json.dumps(held))


def parcel(provider: ProviderContract) -> OutboundMessage:
    spec = provider.spec
    return parcel_of(spec.channel, spec.network, sender=provider.sender, to=(provider.recipient,))


def refused(carriers: RegisteredProviders, provider: ProviderContract) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        carriers.get(provider.name).send(parcel(provider))
    return raised.value


# ---- what is taken, and what is not


@ALL
def test_what_it_accepts_has_its_reference(
    carriers: RegisteredProviders, vendor: ScriptedServer, provider: ProviderContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_at(provider, vendor.url, monkeypatch)
    vendor.script = [answers(provider.accepted.status, provider.accepted.content, provider.accepted.headers)]
    assert carriers.get(provider.name).send(parcel(provider)) == provider.accepted.reference
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(
    ("provider", "answer"),
    [(one, answer) for one in contracts() for answer in one.errors],
    ids=lambda one: one.name if isinstance(one, ProviderContract) else f"{one.status}-{one.raises}-{one.reason}",
)
def test_its_own_errors_are_named_by_what_to_do(
    carriers: RegisteredProviders,
    vendor: ScriptedServer,
    provider: ProviderContract,
    answer: Answer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stands_at(provider, vendor.url, monkeypatch)
    vendor.script = [answers(answer.status, answer.content, answer.headers)]
    error = refused(carriers, provider)
    assert isinstance(error, getattr(errors, answer.raises))
    assert (type(error) is Ambiguous) == (answer.raises == "Ambiguous")
    assert error.reason == FailureCode(answer.reason)


@ALL
def test_nobody_there_is_certainly_not_taken(
    carriers: RegisteredProviders, provider: ProviderContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_at(provider, unused_url(), monkeypatch)
    error = refused(carriers, provider)
    assert isinstance(error, Transient)
    assert not isinstance(error, Throttled)


@ALL
@pytest.mark.parametrize("failing", ["before the body", "after the body", "reset", "broken off"])
def test_nobody_knows_what_became_of_a_broken_call(
    carriers: RegisteredProviders,
    vendor: ScriptedServer,
    provider: ProviderContract,
    failing: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was on its way: it may have been taken, so it is not sent again."""
    stands_at(provider, vendor.url, monkeypatch)
    acts = {"reset": resets, "broken off": breaks_off}
    vendor.reads = failing != "before the body"
    vendor.script = [acts.get(failing, says_nothing)]
    assert type(refused(carriers, provider)) is Ambiguous
    assert len(vendor.asked) == 1


COMMON = {
    301: "Ambiguous",
    302: "Ambiguous",
    307: "Ambiguous",
    400: "Permanent",
    401: "Permanent",
    403: "Permanent",
    404: "Permanent",
    408: "Ambiguous",
    413: "Permanent",
    422: "Permanent",
    429: "Throttled",
    500: "Ambiguous",
    502: "Ambiguous",
    503: "Ambiguous",
    504: "Ambiguous",
}


@ALL
@pytest.mark.parametrize("status", COMMON)
def test_a_status_alone_says_what_to_do(
    carriers: RegisteredProviders,
    vendor: ScriptedServer,
    provider: ProviderContract,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever else is said. The library of AWS does not tell the status of what it cannot read: nobody knows, then."""
    stands_at(provider, vendor.url, monkeypatch)
    wanted = getattr(errors, provider.statuses.get(str(status), COMMON[status]))
    for body in (b"", b"<html>no JSON</html>", b"{}", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000):
        vendor.script = [answers(status, body)]
        assert isinstance(refused(carriers, provider), (wanted, Ambiguous) if provider.endpoint else wanted)


@ALL
@pytest.mark.parametrize(("told", "after"), [(None, 0), ("7", 7), ("soon", 0), ("999999999", 3600), ("-5", 0)])
def test_it_waits_as_long_as_it_is_asked_to_an_hour_at_most(
    carriers: RegisteredProviders,
    vendor: ScriptedServer,
    provider: ProviderContract,
    told: str | None,
    after: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stands_at(provider, vendor.url, monkeypatch)
    said = provider.throttled
    vendor.script = [answers(said.status, said.content, {**said.headers, **({"Retry-After": told} if told else {})})]
    error = refused(carriers, provider)
    assert isinstance(error, Throttled)
    assert error.after == timedelta(seconds=after)


@ALL
def test_success_that_cannot_be_read_may_have_been_taken(
    carriers: RegisteredProviders, vendor: ScriptedServer, provider: ProviderContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_at(provider, vendor.url, monkeypatch)
    for body in (b"", b"{", b"[" * 100_000, b"null", b'{"other": 1}', b"\xff", b'"x"', b"17"):
        vendor.script = [answers(provider.accepted.status, body)]
        assert_taken_or_unknown(carriers, provider, "broken")


@ALL
def test_an_answer_of_ten_megabytes(
    carriers: RegisteredProviders, vendor: ScriptedServer, provider: ProviderContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_at(provider, vendor.url, monkeypatch)
    good = provider.accepted
    vendor.script = [answers(good.status, good.content + b" " * HUGE, good.headers)]
    assert_taken_or_unknown(carriers, provider, "huge")


@ALL
def test_an_answer_that_comes_byte_by_byte(
    carriers: RegisteredProviders, vendor: ScriptedServer, provider: ProviderContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_at(provider, vendor.url, monkeypatch)
    good = provider.accepted
    body = good.content or b" " * 50
    vendor.script = [trickles(good.status, body, pause=4 * READ_SECONDS / len(body))]
    began = time.monotonic()
    assert_taken_or_unknown(carriers, provider, "trickled")
    assert time.monotonic() - began < 10 * READ_SECONDS


def assert_taken_or_unknown(carriers: RegisteredProviders, provider: ProviderContract, answer: str) -> None:
    if answer in provider.taken_anyway:
        assert carriers.get(provider.name).send(parcel(provider)) in (provider.accepted.reference, "")
    else:
        assert type(refused(carriers, provider)) is Ambiguous


@ALL
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_it_follows_nobody_elsewhere(
    carriers: RegisteredProviders,
    vendor: ScriptedServer,
    provider: ProviderContract,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stands_at(provider, vendor.url, monkeypatch)
    with scripted_server() as elsewhere:
        elsewhere.script = [answers(provider.accepted.status, provider.accepted.content)]
        vendor.script = [answers(status, b"", {"Location": elsewhere.url})]
        refused(carriers, provider)
        assert (len(vendor.asked), elsewhere.asked) == (1, [])
    if status == 303:
        # botocore leaves the connection to it.
        gc.collect()


# ---- credentials


def hidden(provider: ProviderContract) -> list[str]:
    fields = {one.name for one in provider.spec.credentials if one.hidden}
    held = [*provider.credentials.items(), *provider.exchanged.items()]
    return [value for name, value in held if name in fields and value]


@ALL
@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500])
def test_its_credentials_stand_in_no_error_no_log_and_no_address(
    carriers: RegisteredProviders,
    vendor: ScriptedServer,
    provider: ProviderContract,
    status: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stands_at(provider, vendor.url, monkeypatch)
    vendor.script = [answers(status, b"{")]
    caplog.set_level(logging.DEBUG, logger="letterbook")
    try:
        carriers.get(provider.name).send(parcel(provider))
        told = ""
    except ProviderError as error:
        told = "".join(traceback.format_exception(error)) + repr(error) + error.provider_code
    addresses = " ".join(one.split(b"\r\n")[0].decode() for one in vendor.asked)
    assert [one for one in hidden(provider) if one in told + caplog.text + addresses] == []


EXCHANGED = [one for one in contracts() if one.exchanged]


@pytest.mark.parametrize("provider", EXCHANGED, ids=lambda one: one.name)
def test_who_is_not_known_reads_the_secret_again(
    carriers: RegisteredProviders, vendor: ScriptedServer, provider: ProviderContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    stands_at(provider, vendor.url, monkeypatch)
    good = provider.accepted
    taken = answers(good.status, good.content, good.headers)
    vendor.script = [taken, answers(401), taken]
    sender = carriers.get(provider.name)
    sender.send(parcel(provider))
    put_secret(provider, {**provider.exchanged, "base_url": vendor.url})
    assert sender.send(parcel(provider)) == good.reference
    assert len(vendor.asked) == 3
    assert vendor.asked[1] != vendor.asked[2]


@ALL
def test_without_its_secret_nobody_is_called(carriers: RegisteredProviders, provider: ProviderContract) -> None:
    """A provider that has no secret is called with the rights of the function."""
    if provider.spec.credentials:
        assert refused(carriers, provider).reason is FailureCode.CONFIG
    assert carriers.is_set_up(provider.name) == (not provider.spec.credentials)


# ---- words


@pytest.mark.parametrize("provider", contracts(), ids=lambda one: one.name)
def test_each_code_has_a_plain_sentence_and_advice(
    carriers: RegisteredProviders, vendor: ScriptedServer, provider: ProviderContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of its errors, and those of its events."""
    stands_at(provider, vendor.url, monkeypatch)
    codes = {
        one["provider_code"]
        for event in provider.events.values()
        for one in (event or {}).get("news", ())
        if one.get("fact") in FAILING and not SERVERS_OWN.fullmatch(one.get("provider_code", "1.1.1"))
    }
    for answer in provider.errors:
        vendor.script = [answers(answer.status, answer.content, answer.headers)]
        codes.add(refused(carriers, provider).provider_code)
    assert [one for one in codes if not carriers.failure_text(provider.name, one)] == []


# What the recipient's server said itself (RFC 3463): no provider's code.
SERVERS_OWN = re.compile(r"[245]\.\d{1,3}\.\d{1,3}|[245]\d\d")
FAILING = {one.name.lower() for one in DeliveryOutcome if one.failing}


@pytest.mark.parametrize("provider", contracts(), ids=lambda one: one.name)
def test_its_words_are_sentences(provider: ProviderContract) -> None:
    words = [word for text in provider.spec.failures.values() for word in (text.reason, text.advice)]
    assert [one for one in words if not (one[:1].isupper() and one.endswith(".") and len(one) <= 120)] == []
    assert [one for one in words if "please" in one.lower() or "!" in one or "successfully" in one.lower()] == []
