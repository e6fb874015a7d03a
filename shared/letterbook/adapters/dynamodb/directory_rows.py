"""Parties, contacts, preferences, cases, documents and grants in DynamoDB.

Everything of one owner lies under the owner's id, told apart by kind:

    pty_1    party             the party itself               looked up by `party`
    pty_1    contact#con_1     a contact
    pty_1    preferences
    pty_1    case#cas_1        a copy of a case it is on
    pty_1    clue#...          what the party is found by     looked up by `name`, `account`, `address`: directory_search.py
    pty_1    document#doc_1    that there is such a document
    cas_1    case              the case itself                looked up by `case`
    cas_1    document#doc_1
    doc_1    document          the document itself
    address#a@b.example  ...   see addresses.py
    subject#invoice:7   subject, subject#pty_1    see subjects.py
    user#1   view#...          a saved view
    user#1   job_title         what they are on letters      looked up by `job_title`
    user#1   grant#pty_1       what the user sees             looked up by `grant`
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist

from letterbook.adapters.dynamodb.sort_keys import LAST, just_before
from letterbook.adapters.dynamodb.tables.directory import DirectoryItem
from letterbook.adapters.serialization import from_json
from letterbook.domain.party import Case, Document, Party
from letterbook.ports import Page

T = TypeVar("T")
Owned = TypeVar("Owned", Party, Case, Document)


def value_of(kind: type[T], owner: str, what: str) -> T | None:
    try:
        item = DirectoryItem.get(owner, what, consistent_read=True)
    except DoesNotExist:
        return None
    return from_json(kind, item.data) if item.data else None


def values_of(kind: type[T], items: Iterable[DirectoryItem]) -> Iterator[T]:
    return (from_json(kind, item.data) for item in items if item.data)


def newest(lookup: str, below: str | None, limit: int) -> Iterable[DirectoryItem]:
    return DirectoryItem.lookups.query(
        lookup, DirectoryItem.value < (below or LAST), scan_index_forward=False, page_size=limit + 1
    )


def newest_of(owner: str, prefix: str, below: str | None, limit: int) -> Iterable[DirectoryItem]:
    span = DirectoryItem.kind.between(prefix, prefix + (just_before(below) if below else LAST))
    return DirectoryItem.query(owner, span, scan_index_forward=False, limit=limit + 1)


def first_page(limit: int, values: Iterable[Owned]) -> Page[Owned]:
    items = list(islice(values, limit + 1))
    return Page(items=items[:limit], after=items[limit - 1].id if len(items) > limit else None)
