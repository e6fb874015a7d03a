"""What is wrong with a form: beside each field, and in a summary that leads to the fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from letterbook.domain.errors import CallerError, FieldError, Invalid

PREFIX = "f-"
# What a machine says of a field, said to people; what says more than its code is left as it is.
_MACHINE = ("String should", "Input should", "List should", "Value should", "Field required", "Dictionary should")
_PLAIN = {
    "required": "Fill this in.",
    "too_short": "Fill this in.",
    "too_long": "This is too long.",
    "wrong_type": "Enter a whole number.",
    "not_one_of": "Choose one of those offered.",
    "invalid_format": "This is not written as it has to be.",
}


@dataclass(frozen=True, slots=True)
class Faults:
    """By the library's own names of fields, whose ids on the page are the same behind `f-`, with hyphens.

    `lines` are the faults of single lines of a text: the field, the line counted from 1, the words.
    """

    by_field: Mapping[str, str] = field(default_factory=dict)
    summary: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[str, int, str], ...] = ()

    def of(self, name: str) -> str:
        """What is wrong with a field; nothing where nothing is."""
        return self.by_field.get(name, "")

    def beside(self, name: str) -> list[tuple[int, str]]:
        """What is wrong with which lines of a field, from the first line on."""
        return sorted((line, words) for field_, line, words in self.lines if field_ == name)

    def within(self, name: str) -> str:
        """What is wrong with a field or the first of its parts."""
        return self.of(name) or next((told for at, told in self.by_field.items() if at.startswith(f"{name}.")), "")


NONE = Faults()


def id_of(name: str) -> str:
    return PREFIX + name.replace(".", "-")


def faults_of(
    error: CallerError, labels: Mapping[str, str] | None = None, places: Mapping[str, str] | None = None
) -> Faults:
    """`labels` go before messages that do not name their field; `places` are fields that stand on the page under another name."""
    if not error.faults:
        return Faults(summary=((error.detail, ""),))
    by_field: dict[str, str] = {}
    summary: dict[tuple[str, str], None] = {}
    for fault in error.faults:
        name = (places or {}).get(fault.field, fault.field)
        message = _message(fault)
        by_field.setdefault(name, message)
        label = (labels or {}).get(name) or (labels or {}).get(name.split(".")[0], "")
        summary[(f"{label}: {message}" if label else message, id_of(name) if name else "")] = None
    lines = tuple((one.field, one.line, one.message) for one in error.faults if one.line)
    return Faults(by_field, tuple(summary), lines)


def _message(fault: FieldError) -> str:
    if not fault.message.startswith(_MACHINE):
        return fault.message
    if fault.code == "out_of_range":
        return f"This has to be{fault.message.removeprefix('Input should be')}."
    if fault.message.startswith("Input should be a valid date"):
        return "Write a date: 2026-12-24."
    return _PLAIN.get(fault.code, "This cannot be used.")


def wrong(field_: str, message: str) -> Invalid:
    return Invalid("", FieldError(field_, "required", message))
