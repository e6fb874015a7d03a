"""Each vendor on the local cloud: what becomes of a message, by whom it is for, and who sends where one is ill."""

import json
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
import requests

from tests.support.firm import Firm, eventually
from tests.support.vendor_posts import SIGNERS

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
# What is asked afterwards is asked by the sweep, after a while; what cannot be asked stays as it is.
MUTE = {"sendgrid": "sent", "mailgun": "sent", "twilio": "sent"}


def recipient(vendor: str, label: str) -> str:
    """Another for each vendor: an address that one of them found dead is not written to by any."""
    return f"+4474001{label}001" if vendor == "twilio" else f"{label}+{vendor}@simulator.example"


ROWS = [(vendor, label, status) for vendor in ("sendgrid", "mailgun") for label, status in EMAILS.items()]
ROWS += [("twilio", label, status) for label, status in TEXTS.items()]
ROWS += [(vendor, "09" if vendor == "twilio" else "mute", status) for vendor, status in MUTE.items()]


@dataclass(frozen=True)
class Sent:
    """One message to each of the table's recipients, by each vendor: all are under way while the first is looked at."""

    firm: Firm

    @cached_property
    def entries(self) -> dict[tuple[str, str], Any]:
        def test(row: tuple[str, str, str]) -> Any:
            vendor, label, _ = row
            return self.firm.admin.post(f"/v1/providers/{vendor}/test", {"to": recipient(vendor, label)})

        rows = [row for row in ROWS if row[0] in self.firm.endpoints["simulators"]]
        with ThreadPoolExecutor(2) as pool:
            return {(row[0], row[1]): entry for row, entry in zip(rows, pool.map(test, rows), strict=True)}


@pytest.fixture(scope="module")
def sent(firm: Firm) -> Sent:
    made = Sent(firm)
    _ = made.entries
    return made


def taken(firm: Firm, vendor: str, entry: Any) -> list[Any]:
    """What a vendor took of an entry."""
    kept = requests.get(f"{firm.endpoints['simulators'][vendor]['url']}/_sim/messages", timeout=10).json()
    return [one for one in kept if one["communication_id"] == entry["id"]]


@pytest.mark.parametrize(("vendor", "label", "status"), ROWS)
def test_what_becomes_of_a_message(firm: Firm, sent: Sent, vendor: str, label: str, status: str) -> None:
    entry = sent.entries[vendor, label]
    page = firm.admin.follow(entry, status, seconds=240)
    assert page["provider"] == vendor
    once = len(taken(firm, vendor, entry))
    assert once == (0 if label in ("dropped", "invalid", "03", "04") and status == "rejected" and not once else 1)
    events = [row["event"] for row in page["history"] if row["code"] != "duplicate"]
    assert len(events) == len(page["history"])


def test_delayed_first_and_side_signals(firm: Firm, sent: Sent) -> None:
    for vendor in ("sendgrid", "mailgun"):
        said = {label: firm.admin.get(f"/v1/communications/{sent.entries[vendor, label]['id']}") for label in EMAILS}
        assert "complaint" in said["complaint"]["hints"]
        assert "unsubscribe" in said["unsubscribe"]["hints"]
        assert said["late"]["delivered_at"]
        assert "delayed" not in said["deferred"]["hints"]


@pytest.fixture(scope="module")
def two(firm: Firm, sent: Sent) -> Iterator[Firm]:
    """Two vendors on each channel, the second of which is well."""
    before = firm.admin.get("/v1/settings")["routes"]
    firm.set_up(routes={**before, "email": ["mailgun", "sendgrid"], "sms": ["twilio", "sns"]})
    yield firm
    for vendor in ("mailgun", "twilio"):
        mode(firm, vendor, None)
    firm.set_up(routes=before)


def mode(firm: Firm, vendor: str, name: str | None) -> None:
    url = firm.endpoints["simulators"][vendor]["url"]
    assert requests.put(f"{url}/_sim/mode", json={"mode": name}, timeout=10).ok


def test_the_first_is_ambiguous_and_nobody_else_sends(two: Firm) -> None:
    mode(two, "mailgun", "ambiguous")
    entry = two.admin.email(two.admin.party(), to=["two@mailbox.example"])
    page = two.admin.follow(entry, "delivered")
    mode(two, "mailgun", None)
    assert page["provider"] == "mailgun"
    assert (len(taken(two, "mailgun", entry)), taken(two, "sendgrid", entry)) == (1, [])


