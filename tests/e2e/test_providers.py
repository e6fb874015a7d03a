"""Each vendor on the local cloud: what becomes of a message, by whom it is for, and who sends where one is ill."""

import json
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.firm import Firm, eventually
from tests.support.vendor_posts import SIGNERS
from tests.support.vendors import Vendor, is_drained, told

EMAILS = {
    "success": "delivered",
    "deferred": "delivered",
    "bounce": "failed",
    "blocked": "failed",
    "dropped": "rejected",
    "invalid": "rejected",
    "complaint": "delivered",
    "unsubscribe": "delivered",
    "late": "failed",
    "ambiguous": "delivered",
    "throttled": "delivered",
    "garbled": "delivered",
    "twice": "delivered",
}
TEXTS = {
    "00": "delivered",
    "01": "failed",
    "02": "failed",
    "03": "rejected",
    "04": "rejected",
    "05": "delivered",
    "06": "delivered",
    "08": "delivered",
    "10": "delivered",
    "11": "failed",
}

EMAILERS = ("sendgrid", "mailgun")
TEXTERS = ("twilio", "sms_voice")


def recipient(vendor: str, label: str, free: int = 1) -> str:
    """Another for each vendor: an address that one of them found dead is not written to by any."""
    if vendor in EMAILERS:
        return f"{label}+{vendor}{free}@simulator.example"
    return f"+4474001{label}{TEXTERS.index(vendor)}{free:02}"


EMAIL_ROWS = [(vendor, label, status) for vendor in EMAILERS for label, status in EMAILS.items()]
TEXT_ROWS = [(vendor, label, status) for vendor in TEXTERS for label, status in TEXTS.items()]
# Refused while we wait for the answer.
NOT_TAKEN = {"invalid", "03", "04"}
Entries = dict[tuple[str, str], Any]


def send(firm: Firm, rows: list[tuple[str, str, str]]) -> Entries:
    """One message to each: all are under way while the first is looked at."""

    def test(row: tuple[str, str, str]) -> Any:
        return firm.admin.post(f"/v1/providers/{row[0]}/test", {"to": recipient(row[0], row[1])})

    with ThreadPoolExecutor(2) as pool:
        return {(row[0], row[1]): entry for row, entry in zip(rows, pool.map(test, rows), strict=True)}


@pytest.fixture(scope="module")
def two(firm: Firm) -> Iterator[Firm]:
    """Two vendors on each channel. The first of text messages is broken until somebody mends it."""
    before = firm.admin.get("/v1/settings")["routes"]
    firm.set_up(routes={**before, "email": ["mailgun", "sendgrid"], "sms": ["twilio", "sns"]})
    Vendor(firm, "twilio").mode("broken")
    yield firm
    for vendor in ("mailgun", "twilio"):
        Vendor(firm, vendor).mode(None)
    firm.set_up(routes=before)


@pytest.fixture(scope="module")
def broken(two: Firm) -> Any:
    """Tried for minutes by one that does not work, while the others are looked at."""
    number = "+447700900662"
    return text(two, two.admin.party(name="Bela Broken", email=None, mobile=number), number)


@pytest.fixture(scope="module")
def emails(two: Firm, broken: Any) -> Entries:
    return send(two, EMAIL_ROWS)


@pytest.fixture(scope="module")
def texts(two: Firm) -> Entries:
    Vendor(two, "twilio").mode(None)
    return send(two, TEXT_ROWS)


def text(firm: Firm, party: Any, number: str) -> Any:
    """At any hour, because somebody has to wait for it."""
    body = {
        "channel": "sms",
        "party_id": party["id"],
        "to": number,
        "body": "May we call you?",
        "from": "+447400199999",
    }
    return firm.admin.post("/v1/communications", {**body, "urgent": True, "urgent_reason": "It is a test"})


def look(firm: Firm, entry: Any, vendor: str, label: str, status: str) -> None:
    page = firm.admin.follow(entry, status, seconds=240)
    assert page["provider"] == vendor
    assert len(Vendor(firm, vendor).taken(entry)) == (0 if label in NOT_TAKEN else 1)
    assert len({*told(page)}) == len(told(page))


@pytest.mark.parametrize(("vendor", "label", "status"), EMAIL_ROWS)
def test_what_becomes_of_an_email(two: Firm, emails: Entries, vendor: str, label: str, status: str) -> None:
    look(two, emails[vendor, label], vendor, label, status)


def test_delayed_first_and_side_signals(two: Firm, emails: Entries) -> None:
    for vendor in EMAILERS:
        said = {label: two.admin.get(f"/v1/communications/{emails[vendor, label]['id']}") for label in EMAILS}
        assert "complaint" in said["complaint"]["hints"]
        assert "unsubscribe" in said["unsubscribe"]["hints"]
        assert said["late"]["delivered_at"]
        assert "delayed" not in said["deferred"]["hints"]


def test_the_first_is_ambiguous_and_nobody_else_sends(two: Firm) -> None:
    Vendor(two, "mailgun").mode("ambiguous")
    entry = two.admin.email(two.admin.party(), to=["two@mailbox.example"])
    page = two.admin.follow(entry, "delivered")
    Vendor(two, "mailgun").mode(None)
    assert page["provider"] == "mailgun"
    assert (len(Vendor(two, "mailgun").taken(entry)), Vendor(two, "sendgrid").taken(entry)) == (1, [])


