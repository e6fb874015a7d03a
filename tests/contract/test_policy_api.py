"""Whom the firm may write to: holds and who overrides them, addresses that bounced, hours, and the settings behind it."""

from typing import Any

import pytest

from letterbook.domain.errors import Permanent
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.use_cases.delivery.dispatch import dispatch
from tests.support.api_client import ADMIN, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.lambda_client import Caller
from tests.support.steps import deliver_queue, standing, tell

LEAD = Caller(user="user-8", role="lead")
GONE = RecipientUpdate(
    recipient="priya@mailbox.example",
    fact=DeliveryOutcome.HARD_BOUNCE,
    code=FailureCode.INVALID_ADDRESS,
    provider_code="5.1.1",
)


def bounced(world: WorldForTests, party: Any) -> Any:
    made = expect_created(ADMIN.post("/v1/communications", email(party)))
    deliver_queue(world)
    tell(world, standing(world, made["id"]), GONE)
    world.clock.pass_(minutes=1)
    return made


# ---- holds


def test_a_hold_is_overridden_by_right_with_a_reason_that_is_kept(world: WorldForTests, party: Any) -> None:
    hold = {"hold": {"kind": "solicitor", "reason": "Smith LLP"}}
    assert ADMIN.put(f"/v1/parties/{party['id']}/preferences", hold).status == 200
    assert ADMIN.post("/v1/communications", email(party)).json["code"] == "contact_hold"
    overridden = email(party, override_hold="Statutory notice")
    assert LEAD.post("/v1/communications", overridden).status == 403
    made = expect_created(ADMIN.post("/v1/communications", overridden))
    [asked] = [row for row in made["decision"]["trace"] if row["rule"] == "contact_hold"]
    assert asked["outcome"] == "pass"
    assert asked["reason"].endswith("Overridden: Statutory notice")
    deliver_queue(world)
    assert len(world.fakes.email.taken) == 1


# ---- addresses that bounced


def test_an_address_that_bounced_is_written_to_by_nobody_until_it_is_released(world: WorldForTests, party: Any) -> None:
    bounced(world, party)
    other = expect_created(
        ADMIN.post("/v1/parties", {"kind": "customer", "name": "Ann", "email": "PRIYA@mailbox.example"})
    )
    for one in (party, other):
        refused = ADMIN.post("/v1/communications", email(one, to=["priya@mailbox.example"]))
        assert (refused.status, refused.places) == (422, [("to.0", "quarantined_address")])
    named = email(other, to=["priya@mailbox.example"])
    previewed = ADMIN.post("/v1/communications/preview", named).json["decision"]
    assert (previewed["action"], previewed["rule"]) == ("refuse", "quarantine")
    [held] = ADMIN.get("/v1/quarantine").json["items"]
    assert (held["address"], held["code"]) == ("priya@mailbox.example", "invalid_address")
    assert ADMIN.delete("/v1/quarantine", {"address": "Priya@mailbox.example"}).status == 204
    assert ADMIN.post("/v1/communications", email(party)).status == 202
    assert ADMIN.delete("/v1/quarantine", {"address": "priya@mailbox.example"}).status == 404
    events = [row["event"] for row in ADMIN.get("/v1/activity", party_id=party["id"]).json["items"]]
    assert events.count("address quarantined") == events.count("address released") == 1


def test_a_corrected_address_is_written_to_and_the_bounce_is_sent_again(world: WorldForTests, party: Any) -> None:
    made = bounced(world, party)
    assert ADMIN.post(f"/v1/communications/{made['id']}/resend", {}).status == 422
    ADMIN.patch(f"/v1/parties/{party['id']}", {"email": "priya@right.example"})
    assert ADMIN.post(f"/v1/communications/{made['id']}/resend", {}).status == 202


def test_the_same_bounce_twice_is_one_and_a_later_delivery_releases(world: WorldForTests, party: Any) -> None:
    made = bounced(world, party)
    tell(world, standing(world, made["id"]), GONE)
    assert len(ADMIN.get("/v1/quarantine").json["items"]) == 1
    delivered = RecipientUpdate(recipient="priya@mailbox.example", fact=DeliveryOutcome.DELIVERED)
    tell(world, standing(world, made["id"]), delivered)
    assert ADMIN.get("/v1/quarantine").json["items"] == []