def test_the_first_is_broken_and_the_second_sends(two: Firm) -> None:
    mode(two, "mailgun", "broken")
    entry = two.admin.email(two.admin.party(), to=["two@mailbox.example"])
    page = two.admin.follow(entry, "delivered", seconds=400)
    mode(two, "mailgun", None)
    assert page["provider"] == "sendgrid"
    assert (taken(two, "mailgun", entry), len(taken(two, "sendgrid", entry))) == ([], 1)


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
    [got] = taken(two, page["provider"], entry)
    assert "success+bcc" not in json.dumps([got["subject"], got["text"], got["attachments"]])


def test_what_comes_in_by_text_is_answered_in_its_thread(two: Firm) -> None:
    number = "+447700900661"
    party = two.admin.party(name="Nadia Texts", email=None, mobile=number)
    out = two.admin.post(
        "/v1/communications",
        {"channel": "sms", "party_id": party["id"], "to": number, "body": "May we call you?", "urgent": True,
         "urgent_reason": "It is a test", "from": "+447400199999"},
    )  # fmt: skip
    two.admin.follow(out, "delivered")
    twilio = two.endpoints["simulators"]["twilio"]["url"]
    said = {"from": number, "to": "+447400199999", "body": "Yes, after five."}
    assert requests.post(f"{twilio}/_sim/inbound", json=said, timeout=10).ok

    def came() -> Any:
        found = two.admin.get("/v1/communications", party_id=party["id"], direction="inbound", channel="sms")["items"]
        return found and found[0]

    entry = eventually(came)
    assert (entry["status"], entry["thread_id"]) == (
        "received",
        two.admin.get(f"/v1/communications/{out['id']}")["thread_id"],
    )
    stop = {**said, "body": "Stop."}
    assert requests.post(f"{twilio}/_sim/inbound", json=stop, timeout=10).ok
    eventually(lambda: two.admin.get(f"/v1/parties/{party['id']}/preferences")["opt_outs"])
    assert requests.post(f"{twilio}/_sim/inbound", json={**said, "body": "START"}, timeout=10).ok
    eventually(lambda: not two.admin.get(f"/v1/parties/{party['id']}/preferences")["opt_outs"])


# What says nothing that was not known of a message that arrived; each is an event of its own.
QUIET = {
    "sendgrid": ["processed"] * 25,
    "mailgun": ["accepted"] * 25,
    "twilio": ["accepted", "queued", "scheduled", "sending"],
}


@pytest.mark.parametrize("vendor", SIGNERS)
def test_a_storm_of_posts_in_any_order_is_one_row_each(firm: Firm, sent: Sent, vendor: str) -> None:
    """Each three times, by several at once."""
    labels = [label for of, label, status in ROWS if of == vendor and status == "delivered"][:4]
    before = {label: firm.admin.follow(sent.entries[vendor, label], "delivered", seconds=240) for label in labels}
    posts = [SIGNERS[vendor](firm, page, event) for page in before.values() for event in QUIET[vendor]] * 3
    random.Random(15).shuffle(posts)
    with ThreadPoolExecutor(2) as pool:
        assert {*pool.map(lambda one: one.send(), posts)} == {200}
    for label, page in before.items():
        rows = {row["at"] for row in page["history"]}
        told = QUIET[vendor]

        def fresh(now: Any, rows: set[str] = rows) -> list[str]:
            return [row["event"] for row in now["history"] if row["at"] not in rows]

        now = firm.admin.watch(page, lambda now, told=told: len(fresh(now)) >= len(told), seconds=120)  # type: ignore[misc]
        time.sleep(1)
        now = firm.admin.get(f"/v1/communications/{page['id']}")
        assert (label, now["status"], sorted(fresh(now))) == (label, "delivered", sorted(told))


@pytest.mark.parametrize("vendor", SIGNERS)
def test_what_is_not_theirs_is_refused_and_changes_nothing(firm: Firm, sent: Sent, vendor: str) -> None:
    label = "00" if vendor == "twilio" else "success"
    page = firm.admin.follow(sent.entries[vendor, label], "delivered", seconds=240)
    bad = "undelivered" if vendor == "twilio" else "failed" if vendor == "mailgun" else "bounce"
    post = SIGNERS[vendor](firm, page, bad)
    assert post.forged().send() == 401
    if vendor != "twilio":
        assert SIGNERS[vendor](firm, page, bad, at=time.time() - 86_400).send() == 401
    time.sleep(2)
    assert firm.admin.get(f"/v1/communications/{page['id']}")["history"] == page["history"]
