"""Keeps the lines and the parts of a party's address together, whichever of the two was given."""

from dataclasses import replace

from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Party
from letterbook.domain.postal_addresses import lines_of, split


def with_lines_and_parts(party: Party, organisation: Organisation) -> Party:
    """Of parts without lines these are made, as their country writes them; of lines the parts, where they are certain."""
    given, country = party.postal_address, organisation.country_of(party)
    if given and not party.address:
        parts = replace(given, country=given.country or country)
        return replace(
            party,
            postal_address=parts,
            address=lines_of(parts, home=organisation.country, language=organisation.languages[0]),
        )
    if party.address and not given:
        return replace(party, postal_address=split(party.address, country=country, names=(party.name,)))
    return party
