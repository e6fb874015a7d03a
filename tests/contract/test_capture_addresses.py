"""Where the firm's own people find the addresses that they log their mail by."""

import re
from html import unescape

import pytest

from letterbook.domain.capture import address_of_case, address_of_user, target_of, without_captures
from letterbook.domain.party import Case
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import INBOUND, WorldForTests
from tests.support.console_client import ConsoleClient
from tests.support.lambda_client import Caller


def shown_address(text: str) -> str | None:
    found = re.search(r'<input id="capture" value="([^"]+)"[^>]* readonly>', text)
    return unescape(found[1]) if found else None


def test_everybody_has_one_of_their_own(world: WorldForTests) -> None:
    one, other = (
        Caller(user=user, role="agent").get("/v1/me").json["capture_address"] for user in ("user-1", "user-2")
    )
    assert one.endswith(f"@{INBOUND}")
    assert one != other
    assert Caller(user="user-1", role="agent").get("/v1/me").json["capture_address"] == one
    assert world.capture_addresses.target([one]) is not None


def test_a_case_has_one_wherever_it_is_read(world: WorldForTests, matter: Case) -> None:
    read = ADMIN.get(f"/v1/cases/{matter.id}").json["capture_address"]
    target = world.capture_addresses.target([read])
    assert target is not None
    assert target.case_id == matter.id
    assert [one["capture_address"] for one in ADMIN.get("/v1/cases").json["items"]] == [read]
    made = expect_created(ADMIN.post("/v1/cases", {"reference": "DC-9", "party_ids": list(matter.party_ids)}))
    assert made["capture_address"] not in (None, read)


def test_there_is_none_where_no_domain_takes_mail_in(
    world: WorldForTests, matter: Case, jane: ConsoleClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INBOUND_DOMAIN", "")
    assert ADMIN.get("/v1/me").json["capture_address"] is None
    assert ADMIN.get(f"/v1/cases/{matter.id}").json["capture_address"] is None
    assert shown_address(jane.get(f"/cases/{matter.id}").text) is None
    assert "No domain takes in mail yet" in jane.get("/capture").text


def test_the_console_shows_them_to_who_may_log(world: WorldForTests, matter: Case, jane: ConsoleClient) -> None:
    page = jane.get("/capture")
    assert world.capture_addresses.target([shown_address(page.text) or ""]) is not None
    assert shown_address(jane.get(f"/cases/{matter.id}").text) == world.capture_addresses.of_case(matter.id)
    assert 'href="/capture"' in jane.get("/work").text
    assert re.search(r'data-copy="capture" hidden', page.text)


def test_an_address_counts_only_as_it_was_given_out() -> None:
    case_id, secret = "cas_01JD4QK8V3M2N7R5T9W1X3Y5Z7", b"secret"
    address = address_of_case(case_id, INBOUND, secret)
    assert target_of(address.upper(), INBOUND, secret) == target_of(address, INBOUND, secret)
    assert len(address.partition("@")[0]) <= 64
    for other in (address.replace("01jd", "01je"), address.replace(INBOUND, "evil.example"), f"x{address}", ""):
        assert target_of(other, INBOUND, secret) is None
    assert target_of(address, INBOUND, b"another") is None
    assert target_of(address_of_user("user-1", INBOUND, secret), "", secret) is None
    assert without_captures([address, "priya@mailbox.example"]) == ("priya@mailbox.example",)
