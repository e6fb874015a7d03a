"""How large an answer may be: what a Lambda function hands over is a JSON document of at most 6,291,556 bytes, in which a body is a
string, so that each quotation mark of a JSON body is written with three more bytes.
"""

import json
import sys

# The rest is for headers.
MAX_ANSWER_BYTES = 6_000_000
# Of an entry's text and HTML together; its history and the like need the rest.
_MAX_CONTENT_BYTES = 4_000_000
# Of what amendments replaced, in one answer.
_MAX_REPLACED_BYTES = 500_000
# No character is written with more bytes, even twice quoted.
_MOST_A_CHARACTER = 14
# What Lambda's own runtime writes as it is; before Python 3.12 it escaped all that is not ASCII.
_ESCAPES_ALL = sys.version_info < (3, 12)


def handed_over(body: str) -> int:
    """The bytes of a body as a string in the document that the function hands over."""
    return len(json.dumps(body, ensure_ascii=_ESCAPES_ALL).encode(errors="replace"))


def is_too_large(body: str) -> bool:
    return len(body) * _MOST_A_CHARACTER > MAX_ANSWER_BYTES and handed_over(body) > MAX_ANSWER_BYTES


def fitting(text: str, html: str | None) -> tuple[str, str | None, bool]:
    """As much of an entry's content as fits into an answer, and whether something was left out: the HTML first."""
    if (len(text) + len(html or "")) * _MOST_A_CHARACTER <= _MAX_CONTENT_BYTES:
        return text, html, False
    if _within_json(text) + _within_json(html or "") <= _MAX_CONTENT_BYTES:
        return text, html, False
    shown = text
    while (size := _within_json(shown)) > _MAX_CONTENT_BYTES:
        shown = shown[: len(shown) * _MAX_CONTENT_BYTES // size * 9 // 10]
    return shown, None, True


def replaced_fitting(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Of what amendments replaced, oldest first, the newest that fit; of the others only which fields it were."""
    left = _MAX_REPLACED_BYTES
    kept: list[dict[str, str]] = []
    for was in reversed(rows):
        left -= sum(_within_json(value) for value in was.values())
        kept.append(was if left >= 0 else dict.fromkeys(was, ""))
    return kept[::-1]


def _within_json(text: str) -> int:
    return handed_over(json.dumps(text, ensure_ascii=False))
