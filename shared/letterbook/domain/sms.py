"""How many parts an SMS makes: GSM 03.38 (3GPP TS 23.038) where the text fits its alphabet, otherwise UCS-2.

An escape pair and a surrogate pair are never split between parts, so parts are filled one character at a time.

Carriers rewrite what their alphabet lacks, each in its own way. So we do it first, and say so: what is counted is what is shown,
sent and kept (`plain_text`).
"""

import re
import unicodedata
from dataclasses import dataclass

# What may stand as the sender instead of a number (SNS developer guide, AWS.SNS.SMS.SenderID): 3 to 11, a letter among them.
SENDER_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9-]{3,11}", re.ASCII)

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[]~|€\f")

MAX_SEGMENTS = 10
# Amazon SNS takes no more in one Publish (SNS API reference, Publish).
MAX_BYTES = 1600


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSize:
    """`characters` as a person counts them; `encoding` is `gsm7` or `ucs2`."""

    characters: int
    encoding: str
    segments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsText:
    """A text as it is sent. `changes` says in words what was typed otherwise; `beyond` are the signs that GSM 03.38 lacks."""

    text: str
    changes: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


# Line by line: what it is called, what it is, what it becomes. The last ones only by the firm's wish.
_BREAKS = ("line breaks of other systems became plain", "\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n")
_BLANKS = ("tabs and blanks of special widths became plain", "[\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]", " ")
_UNSEEN = ("signs that nobody sees were left out", "[\u00ad\u180e\u200b\u2060-\u2064\ufeff]", "")
# Directions and joiners, which Arabic, Hebrew, Indian scripts and emoji are written with.
_JOINING = ("signs that nobody sees were left out", "[\u034f\u061c\u200c-\u200f]", "")
_TYPOGRAPHY = (
    ("typographic quotes became plain", "[\u2018-\u201b\u2032\u2035\u2039\u203a\u00b4\u02bc\u0060]", "'"),
    ("typographic quotes became plain", "[\u201c-\u201f\u2033\u2036\u00ab\u00bb]", '"'),
    ("typographic dashes became plain", "[\u2010-\u2015\u2212]", "-"),
    ("bullets became dashes", "[\u2022\u2023\u2043\u25cf\u25aa]", "-"),
)
# Longer than what it stands for.
_ELLIPSIS = ("ellipses became three dots", "\u2026", "...")
_JOINED = "\u0590-\u1cff\u2190-\u2bff\u3030-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe0f\ufe70-\ufefc\U00010900-\U000dffff"


def plain_text(text: str, *, typography: bool = True) -> SmsText:
    """What is sent of a text: letters with their accents in one, plain breaks and blanks, nothing unseen.

    With `typography`, quotes, dashes, bullets and ellipses are those of a keyboard; an ellipsis where it costs no further part.
    """
    rules = [_BREAKS, _BLANKS, _UNSEEN, *(_TYPOGRAPHY if typography else ())]
    if not re.search(f"[{_JOINED}]", text):
        rules.append(_JOINING)
    made = unicodedata.normalize("NFC", text)
    changes = [] if made == text else ["letters and their accents became one"]
    for words, pattern, plain in rules:
        before, made = made, re.sub(pattern, plain, made)
        changes += [words] if made != before else []
    if typography:
        words, pattern, plain = _ELLIPSIS
        dotted = re.sub(pattern, plain, made)
        if dotted != made and measure(dotted).segments <= measure(made).segments:
            made = dotted
            changes.append(words)
    beyond = dict.fromkeys(one for one in made if one not in _BASIC and one not in _EXTENDED)
    return SmsText(text=made, changes=tuple(dict.fromkeys(changes)), beyond=tuple(beyond))


def measure(text: str) -> SmsSize:
    gsm = all(character in _BASIC or character in _EXTENDED for character in text)
    if gsm:
        units = [2 if character in _EXTENDED else 1 for character in text]
        alone, part = 160, 153
    else:
        units = [2 if ord(character) > 0xFFFF else 1 for character in text]
        alone, part = 70, 67
    segments = 1 if sum(units) <= alone else _parts(units, part)
    return SmsSize(characters=len(text), encoding="gsm7" if gsm else "ucs2", segments=segments)


def _parts(units: list[int], size: int) -> int:
    parts, used = 1, 0
    for unit in units:
        if used + unit > size:
            parts, used = parts + 1, 0
        used += unit
    return parts
