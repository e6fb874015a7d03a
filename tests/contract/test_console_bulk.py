"""A bulk order says of each what the policy says, before anything is done; and it ends: each is done, or refused with why."""

import re
from typing import Any

import pytest

from letterbook.domain.bulk import GIVEN_UP_AFTER, RECEIVES
from letterbook.domain.party import Hold, HoldKind, OptOut, Party, Preferences
from letterbook.domain.status import Status
from letterbook.ports import BulkOrder
from letterbook.use_cases.messages.bulk import execute_bulk_order
from letterbook.use_cases.messages.compose import compose
from letterbook.use_cases.messages.resend import resend
from tests.support.api_client import ADMIN
from tests.support.aws import WorldForTests, client
from tests.support.builders import MAILBOX_FULL, NOW, deed, later, viewer
from tests.support.console_client import ConsoleClient, words
from tests.support.steps import (
    a_party,
    a_template,
    an_email,
    an_sms,
    carry_out_orders,
    deliver_queue,
    standing,
    tell,
)


def parties(world: WorldForTests, *names: str) -> list[Party]:
    """Each with an address of their own."""
    return [a_party(world, name=one, email=f"{one.split()[0].lower()}@mailbox.example", mobile=None) for one in names]


def failed(world: WorldForTests, party: Party, **changes: Any) -> str:
    made, _ = compose(world, viewer(), an_email(party, **changes))
    deliver_queue(world)
    tell(world, standing(world, made), MAILBOX_FULL)
    return made.id


def draft(world: WorldForTests, party: Party, **changes: Any) -> str:
    return compose(world, viewer(), an_email(party, send_now=False, **changes))[0].id


def wish(world: WorldForTests, party: Party, **wishes: Any) -> None:
    world.parties.save_preferences(party.id, Preferences(version=1, **wishes), deed(party.id))


def asked_of(client: ConsoleClient, verb: str, ids: list[str]) -> tuple[str, dict[str, Any]]:
    page = client.get(f"/bulk/{verb}?id={'&id='.join(ids)}").text
    once = re.search(r'name="once" value="([^"]+)"', page)
    assert once
    return words(page), {"id": ids, "once": once[1]}


def test_the_summary_says_of_each_whether_and_when_it_goes_and_why_not(
    world: WorldForTests, jane: ConsoleClient
) -> None:
    good, held, out = parties(world, "Ann Good", "Bo Held", "Cy Out")
    ids = [failed(world, one) for one in (good, held, out)]
    twice = failed(world, good, subject="Twice")
    resend(world, viewer(), twice, ())
    deliver_queue(world)
    wish(world, held, hold=Hold(kind=HoldKind.DISPUTE))
    wish(world, out, opt_outs=(OptOut(channel="email", at=NOW),))
    text, _ = asked_of(jane, "resend", [*ids, twice])
    assert "Resend 1 of 4?" in text
    assert "Goes now 1" in text
    assert "Does not: must not be contacted 1" in text
    assert "Does not: opted out of email 1" in text
    assert "Does not: sent again already 1" in text
    assert "Cy Out opted out of email on 20 Nov" in text
    told = ADMIN.post("/v1/communications/resend", {"ids": [*ids, twice]}).json
    assert told["accepted"] == ids[:1]
    assert [one["code"] for one in told["refused"]] == ["contact_hold", "opt_out", "already_sent_again"]


def test_drafts_that_lack_something_do_not_go_and_others_go_at_their_time(
    world: WorldForTests, jane: ConsoleClient
) -> None:
    party = a_party(world)
    a_template(world)
    lacking = ADMIN.post(
        "/v1/communications",
        {"channel": "email", "party_id": party.id, "template": {"key": "s78-initial"}, "send_now": False},
    ).json["id"]
    later_on = draft(world, party, send_at=later(days=3))
    world.clock.pass_(hours=9)
    by_sms = compose(world, viewer(), an_sms(party, send_now=False))[0].id
    text, _ = asked_of(jane, "send", [draft(world, party), lacking, later_on, by_sms])
    assert "Send 3 of 4?" in text
    for group in ("Goes now 1", "Goes Monday 10:00 1", "Goes Monday 09:00 1", "Does not: something is missing 1"):
        assert group in text
    assert "The template needs agreement" in text


def test_every_one_of_an_order_ends_done_or_refused_with_why(world: WorldForTests, jane: ConsoleClient) -> None:
    party, other = parties(world, "Ann Good", "Bo Held")
    done, held, gone = failed(world, party), failed(world, other), draft(world, party)
    _, form = asked_of(jane, "resend", [done, held])
    answer = jane.post("/bulk/resend", form)
    assert "not begun yet 2" in words(jane.follow(answer).text)
    wish(world, other, hold=Hold(kind=HoldKind.DISPUTE, until=later(days=3).date()))
    carry_out_orders(world)
    text = words(jane.follow(answer).text)
    assert "Bo Held disputes the matter until 23 November 2026" in text
    assert "not begun" not in text
    assert "on their way 1" in text
    assert "not done 1" in text
    assert "Bo Held disputes the matter" in text

    _, form = asked_of(jane, "send", [gone, draft(world, party)])
    answer = jane.post("/bulk/send", form)
    ADMIN.delete(f"/v1/communications/{gone}")
    carry_out_orders(world)
    text = words(jane.follow(answer).text)
    assert "not begun" not in text
    assert "It is not there any more, or you may not see it" in text


def test_what_somebody_else_did_first_is_no_loose_end(world: WorldForTests, jane: ConsoleClient) -> None:
    first = failed(world, a_party(world))
    _, form = asked_of(jane, "resend", [first])
    answer = jane.post("/bulk/resend", form)
    resend(world, viewer("lead"), first, ())
    carry_out_orders(world)
    text = words(jane.follow(answer).text)
    assert ("not begun" in text, "on their way 1" in text) == (False, True)


def test_one_that_the_queue_gives_up_is_refused(world: WorldForTests, jane: ConsoleClient) -> None:
    first = failed(world, a_party(world))
    _, form = asked_of(jane, "resend", [first])
    answer = jane.post("/bulk/resend", form)
    [order] = world.queued("bulk")
    order = BulkOrder(**{**order, "ids": tuple(order["ids"]), "rights": tuple(order["rights"])})
    content = standing(world, first).content
    client("s3").delete_object(Bucket="vault", Key=content.key, VersionId=content.object_version)
    for receives in range(1, RECEIVES + 1):
        with pytest.raises(Exception, match=r"."):
            execute_bulk_order(world, order, receives)
        waits = "not begun yet 1" in words(jane.follow(answer).text)
        assert waits is (receives < RECEIVES)
    text = words(jane.follow(answer).text)
    assert ("not done 1" in text, "It could not be done. Look at it, and try it again" in text) == (True, True)


def test_an_order_whose_workers_died_is_over_in_the_end(world: WorldForTests, jane: ConsoleClient) -> None:
    first = failed(world, a_party(world))
    _, form = asked_of(jane, "resend", [first])
    answer = jane.post("/bulk/resend", form)
    world.clock.time = NOW + GIVEN_UP_AFTER
    assert "not begun yet 1" in words(jane.follow(answer).text)
    world.clock.pass_(minutes=1)
    text = words(jane.follow(answer).text)
    assert ("not begun" in text, "It could not be done" in text) == (False, True)
    carry_out_orders(world)
    assert "on their way 1" in words(jane.follow(answer).text)
    assert standing(world, first).entry.status is Status.FAILED
