"""An invoice at Chorus Pro, followed over three months by the sweep and the look-ups: bounded, resumable, each status once."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from letterbook.adapters import aws
from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import Account
from letterbook.domain.communication import DeliveryState, Entry
from letterbook.domain.history import Outcome
from letterbook.domain.receipts import Signal
from letterbook.domain.retries import AskPlan
from letterbook.domain.status import Status
from letterbook.environment import settings
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.look_up import look_up
from letterbook.use_cases.delivery.sweep import sweep
from tests.support.api_client import ADMIN, expect_created
from tests.support.aws import WorldForTests
from tests.support.builders import NOW
from tests.support.chorus_pro import DEPOSIT, FLOW, INVOICES, TOKEN, ChorusPro, chorus_pro_at
from tests.support.einvoice_entries import a_buyer, an_einvoice
from tests.support.einvoices import Sample
from tests.support.steps import standing

NAME = "chorus_pro"
# Accepted, claimed, taken.
HANDED_OVER = 3
SIRET = "73282932000074"
TOWN = {"scheme": "0009", "id": SIRET, "network": NAME}
# As an invoice goes in three months: after how many days, which status, what the buyer wrote.
LIFE = [
    (0, "MISE_A_DISPOSITION", ""),
    (6, "PRISE_EN_COMPTE_DESTINATAIRE", ""),
    (12, "SUSPENDUE", "Bon de commande manquant"),
    (20, "COMPLETEE", ""),
    (25, "SUSPENDUE", "RIB manquant"),
    (33, "COMPLETEE", ""),
    (41, "SERVICE_FAIT", ""),
    (55, "MANDATEE", ""),
    (70, "MISE_A_DISPOSITION_COMPTABLE", ""),
    (80, "COMPTABILISEE", ""),
    (90, "MISE_EN_PAIEMENT", ""),
]


@pytest.fixture
def chorus(world: WorldForTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChorusPro]:
    """It is set up, and the only one that is asked over the network."""
    with chorus_pro_at(tmp_path, world.now, monkeypatch) as cloud:
        held = json.dumps(cloud.secret)
        aws.secrets().create_secret(Name=f"{settings().provider_secrets}{NAME}", SecretString=held)
        account = Account(NAME, PROVIDERS[NAME].credentials, settings())
        world.fakes.secrets.add(NAME)
        monkeypatch.setitem(world.fakes.made, NAME, PROVIDERS[NAME].make(account))
        yield cloud


def composed(world: WorldForTests, number: str = "2026-0042", **changes: Any) -> str:
    body = an_einvoice(
        world,
        a_buyer(einvoice=TOWN),
        Sample(number=number, buyer=("0009", SIRET), buyer_siret=SIRET),
        network=NAME,
        **changes,
    )
    made: str = expect_created(ADMIN.post("/v1/communications", body))["id"]
    return made


def deposited(world: WorldForTests, number: str = "2026-0042") -> str:
    made = composed(world, number)
    dispatch(world, made)
    return made


def minutes_pass(world: WorldForTests, minutes: float) -> list[str]:
    """The sweep runs, and the look-ups that it orders are carried out; whom it asked about."""
    world.clock.pass_(minutes=minutes)
    sweep(world)
    orders = [one["communication_id"] for one in world.queued("lookup")]
    for one in orders:
        look_up(world, one)
    return orders


def until_it_is_asked(world: WorldForTests, communication_id: str) -> bool:
    """Time passes until the sweep has something to do with it; False where it has nothing more."""
    check_at = standing(world, communication_id).work.check_at
    if check_at is None:
        return False
    wait = max(timedelta(0), check_at - world.now())
    assert minutes_pass(world, wait / timedelta(minutes=1)) == [communication_id]
    return True


def entry(world: WorldForTests, communication_id: str) -> Entry:
    return standing(world, communication_id).entry


def told(world: WorldForTests, communication_id: str) -> list[str]:
    """What its history has of Chorus Pro, in order."""
    rows = world.communications.history(communication_id)
    return [row.event for row in rows if row.actor.role == "provider" and row.outcome is Outcome.APPLIED]


@pytest.mark.covers("E5", "F1")
def test_an_invoice_of_three_months(world: WorldForTests, chorus: ChorusPro) -> None:
    """Each stage is looked at when it is new, and again when it is not; what lies between is the same."""
    made, begun = deposited(world), world.now()
    assert entry(world, made).status is Status.SENT
    looks = 0
    for days, status, comment in LIFE:
        world.clock.pass_(seconds=(begun + timedelta(days=days, minutes=2) - world.now()).total_seconds())
        chorus.advance("2026-0042", status, comment)
        for _ in range(2):
            assert until_it_is_asked(world, made)
            looks += 1
        word = entry(world, made).word
        assert word
        assert word.action_required == (status == "SUSPENDUE")
        assert comment in word.words
    found = entry(world, made)
    assert (found.status, found.failure) == (Status.DELIVERED, None)
    assert (found.delivered_at or begun) - begun < timedelta(minutes=5)
    assert timedelta(days=6) <= (found.opened_at or begun) - begun < timedelta(days=6, hours=7)
    assert told(world, made) == ["taken", *(status for _, status, _ in LIFE)]
    assert (chorus.asked[DEPOSIT], chorus.asked[INVOICES]) == (1, looks)
    # Every token has ended by the next look: then it is asked twice.
    assert chorus.asked[FLOW] == looks + chorus.asked[TOKEN] - 1
    # No row of its history is a question, or an answer that was heard before.
    assert len(world.communications.history(made)) == len(LIFE) + HANDED_OVER


def test_it_is_asked_about_for_half_a_year_and_then_no_more() -> None:
    """What is heard meanwhile does not begin the intervals again."""
    at = begun = NOW
    work = DeliveryState(askable=True, plan=AskPlan.FOLLOWING).left_at(Status.SENT, at, Status.SENDING)
    asked = 0
    while work.check_at:
        at, asked = work.check_at, asked + 1
        work = work.asked(Status.DELIVERED if asked > 1 else Status.SENT, at)
        if asked == 1:
            work = work.left_at(Status.DELIVERED, at, Status.SENT)
    assert timedelta(days=179) < at - begun < timedelta(days=181)
    assert asked <= 3 + 180 * 4


@pytest.mark.parametrize("dies_at", ["before the question", "in the question", "before it is recorded"])
def test_whoever_dies_in_a_look_up_loses_nothing_and_says_nothing_twice(
    world: WorldForTests, chorus: ChorusPro, dies_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = deposited(world)
    whole = []
    for step, (_, status, comment) in enumerate(LIFE[:5]):
        chorus.advance("2026-0042", status, comment)
        with monkeypatch.context() as patch:
            die(world, patch, dies_at)
            with suppress(SystemExit):
                minutes_pass(world, 60 * 7)
        world.queued("lookup")
        whole.append(status)
        minutes_pass(world, 60 * 7)
        assert told(world, made) == ["taken", *whole], step
    assert chorus.asked[DEPOSIT] == 1


def dies(*_: Any, **__: Any) -> None:
    raise SystemExit


def die(world: WorldForTests, patch: pytest.MonkeyPatch, where: str) -> None:
    if where == "before the question":
        patch.setattr(world.queues, "enqueue_look_ups", lambda _: None)
    elif where == "in the question":
        patch.setattr(world.fakes, "ask", dies)
    else:
        patch.setattr("letterbook.use_cases.delivery.look_up.record_receipt", dies)


# ---- what nobody knows of


def test_a_deposit_that_nobody_answered_for_is_found_by_its_number(world: WorldForTests, chorus: ChorusPro) -> None:
    made = deposited(world, "AMBIGUOUS-1")
    assert entry(world, made).status is Status.UNCONFIRMED
    minutes_pass(world, 3)
    found = entry(world, made)
    assert (found.status, found.provider_reference) == (Status.DELIVERED, chorus.taken[0]["reference"])
    assert (len(chorus.taken), chorus.asked[DEPOSIT]) == (1, 1)


def test_a_worker_that_died_is_no_reason_to_deposit_again(
    world: WorldForTests, chorus: ChorusPro, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = composed(world)
    with monkeypatch.context() as patch:
        patch.setattr("letterbook.use_cases.delivery.dispatch.update_communication", dies)
        with pytest.raises(SystemExit):
            dispatch(world, made)
    for _ in range(4):
        minutes_pass(world, 5)
        for order in world.queued("einvoice"):
            dispatch(world, order["communication_id"])
    assert entry(world, made).status is Status.DELIVERED
    assert chorus.asked[DEPOSIT] == 1


def test_sent_again_it_is_searched_for_first(world: WorldForTests, chorus: ChorusPro) -> None:
    """The first was refused; whether another one came there meanwhile only Chorus Pro knows."""
    first = deposited(world, "INVALID-1")
    minutes_pass(world, 3)
    again = expect_created(ADMIN.post(f"/v1/communications/{first}/resend", {}))["id"]
    chorus.bodies.clear()
    dispatch(world, again)
    assert [path for path, _, _ in chorus.bodies][-2:] == [INVOICES, DEPOSIT]


def test_what_never_came_there_is_sent_again_once_it_would_be_found(
    world: WorldForTests, chorus: ChorusPro, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker died before it called. Of the same number another message is refused: it would not be searched for."""
    first = composed(world)
    with monkeypatch.context() as patch:
        patch.setattr(world.fakes.made[NAME], "send", dies)
        with pytest.raises(SystemExit):
            dispatch(world, first)
    minutes_pass(world, 5)
    assert entry(world, first).status is Status.UNCONFIRMED
    told = ADMIN.post(f"/v1/communications/{first}/resend", {})
    assert (told.status, told.json["code"]) == (409, "sent_before")
    minutes_pass(world, 60 * 25)
    again = expect_created(ADMIN.post(f"/v1/communications/{first}/resend", {}))["id"]
    chorus.bodies.clear()
    dispatch(world, again)
    assert [path for path, _, _ in chorus.bodies][-2:] == [INVOICES, DEPOSIT]
    assert (entry(world, again).status, len(chorus.taken)) == (Status.SENT, 1)


