"""Where a letter goes: its lines as they show in the window, and their parts where these are certain."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from letterbook.domain.message import MessageRequest
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Contact, Party
from letterbook.domain.post import PostalAddress
from letterbook.domain.postal_addresses import lines_of, split, with_country
from letterbook.domain.recipients import Suppression


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """`parts` are whole: with the name above them, and the country. `country` (ISO 3166) is where it lies unless its lines
    say so.
    """

    lines: str
    parts: PostalAddress | None
    country: str


def destination_of(
    message: MessageRequest, contact: Contact | None, party: Party, organisation: Organisation
) -> Destination | None:
    """Of the address that the message names, else of the party's own; None where there is none."""
    if message.postal_address:
        return _of_parts(message.postal_address, party, organisation)
    if message.address:
        return _of_lines(message.address, None, contact, party, organisation)
    return own_destination(party, contact, organisation)


def own_destination(party: Party, contact: Contact | None, organisation: Organisation) -> Destination | None:
    """Where a letter to the party goes; None where it has no address."""
    return _of_lines(party.address, party.postal_address, contact, party, organisation) if party.address else None


def returned_from(
    party: Party, destination: Destination | None, quarantined: Mapping[str, Suppression]
) -> Suppression | None:
    """Why no letter goes there. The post names no country where the new address lies in the same.

    Where others at the same address have moved to is told of those alone whose letter came back.
    """
    found = quarantined.get(destination.lines) if destination else None
    if destination is None or found is None or found.corrected is None:
        return found
    if found.party_id != party.id:
        return replace(found, corrected=None)
    return replace(found, corrected=replace(found.corrected, country=found.corrected.country or destination.country))


def _of_parts(given: PostalAddress, party: Party, organisation: Organisation) -> Destination:
    parts = replace(given, country=given.country or organisation.country_of(party))
    return Destination(
        lines=lines_of(parts, home=organisation.country, language=organisation.languages[0]),
        parts=replace(parts, name=parts.name or party.name),
        country=parts.country,
    )


def _of_lines(
    lines: str, known: PostalAddress | None, contact: Contact | None, party: Party, organisation: Organisation
) -> Destination:
    """Who wrote lines has written them: only the country that somebody abroad needs is added."""
    country = known.country if known else organisation.country_of(party)
    names = (party.name, contact.name if contact else "")
    parts = known or split(lines, country=country, names=names)
    return Destination(
        lines=with_country(
            lines,
            country=parts.country if parts else country,
            home=organisation.country,
            language=organisation.languages[0],
        ),
        parts=replace(parts, name=parts.name or party.name) if parts else None,
        country=parts.country if parts else country,
    )
