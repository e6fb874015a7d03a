"""The variables of templates that the record fills in by itself: one tuple, from which values, help and examples are derived.

Whoever writes a message may give any of them another value, for that message alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

from letterbook.domain.access import Viewer
from letterbook.domain.communication import PartyRef
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Case, Contact, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableSources:
    """What a message concerns, as far as variables are filled from it; `client` is on whose behalf it is."""

    organisation: Organisation
    party: Party
    contact: Contact | None
    case: Case | None
    client: PartyRef | None
    viewer: Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVariable:
    """`meaning` and `origin` are said to people. What only `says_who_we_are` is not asked for in the form of a message."""

    name: str
    meaning: str
    example: str
    origin: str
    says_who_we_are: bool = False
    value: Callable[[VariableSources], str | None]


RECORD_VARIABLES: tuple[RecordVariable, ...] = (
    RecordVariable(
        name="party_name",
        meaning="whom it is written to",
        example="Castlegate Finance",
        origin="from the party",
        value=lambda sources: sources.party.name,
    ),
    RecordVariable(
        name="client_name",
        meaning="on whose behalf it is written",
        example="Priya Nair",
        origin="from the case",
        value=lambda sources: sources.client.name if sources.client else None,
    ),
    RecordVariable(
        name="contact_name",
        meaning="who reads it there",
        example="Tom Reed",
        origin="from the contact",
        value=lambda sources: sources.contact.name if sources.contact else None,
    ),
    RecordVariable(
        name="account_number",
        meaning="the party's account number",
        example="A-1042",
        origin="from the party",
        value=lambda sources: sources.party.account_number,
    ),
    RecordVariable(
        name="case_reference",
        meaning="the case's number",
        example="CASE-77",
        origin="from the case",
        value=lambda sources: sources.case.reference if sources.case else None,
    ),
    RecordVariable(
        name="case_title",
        meaning="the case's title",
        example="Irresponsible lending",
        origin="from the case",
        value=lambda sources: sources.case.title if sources.case else None,
    ),
    RecordVariable(
        name="sender_name",
        meaning="the user who writes it",
        example="Jane Marsh",
        origin="your name",
        says_who_we_are=True,
        value=lambda sources: sources.viewer.name,
    ),
    RecordVariable(
        name="firm_name",
        meaning="the firm's name",
        example="Letterbook",
        origin="from the settings",
        says_who_we_are=True,
        value=lambda sources: sources.organisation.name,
    ),
    RecordVariable(
        name="firm_address",
        meaning="the firm's address",
        example="1 High Street, London",
        origin="from the settings",
        says_who_we_are=True,
        value=lambda sources: sources.organisation.address,
    ),
)
BY_NAME = {variable.name: variable for variable in RECORD_VARIABLES}
EXAMPLES = {variable.name: variable.example for variable in RECORD_VARIABLES}


def known_values(sources: VariableSources) -> dict[str, str]:
    """By name, what can be filled in; a gap for what the record lacks stays one."""
    values = {variable.name: variable.value(sources) for variable in RECORD_VARIABLES}
    return {name: value for name, value in values.items() if value}