def test_the_same_old_bounce_does_not_undo_a_release(world: WorldForTests, party: Any) -> None:
    made = bounced(world, party)
    before = world.clock.time
    world.clock.pass_(minutes=1)
    assert ADMIN.delete("/v1/quarantine", {"address": "priya@mailbox.example"}).status == 204
    tell(world, standing(world, made["id"]), GONE, at=before)
    assert ADMIN.get("/v1/quarantine").json["items"] == []
    world.clock.pass_(minutes=1)
    tell(world, standing(world, made["id"]), GONE)
    assert len(ADMIN.get("/v1/quarantine").json["items"]) == 1


def test_what_was_accepted_before_the_bounce_does_not_go_to_a_dead_address(world: WorldForTests, party: Any) -> None:
    first, second = (expect_created(ADMIN.post("/v1/communications", email(party))) for _ in range(2))
    [order, later] = world.queued("email")
    dispatch(world, order["communication_id"])
    tell(world, standing(world, order["communication_id"]), GONE)
    dispatch(world, later["communication_id"])
    assert len(world.fakes.email.taken) == 1
    page = ADMIN.get(f"/v1/communications/{later['communication_id']}").json
    assert (page["status"], page["failure"]["code"]) == ("failed", "invalid_address")
    assert {first["id"], second["id"]} == {order["communication_id"], later["communication_id"]}


@pytest.mark.parametrize("code", [FailureCode.MAILBOX_FULL, FailureCode.UNREACHABLE])
def test_a_full_mailbox_is_no_dead_address(world: WorldForTests, party: Any, code: FailureCode) -> None:
    made = expect_created(ADMIN.post("/v1/communications", email(party)))
    deliver_queue(world)
    tell(
        world,
        standing(world, made["id"]),
        RecipientUpdate(recipient="priya@mailbox.example", fact=DeliveryOutcome.SOFT_BOUNCE, code=code),
    )
    assert ADMIN.get("/v1/quarantine").json["items"] == []


def test_an_agent_sees_and_releases_only_what_is_of_their_parties(world: WorldForTests, party: Any) -> None:
    bounced(world, party)
    agent = Caller(user="user-7", role="agent")
    assert agent.get("/v1/quarantine").json == {"items": [], "next_cursor": None}
    assert agent.delete("/v1/quarantine", {"address": "priya@mailbox.example"}).status == 404


# ---- settings


def test_hours_days_and_skips_are_settings(world: WorldForTests, party: Any) -> None:
    told = {
        "quiet_hours": {"email": {"start": "08:00", "end": "18:00"}},
        "closing_days": ["2026-11-20"],
        "skip_rules": [{"payment_method": "cash", "category": "reminder"}],
    }
    saved = ADMIN.put("/v1/settings", told)
    assert saved.status == 200
    assert {name: saved.json[name] for name in ("closing_days", "skip_rules")} == {
        name: told[name] for name in ("closing_days", "skip_rules")
    }
    made = expect_created(ADMIN.post("/v1/communications", email(party)))
    assert (made["status"], made["scheduled_for"]) == ("scheduled", "2026-11-23T08:00:00Z")
    assert made["decision"]["settings_version"] == saved.json["version"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"quiet_hours": {"email": {"start": "18:00", "end": "08:00"}}}, "quiet_hours.email.end"),
        ({"quiet_hours": {"fax": {}}}, "quiet_hours.fax"),
        ({"closing_days": ["tomorrow"]}, "closing_days.0"),
        ({"skip_rules": [{"category": "x"}]}, "skip_rules.0.payment_method"),
    ],
)
def test_settings_that_cannot_be_are_refused(world: WorldForTests, body: Any, field: str) -> None:
    refused = ADMIN.put("/v1/settings", body)
    assert (refused.status, refused.places[0][0]) == (422, field)


