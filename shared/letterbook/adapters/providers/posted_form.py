"""A form that a vendor posts (RFC 7578, or as addresses have it): its fields as they came, which need not be text."""

from collections.abc import Mapping
from io import BytesIO
from urllib.parse import parse_qsl

from letterbook.domain.errors import Malformed
from letterbook.ports import WebhookRequest

_MULTIPART, _URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
# Some vendors post every header field of a mail as one of the form.
_MOST_FIELDS = 3_000
# Any byte is a character of it, and the other way round.
_BYTES = "latin-1"


def form_of(request: WebhookRequest) -> Mapping[str, tuple[bytes, ...]]:
    """All values of each field, in their order. Raises Malformed."""
    declared = request.headers.get("content-type", "")
    media_type = declared.partition(";")[0].strip().lower()
    found: dict[str, list[bytes]] = {}
    try:
        if media_type == _MULTIPART:
            fields = _parts(request.body, declared)
        elif media_type == _URLENCODED:
            fields = _pairs(request.body)
        else:
            raise Malformed("This is no form.")
    except ValueError:
        raise Malformed("The form cannot be read.") from None
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def _pairs(body: bytes) -> list[tuple[str, bytes]]:
    pairs = parse_qsl(body.decode(_BYTES), keep_blank_values=True, max_num_fields=_MOST_FIELDS, encoding=_BYTES)
    return [(name, value.encode(_BYTES)) for name, value in pairs]


def _parts(body: bytes, declared: str) -> list[tuple[str, bytes]]:
    # Only mail comes so, and every cold start would wait for it.
    from multipart import MultipartParser, parse_options_header

    boundary = parse_options_header(declared)[1].get("boundary", "")
    limits = {"part_limit": _MOST_FIELDS, "memory_limit": len(body) + 1, "spool_limit": len(body) + 1}
    # Its errors are ValueErrors.
    parts = MultipartParser(BytesIO(body), boundary, len(body), strict=True, **limits)
    return [(one.name, one.raw) for one in parts]
