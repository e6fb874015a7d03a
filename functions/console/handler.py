"""The console's front door: everything that is not the API."""

from pathlib import Path
from typing import Any

_PAGE = Path(__file__).with_name("front.html")
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    status = 200 if event.get("rawPath") == "/" else 404
    return {"statusCode": status, "headers": _HEADERS, "body": _PAGE.read_text()}