@pytest.mark.covers("H2")
def test_who_told_the_provider_stop_is_opted_out(world: WorldForTests, party: Any) -> None:
    world.fakes.sms.next.append(Permanent("OptedOut", FailureCode.OPTED_OUT))
    body = {"channel": "sms", "party_id": party["id"], "body": "Hello"}
    made = expect_created(ADMIN.post("/v1/communications", body))
    deliver_queue(world, "sms")
    assert standing(world, made["id"]).entry.status == "rejected"
    [wish] = ADMIN.get(f"/v1/parties/{party['id']}/preferences").json["opt_outs"]
    assert (wish["channel"], wish["source"]) == ("sms", "stop_keyword")
    again = expect_created(ADMIN.post("/v1/communications", body))
    assert (again["status"], again["decision"]["rule"]) == ("skipped", "opt_out")


# ---- routes, fallback, retention


@pytest.mark.covers("E7")
def test_the_firm_says_by_whom_and_by_what_else_messages_go(party: Any) -> None:
    settings = ADMIN.get("/v1/settings").json
    assert settings["routes"] == {"email": ["ses"], "sms": ["sns"]}
    assert settings["fallback"] == {"order": {"default": ["email", "sms", "manual"]}, "after_failure": False}
    assert settings["retention"] == {"years": None}
    wanted = {
        "routes": {"email": ["ses"]},
        "fallback": {"order": {"default": ["manual"], "invoice": ["sms", "manual"]}, "after_failure": True},
        "retention": {"years": 7},
    }
    kept = ADMIN.put("/v1/settings", wanted).json
    assert {name: kept[name] for name in wanted} == wanted | {"routes": {"email": ["ses"], "sms": ["sns"]}}
    assert ADMIN.put("/v1/settings", kept).status == 200
    made = expect_created(ADMIN.post("/v1/communications", email(party)))
    assert made["retention"]["reason"] == "Kept for 7 years after its matter is closed."


WRONG: list[tuple[Any, list[tuple[str, str]]]] = [
    ({"routes": {"email": ["ses", "sns"]}}, [("routes.email.1", "unknown_provider")]),
    ({"routes": {"email": []}}, [("routes.email", "too_short")]),
    ({"routes": {"post": ["ses"]}}, [("routes.post.0", "unknown_provider")]),
    ({"routes": {"phone": ["ses"]}}, [("routes.phone", "not_one_of")]),
    ({"fallback": {"order": {"default": ["phone"]}}}, [("fallback.order.default.0", "not_one_of")]),
    ({"retention": {"years": 5}}, [("retention.years", "out_of_range")]),
]


@pytest.mark.parametrize(("body", "places"), WRONG, ids=[str(row[0]) for row in WRONG])
def test_what_the_settings_cannot_be(world: WorldForTests, body: Any, places: list[tuple[str, str]]) -> None:
    before = ADMIN.get("/v1/settings").json
    refused = ADMIN.put("/v1/settings", body)
    assert (refused.status, refused.places) == (422, places)
    assert ADMIN.get("/v1/settings").json == before


def test_who_cannot_be_reached_by_email_is_shown_to_be_written_to_by_hand(party: Any) -> None:
    ADMIN.patch(f"/v1/parties/{party['id']}", {"email": None})
    shown = ADMIN.post("/v1/communications/preview", email(party)).json
    assert (shown["decision"]["action"], shown["channel"], shown["recipients"]) == ("fallback", "manual", [])
    assert shown["decision"]["trace"][-1]["outcome"] == "fallback"
    answer = ADMIN.post("/v1/communications", email(party))
    assert (answer.status, answer.json["status"]) == (202, "generating")
    turned = ADMIN.get(f"/v1/communications/{answer.json['fallback_of']}").json
    assert (turned["channel"], turned["status"], turned["status_group"]) == ("email", "skipped", "skipped")
    assert [one["id"] for one in turned["attempts"]] == [turned["id"], answer.json["id"]]


def test_an_urgent_email_goes_at_any_hour(world: WorldForTests, party: Any) -> None:
    ADMIN.put("/v1/settings", {"quiet_hours": {"email": {"start": "09:00", "end": "17:00"}}})
    world.clock.pass_(hours=10)
    assert expect_created(ADMIN.post("/v1/communications", email(party)))["status"] == "scheduled"
    urgent = email(party, urgent=True, urgent_reason="A hearing tomorrow")
    assert expect_created(ADMIN.post("/v1/communications", urgent))["status"] == "queued"
