"""The words that parties, contacts, cases and subjects are found by."""

from letterbook.domain.party import Case, Contact, Party
from letterbook.domain.search_terms import Query, matches, terms_of
from letterbook.domain.subjects import RegardedRecord

# A transaction holds a hundred writes (DynamoDB, Constraints), and a change takes some words away and brings others.
_MOST = 30


def party_terms(party: Party) -> frozenset[str]:
    return _terms(party.name, party.account_number, party.mobile, party.phone, party.email)


def contact_terms(contact: Contact) -> frozenset[str]:
    """What leads to a contact's party."""
    return _terms(contact.name, contact.mobile, contact.phone, contact.email)


def case_terms(case: Case) -> frozenset[str]:
    return _terms(case.reference, case.client_name, case.title)


def has_words(case: Case, query: Query) -> bool:
    return bool(query.wanted) and matches(case_terms(case), query.wanted)


def subject_terms(subject: RegardedRecord) -> frozenset[str]:
    return _terms(subject.id, subject.label, subject.type)


def _terms(*texts: str | None) -> frozenset[str]:
    """A name may be a word that stands in every text."""
    return frozenset(terms_of((one for one in texts if one), most=_MOST, common=True).words)
