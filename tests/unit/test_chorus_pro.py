"""Chorus Pro: what each of its states means, in two languages, and that order and repetition do not matter."""

import json
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.providers import chorus_pro_answers
from letterbook.adapters.providers.chorus_pro import NAME
from letterbook.adapters.providers.chorus_pro_states import (
    FAILURES,
    FLOW_STAGES,
    INVOICE_STAGES,
    flow_stage,
    invoice_stage,
)
from letterbook.domain.communication import Communication, Entry, Recipient
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, Receipt, Signal
from letterbook.domain.status import Status
from letterbook.domain.transitions import receipt_applied
from tests.support import builders

FLOW, NUMBER = "CPP0011117000000000425903", "2026-0042"
ASKED = datetime(2027, 3, 1, tzinfo=UTC)
_D, _F = DeliveryOutcome, FailureCode

read = partial(chorus_pro_answers.read, NAME)

# By hand, as PISTE's lists have them: what each does to an entry.
FLOW_MEANS = {
    "IN_RECU": Status.SENT,
    "IN_TRAITE_SE_CPP": Status.SENT,
    "IN_EN_ATTENTE_TRAITEMENT_CPP": Status.SENT,
    "IN_EN_COURS_TRAITEMENT_CPP": Status.SENT,
    "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP": Status.SENT,
    "QP_RECEVABLE": Status.SENT,
    "IN_EN_ATTENTE_RETRAITEMENT_CPP": Status.SENT,
    "QP_RECEVABLE_AVEC_ERREUR": Status.SENT,
    "IN_INTEGRE": Status.SENT,
    "IN_INTEGRE_PARTIEL": Status.SENT,
    "IN_REJETE": _F.CONTENT,
    "QP_IRRECEVABLE": _F.CONTENT,
    "IN_INCIDENTE": _F.UNKNOWN,
}
INVOICE_MEANS = {
    "BROUILLON": Status.SENT,
    "DEPOSEE": Status.SENT,
    "EN_COURS_ACHEMINEMENT": Status.SENT,
    "MISE_A_DISPOSITION": Status.DELIVERED,
    "PRISE_EN_COMPTE_DESTINATAIRE": Status.DELIVERED,
    "SERVICE_FAIT": Status.DELIVERED,
    "MANDATEE": Status.DELIVERED,
    "MISE_A_DISPOSITION_COMPTABLE": Status.DELIVERED,
    "COMPTABILISEE": Status.DELIVERED,
    "MISE_EN_PAIEMENT": Status.DELIVERED,
    "SUSPENDUE": Status.DELIVERED,
    "A_COMPLETER": Status.DELIVERED,
    "COMPLETEE": Status.DELIVERED,
    "A_RECYCLER": _F.INVALID_ADDRESS,
    "ERREUR_DESTINATAIRE_PD": _F.INVALID_ADDRESS,
    "ERREUR_DESTINATAIRE_EA": _F.INVALID_ADDRESS,
    "ERREUR_DESTINATAIRE_XY": _F.INVALID_ADDRESS,
    "REJETEE": _F.RECIPIENT_REJECTED,
    "NON_CONFORME": _F.RECIPIENT_REJECTED,
    "ABANDONNEE": _F.CANCELLED,
    "SUPPRIMEE": _F.CANCELLED,
}
OPENED = {
    "PRISE_EN_COMPTE_DESTINATAIRE",
    "SERVICE_FAIT",
    "MANDATEE",
    "MISE_A_DISPOSITION_COMPTABLE",
    "COMPTABILISEE",
    "MISE_EN_PAIEMENT",
}


