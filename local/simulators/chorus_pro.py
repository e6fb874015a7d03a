"""Chorus Pro on one machine: takes invoices as its API does, and answers who asks what became of them. It posts nothing.

    POST /api/oauth/token                                a form: grant_type, client_id, client_secret, scope
    POST /cpro/factures/v1/deposer/flux                  fichierFlux, nomFichier, syntaxeFlux, avecSignature
    POST /cpro/transverses/v1/consulterCRDetaille        numeroFluxDepot
    POST /cpro/factures/v1/rechercher/fournisseur        numeroFluxDepot, numeroFacture
    POST /_sim/advance                                   {"number", "to", "comment"}: the invoice comes to that status

A flow is in the index a moment after its deposit; then it is processed, and its invoice made available. What begins with SLOW-
waits until it was asked for once. Whatever comes after that a test decides, by `/_sim/advance`. An invoice's number is good once,
unless that invoice was rejected or abandoned: another with it is refused while the flow is processed, as Chorus Pro does.
"""

import base64
import binascii
import hmac
import io
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from flask import Flask, Response, jsonify, request

from local.simulators.fates import Fate, of_invoice
from local.simulators.vendor import Vendor, application, hang_up

CREDENTIALS = {
    "client_id": "0d6f9a52-3c1e-4a77-9be0-5f2c8d1a7e63",
    "client_secret": "b8e1f0c4-7d25-4f9a-a3c6-91e07b5d2f48",
    "technical_account": "TECH_1_letterbook@cpro.fr",
    "technical_password": "Lettre-12345",
}

_SYNTAXES = ("IN_DP_E1_UBL_INVOICE", "IN_DP_E2_CII_FACTURX")
_NAME = re.compile(r"[^/\\]{1,100}\.(xml|pdf)", re.ASCII)
_SECONDS = 3600
# So long after its deposit a flow is in the index, and is processed.
INDEXED, PROCESSED = timedelta(seconds=0.3), timedelta(seconds=1)
_DEAD = ("REJETEE", "ABANDONNEE", "SUPPRIMEE")
_AWAY = "Service temporairement indisponible"
_MISSING_FLOW = "Le flux n'existe pas"


def now() -> datetime:
    """Chorus Pro's own clock; a test may have another."""
    return datetime.now(UTC)


def simulator(vendor: Vendor) -> Flask:
    app = application(vendor)
    tokens: dict[str, datetime] = {}
    _gives_tokens(app, vendor, tokens)
    _takes_deposits(app, vendor)
    _tells_of_flows(app, vendor)
    _advances(app, vendor)
    return app


def _gives_tokens(app: Flask, vendor: Vendor, tokens: dict[str, datetime]) -> None:
    @app.post("/api/oauth/token")
    def token() -> Any:
        form, held = request.form, vendor.credentials
        known = all(hmac.compare_digest(form.get(one, ""), held[one]) for one in ("client_id", "client_secret"))
        if form.get("grant_type") != "client_credentials" or form.get("scope") != "openid" or not known:
            return jsonify({"error": "invalid_client"}), 400
        value = secrets.token_urlsafe(48)
        tokens[value] = now() + timedelta(seconds=_SECONDS)
        return jsonify({"access_token": value, "token_type": "Bearer", "expires_in": _SECONDS, "scope": "openid"})

    @app.before_request
    def knows_us() -> Any:
        if not request.path.startswith("/cpro/"):
            return None
        told = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if tokens.get(told, datetime.min.replace(tzinfo=UTC)) < now():
            return jsonify({"error": "invalid_token"}), 401
        who = f"{vendor.credentials['technical_account']}:{vendor.credentials['technical_password']}"
        account = base64.b64encode(who.encode()).decode()
        if not hmac.compare_digest(request.headers.get("cpro-account", ""), account):
            return jsonify({"codeRetour": 401, "libelle": "Identifiants du compte technique incorrects"}), 401
        return None


