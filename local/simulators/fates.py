"""What becomes of a message, by whom it is for: a script that anybody can write into an address or a number."""

import re
from collections.abc import Iterable
from enum import StrEnum

_DOMAIN = "simulator.example"
# +44 7400 1NNddd: NN says what happens, ddd are free.
_NUMBER = re.compile(r"\+4474001(\d\d)\d{3}")


class Fate(StrEnum):
    SUCCESS = "success"
    DEFERRED = "deferred"
    BOUNCE = "bounce"
    BLOCKED = "blocked"
    DROPPED = "dropped"
    INVALID = "invalid"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    LATE = "late"
    AMBIGUOUS = "ambiguous"
    THROTTLED = "throttled"
    BROKEN = "broken"
    GARBLED = "garbled"
    MUTE = "mute"
    TWICE = "twice"
    UNPAID = "unpaid"


# What happens to the request itself, whoever else the message is for.
OF_THE_REQUEST = (Fate.BROKEN, Fate.THROTTLED, Fate.INVALID, Fate.AMBIGUOUS, Fate.GARBLED)

_NAMES = frozenset(one.value for one in Fate)
_NUMBERS = {
    "00": Fate.SUCCESS,
    "01": Fate.BOUNCE,
    "02": Fate.BOUNCE,
    "03": Fate.INVALID,
    "04": Fate.DROPPED,
    "05": Fate.AMBIGUOUS,
    "06": Fate.THROTTLED,
    "07": Fate.BROKEN,
    "08": Fate.GARBLED,
    "09": Fate.MUTE,
    "10": Fate.TWICE,
    "11": Fate.BLOCKED,
}
# As somebody can write them among the lines of an address.
_WORDS = {
    "slow": Fate.DEFERRED,
    "undeliverable": Fate.BOUNCE,
    "unprintable": Fate.BLOCKED,
    **{one.value: one for one in (Fate.INVALID, Fate.AMBIGUOUS, Fate.THROTTLED, Fate.BROKEN, Fate.GARBLED)},
    **{one.value: one for one in (Fate.MUTE, Fate.TWICE, Fate.UNPAID)},
}

_INVOICES = {
    "SLOW": Fate.DEFERRED,
    "REJECT": Fate.BOUNCE,
    "INVALID": Fate.BLOCKED,
    "AMBIGUOUS": Fate.AMBIGUOUS,
    "THROTTLED": Fate.THROTTLED,
    "BROKEN": Fate.BROKEN,
    "GARBLED": Fate.GARBLED,
    "MUTE": Fate.MUTE,
}


def of_address(address: str) -> Fate:
    """By the local part before its `+`; success for every address that is none of the script's."""
    local, _, domain = address.strip().rpartition("@")
    name = local.partition("+")[0].lower()
    return Fate(name) if domain.lower() == _DOMAIN and name in _NAMES else Fate.SUCCESS


def of_number(number: str) -> tuple[Fate, str]:
    """With the two digits that say so, which tell the failures apart; success for every other number."""
    found = _NUMBER.fullmatch(number)
    digits = found[1] if found else "00"
    return _NUMBERS.get(digits, Fate.SUCCESS), digits


def of_lines(lines: Iterable[str]) -> Fate:
    """By the first word of the script in the lines of a postal address, in capitals or not; success where there is none."""
    words = (word.lower() for line in lines for word in re.findall(r"[A-Za-z]+", line))
    return next((_WORDS[word] for word in words if word in _WORDS), Fate.SUCCESS)


def of_invoice(number: str) -> Fate:
    """By how the number of an e-invoice begins; success for every number that is none of the script's."""
    return _INVOICES.get(number.partition("-")[0], Fate.SUCCESS) if "-" in number else Fate.SUCCESS


def of_request(fates: list[Fate]) -> Fate | None:
    """What happens to a request for several: the first of these that any of them asks for."""
    return next((one for one in OF_THE_REQUEST if one in fates), None)