def answer(
    state: str = "IN_INTEGRE", status: str = "", *, at: object = None, asked: datetime = ASKED, **more: Any
) -> str:
    """What is kept of an answer."""
    flow = {"numeroFluxDepot": FLOW, "etatCourantDepotFlux": state, "errors": more.pop("errors", [])}
    told: dict[str, Any] = {"flow": flow, "number": NUMBER, "asked_at": asked.isoformat()}
    if status:
        told["invoice"] = {"numeroFacture": NUMBER, "statut": status, "dateHeureEtatCourant": at, **more}
    else:
        flow["dateHeureEtatCourantFlux"] = at
    return json.dumps(told)


def sent() -> Communication:
    entry = builders.entry(status=Status.SENT, provider="chorus_pro", recipients=(Recipient(address="0009:1"),))
    return Communication(**{**fields(builders.communication()), "entry": entry})


def fields(communication: Communication) -> dict[str, Any]:
    return {name: getattr(communication, name) for name in communication.__dataclass_fields__}


def after(*receipts: Receipt) -> Entry:
    communication, heard = sent(), set[str | None]()
    for one in receipts:
        if one.digest not in heard:
            communication = receipt_applied(communication, one, at=ASKED).after
        heard.add(one.digest)
    return communication.entry


@pytest.mark.parametrize(("state", "means"), FLOW_MEANS.items())
def test_what_a_flow_has_come_to(state: str, means: Status | FailureCode) -> None:
    assert_means(read(answer(state)), means)


@pytest.mark.parametrize(("status", "means"), INVOICE_MEANS.items())
def test_what_an_invoice_has_come_to(status: str, means: Status | FailureCode) -> None:
    receipt = read(answer(status=status))
    assert_means(receipt, means)
    assert receipt.opened == (status in OPENED)


def assert_means(receipt: Receipt, means: Status | FailureCode) -> None:
    entry = after(receipt)
    if isinstance(means, Status):
        assert (entry.status, entry.failure) == (means, None)
    else:
        assert entry.status is (Status.REJECTED if means is _F.CONTENT else Status.FAILED)
        assert entry.failure
        assert entry.failure.code is means
        assert entry.failure.text
        assert entry.failure.text.advice


def test_a_rejection_outweighs_that_it_was_made_available() -> None:
    assert after(read(answer(status="MISE_A_DISPOSITION")), read(answer(status="REJETEE"))).status is Status.FAILED


@pytest.mark.parametrize("status", ["TRANSMISE_A_LA_LUNE", "TECHNIQUE_INCONNU", "MISE_A_DISPOSITION_MOE"])
def test_what_is_not_known_and_what_is_of_works_moves_nothing(status: str) -> None:
    receipt = read(answer(status=status))
    assert (receipt.news, receipt.event, receipt.opened) == ((), status, False)
    assert receipt.is_silent == (invoice_stage(status) is None)
    assert after(receipt).status is Status.SENT


# ---- words

STAGES = {**FLOW_STAGES, **INVOICE_STAGES}


@pytest.mark.parametrize("name", STAGES)
def test_every_status_has_its_words_in_english_and_in_french(name: str) -> None:
    stage = STAGES[name]
    for words in (stage.en, stage.fr):
        assert re.fullmatch(r"[A-ZÉ][^!_]{10,110}\.", words), words
    assert stage.en != stage.fr
    assert bool(stage.advice) == bool(stage.code) == bool(stage.fact and stage.fact.failing)


def test_no_two_statuses_have_the_same_words() -> None:
    for language in ("en", "fr"):
        words = [getattr(one, language) for one in STAGES.values()]
        assert len({*words}) == len(words)


def test_the_words_of_failures_are_those_of_their_statuses() -> None:
    assert {*FAILURES} == {name for name, one in STAGES.items() if one.code}


@pytest.mark.parametrize("status", ["SUSPENDUE", "A_COMPLETER"])
def test_what_somebody_has_to_do_is_said_with_what_is_missing(status: str) -> None:
    receipt = read(answer(status=status, commentaireEtatCourant="Bon de\n commande  manquant"))
    assert receipt.news[0].signal is Signal.ACTION_REQUIRED
    assert "document is missing" in receipt.note
    assert receipt.note.endswith("“Bon de commande manquant”")
    assert "il manque une pièce" in receipt.notes["fr"]
    assert receipt.notes["fr"].endswith("“Bon de commande manquant”")