def _takes_deposits(app: Flask, vendor: Vendor) -> None:
    @app.post("/cpro/factures/v1/deposer/flux")
    def deposit() -> Any:
        told: Any = request.get_json(force=True, silent=True)
        content, wrong = _file(told)
        if wrong:
            return jsonify({"codeRetour": 20003, "libelle": wrong})
        number = number_in(content)
        fate = vendor.mode or of_invoice(number)
        if fate is Fate.BROKEN:
            return jsonify({"codeRetour": 503, "libelle": _AWAY}), 503
        if fate is Fate.THROTTLED and vendor.asks_to_wait(number):
            return jsonify({"libelle": "Quota exceeded"}), 429, {"Retry-After": "1"}
        flow = _kept(vendor, told, content, number, fate)
        if fate is Fate.AMBIGUOUS:
            hang_up()
        if fate is Fate.GARBLED:
            return Response('{"codeRetour": 0, "numeroFluxDepot": "CPP', 200, mimetype="application/json")
        return jsonify(
            {
                "codeRetour": 0,
                "libelle": "Succès",
                "numeroFluxDepot": flow["reference"],
                "dateDepot": flow["at"][:10],
                "syntaxeFlux": told["syntaxeFlux"],
            }
        )


def _file(told: Any) -> tuple[bytes, str]:
    """What was deposited, and what is wrong with it."""
    if not isinstance(told, dict) or told.get("syntaxeFlux") not in _SYNTAXES:
        return b"", "La syntaxe du flux est inconnue"
    if not _NAME.fullmatch(str(told.get("nomFichier"))):
        return b"", "Le nom du fichier doit avoir une extension"
    if not isinstance(told.get("avecSignature"), bool):
        return b"", "Le champ avecSignature est obligatoire"
    try:
        content = base64.b64decode(told.get("fichierFlux") or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        return b"", "Le fichier est illisible"
    return content, "" if content else "Le fichier est vide"


def number_in(content: bytes) -> str:
    """The number of an invoice: UBL's, or that of the data in a PDF; empty where there is none."""
    root = _root(content if not content.startswith(b"%PDF") else _attached(content))
    if root is None:
        return ""
    ids = [one.text or "" for one in root if one.tag.endswith("}ID")]
    ids += [one.text or "" for part in root if part.tag.endswith("}ExchangedDocument") for one in part][:1]
    return next((one.strip() for one in ids if one.strip()), "")


def _root(content: bytes) -> Element | None:
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return root


def _attached(pdf: bytes) -> bytes:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        files = PdfReader(io.BytesIO(pdf)).attachments
        return next((one[0] for name, one in files.items() if name.lower().endswith(".xml")), b"")
    except (PyPdfError, ValueError, KeyError, IndexError):
        return b""


def _kept(vendor: Vendor, told: dict[str, Any], content: bytes, number: str, fate: Fate) -> dict[str, Any]:
    ours = told["nomFichier"].rpartition(".")[0]
    taken = [one for one in vendor.newest_first() if one["number"] == number and _is_alive(one)]
    flow = {
        "reference": f"CPP{secrets.randbelow(10**19):019}",
        "communication_id": ours if ours.startswith("com_") else None,
        "to": [],
        "from": vendor.credentials["technical_account"],
        "subject": number,
        "text": content.decode(errors="replace") if told["syntaxeFlux"] == _SYNTAXES[0] else None,
        "attachments": [told["nomFichier"]],
        "at": now().isoformat(),
        "number": number,
        "fate": fate.value,
        "asked": 0,
        "errors": [],
        "status": None,
        "comment": "",
        "since": None,
    }
    if fate is Fate.BLOCKED or not number:
        flow["errors"] = ["Le fichier ne respecte pas le format attendu : BR-CO-15, total TTC incohérent"]
    elif taken:
        flow["errors"] = [f"Une facture {number} existe déjà pour ce fournisseur"]
    vendor.keep(flow)
    return flow


def _is_alive(flow: dict[str, Any]) -> bool:
    return not flow["errors"] and flow["status"] not in _DEAD


# ---- what it tells when it is asked


def _tells_of_flows(app: Flask, vendor: Vendor) -> None:
    @app.post("/cpro/transverses/v1/consulterCRDetaille")
    def flow_state() -> Any:
        told: Any = request.get_json(force=True, silent=True)
        flow = vendor.find(str(told.get("numeroFluxDepot"))) if isinstance(told, dict) else None
        if flow is None or _age(flow) < INDEXED:
            return jsonify({"codeRetour": 100, "libelle": _MISSING_FLOW})
        vendor.amend(flow["reference"], asked=flow["asked"] + 1)
        state = _state(flow)
        _told(vendor, flow, state)
        errors = flow["errors"] if state == "IN_REJETE" else []
        return jsonify(
            {
                "codeRetour": 0,
                "libelle": "Succès",
                "numeroFluxDepot": flow["reference"],
                "nomFichier": flow["attachments"][0],
                "dateDepotFlux": flow["at"],
                "etatCourantDepotFlux": state,
                "dateHeureEtatCourantFlux": _since(flow),
                "listeErreurDP": [{"numeroDP": flow["number"], "libelleErreurDP": one} for one in errors],
                "listeErreurTechnique": [],
            }
        )

    @app.post("/cpro/factures/v1/rechercher/fournisseur")
    def invoices() -> Any:
        told: Any = request.get_json(force=True, silent=True)
        asked = told if isinstance(told, dict) else {}
        found = [one for one in vendor.newest_first() if _is_asked(one, asked) and _state(one) == "IN_INTEGRE"]
        for one in found:
            _told(vendor, one, _status(one))
        return jsonify({"codeRetour": 0, "libelle": "Succès", "listeFactures": [_invoice(one) for one in found]})


def _age(flow: dict[str, Any]) -> timedelta:
    return now() - datetime.fromisoformat(flow["at"])


def _state(flow: dict[str, Any]) -> str:
    if _age(flow) < PROCESSED:
        return "IN_EN_COURS_TRAITEMENT_CPP"
    if flow["fate"] == Fate.DEFERRED and flow["asked"] < 1 and flow["status"] is None:
        return "IN_EN_ATTENTE_RETRAITEMENT_CPP"
    return "IN_REJETE" if flow["errors"] else "IN_INTEGRE"


def _status(flow: dict[str, Any]) -> str:
    refused = flow["fate"] == Fate.BOUNCE
    return flow["status"] or ("REJETEE" if refused else "MISE_A_DISPOSITION")


def _since(flow: dict[str, Any]) -> str:
    """When it was processed. It was in the index before, and what waits waits since then."""
    return (datetime.fromisoformat(flow["at"]) + (PROCESSED if _age(flow) >= PROCESSED else INDEXED)).isoformat()


def _is_asked(flow: dict[str, Any], asked: dict[str, Any]) -> bool:
    return asked.get("numeroFacture") in (None, flow["number"]) and asked.get("numeroFluxDepot") in (
        None,
        flow["reference"],
    )


def _invoice(flow: dict[str, Any]) -> dict[str, Any]:
    """An invoice, as its search shows it."""
    refused = flow["fate"] == Fate.BOUNCE and not flow["status"]
    return {
        "identifiantFactureCPP": int(flow["reference"][-9:]),
        "numeroFacture": flow["number"],
        "numeroFluxDepot": flow["reference"],
        "typeFacture": "FACTURE",
        "statut": _status(flow),
        "dateDepot": flow["at"][:10],
        "dateHeureEtatCourant": flow["since"] or _since(flow),
        "commentaireEtatCourant": "Montant contesté" if refused else flow["comment"],
    }


def _told(vendor: Vendor, flow: dict[str, Any], word: str) -> None:
    """What it told of a flow, each word once."""
    if word not in flow["events"]:
        vendor.amend(flow["reference"], word)


def _advances(app: Flask, vendor: Vendor) -> None:
    @app.post("/_sim/advance")
    def advance() -> Any:
        told: Any = request.get_json(force=True, silent=True)
        told = told if isinstance(told, dict) else {}
        found = [one for one in vendor.newest_first() if one["number"] == told.get("number") and not one["errors"]]
        if not found or not isinstance(told.get("to"), str):
            return jsonify({"message": "number is that of an invoice that was taken, to a status"}), 404
        reference = found[0]["reference"]
        vendor.amend(reference, status=told["to"], comment=str(told.get("comment") or ""), since=now().isoformat())
        return jsonify({"reference": reference, "status": told["to"]})
