"""The evidence of a document: what the receiving side signed, and what was handed over to it.

Source: Storecove API v2 ("Evidence"). There is none (404) until it was handed over. What that was is fetched from addresses that
are good for a while and are a right in themselves: they get no credentials of ours, and are not kept.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from letterbook.adapters.providers.event_values import part, word
from letterbook.adapters.providers.storecove_api import address_of, headers_of
from letterbook.adapters.providers.vendor_http import call, may_be_reached
from letterbook.domain.errors import Ambiguous, Permanent, Transient

logger = logging.getLogger(__name__)

# What the other side signs is some kilobytes; an invoice may bring its enclosures with it.
_MOST_EVIDENCE_BYTES, _MOST_DOCUMENT_BYTES, _MOST_DOCUMENTS = 2 * 1024 * 1024, 20 * 1024 * 1024, 5
_ENDINGS = {"application/xml": "xml", "text/xml": "xml", "application/pdf": "pdf", "application/json": "json"}


def evidence_of(held: Mapping[str, str], reference: str) -> dict[str, Any] | None:
    """As it is told; None while there is none. Raises Transient, Permanent, Ambiguous."""
    try:
        answer = call(
            "GET",
            address_of(held, "document_submissions", reference, "evidence", "sending"),
            headers=headers_of(held),
            at_most=_MOST_EVIDENCE_BYTES,
        )
    except Permanent as failed:
        if failed.provider_code == "404":
            return None
        raise
    told = answer.json()
    if not isinstance(told, dict):
        raise Ambiguous("no evidence in the answer")
    return told


def files_of(held: Mapping[str, str], reference: str) -> Sequence[tuple[str, str, bytes]]:
    """Name, media type and content of each; none where there is no evidence yet. Raises Transient, Permanent, Ambiguous."""
    told = evidence_of(held, reference)
    if told is None:
        return ()
    listed = told.get("documents")
    documents = [one for one in listed if isinstance(one, dict)][:_MOST_DOCUMENTS] if isinstance(listed, list) else []
    kept = {**told, "documents": [{name: one[name] for name in one if name != "document"} for one in documents]}
    files = [
        ("Evidence.json", "application/json", json.dumps(kept, indent=2, ensure_ascii=False).encode(errors="replace"))
    ]
    signed = part(told, "evidence").get("xml")
    if isinstance(signed, str) and signed:
        files.append(("Evidence.xml", "application/xml", signed.encode(errors="replace")))
    for number, one in enumerate(documents, start=1):
        kind = word(one.get("mime_type")).partition(";")[0].strip().lower()
        content = _fetched(word(one.get("document"), 4_000), held) if kind in _ENDINGS else None
        if content is not None:
            files.append((f"Delivered {number}.{_ENDINGS[kind]}", kind, content))
    return files


def _fetched(url: str, held: Mapping[str, str]) -> bytes | None:
    """None where it stands nowhere that we go to. Raises Transient: with the next evidence come new addresses."""
    if not may_be_reached(url, held["base_url"]):
        logger.warning("evidence stands at an address without TLS")
        return None
    try:
        return call("GET", url, headers={}, at_most=_MOST_DOCUMENT_BYTES).body
    except (Permanent, Ambiguous) as failed:
        raise Transient(failed.provider_code) from failed
