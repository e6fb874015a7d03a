"""What an entry is found by, and by which digest it is known that nothing of that changed."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.communication import ContentRef
from letterbook.domain.entry_terms import entry_terms, is_named_since, made_of, reference_terms
from letterbook.domain.references import CaseRef, Regarding
from letterbook.domain.status import Status
from tests.support.builders import NOW, entry, to

CONTENT = ContentRef(key="content/x.json", object_version="v1", sha256="0" * 64)
TEXT = st.text(st.characters(categories=("L", "N", "P", "Z")), max_size=12)
CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "subject": TEXT,
    "sender": TEXT,
    "recipients": st.lists(TEXT, max_size=2).map(lambda them: to(*them)),
    "case": st.builds(CaseRef, id=st.just("cas_1"), reference=TEXT),
    "regarding": st.none() | st.builds(Regarding, type=TEXT, id=TEXT, label=TEXT),
    "provider_reference": st.none() | TEXT,
    "status": st.sampled_from(Status),
    "sent_at": st.just(NOW),
}


@given(st.fixed_dictionaries({}, optional=CHANGES), st.fixed_dictionaries({}, optional=CHANGES))
def test_what_has_the_same_digest_has_the_same_words(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = entry(**one), entry(**other)
    digests = [made_of(each, CONTENT, "GB") for each in (first, second)]
    words = [frozenset(entry_terms(each, "Dear Sir", "GB").words) for each in (first, second)]
    if digests[0] == digests[1]:
        assert words[0] == words[1]
    if is_named_since(*digests):
        assert words[1] == words[0].union(reference_terms(second, "GB").words)


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": "About another case"},
        {"sender": "x@y.example"},
        {"recipients": to("ann@mailbox.example")},
        {"regarding": Regarding(type="invoice", id="1")},
        {"subject": "About your caseP", "party": replace(entry().party, name="riya Raman")},
    ],
)
def test_whatever_is_read_changes_the_digest(changed: dict[str, Any]) -> None:
    before = entry()
    assert made_of(replace(before, **changed), CONTENT, "GB") != made_of(before, CONTENT, "GB")


def test_the_text_the_country_and_the_number_are_read_too() -> None:
    before = made_of(entry(), CONTENT, "GB")
    assert made_of(entry(), replace(CONTENT, object_version="v2"), "GB") != before
    assert made_of(entry(), CONTENT, "DE") != before
    assert made_of(entry(), CONTENT, "GB", carries="10391/C001") != before


def test_how_it_stands_is_not_read() -> None:
    made = entry()
    assert made_of(replace(made, status=Status.SENT, sent_at=NOW), CONTENT, "GB") == made_of(made, CONTENT, "GB")


def test_a_reference_comes_once() -> None:
    """Another one in its place, or none any more, is no mere addition: the old one would still be found."""
    none, first, second = (made_of(entry(provider_reference=one), CONTENT, "GB") for one in (None, "ses-1", "ses-2"))
    assert is_named_since(none, first)
    assert not is_named_since(first, second)
    assert not is_named_since(first, none)
    assert not is_named_since(none, none)
    assert not is_named_since("", first)
