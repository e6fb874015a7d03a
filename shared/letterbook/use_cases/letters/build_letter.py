"""Puts a letter together: what is said, to whom, by whom, about what. How it looks, the typesetter says."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from letterbook.domain.destination import own_destination
from letterbook.domain.letter import Letter, Reference, Signature, layout_for, letterhead_of
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Party
from letterbook.domain.templates import Rendered

# What the lines of the reference block are called, by language; in others they are called as in English.
_LABELS = {
    "en": {"case": "Our reference", "account": "Account number", "correspondence": "Correspondence"},
    "fr": {"case": "Nos références", "account": "Numéro de compte", "correspondence": "Courrier"},
    "de": {"case": "Unser Zeichen", "account": "Kontonummer", "correspondence": "Schreiben"},
}


def build_letter(
    organisation: Organisation,
    party: Party,
    rendered: Rendered,
    *,
    language: str,
    day: date,
    name: str | None = None,
    address: str | None = None,
    contact_name: str = "",
    case_reference: str = "",
    correspondence_number: str = "",
    signature: Signature | None = None,
    enclosures: Sequence[str] = (),
    copies: Sequence[str] = (),
    code: str = "",
) -> Letter:
    """The letter to the party that says what `rendered` holds in blocks, under the firm's letterhead.

    `name` and `address` are whom and the lines that it goes to, else the party and its own; `language` is that of its words
    (BCP 47), `day` its date. `enclosures` are the names of what goes with it, `copies` of who gets it too, `code` what tells which
    letter came back.
    """
    if address is None and (own := own_destination(party, None, organisation)):
        name, address = own.parts.name if own.parts else None, own.lines
    return Letter(
        layout=layout_for(organisation.country_of(party)),
        language=language,
        date=day,
        letterhead=letterhead_of(organisation),
        recipient=_recipient(name or party.name, contact_name, address or ""),
        references=_references(language, case_reference, party.account_number or "", correspondence_number),
        subject=rendered.subject,
        blocks=rendered.blocks,
        signature=signature,
        enclosures=tuple(enclosures),
        copies=tuple(copies),
        code=code,
    )


def without_blocks(rendered: Rendered) -> Rendered:
    """As it is kept beside a letter, which holds them."""
    return replace(rendered, blocks=())


def _recipient(name: str, contact_name: str, address: str) -> tuple[str, ...]:
    """What shows in the window. Who wrote the name among the lines of the address has written it."""
    lines = _lines(address)
    known = {line.casefold() for line in lines}
    return (*(one for one in dict.fromkeys((name, contact_name)) if one and one.casefold() not in known), *lines)


def _references(language: str, case: str, account: str, correspondence: str) -> tuple[Reference, ...]:
    labels = _LABELS.get(language.partition("-")[0], _LABELS["en"])
    values = {"case": case, "account": account, "correspondence": correspondence}
    return tuple(Reference(label=labels[name], value=value) for name, value in values.items() if value)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
