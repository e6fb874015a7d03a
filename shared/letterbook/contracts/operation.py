"""What an operation of the HTTP API is: the one form in which operations.py declares them all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, SerializeAsAny

from letterbook.contracts.fields import Body, View
from letterbook.contracts.queries import NoQuery, Query
from letterbook.domain.ids import Kind, pattern_of

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)
Item = TypeVar("Item", bound=View)

# What a part of a path looks like, by its name; whatever looks otherwise is not found.
PATH_PATTERNS: Mapping[str, str] = {
    "communication_id": pattern_of(Kind.COMMUNICATION),
    "party_id": pattern_of(Kind.PARTY),
    "contact_id": pattern_of(Kind.CONTACT),
    "case_id": pattern_of(Kind.CASE),
    "document_id": pattern_of(Kind.DOCUMENT),
    "thread_id": pattern_of(Kind.THREAD),
    "todo_id": pattern_of(Kind.TODO),
    "export_id": pattern_of(Kind.EXPORT),
    "subject_type": "[a-z0-9][a-z0-9_-]{0,59}",
    # Another system's: anything on one line (contracts/fields.py, ForeignId).
    "subject_id": r"[^\x00-\x1f\x7f-\x9f]{1,120}",
    "n": "[1-9][0-9]{0,5}",
    "provider": "[a-z][a-z0-9_]{0,39}",
    # The directory of users' own id of somebody.
    "user": "[A-Za-z0-9][A-Za-z0-9._-]{0,127}",
    "key": "[a-z0-9][a-z0-9_-]{0,59}",
    # An account number is anything on one line (contracts/fields.py, Line).
    "account": r"[^\x00-\x1f\x7f-\x9f]{1,200}",
    "number": "[Cc][0-9]{1,9}",
}


class NoBody(Body):
    """The request has none, or it does not matter."""


class ListView(View, Generic[Item]):
    """One page. `next_cursor` asks for the next one with the same filters; null at the end."""

    items: list[SerializeAsAny[Item]]
    next_cursor: str | None


class FoundView(ListView[Item], Generic[Item]):
    """One page. `search_cut`: words were looked for, and of some very long entries only the first are searched."""

    search_cut: bool = False


class EntriesView(FoundView[Item], Generic[Item]):
    """One page of entries. `hidden` still collect their data, among those that were looked at."""

    hidden: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[B, Q]):
    """`answers` are the bodies of the good answers by status; None for an answer without one.

    `creates` takes an Idempotency-Key, `amends` an If-Match. `personal` writes nothing but what is the viewer's own: whoever may
    only read may do that, too.
    """

    name: str
    method: str
    path: str
    summary: str
    body: type[B]
    query: type[Q]
    answers: Mapping[int, type[BaseModel] | None]
    creates: bool = False
    amends: bool = False
    personal: bool = False

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.path))


def get(name: str, path: str, summary: str, query: type[Q], *, view: type[BaseModel]) -> Operation[NoBody, Q]:
    return Operation(name=name, method="GET", path=path, summary=summary, body=NoBody, query=query, answers={200: view})


def post(
    name: str, path: str, summary: str, body: type[B], *, view: type[BaseModel], status: int = 201
) -> Operation[B, NoQuery]:
    return Operation(
        name=name,
        method="POST",
        path=path,
        summary=summary,
        body=body,
        query=NoQuery,
        answers={status: view},
        creates=status == 201,
    )


def amend(
    name: str, method: str, path: str, summary: str, body: type[B], *, view: type[BaseModel]
) -> Operation[B, NoQuery]:
    return Operation(
        name=name,
        method=method,
        path=path,
        summary=summary,
        body=body,
        query=NoQuery,
        answers={200: view},
        amends=True,
    )
