"""Every mail of events/mail through all of `inbound`, twice: an entry each, nothing more, and the original byte for byte."""

from typing import Any
from unittest.mock import ANY

import pytest

from letterbook.domain.communication import Communication
from letterbook.domain.receipts import Signal
from tests.support.aws import WorldForTests, client, rows
from tests.support.mail_corpus import MailCase, mail_cases
from tests.support.steps import take_in

THEMES = sorted({case.theme for case in mail_cases()})
TABLES = ("communications", "history", "threads", "work", "directory", "idempotency")
HINTS = {Signal.FORGED, Signal.SPAM, Signal.INFECTED, Signal.REPLY_ELSEWHERE}


def all_come_in(world: WorldForTests, cases: list[MailCase]) -> dict[str, Communication | None]:
    return {case.name: take_in(world, case.raw, f"mail/{case.name}") for case in cases}


def kept() -> tuple[int, ...]:
    """How many rows each table holds, and how many objects lie in the vault."""
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket="vault")
    return (*(rows(table) for table in TABLES), sum(page["KeyCount"] for page in pages))


def original_of(entry: Communication) -> bytes:
    found: bytes = client("s3").get_object(Bucket="vault", Key=f"content/{entry.id}.eml")["Body"].read()
    return found


def told_by(made: Communication) -> tuple[str, list[str]]:
    """Its sender and its hints."""
    return made.entry.sender, sorted(one.value for one in made.entry.signals & HINTS)


def asked_of(case: MailCase) -> tuple[Any, list[str]]:
    sender = case.expected.get("author", case.expected.get("sender", ANY))
    return sender, sorted(case.expected.get("hints", ()))


@pytest.mark.parametrize("theme", THEMES)
def test_each_mail_is_one_entry_however_often_it_comes(world: WorldForTests, theme: str) -> None:
    cases = [case for case in mail_cases() if case.theme == theme]
    first = all_come_in(world, cases)
    before = kept()
    again = all_come_in(world, cases)
    assert kept() == before
    assert {name: one and one.id for name, one in again.items()} == {
        name: one and one.id for name, one in first.items()
    }
    wanted = [case for case in cases if case.expected.get("entry", True)]
    assert {name for name, one in first.items() if one} == {case.name for case in wanted}
    own = [case for case in wanted if "joins" not in case.expected]
    assert len({one.id for one in first.values() if one}) == len(own)
    entries = {case.name: made for case in own if (made := first[case.name])}
    assert [case.name for case in own if original_of(entries[case.name]) != case.raw] == []
    assert {name: told_by(made) for name, made in entries.items()} == {case.name: asked_of(case) for case in own}


def test_copies_of_one_mail_are_one_entry_of_all_whom_they_came_for(world: WorldForTests) -> None:
    cases = [case for case in mail_cases() if case.theme == "once"]
    taken = all_come_in(world, cases)
    copies = [(case, case.expected["joins"]) for case in cases if "joins" in case.expected]
    assert copies
    for case, joined in copies:
        one, other = taken[case.name], taken[joined]
        assert one
        assert other
        assert one.id == other.id, case.name
        addressed = {each.address for each in one.entry.recipients}
        assert {each.address for each in other.entry.recipients} <= addressed, case.name
