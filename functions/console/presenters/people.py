"""What tells parties of one name apart, and cases."""

from collections.abc import Iterable

from console.presenters.labels import KINDS
from letterbook.domain.party import Case, CaseKind, CaseStatus, Contact, Party

CASE_KINDS = {CaseKind.CASE: "Case", CaseKind.PROJECT: "Project"}


def beside_party(party: Party, cases: Iterable[Case] = ()) -> str:
    """Kind, account number, where they are, where they are reached; of equals the newest cases, too."""
    account = f"account {party.account_number}" if party.account_number else ""
    reached = party.email or party.mobile or party.phone or ""
    told = (KINDS[party.kind], account, town(party), reached, *(f"case {one.reference}" for one in cases))
    return ", ".join(one for one in told if one)


def beside_contact(contact: Contact) -> str:
    """A contact with what tells it from another of that name."""
    told = (contact.name, contact.role, contact.email or contact.mobile or contact.phone)
    return ", ".join(one for one in told if one)


def town(party: Party) -> str:
    """The last two lines of the address: a town and its code, as most write them; without an address, the office."""
    lines = [one.strip(" ,") for one in (party.address or "").splitlines() if one.strip(" ,")]
    return " ".join(lines[1:][-2:]) if len(lines) > 1 else "".join(lines) or party.location or ""


def beside_case(case: Case) -> str:
    """Title, client, and that it is closed."""
    told = (case.title, case.client_name, "closed" if case.status is CaseStatus.CLOSED else "")
    return ", ".join(one for one in told if one) or CASE_KINDS[case.kind]
