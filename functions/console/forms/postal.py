"""A postal address in a form: in its parts, or pasted in lines, and how a letter goes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from console.app.routing import PageRequest
from letterbook.domain.post import PostalAddress, PostWish

PARTS = tuple(one.name for one in fields(PostalAddress))
# What says of an address in a form how it stood there, and is no field of it.
HIDDEN = ("address_in", "address_own")
WISHES = tuple(one.name for one in fields(PostWish))
LABELS = {
    "address": "Address",
    "address.name": "Name above it",
    "address.street": "Street",
    "address.number": "House number",
    "address.po_box": "PO box",
    "address.postal_code": "Postal code",
    "address.town": "Town",
    "address.country": "Its country",
}
WISH_LABELS = {"post.product": "Goes as", "post.print_mode": "Printed on", "post.print_spectrum": "Colours"}
_IN_LINES, _IN_PARTS = "lines", "parts"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedAddress:
    """`lines` are the address as a text, `parts` the same by field. `stood` says which of the two the form began with.

    `own` tells whether it is what the form was filled with: nobody asked for another address then.
    """

    lines: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    stood: str = _IN_PARTS
    own: str = ""

    @property
    def in_parts(self) -> bool:
        """Whether the parts are meant: of two that are filled in, that which was not there before."""
        filled = any(value for name, value in self.parts.items() if name != "country")
        return filled and (not self.lines or self.stood == _IN_LINES)

    @property
    def given(self) -> str | dict[str, str] | None:
        """As the API takes it; None where there is none."""
        if self.in_parts:
            return {name: value for name, value in self.parts.items() if value}
        return self.lines or None

    @property
    def untouched(self) -> bool:
        return self.own == self.mark

    @property
    def asked(self) -> str | dict[str, str] | None:
        """What is given, where it is another than the form began with."""
        return None if self.untouched else self.given

    @property
    def mark(self) -> str:
        said = json.dumps([self.lines, sorted((name, value) for name, value in self.parts.items() if value)])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def flat(self) -> dict[str, str]:
        """By the names of the form's fields."""
        parts = {f"address.{name}": self.parts.get(name, "") for name in PARTS}
        return {"address": self.lines, **parts, "address_in": self.stood, "address_own": self.own}


def address_of(lines: str | None, parts: PostalAddress | None) -> TypedAddress:
    """As a form is filled with one: in its parts where these are known."""
    if parts:
        found = TypedAddress(parts={name: getattr(parts, name) for name in PARTS})
    else:
        found = TypedAddress(lines=lines or "", stood=_IN_LINES if lines else _IN_PARTS)
    return TypedAddress(lines=found.lines, parts=found.parts, stood=found.stood, own=found.mark)


def address_in(values: Mapping[str, str]) -> TypedAddress:
    """What fields of these names hold."""
    return TypedAddress(
        lines=values.get("address", "").replace("\r\n", "\n"),
        parts={name: values.get(f"address.{name}", "") for name in PARTS},
        stood=values.get("address_in") or (_IN_LINES if values.get("address") else _IN_PARTS),
        own=values.get("address_own", ""),
    )


def typed_address(visit: PageRequest) -> TypedAddress:
    names = ("address", *HIDDEN, *(f"address.{name}" for name in PARTS))
    return address_in({name: visit.field(name) for name in names})


def typed_wish(visit: PageRequest) -> dict[str, str]:
    return {name: visit.field(f"post.{name}") for name in WISHES}


def wish_given(wish: Mapping[str, str]) -> dict[str, Any] | None:
    """As the API takes it; None where all is as the settings say."""
    return {name: value for name, value in wish.items() if value} or None


def wish_of(post: PostWish | None) -> dict[str, str]:
    return {name: str((post and getattr(post, name)) or "") for name in WISHES}
