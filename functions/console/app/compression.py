"""Answers as they go over the line. The gateway compresses nothing itself: text is squeezed here, for whoever takes it."""

import base64
import gzip
import io
import re
import secrets
from functools import cache
from typing import Any

# Less than one packet: it would not arrive sooner.
_LEAST_CHARACTERS = 1_400
# What somebody waits for, and what is squeezed once and kept.
_QUICK, _BEST = 5, 9
# A page may hold what somebody else wrote into an address beside what is secret: its length shall not tell whether they are
# alike (BREACH), so the name that gzip has room for is of any length.
_MOST_PADDING = 64
_TEXT = re.compile(r"text/|image/svg\+xml|application/(?:problem\+)?json")
_REFUSED = re.compile(r";\s*q=0(?:\.0*)?\s*$")


def takes_gzip(accepted: str) -> bool:
    """Whether a header Accept-Encoding allows it."""
    for one in accepted.lower().split(","):
        name = one.partition(";")[0].strip()
        if name in ("gzip", "*"):
            return not _REFUSED.search(one)
    return False


def squeezed(answer: dict[str, Any], accepted: str, *, kept: bool = False) -> dict[str, Any]:
    """A function's answer with its body compressed, where that is worth it; `kept` bodies are squeezed once, as small as can be."""
    body, headers = answer["body"], answer["headers"]
    if len(body) < _LEAST_CHARACTERS or not _TEXT.match(headers.get("Content-Type", "")):
        return answer
    headers = {**headers, "Vary": "Accept-Encoding"}
    if not takes_gzip(accepted):
        return {**answer, "headers": headers}
    encoded = _kept(body) if kept else _gzip(body, _QUICK, secrets.randbelow(_MOST_PADDING) + 1)
    return {**answer, "headers": {**headers, "Content-Encoding": "gzip"}, "body": encoded, "isBase64Encoded": True}


@cache
def _kept(body: str) -> str:
    return _gzip(body, _BEST, 0)


def _gzip(text: str, level: int, padding: int) -> str:
    made = io.BytesIO()
    with gzip.GzipFile(filename="-" * padding, mode="wb", compresslevel=level, fileobj=made, mtime=0) as file:
        file.write(text.encode(errors="replace"))
    return base64.b64encode(made.getvalue()).decode()