def test_the_errors_of_a_file_are_said_in_words() -> None:
    errors = [{"said": f"Erreur {n}", "of": "X"} for n in (1, 1, 2)]
    [news] = read(answer("IN_REJETE", errors=errors)).news
    assert news.text
    assert news.text.reason == "Chorus Pro refused the file. “Erreur 1; Erreur 2”"


def test_in_a_file_that_was_taken_in_part_ours_counts() -> None:
    def code(of: str) -> FailureCode | None:
        return read(answer("IN_INTEGRE_PARTIEL", errors=[{"said": "Service inconnu", "of": of}])).news[0].code

    assert (code("2026-0099"), code(NUMBER)) == (None, _F.CONTENT)


# ---- when


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-11-20T09:30:00.000+01:00", "2026-11-20T08:30:00+00:00"),
        ("2026-11-20T09:30:00Z", "2026-11-20T09:30:00+00:00"),
        ("2026-11-20T09:30:00", "2026-11-20T08:30:00+00:00"),
        ("2026-07-20 09:30", "2026-07-20T07:30:00+00:00"),
        ("20/11/2026 09:30:00", "2026-11-20T08:30:00+00:00"),
        ("2026-11-20", "2026-11-20T22:59:59.999999+00:00"),
        ("20/11/2026", "2026-11-20T22:59:59.999999+00:00"),
        (1_795_163_400_000, "2026-11-20T08:30:00+00:00"),
        ("2099-01-01T00:00:00Z", ASKED.isoformat()),
        ("yesterday", ASKED.isoformat()),
        (None, ASKED.isoformat()),
        ({}, ASKED.isoformat()),
    ],
)
def test_when_it_came_to_that(told: object, at: str) -> None:
    """In Paris where it does not say, and never after we asked."""
    assert read(answer(status="MANDATEE", at=told)).at.isoformat() == at


def test_asked_again_it_is_the_same_event_and_a_second_time_it_is_another() -> None:
    first = read(answer(status="SUSPENDUE", at="2026-11-20T09:30:00"))
    again = read(answer(status="SUSPENDUE", at="2026-11-20T09:30:00", asked=ASKED + timedelta(days=9)))
    by_number = read(answer(state="", status="SUSPENDUE", at="2026-11-20T09:30:00", numeroFluxDepot=FLOW))
    once_more = read(answer(status="SUSPENDUE", at="2026-12-20T09:30:00"))
    assert first.digest == again.digest
    assert first.digest != once_more.digest
    assert by_number.reference in (None, FLOW)


# ---- any order

WALK = st.lists(
    st.tuples(st.sampled_from([*FLOW_MEANS, *INVOICE_MEANS, "TRANSMISE_A_LA_LUNE"]), st.integers(0, 90)), max_size=12
)


def heard(name: str, day: int) -> Receipt:
    at = (datetime(2026, 11, 20, 9, tzinfo=UTC) + timedelta(days=day)).isoformat()
    return read(answer(name, at=at) if flow_stage(name) else answer(status=name, at=at))


@given(WALK, st.data())
def test_order_and_repetition_do_not_matter(walk: list[tuple[str, int]], data: st.DataObject) -> None:
    """Look-ups may overtake one another; the same is heard a hundred times."""
    receipts = [heard(name, day) for name, day in {day: (name, day) for name, day in walk}.values()]
    shuffled = data.draw(st.permutations(receipts + receipts)) if receipts else []
    straight, other = after(*receipts), after(*shuffled)
    assert comparable(straight) == comparable(other)


def comparable(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.status,
        entry.failure,
        entry.word,
        entry.signals,
        entry.opened_at,
        entry.delivered_at,
        entry.sent_at,
    )
