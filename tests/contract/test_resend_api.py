"""Saying it again: a new entry each time, with what is known now, and nothing that was said is touched."""

from typing import Any

import pytest

from letterbook.domain.organisation import Fallback
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.use_cases.delivery.sweep import sweep
from tests.support.api_client import ADMIN, TEMPLATE, email, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import BOUNCED, organisation
from tests.support.console_client import ConsoleClient, words
from tests.support.lambda_client import Answer, Caller
from tests.support.steps import carry_out_orders, deliver_queue, make_documents, standing, tell


def ended(world: WorldForTests, body: Any, news: RecipientUpdate) -> Any:
    """A message that was sent, and of which that was heard."""
    made = expect_created(ADMIN.post("/v1/communications", body))
    deliver_queue(world)
    tell(world, standing(world, made["id"]), news)
    world.clock.pass_(minutes=5)
    return made


def again(entry: Any, body: Any = None, who: Caller = ADMIN, **headers: str) -> Answer:
    return who.post(f"/v1/communications/{entry['id']}/resend", body or {}, **headers)


@pytest.mark.covers("A14", "G1", "G4", "G5", "B7")
def test_a_bounced_email_goes_to_the_address_as_it_is_now(world: WorldForTests, party: Any) -> None:
    failed = ended(world, email(party), BOUNCED)
    before = standing(world, failed["id"])
    assert ADMIN.patch(f"/v1/parties/{party['id']}", {"email": "priya@correct.example"}).status == 200
    answer = again(failed)
    assert answer.status == 202
    made = answer.json
    assert (made["to"], made["attempt"], made["resend_of"]) == (["priya@correct.example"], 2, failed["id"])
    assert made["changes"] == {
        "to": {"before": ["priya@mailbox.example"], "after": ["priya@correct.example"]},
        "template_version": None,
        "content": "identical",
    }
    assert standing(world, failed["id"]) == before
    deliver_queue(world)
    assert world.fakes.email.taken[-1].to == ("priya@correct.example",)
    for one in (failed, made):
        attempts = ADMIN.get(f"/v1/communications/{one['id']}").json["attempts"]
        assert [each["id"] for each in attempts] == [failed["id"], made["id"]]


@pytest.mark.covers("G5")
def test_it_goes_by_the_present_template_and_says_what_changed(world: WorldForTests, party: Any) -> None:
    ADMIN.put("/v1/templates/x", TEMPLATE)
    use = {"key": "x", "variables": {"what": "your debt"}}
    body = {"channel": "email", "party_id": party["id"], "template": use}
    first = ended(world, body, RecipientUpdate(fact=DeliveryOutcome.DELIVERED))
    ADMIN.put("/v1/templates/x", TEMPLATE | {"body": "We write again about {{ what }}."})
    made = again(first, {"to": ["other@mailbox.example"]}).json
    assert made["changes"]["template_version"] == {"before": 1, "after": 2}
    assert (made["changes"]["content"], made["to"]) == ("changed", ["other@mailbox.example"])
    assert ADMIN.get(f"/v1/communications/{made['id']}").json["body"]["text"] == "We write again about your debt."


def test_a_third_attempt_is_the_third(world: WorldForTests, party: Any) -> None:
    first = ended(world, email(party), BOUNCED)
    second = again(first).json
    deliver_queue(world)
    tell(world, standing(world, second["id"]), BOUNCED)
    third = again(first).json
    assert (third["attempt"], third["resend_of"]) == (3, first["id"])


@pytest.mark.parametrize("news", [None, RecipientUpdate(fact=DeliveryOutcome.ACCEPTED)], ids=["queued", "sent"])
@pytest.mark.covers("G1")
def test_what_is_under_way_is_waited_for(world: WorldForTests, party: Any, news: RecipientUpdate | None) -> None:
    made = expect_created(ADMIN.post("/v1/communications", email(party)))
    if news:
        deliver_queue(world)
    assert (again(made).status, again(made).json["code"]) == (409, "not_resendable")


def test_nothing_is_sent_again_while_another_attempt_is_under_way(world: WorldForTests, party: Any) -> None:
    first = ended(world, email(party), BOUNCED)
    assert again(first).status == 202
    assert (again(first).status, again(first).json["code"]) == (409, "not_resendable")
    assert len(world.queued("email")) == 1