# ---- how it ends


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [("REJECT-1", Status.FAILED, "recipient_rejected"), ("INVALID-1", Status.REJECTED, "content")],
)
def test_how_it_fails(world: WorldForTests, chorus: ChorusPro, number: str, status: Status, code: str) -> None:
    made = deposited(world, number)
    minutes_pass(world, 3)
    found = entry(world, made)
    assert found.failure
    assert (found.status, found.failure.code, found.failure.text is not None) == (status, code, True)
    for _ in range(5):
        assert minutes_pass(world, 60 * 24) == []


def test_what_waits_at_chorus_pro_is_delayed_until_it_goes_on(world: WorldForTests, chorus: ChorusPro) -> None:
    made = deposited(world, "SLOW-1")
    minutes_pass(world, 3)
    assert Signal.DELAYED in entry(world, made).hints_at(world.now())
    minutes_pass(world, 11)
    found = entry(world, made)
    assert (found.status, Signal.DELAYED in found.hints_at(world.now())) == (Status.DELIVERED, False)


def test_a_firm_that_writes_french_reads_french(world: WorldForTests, chorus: ChorusPro) -> None:
    told = ADMIN.get("/v1/settings")
    settings_ = {**told.json, "languages": ["fr", "en"]}
    assert ADMIN.put("/v1/settings", settings_).status == 200
    made = deposited(world)
    minutes_pass(world, 3)
    word = entry(world, made).word
    assert word
    assert word.words == "La facture est mise à disposition du destinataire."
