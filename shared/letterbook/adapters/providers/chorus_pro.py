"""Chorus Pro: takes invoices for the French state and its bodies, and is asked for months what becomes of each.

Sources: AIFE, "API Factures" (deposer/flux, rechercher/fournisseur), "API Transverses" (consulterCRDetaille). It posts nothing. It
knows nothing of ours but the invoice's number, of which there may be one; a deposit is known by the number of its flow.
"""

import base64
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from letterbook.adapters.providers.account import Account, CredentialField
from letterbook.adapters.providers.chorus_pro_answers import FLOW_NUMBER, MOST_ERRORS, day_in, flow_of, read, state_in
from letterbook.adapters.providers.chorus_pro_api import (
    DEPOSIT,
    ERROR_TEXTS,
    FLOW,
    INVOICES,
    Caller,
    refusal,
    return_code,
    session,
)
from letterbook.adapters.providers.chorus_pro_states import (
    FAILURES,
    INTEGRATED,
    invoice_stage,
)
from letterbook.adapters.providers.event_values import cut, words
from letterbook.adapters.providers.spec import ProviderSpec
from letterbook.domain.channels import Channel
from letterbook.domain.einvoice import EinvoiceSyntax, Network
from letterbook.domain.errors import Ambiguous, Permanent, ProviderError, Transient
from letterbook.domain.failures import FailureCode
from letterbook.domain.receipts import DeliveryOutcome, Receipt
from letterbook.domain.retries import AskPlan
from letterbook.ports import LookUp, OutboundMessage

logger = logging.getLogger(__name__)

NAME = "chorus_pro"
# What our login there is called, in the settings of the network and in the secret.
TECHNICAL_ACCOUNT = "technical_account"
_D = DeliveryOutcome

# `syntaxeFlux` and the end of the file's name: structured, or a PDF with the data within it.
_SYNTAX: Mapping[EinvoiceSyntax, tuple[str, str]] = {
    EinvoiceSyntax.UBL: ("IN_DP_E1_UBL_INVOICE", "xml"),
    EinvoiceSyntax.FACTUR_X: ("IN_DP_E2_CII_FACTURX", "pdf"),
}
# A day is not told with its hour, and clocks differ.
_BEFORE = timedelta(days=1)


def now() -> datetime:
    return datetime.now(UTC)


