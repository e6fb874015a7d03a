"""What Chorus Pro answers of a deposit, or of an invoice in it, and the receipt that this is.

Its times are those of Paris, and its words become ours where they are known (chorus_pro_states.py).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from letterbook.adapters.providers.chorus_pro_states import (
    FLOW_STAGES,
    NOT_TAKEN,
    PARTLY,
    Stage,
    flow_stage,
    invoice_stage,
)
from letterbook.adapters.providers.event_values import part, words
from letterbook.domain.failures import FailureText
from letterbook.domain.receipts import Receipt, RecipientUpdate, Signal

FLOW_NUMBER = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_STATE = re.compile(r"[A-Z0-9_]{1,60}", re.ASCII)
_PARIS = ZoneInfo("Europe/Paris")
_FRENCH_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})(.*)", re.ASCII | re.DOTALL)
MOST_ERRORS, _LONGEST_WORDS = 5, 350


def flow_of(invoice: Mapping[str, Any]) -> str:
    flow = invoice.get("numeroFluxDepot")
    return flow if isinstance(flow, str) and FLOW_NUMBER.fullmatch(flow) else ""


def read(provider: str, raw: str) -> Receipt:
    """The receipt that an answer is, as `ask` keeps it: the flow, the invoice, and when it was asked.

    Raises ValueError for what is none.
    """
    try:
        told = json.loads(raw)
        return _receipt(provider, told, raw)
    except (LookupError, TypeError, AttributeError, RecursionError, OverflowError) as missing:
        raise ValueError("not an answer of Chorus Pro") from missing


def _receipt(provider: str, told: Mapping[str, Any], raw: str) -> Receipt:
    flow, invoice = part(told, "flow"), part(told, "invoice")
    asked_at = datetime.fromisoformat(told["asked_at"]).astimezone(UTC)
    state, status = state_in(flow.get("etatCourantDepotFlux")), state_in(invoice.get("statut"))
    if status:
        stage, since, said = invoice_stage(status), invoice.get("dateHeureEtatCourant"), _comment(invoice)
    else:
        stage, since, said = flow_stage(state), flow.get("dateHeureEtatCourantFlux"), _errors_of(flow, state, told)
    if not (status or state):
        raise ValueError("not an answer of Chorus Pro")
    code = status or state
    if stage and state == PARTLY and said and not status:
        # Ours is not in the part that was taken.
        stage, code = FLOW_STAGES[NOT_TAKEN], NOT_TAKEN
    number = flow_of(flow) or flow_of(invoice)
    # Where it does not say since when, each answer is another: it may have come back to where it was.
    known = [number or words(invoice.get("numeroFacture"), 100), status or state, str(since or told["asked_at"])[:60]]
    return Receipt(
        provider=provider,
        event=status or state,
        at=min(_moment(since, asked_at), asked_at),
        raw=raw,
        digest=hashlib.sha256(json.dumps(known).encode()).hexdigest(),
        reference=number or None,
        news=_news(stage, code, said) if stage else (),
        opened=stage is not None and stage.opened,
        note=_with(stage.en, said) if stage else "",
        notes={"fr": _with(stage.fr, said)} if stage else {},
    )


def state_in(value: object) -> str:
    """One of its words; empty where it is none."""
    known = value.strip().upper().replace("-", "_") if isinstance(value, str) and len(value) <= 60 else ""
    return known if _STATE.fullmatch(known) else ""


def _news(stage: Stage, code: str, said: str) -> tuple[RecipientUpdate, ...]:
    """Nobody is named: an invoice has one recipient, whose number may be right where its service is wrong."""
    if stage.fact is None:
        return ()
    failed = stage.fact.failing
    return (
        RecipientUpdate(
            fact=stage.fact,
            code=stage.code,
            provider_code=code if failed else "",
            text=FailureText(_with(stage.en, said), stage.advice) if failed else None,
            signal=Signal.ACTION_REQUIRED if stage.waits else Signal.DELAYED if stage.late else None,
        ),
    )


def _with(sentence: str, said: str) -> str:
    """Our words, then theirs."""
    return f"{sentence} {said}".strip()


def _comment(invoice: Mapping[str, Any]) -> str:
    """What the buyer wrote: which document is missing, why they rejected it."""
    said = " ".join(words(invoice.get("commentaireEtatCourant"), _LONGEST_WORDS).split())
    return f"“{said}”" if said else ""


def _errors_of(flow: Mapping[str, Any], state: str, told: Mapping[str, Any]) -> str:
    """In Chorus Pro's own words; of a part that was not taken only those of our invoice."""
    listed = flow.get("errors")
    errors = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    if state == PARTLY:
        errors = [one for one in errors if one.get("of") == told.get("number")]
    said = [" ".join(words(one.get("said"), 300).split()) for one in errors[:MOST_ERRORS]]
    text = "; ".join(dict.fromkeys(one for one in said if one))[:_LONGEST_WORDS]
    return f"“{text}”" if text else ""


def _moment(told: object, asked_at: datetime) -> datetime:
    """When it came to that, in Paris where it does not say; when we asked, for what cannot be read.

    Of a day alone it is the end: of two that came on one day the later answer is the later one.
    """
    if type(told) is int and 0 < told < 4_102_444_800_000:
        return datetime.fromtimestamp(told / 1000, UTC)
    text = told.strip() if isinstance(told, str) else ""
    if french := _FRENCH_DAY.fullmatch(text):
        text = f"{french[3]}-{french[2]}-{french[1]}{french[4]}"
    try:
        at = datetime.fromisoformat(text)
        if len(text) <= len("2026-11-29"):
            at = datetime.combine(at, time.max)
        at = (at if at.tzinfo else at.replace(tzinfo=_PARIS)).astimezone(UTC)
        # Beyond the years that there are a day has no other zones.
        return at if 2000 <= at.year < 2100 else asked_at
    except (ValueError, OverflowError):
        return asked_at


def day_in(told: object) -> date | None:
    """None where it does not say."""
    unknown = datetime.max.replace(tzinfo=UTC)
    at = _moment(told, unknown)
    return None if at == unknown else at.astimezone(_PARIS).date()
