"""Who has an address, and who had it first: whose a mail is, and whose wishes a message must respect.

An address is compared whole: a label after a `+` makes another address. Nothing that can be written later, and no entry that was
made since, changes who had it first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from letterbook.domain.channels import AddressKind
from letterbook.domain.errors import FieldError, Invalid
from letterbook.domain.party import Contact, Party
from letterbook.domain.recipients import BadAddress, Suppression
from letterbook.domain.telephone import phone_number

Owner = TypeVar("Owner", Party, Contact)

_BY_KIND: dict[AddressKind, Callable[[Party | Contact], str | None]] = {
    AddressKind.EMAIL: lambda owner: owner.email,
    AddressKind.MOBILE: lambda owner: owner.mobile,
    AddressKind.POSTAL: lambda owner: owner.address if isinstance(owner, Party) else None,
    AddressKind.EINVOICE: lambda owner: str(owner.einvoice) if isinstance(owner, Party) and owner.einvoice else None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A party that has an address, since when; with the contact whose it is, if it is a contact's."""

    party_id: str
    contact_id: str | None = None
    since: datetime

    def is_of(self, other: "Holder") -> bool:
        return (self.party_id, self.contact_id) == (other.party_id, other.contact_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """All who have an address, who had it first coming first. `version` 0: this was never written down."""

    address: str
    all: tuple[Holder, ...] = ()
    version: int = 0

    @property
    def parties(self) -> tuple[str, ...]:
        """Each once, in order."""
        return tuple(dict.fromkeys(one.party_id for one in self.all))

    def others_than(self, party_id: str) -> frozenset[str]:
        return frozenset(self.parties) - {party_id}

    def contact_of(self, party_id: str) -> str | None:
        """The contact of that party who had it first, if any has it."""
        return next((one.contact_id for one in self.all if one.party_id == party_id and one.contact_id), None)

    def kept(self, holder: Holder, *, has: bool) -> "Holders":
        """With the holder at the end, or in its place where it has it already; without it where it has it no more."""
        known = any(one.is_of(holder) for one in self.all)
        if has and known:
            return self
        rest = tuple(one for one in self.all if not one.is_of(holder))
        return replace(self, all=(*rest, holder) if has else rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAddress:
    """What is known of an address: who has it, and whether it bounced hard."""

    holders: Holders
    quarantine: Suppression | None = None


def address_for(kind: AddressKind | None, *owners: Party | Contact | None) -> str | None:
    """The address of that kind of the first of them who has one."""
    found = (_BY_KIND[kind](owner) for owner in owners if owner and kind)
    return next((one for one in found if one), None)


def addresses_of(owner: Party | Contact | None) -> tuple[str, ...]:
    """Where messages reach them and come from, in the order of the fields."""
    return tuple(address for _, address in addressed_fields(owner))


def addressed_fields(owner: Party | Contact | None) -> Iterable[tuple[str, str]]:
    """The fields that hold an address, with what they hold."""
    if owner is None:
        return ()
    given = (("email", owner.email), ("mobile", owner.mobile), ("phone", owner.phone))
    return tuple((field, address) for field, address in given if address)


def owner_with_numbers(owner: Owner, country: str, before: Owner | None = None) -> Owner:
    """A party or a contact with its telephone numbers as they are kept, read in the party's `country`.

    One that is as it was `before` stays so. Raises Invalid naming each that is wrong.
    """
    numbers: dict[str, Any] = {}
    faults: list[FieldError] = []
    for name in ("mobile", "phone"):
        value = getattr(owner, name)
        if not value or (before and value == getattr(before, name)):
            continue
        try:
            numbers[name] = phone_number(value, mobile=name == "mobile", country=country)
        except BadAddress as wrong:
            faults.append(FieldError(name, wrong.code, str(wrong)))
    if faults:
        raise Invalid("Some numbers cannot be used.", *faults)
    return replace(owner, **numbers)
