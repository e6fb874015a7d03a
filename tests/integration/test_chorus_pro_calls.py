"""Chorus Pro over HTTP: what it is asked, what its answers mean, and that nothing is deposited twice."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from letterbook.adapters import aws
from letterbook.adapters.providers import PROVIDERS
from letterbook.adapters.providers.account import Account
from letterbook.domain.channels import Channel
from letterbook.domain.einvoice import EinvoiceSyntax, Network
from letterbook.domain.errors import Ambiguous, Permanent, Throttled, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, Receipt
from letterbook.environment import settings
from letterbook.ports import LookUp, OutboundMessage
from local.simulators.chorus_pro import CREDENTIALS
from tests.support.aws import WorldForTests
from tests.support.builders import NOW, OURS
from tests.support.chorus_pro import DEPOSIT, FLOW, INVOICES, TOKEN, ChorusPro, chorus_pro_at
from tests.support.parcels import einvoice, parcel_of

SPEC = PROVIDERS["chorus_pro"]
LOGIN, PASSWORD = CREDENTIALS["technical_account"], CREDENTIALS["technical_password"]


@pytest.fixture
def chorus(world: WorldForTests, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChorusPro]:
    with chorus_pro_at(tmp_path, world.now, monkeypatch) as cloud:
        yield cloud


def account(chorus: ChorusPro, **changes: str) -> Account:
    held = json.dumps({**chorus.secret, **changes})
    aws.secrets().create_secret(Name=f"{settings().provider_secrets}chorus_pro", SecretString=held)
    return Account("chorus_pro", SPEC.credentials, settings())


def invoice(number: str = "2026-0042", **changes: Any) -> OutboundMessage:
    ubl = f'<Invoice xmlns="urn:i" xmlns:cbc="urn:c"><cbc:ID>{number}</cbc:ID></Invoice>'.encode()
    parcel = parcel_of(Channel.EINVOICE, Network.CHORUS_PRO, einvoice=einvoice(Network.CHORUS_PRO, number=number))
    return replace(parcel, attachments=((parcel.attachments[0][0], ubl),), **changes)


def sent_to(chorus: ChorusPro, path: str) -> list[tuple[Any, dict[str, str]]]:
    return [(body, headers) for asked, body, headers in chorus.bodies if asked == path]


# ---- deposit


def test_the_deposit(chorus: ChorusPro) -> None:
    parcel = invoice()
    flow = SPEC.make(account(chorus)).send(parcel)
    assert flow == chorus.taken[0]["reference"]
    [(token, _)] = sent_to(chorus, TOKEN)
    assert token == {
        "grant_type": "client_credentials",
        "client_id": CREDENTIALS["client_id"],
        "client_secret": CREDENTIALS["client_secret"],
        "scope": "openid",
    }
    [(body, headers)] = sent_to(chorus, DEPOSIT)
    assert body == {
        "fichierFlux": base64.b64encode(parcel.attachments[0][1]).decode(),
        "nomFichier": f"{OURS}.xml",
        "syntaxeFlux": "IN_DP_E1_UBL_INVOICE",
        "avecSignature": False,
    }
    assert headers["Cpro-Account"] == base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
    assert headers["Content-Type"] == "application/json;charset=utf-8"
    assert headers["Authorization"].startswith("Bearer ")


def test_a_pdf_that_holds_the_invoice(chorus: ChorusPro) -> None:
    parcel = invoice()
    assert parcel.einvoice
    SPEC.make(account(chorus)).send(replace(parcel, einvoice=replace(parcel.einvoice, syntax=EinvoiceSyntax.FACTUR_X)))
    [(body, _)] = sent_to(chorus, DEPOSIT)
    assert (body["syntaxeFlux"], body["nomFichier"]) == ("IN_DP_E2_CII_FACTURX", f"{OURS}.pdf")


def test_the_settings_name_the_technical_account(chorus: ChorusPro) -> None:
    sender = {"technical_account": LOGIN}
    parcel = invoice()
    assert parcel.einvoice
    ours = account(chorus, technical_account="TECH_OLD@cpro.fr")
    SPEC.make(ours).send(replace(parcel, einvoice=replace(parcel.einvoice, sender=sender)))
    assert len(chorus.taken) == 1
    assert ask(ours, reference=chorus.taken[0]["reference"], network=sender) == []


def test_without_a_technical_account_nothing_is_deposited(chorus: ChorusPro) -> None:
    with pytest.raises(Permanent) as refused:
        SPEC.make(account(chorus, technical_account="")).send(invoice())
    assert refused.value.reason is FailureCode.CONFIG
    assert SPEC.failures[refused.value.provider_code]
    assert chorus.asked[DEPOSIT] == 0


def test_one_token_serves_until_it_ends(world: WorldForTests, chorus: ChorusPro) -> None:
    carrier = SPEC.make(account(chorus))
    for number in ("1", "2", "3"):
        carrier.send(invoice(number))
    assert chorus.asked == {TOKEN: 1, DEPOSIT: 3}
    world.clock.pass_(hours=2)
    carrier.send(invoice("4"))
    assert chorus.asked == {TOKEN: 2, DEPOSIT: 5}
    assert len(chorus.taken) == 4


@pytest.mark.parametrize(("later", "tokens"), [(3400, 1), (3550, 2)])
def test_a_token_is_renewed_before_it_ends(
    chorus: ChorusPro, later: int, tokens: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrier = SPEC.make(account(chorus))
    carrier.send(invoice("1"))
    then = time.monotonic() + later
    monkeypatch.setattr(time, "monotonic", lambda: then)
    carrier.send(invoice("2"))
    assert chorus.asked == {TOKEN: tokens, DEPOSIT: 2}


def test_who_is_refused_again_with_a_new_token_is_not_known(chorus: ChorusPro) -> None:
    carrier = SPEC.make(account(chorus, technical_password="wrong-password"))
    for _ in range(2):
        with pytest.raises(Permanent) as refused:
            carrier.send(invoice())
        assert refused.value.reason is FailureCode.CONFIG
    assert chorus.taken == []
    assert (chorus.asked[DEPOSIT], chorus.asked[TOKEN]) == (4, 3)


def test_an_application_that_piste_does_not_know(chorus: ChorusPro) -> None:
    with pytest.raises(Permanent) as refused:
        SPEC.make(account(chorus, client_secret="another-secret")).send(invoice())
    assert (refused.value.reason, refused.value.provider_code) == (FailureCode.CONFIG, "400")


@pytest.mark.parametrize(
    ("status", "body"), [(500, b""), (503, b"<html>"), (200, b"{"), (200, b"[]"), (200, b'{"access_token": "a b"}')]
)
def test_without_a_token_nothing_is_deposited(chorus: ChorusPro, status: int, body: bytes) -> None:
    """So it is certainly not taken, whatever went wrong."""
    chorus.answer(TOKEN, status, body)
    with pytest.raises(Transient):
        SPEC.make(account(chorus)).send(invoice())
    assert chorus.asked[DEPOSIT] == 0


@pytest.mark.parametrize(
    "body",
    [
        {"codeRetour": 0},
        {"codeRetour": 0, "numeroFluxDepot": ""},
        {"codeRetour": 0, "numeroFluxDepot": "a b"},
        {"codeRetour": 0, "numeroFluxDepot": 17},
        {"codeRetour": None, "numeroFluxDepot": "CPP1"},
        {"codeRetour": True, "numeroFluxDepot": "CPP1"},
        {"numeroFluxDepot": "CPP1"},
    ],
)
def test_a_success_without_its_flow_may_have_been_taken(chorus: ChorusPro, body: Any) -> None:
    chorus.answer(DEPOSIT, 200, json.dumps(body).encode())
    with pytest.raises(Ambiguous):
        SPEC.make(account(chorus)).send(invoice())
    assert chorus.asked[DEPOSIT] == 1


def test_a_refusal_within_a_success_says_why(chorus: ChorusPro) -> None:
    chorus.answer(DEPOSIT, 200, b'{"codeRetour": 20003, "libelle": "Le nom du\\n fichier est invalide"}')
    with pytest.raises(Permanent) as refused:
        SPEC.make(account(chorus)).send(invoice())
    assert refused.value.text
    assert refused.value.text.reason == "Chorus Pro refused the deposit: Le nom du fichier est invalide (20003)."


@pytest.mark.parametrize(
    "said",
    ["Service indisponible", "L'application est en maintenance", "Service Unavailable", "Plateforme en surcharge"],
)
def test_unavailable_within_a_success_is_tried_again(chorus: ChorusPro, said: str) -> None:
    chorus.answer(DEPOSIT, 200, json.dumps({"codeRetour": 9, "libelle": said}).encode())
    with pytest.raises(Transient):
        SPEC.make(account(chorus)).send(invoice())


@pytest.mark.parametrize(
    ("number", "error", "deposits"),
    [
        ("AMBIGUOUS-1", Ambiguous, 1),
        ("GARBLED-1", Ambiguous, 1),
        ("BROKEN-1", Transient, 0),
        ("THROTTLED-1", Throttled, 0),
    ],
)
def test_what_the_simulator_does_by_the_number(
    chorus: ChorusPro, number: str, error: type[Exception], deposits: int
) -> None:
    with pytest.raises(error):
        SPEC.make(account(chorus)).send(invoice(number))
    assert len(chorus.taken) == deposits


# ---- what may have been deposited before


def deposited(world: WorldForTests, chorus: ChorusPro, number: str = "2026-0042") -> Account:
    ours = account(chorus)
    SPEC.make(ours).send(invoice(number))
    world.clock.pass_(minutes=1)
    return ours


def test_what_was_tried_before_is_searched_for_first(world: WorldForTests, chorus: ChorusPro) -> None:
    ours = deposited(world, chorus)
    known = chorus.taken[0]["reference"]
    assert SPEC.make(ours).send(invoice(tried=True)) == known
    assert chorus.asked[DEPOSIT] == 1
    assert [body for body, _ in sent_to(chorus, INVOICES)] == [{"numeroFacture": "2026-0042"}]


def test_what_was_tried_and_never_came_is_deposited(chorus: ChorusPro) -> None:
    SPEC.make(account(chorus)).send(invoice(tried=True))
    assert (len(chorus.taken), chorus.asked[INVOICES]) == (1, 1)


@pytest.mark.parametrize("status", ["REJETEE", "ABANDONNEE", "SUPPRIMEE"])
def test_another_is_no_second_one_where_the_first_was_rejected(
    world: WorldForTests, chorus: ChorusPro, status: str
) -> None:
    ours = deposited(world, chorus)
    chorus.advance("2026-0042", status)
    assert SPEC.make(ours).send(invoice(tried=True)) != chorus.taken[-1]["reference"]
    assert len(chorus.taken) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (503, b""),
        (400, b'{"codeRetour": 1, "libelle": "Erreur"}'),
        (200, b"{"),
        (200, b'{"codeRetour": 1, "libelle": "Erreur"}'),
        (429, b""),
    ],
)
def test_nothing_is_deposited_while_it_cannot_be_searched(chorus: ChorusPro, status: int, body: bytes) -> None:
    chorus.answer(INVOICES, status, body)
    with pytest.raises(Transient):
        SPEC.make(account(chorus)).send(invoice(tried=True))
    assert chorus.asked[DEPOSIT] == 0


def test_an_invoice_whose_flow_is_not_told_is_taken_all_the_same(chorus: ChorusPro) -> None:
    listed = {"codeRetour": 0, "listeFactures": [{"numeroFacture": "2026-0042", "statut": "DEPOSEE"}]}
    chorus.answer(INVOICES, 200, json.dumps(listed).encode())
    assert SPEC.make(account(chorus)).send(invoice(tried=True)) == ""
    assert chorus.asked[DEPOSIT] == 0


def test_an_invoice_that_was_taken_without_a_flow_is_followed_whenever_it_came(chorus: ChorusPro) -> None:
    found = {"numeroFacture": "2026-0042", "statut": "MISE_A_DISPOSITION", "dateDepot": "2026-10-01"}
    listed = json.dumps({"codeRetour": 0, "listeFactures": [found]}).encode()
    ours = account(chorus)
    chorus.answer(INVOICES, 200, listed)
    assert ask(ours) == []
    chorus.answer(INVOICES, 200, listed)
    assert [one.event for one in ask(ours, taken=True)] == ["MISE_A_DISPOSITION"]


def test_an_invoice_of_a_like_number_is_another(chorus: ChorusPro) -> None:
    listed = {"codeRetour": 0, "listeFactures": [{"numeroFacture": "2026-00421", "numeroFluxDepot": "CPP1"}, None, 7]}
    chorus.answer(INVOICES, 200, json.dumps(listed).encode())
    assert SPEC.make(account(chorus)).send(invoice(tried=True)) == chorus.taken[0]["reference"]


# ---- asked afterwards


def ask(ours: Account, **changes: Any) -> list[Receipt]:
    question = LookUp(communication_id=OURS, reference=None, to=(), sender="", text="", sent_at=NOW, number="2026-0042")
    assert SPEC.ask
    return list(SPEC.ask(ours, replace(question, **changes)))


def test_a_flow_that_is_not_in_the_index_yet_is_no_news(chorus: ChorusPro) -> None:
    ours = account(chorus)
    flow = SPEC.make(ours).send(invoice())
    assert ask(ours, reference=flow) == []


def test_the_flow_first_and_the_invoice_once_it_was_taken_in(world: WorldForTests, chorus: ChorusPro) -> None:
    ours = account(chorus)
    flow = SPEC.make(ours).send(invoice())
    world.clock.pass_(seconds=0.5)
    [checked] = ask(ours, reference=flow)
    assert (checked.event, chorus.asked[INVOICES]) == ("IN_EN_COURS_TRAITEMENT_CPP", 0)
    world.clock.pass_(seconds=1)
    [available] = ask(ours, reference=flow)
    assert (available.event, available.reference) == ("MISE_A_DISPOSITION", flow)
    assert available.news[0].fact is DeliveryOutcome.DELIVERED
    assert sent_to(chorus, INVOICES)[0][0] == {"numeroFluxDepot": flow}


def test_asked_again_it_is_the_same_fact(world: WorldForTests, chorus: ChorusPro) -> None:
    ours = deposited(world, chorus)
    [first] = ask(ours, reference=chorus.taken[0]["reference"])
    world.clock.pass_(days=1)
    [again] = ask(ours, reference=chorus.taken[0]["reference"])
    assert (first.digest, first.at) == (again.digest, again.at)
    chorus.advance("2026-0042", "SUSPENDUE", "Bon de commande manquant")
    [suspended] = ask(ours, reference=chorus.taken[0]["reference"])
    assert suspended.digest != first.digest
    assert "Bon de commande manquant" in suspended.note


def test_what_nobody_answered_for_is_found_by_its_number(world: WorldForTests, chorus: ChorusPro) -> None:
    ours = account(chorus)
    with pytest.raises(Ambiguous):
        SPEC.make(ours).send(invoice("AMBIGUOUS-1"))
    assert ask(ours, number="AMBIGUOUS-1") == []
    world.clock.pass_(minutes=2)
    [found] = ask(ours, number="AMBIGUOUS-1")
    assert (found.event, found.reference) == ("MISE_A_DISPOSITION", chorus.taken[0]["reference"])


def test_an_older_invoice_with_its_number_is_not_it(world: WorldForTests, chorus: ChorusPro) -> None:
    ours = deposited(world, chorus)
    world.clock.pass_(days=9)
    assert ask(ours, sent_at=world.now()) == []
    assert ask(ours, sent_at=world.now() - timedelta(days=9)) != []


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'{"codeRetour": 0, "etatCourantDepotFlux": null}', b'{"codeRetour": 0}', b'{"codeRetour": "0"}'],
)
def test_an_answer_that_cannot_be_read_is_no_news(chorus: ChorusPro, body: bytes) -> None:
    ours = account(chorus)
    chorus.answer(FLOW, 200, body)
    try:
        assert ask(ours, reference="CPP1") == []
    except Transient:
        assert body in (b"{", b"[]")


@pytest.mark.parametrize("day", ["9999-12-31T23:30:00+00:00", "0001-01-01T00:00:00+14:00", "9999-12-31", 1e400])
def test_a_day_that_is_none_says_nothing(chorus: ChorusPro, day: Any) -> None:
    told = {"numeroFacture": "2026-0042", "statut": "MISE_A_DISPOSITION", "dateDepot": day, "dateHeureEtatCourant": day}
    chorus.answer(INVOICES, 200, json.dumps({"codeRetour": 0, "listeFactures": [told, told]}).encode())
    [found] = ask(account(chorus))
    assert 2000 <= found.at.year < 2100


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_a_question_that_fails_is_asked_next_time(chorus: ChorusPro, status: int) -> None:
    ours = account(chorus)
    for _ in range(2):
        chorus.answer(FLOW, status)
    with pytest.raises((Transient, Permanent)):
        ask(ours, reference="CPP1")


def test_a_reference_that_is_none_is_not_asked_about(chorus: ChorusPro) -> None:
    ours = account(chorus)
    assert ask(ours, reference="../../x") == []
    assert ask(ours, reference=None, number="") == []
    assert chorus.asked[FLOW] + chorus.asked[INVOICES] == 0