class ChorusPro:
    """See ports.Provider."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, parcel: OutboundMessage) -> str:
        """The number of the flow. What may have been deposited before is searched for first, by the number of the invoice."""
        einvoice = parcel.einvoice
        if einvoice is None or not parcel.attachments:
            raise Permanent("no e-invoice", FailureCode.CONTENT)
        syntax, ending = _SYNTAX[einvoice.syntax]
        values = {
            "fichierFlux": base64.b64encode(parcel.attachments[0][1]).decode(),
            "nomFichier": f"{parcel.communication_id}.{ending}",
            "syntaxeFlux": syntax,
            "avecSignature": False,
        }

        def deposit(caller: Caller) -> str:
            known = _deposited_before(caller, einvoice.number) if parcel.tried else None
            return known if known is not None else _deposit(caller, values)

        return session(self._account, deposit, einvoice.sender.get(TECHNICAL_ACCOUNT, ""))


def _deposit(caller: Caller, values: Mapping[str, object]) -> str:
    told = caller.post(DEPOSIT, values)
    if return_code(told) != 0:
        raise refusal(told)
    flow = told.get("numeroFluxDepot")
    if not isinstance(flow, str) or not FLOW_NUMBER.fullmatch(flow):
        raise Ambiguous("no flow in the answer")
    return flow


def _deposited_before(caller: Caller, number: str) -> str | None:
    """The flow of the invoice with that number, empty where it has none; None where there is none that still goes on.

    Raises Transient where that cannot be told: then nothing is deposited.
    """
    try:
        told = _searched(caller, numeroFacture=number)
    except ProviderError as failed:
        if isinstance(failed, Transient) or failed.reason is FailureCode.CONFIG:
            raise
        raise Transient(failed.provider_code) from failed
    alive = [one for one in told if one.get("numeroFacture") == number and not _has_ended(one)]
    return flow_of(_newest(alive)) or "" if alive else None


def _has_ended(invoice: Mapping[str, Any]) -> bool:
    """It was rejected, or abandoned: another with its number is no second one."""
    stage = invoice_stage(state_in(invoice.get("statut")))
    return stage is not None and stage.fact is _D.HARD_BOUNCE


# ---- what becomes of it


def ask(account: Account, question: LookUp) -> Sequence[Receipt]:
    """How its deposit stands, or, once that was taken in, the invoice. Raises Transient, Permanent."""
    try:
        told = session(account, lambda caller: _found(caller, question), question.network.get(TECHNICAL_ACCOUNT, ""))
    except Ambiguous as failed:
        # Nothing depends on a question.
        raise Transient(failed.provider_code) from failed
    if told is None:
        return ()
    try:
        receipt = read(NAME, json.dumps({**told, "asked_at": now().isoformat()}))
    except ValueError:
        logger.warning("answer not understood", extra={"provider": NAME, "communication_id": question.communication_id})
        return ()
    if receipt.is_silent:
        # An alarm counts these lines (template.yaml): Chorus Pro has a word that we do not know.
        logger.warning("state not known", extra={"provider": NAME, "event": receipt.event})
    return (receipt,)


def _found(caller: Caller, question: LookUp) -> dict[str, Any] | None:
    """What is read of its answers; None while it knows nothing of it."""
    if not question.reference:
        return _by_number(caller, question)
    if not FLOW_NUMBER.fullmatch(question.reference):
        return None
    told = caller.post(FLOW, {"numeroFluxDepot": question.reference})
    if return_code(told) != 0:
        # Just after the deposit it is not in its index yet.
        return None
    flow = {**cut(told, _READ_OF_FLOW), "numeroFluxDepot": question.reference}
    found: dict[str, Any] = {"flow": flow | {"errors": _errors(told)}, "number": question.number}
    if state_in(told.get("etatCourantDepotFlux")) in INTEGRATED:
        listed = _searched(caller, numeroFluxDepot=question.reference)
        own = [one for one in listed if not question.number or one.get("numeroFacture") == question.number]
        if own:
            found["invoice"] = cut(_newest(own), _READ_OF_INVOICE)
    return found


def _by_number(caller: Caller, question: LookUp) -> dict[str, Any] | None:
    """Of a deposit that nobody answered for: an invoice with its number that came since then; whenever it came, where it was found
    there before anything was deposited.
    """
    if not question.number:
        return None
    since = date.min if question.taken else (question.sent_at - _BEFORE).date()
    own = [
        one
        for one in _searched(caller, numeroFacture=question.number)
        if one.get("numeroFacture") == question.number and (day_in(one.get("dateDepot")) or since) >= since
    ]
    return {"invoice": cut(_newest(own), _READ_OF_INVOICE), "number": question.number} if own else None


def _searched(caller: Caller, **criteria: str) -> list[dict[str, Any]]:
    """The invoices that it knows. Raises Transient where it did not search."""
    told = caller.post(INVOICES, criteria)
    if return_code(told) != 0:
        raise Transient("not searched")
    listed = told.get("listeFactures")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _newest(invoices: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return max(invoices, key=lambda one: day_in(one.get("dateDepot")) or date.min)


# What is kept of its answers: no person's name, no account, no amount.
_READ_OF_FLOW = dict.fromkeys(("etatCourantDepotFlux", "dateHeureEtatCourantFlux"))
_READ_OF_INVOICE = dict.fromkeys(
    (
        "numeroFacture",
        "numeroFluxDepot",
        "identifiantFactureCPP",
        "statut",
        "dateHeureEtatCourant",
        "dateDepot",
        "commentaireEtatCourant",
    )
)


def _errors(told: Mapping[str, Any]) -> list[dict[str, str]]:
    """Of the flow, and of the invoices in it, each with its number."""
    found: list[dict[str, str]] = []
    for name, said, of in (
        ("listeErreurDP", "libelleErreurDP", "numeroDP"),
        ("listeErreurTechnique", "libelleErreur", "codeErreur"),
    ):
        listed = told.get(name)
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, dict) and len(found) < MOST_ERRORS:
                found.append({"said": words(one.get(said), 300), "of": words(one.get(of), 100)})
    return found


_PISTE = "PISTE, Applications, your application, OAuth."

SPEC = ProviderSpec(
    name=NAME,
    label="Chorus Pro",
    channel=Channel.EINVOICE,
    network=Network.CHORUS_PRO,
    credentials=(
        CredentialField(
            name="client_id",
            label="Client id",
            pattern=r"[!-~]{8,100}",
            hint=f"{_PISTE} It is not the API key.",
        ),
        CredentialField(
            name="client_secret",
            label="Client secret",
            pattern=r"[!-~]{8,200}",
            hint=_PISTE,
            hidden=True,
        ),
        CredentialField(
            name=TECHNICAL_ACCOUNT,
            label="Login of the technical account",
            pattern=r"[!-~]{1,100}@[!-~]{1,100}",
            hint="Chorus Pro, Raccordements: it begins with TECH_. Leave it empty where the settings name it.",
            default="",
        ),
        CredentialField(
            name="technical_password",
            label="Password of the technical account",
            pattern=r"[ -~]{8,200}",
            hint="It is set when the technical account is made, and expires.",
            hidden=True,
        ),
        CredentialField(
            name="base_url",
            label="Address of PISTE",
            pattern=r"https://(?:sandbox-)?api\.piste\.gouv\.fr",
            hint="To try it out, in qualification, https://sandbox-api.piste.gouv.fr.",
            default="https://api.piste.gouv.fr",
        ),
    ),
    make=ChorusPro,
    read=partial(read, NAME),
    failures={**ERROR_TEXTS, **FAILURES},
    ask=ask,
    asked=AskPlan.FOLLOWING,
)