def test_copies_keep_their_own_fate(two: Firm) -> None:
    entry = two.admin.email(
        two.admin.party(),
        to=["copies@mailbox.example"],
        cc=["bounce+cc@simulator.example"],
        bcc=["success+bcc@simulator.example"],
    )
    ended = {"delivered", "failed"}
    page = two.admin.watch(entry, lambda page: {one["status"] for one in page["recipients"]} <= ended)
    fates = {one["role"]: one["status"] for one in page["recipients"]}
    assert (page["status"], fates) == ("delivered", {"to": "delivered", "cc": "failed", "bcc": "delivered"})
    [got] = Vendor(two, page["provider"]).taken(entry)
    assert "success+bcc" not in json.dumps([got["subject"], got["text"], got["attachments"]])


def test_the_first_is_broken_and_the_second_sends(two: Firm, emails: Entries, broken: Any) -> None:
    page = two.admin.follow(broken, "delivered", seconds=400)
    assert (page["provider"], Vendor(two, "twilio").taken(broken)) == ("sns", [])


@pytest.mark.parametrize(("vendor", "label", "status"), TEXT_ROWS)
def test_what_becomes_of_a_text_message(two: Firm, texts: Entries, vendor: str, label: str, status: str) -> None:
    look(two, texts[vendor, label], vendor, label, status)


def test_what_comes_in_by_text_is_answered_in_its_thread(two: Firm, texts: Entries) -> None:
    number = "+447700900661"
    party = two.admin.party(name="Nadia Texts", email=None, mobile=number)
    out = text(two, party, number)
    two.admin.follow(out, "delivered")
    twilio = Vendor(two, "twilio")
    said = {"from": number, "to": "+447400199999", "body": "Yes, after five."}
    twilio.post("inbound", **said)

    def came() -> Any:
        found = two.admin.get("/v1/communications", party_id=party["id"], direction="inbound", channel="sms")["items"]
        return found and found[0]

    entry = eventually(came)
    assert (entry["status"], entry["thread_id"]) == (
        "received",
        two.admin.get(f"/v1/communications/{out['id']}")["thread_id"],
    )
    twilio.post("inbound", **{**said, "body": "Stop."})
    eventually(lambda: two.admin.get(f"/v1/parties/{party['id']}/preferences")["opt_outs"])
    twilio.post("inbound", **{**said, "body": "START"})
    eventually(lambda: not two.admin.get(f"/v1/parties/{party['id']}/preferences")["opt_outs"])


# So many posts for each vendor, each three times. What a thousand do: LETTERBOOK_STORM=1000 make vendors.
STORM = int(os.environ.get("LETTERBOOK_STORM", "100"))
MESSAGES = 4
# What is told of a message that nothing was heard of yet, each time as an event of its own. Twilio's are told apart by their kind.
TOLD = {
    "sendgrid": ["delivered", *["processed"] * (STORM // MESSAGES - 1)],
    "mailgun": ["delivered", *["accepted"] * (STORM // MESSAGES - 1)],
    "twilio": ["delivered", "queued", "scheduled", "sending", "sent"],
}


@pytest.mark.parametrize("vendor", SIGNERS)
def test_a_storm_of_posts_in_any_order_is_one_row_each(two: Firm, texts: Entries, vendor: str) -> None:
    """Three times each and shuffled, by several at once: all of them come to their end, and nothing is told twice."""
    label = "09" if vendor == "twilio" else "mute"
    to = [recipient(vendor, label, free) for free in range(2, 2 + MESSAGES)]
    made = [two.admin.post(f"/v1/providers/{vendor}/test", {"to": one}) for one in to]
    before = [two.admin.follow(one, "sent") for one in made]
    unique = [SIGNERS[vendor](two, page, event) for page in before for event in TOLD[vendor]]
    posts = unique * (3 * STORM // len(unique))
    random.Random(15).shuffle(posts)
    with ThreadPoolExecutor(2) as pool:
        assert {*pool.map(lambda one: one.send(), posts)} == {200}
    for page in before:
        after = two.admin.watch(page, lambda now: len(told(now)) > len(TOLD[vendor]), seconds=60 + STORM)
        assert after["status"] == "delivered"
    eventually(lambda: is_drained(two, "ReceiptsQueue"), seconds=60 + STORM)
    for page in before:
        after = two.admin.get(f"/v1/communications/{page['id']}")
        assert (after["status"], sorted(told(after))) == ("delivered", sorted(["taken", *TOLD[vendor]]))


@pytest.mark.parametrize("vendor", SIGNERS)
def test_what_is_not_theirs_is_refused_and_changes_nothing(
    two: Firm, emails: Entries, texts: Entries, vendor: str
) -> None:
    label = "00" if vendor == "twilio" else "success"
    page = two.admin.follow((emails | texts)[vendor, label], "delivered", seconds=240)
    bad = "undelivered" if vendor == "twilio" else "failed" if vendor == "mailgun" else "bounce"
    post = SIGNERS[vendor](two, page, bad)
    assert post.forged().send() == 401
    if vendor != "twilio":
        assert SIGNERS[vendor](two, page, bad, at=time.time() - 86_400).send() == 401
    time.sleep(2)
    assert two.admin.get(f"/v1/communications/{page['id']}")["history"] == page["history"]
