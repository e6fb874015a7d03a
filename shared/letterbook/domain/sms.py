"""How many parts an SMS makes: GSM 03.38 (3GPP TS 23.038) where the text fits its alphabet, otherwise UCS-2.

An escape pair and a surrogate pair are never split between parts, so parts are filled one character at a time.
Carriers may substitute characters: we count the text that we submit.
"""

import re
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