def test_two_who_resend_at_the_same_moment_make_one(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ended(world, email(party), BOUNCED)
    works, faster = world.communications.commit, [True]

    def overtaken(*args: Any, **kwargs: Any) -> None:
        if faster:
            faster.clear()
            assert again(first).status == 202
        works(*args, **kwargs)

    monkeypatch.setattr(world.communications, "commit", overtaken)
    assert (again(first).status, again(first).json["code"]) == (409, "not_resendable")
    assert len(world.queued("email")) == 1


@pytest.mark.parametrize(
    "body",
    [{"send_now": False}, {"channel": "note", "body": "x", "subject": None}],
    ids=["a draft", "a note"],
)
def test_what_was_not_sent_is_not_sent_again(party: Any, body: dict[str, Any]) -> None:
    asked = {name: value for name, value in email(party, **body).items() if value is not None}
    made = expect_created(ADMIN.post("/v1/communications", asked))
    assert (again(made).status, again(made).json["code"]) == (409, "not_resendable")


@pytest.mark.covers("G2")
def test_what_is_too_old_answers_with_a_new_message_to_begin_with(world: WorldForTests, party: Any) -> None:
    old = ended(world, email(party, cc=["c@d.example"], category="dsar"), BOUNCED)
    world.clock.pass_(days=61)
    refused = again(old)
    assert (refused.status, refused.json["code"]) == (409, "too_old")
    draft = refused.json["draft"]
    assert (draft["subject"], draft["cc"], draft["category"]) == ("Hello", ["c@d.example"], "dsar")
    assert expect_created(ADMIN.post("/v1/communications", draft))["status"] == "draft"


@pytest.mark.covers("G7")
def test_it_needs_the_right_and_the_sight(world: WorldForTests, party: Any) -> None:
    failed = ended(world, email(party), BOUNCED)
    assert again(failed, who=Caller(role="auditor")).status == 403
    assert again(failed, who=Caller(user="user-7", role="agent")).status == 404


def test_one_key_resends_once(world: WorldForTests, party: Any) -> None:
    failed = ended(world, email(party), BOUNCED)
    first = again(failed, Idempotency_Key="k")
    second = again(failed, Idempotency_Key="k")
    assert (second.status, second.json["id"]) == (202, first.json["id"])
    assert second.headers["Idempotent-Replay"] == "true"


def test_policy_is_asked_anew(world: WorldForTests, party: Any) -> None:
    failed = ended(world, email(party), BOUNCED)
    path = f"/v1/parties/{party['id']}/preferences"
    assert ADMIN.put(path, {"hold": {"kind": "dispute", "reason": "x"}}).status == 200
    assert (again(failed).status, again(failed).json["code"]) == (409, "contact_hold")
    assert ADMIN.put(path, {"hold": None, "opt_outs": [{"channel": "email"}]}).status == 200
    made = again(failed).json
    assert (made["status"], made["decision"]["rule"]) == ("skipped", "opt_out")


def test_a_letter_that_is_still_to_be_delivered_is_not_made_twice(world: WorldForTests, party: Any) -> None:
    body = {"channel": "manual", "party_id": party["id"], "subject": "Notice", "body": "Dear"}
    made = expect_created(ADMIN.post("/v1/communications", body))
    make_documents(world)
    assert ADMIN.post(f"/v1/communications/{made['id']}/deliver", {"reason": "x"}).status == 200
    assert again(made).status == 202
    assert (again(made).status, again(made).json["code"]) == (409, "not_resendable")


def test_it_needs_no_body(world: WorldForTests, party: Any) -> None:
    failed = ended(world, email(party), BOUNCED)
    assert ADMIN.post(f"/v1/communications/{failed['id']}/resend").status == 202


# ---- what a later attempt said


DELIVERED = RecipientUpdate(fact=DeliveryOutcome.DELIVERED)


def said_again(world: WorldForTests, first: Any, *news: RecipientUpdate) -> Any:
    """A later attempt, of which that was heard."""
    made = again(first, {"again": True}).json
    deliver_queue(world)
    tell(world, standing(world, made["id"]), *news)
    return made


@pytest.mark.parametrize("before", [BOUNCED, DELIVERED], ids=["failed", "delivered"])
@pytest.mark.parametrize(
    "after", [RecipientUpdate(fact=DeliveryOutcome.ACCEPTED), DELIVERED], ids=["sent", "delivered"]
)
def test_what_a_later_attempt_said_is_not_said_again_unasked(
    world: WorldForTests, party: Any, before: RecipientUpdate, after: RecipientUpdate
) -> None:
    first = ended(world, email(party), before)
    second = said_again(world, first, after)
    refused = again(first)
    assert (refused.status, refused.json["code"]) == (409, "already_sent_again")
    assert refused.json["communication_id"] == second["id"]
    assert len(ADMIN.get(f"/v1/communications/{first['id']}").json["attempts"]) == 2


def test_another_copy_is_sent_to_who_asks_for_it(world: WorldForTests, party: Any) -> None:
    first = ended(world, email(party), BOUNCED)
    said_again(world, first, DELIVERED)
    third = again(first, {"again": True})
    assert (third.status, third.json["attempt"], third.json["resend_of"]) == (202, 3, first["id"])
    fourth = again(first, {"again": True})
    assert (fourth.status, fourth.json["code"]) == (409, "not_resendable")


def test_the_last_attempt_is_sent_again_without_further_words(world: WorldForTests, party: Any) -> None:
    first = ended(world, email(party), BOUNCED)
    second = said_again(world, first, DELIVERED)
    assert again(second).status == 202


def test_what_was_said_by_another_channel_was_said(world: WorldForTests, party: Any) -> None:
    world.settings.save(organisation(version=2, fallback=Fallback(after_failure=True)))
    ADMIN.put("/v1/templates/x", TEMPLATE | {"channels": ["email", "sms"]})
    use = {"key": "x", "variables": {"what": "your debt"}}
    first = expect_created(
        ADMIN.post("/v1/communications", {"channel": "email", "party_id": party["id"], "template": use})
    )
    deliver_queue(world)
    tell(world, standing(world, first["id"]), BOUNCED)
    world.clock.pass_(minutes=1)
    sweep(world)
    carry_out_orders(world)
    deliver_queue(world, "sms")
    refused = again(first)
    assert (refused.status, refused.json["code"]) == (409, "already_sent_again")
    told = ADMIN.get(f"/v1/communications/{refused.json['communication_id']}").json
    assert (told["channel"], told["fallback_of"]) == ("sms", first["id"])


def test_a_key_is_answered_the_same_though_it_was_said_since(world: WorldForTests, party: Any) -> None:
    first = ended(world, email(party), BOUNCED)
    made = again(first, Idempotency_Key="k").json
    deliver_queue(world)
    tell(world, standing(world, made["id"]), DELIVERED)
    repeated = again(first, Idempotency_Key="k")
    assert (repeated.status, repeated.json["id"]) == (202, made["id"])


def test_whoever_is_overtaken_does_not_send_a_second_copy(
    world: WorldForTests, party: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the other one's has failed by then, and not where they asked for another copy."""
    first = ended(world, email(party), BOUNCED)
    works, faster = world.communications.commit, [True]

    def overtaken(*args: Any, **kwargs: Any) -> None:
        if faster:
            faster.clear()
            made = again(first).json
            deliver_queue(world)
            tell(world, standing(world, made["id"]), BOUNCED)
        works(*args, **kwargs)

    monkeypatch.setattr(world.communications, "commit", overtaken)
    refused = again(first, {"again": True})
    assert (refused.status, refused.json["code"]) == (409, "already_sent_again")
    assert len(ADMIN.get(f"/v1/communications/{first['id']}").json["attempts"]) == 2


def test_many_at_once_leave_out_what_was_said_again(world: WorldForTests, party: Any) -> None:
    said, failed_twice, alone = (ended(world, email(party), BOUNCED) for _ in range(3))
    said_again(world, said, DELIVERED)
    said_again(world, failed_twice, BOUNCED)
    body = {"ids": [said["id"], failed_twice["id"], alone["id"]]}
    answer = ADMIN.post("/v1/communications/resend", body).json
    assert answer["accepted"] == [alone["id"]]
    assert [(one["id"], one["code"]) for one in answer["refused"]] == [
        (said["id"], "already_sent_again"),
        (failed_twice["id"], "not_resendable"),
    ]


def test_the_console_asks_before_it_sends_another_copy(world: WorldForTests, party: Any, jane: ConsoleClient) -> None:
    first = ended(world, email(party), BOUNCED)
    second = said_again(world, first, DELIVERED)
    path = f"/communications/{first['id']}/resend"
    page = jane.get(path)
    assert page.status == 200
    assert f'href="/communications/{second["id"]}">Attempt 2</a>' in page.text
    assert "Send another copy" in words(page.text)
    refused = jane.post(path, {"once": "1"})
    assert refused.status == 409
    assert f'href="/communications/{second["id"]}"' in refused.text
    assert world.queued("email") == []
    made = jane.post(path, {"once": "2", "again": "1"})
    assert made.status == 303
    assert jane.post(path, {"once": "2", "again": "1"}).headers["Location"] == made.headers["Location"]
    assert len(world.queued("email")) == 1


def test_the_console_asks_nothing_more_where_nothing_was_said(
    world: WorldForTests, party: Any, jane: ConsoleClient
) -> None:
    first = ended(world, email(party), BOUNCED)
    page = jane.get(f"/communications/{first['id']}/resend").text
    assert 'name="again"' not in page
    assert "Send again" in page
