"""What the record fills into templates by itself: one tuple, and what is said of it."""

import re
from dataclasses import replace
from pathlib import Path

from console.presenters.compose import source_of
from letterbook.domain.communication import PartyRef
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Case, CaseKind, Contact, Party, PartyKind
from letterbook.domain.record_variables import EXAMPLES, RECORD_VARIABLES, VariableSources, known_values
from tests.support.builders import NOW, viewer

DOCS = Path(__file__).parents[2] / "docs" / "templates.md"
LINE = re.compile(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
EVERYTHING = VariableSources(
    organisation=Organisation(name="The Firm", address="2 Low Road"),
    party=Party(id="pty_1", kind=PartyKind.CREDITOR, name="Northmoor", account_number="AC-7", created_at=NOW),
    contact=Contact(id="cnt_1", party_id="pty_1", name="Ben", created_at=NOW),
    case=Case(id="cas_1", kind=CaseKind.CASE, reference="C-1", title="Lending", created_at=NOW),
    client=PartyRef(id="pty_2", name="Priya", kind=PartyKind.CLIENT),
    viewer=viewer(),
)


def test_each_is_taken_from_its_place() -> None:
    assert known_values(EVERYTHING) == {
        "party_name": "Northmoor",
        "client_name": "Priya",
        "contact_name": "Ben",
        "account_number": "AC-7",
        "case_reference": "C-1",
        "case_title": "Lending",
        "sender_name": EVERYTHING.viewer.name,
        "firm_name": "The Firm",
        "firm_address": "2 Low Road",
    }
    assert {*known_values(EVERYTHING)} == {one.name for one in RECORD_VARIABLES}


def test_what_the_record_lacks_is_not_filled_in() -> None:
    party = replace(EVERYTHING.party, account_number=None)
    organisation = replace(EVERYTHING.organisation, address="")
    bare = replace(EVERYTHING, organisation=organisation, party=party, contact=None, case=None, client=None)
    assert set(known_values(bare)) == {"party_name", "sender_name", "firm_name"}


def test_the_page_on_templates_says_the_same() -> None:
    told = LINE.findall(DOCS.read_text())
    assert told == [(one.name, one.meaning, one.origin, one.example) for one in RECORD_VARIABLES]


def test_each_has_a_name_of_its_own_and_an_example() -> None:
    assert len(EXAMPLES) == len(RECORD_VARIABLES)
    assert all(EXAMPLES.values())


def test_whoever_writes_is_told_where_a_value_comes_from() -> None:
    told = {one.name: source_of(one.name, known=True) for one in RECORD_VARIABLES}
    assert told["account_number"] == "from the party"
    assert told["client_name"] == "from the case"
    assert told["sender_name"] == "your name"
    assert source_of("amount", known=False) == ""
