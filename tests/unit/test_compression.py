"""Squeezed JSON: it comes out as it went in, now and in ten years."""

import hashlib

from hypothesis import given, strategies as st

from letterbook.adapters.compression import DICTIONARIES, compress, decompress
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.communication import Entry
from letterbook.domain.status import Status
from tests.support.builders import entry

# What was written with a dictionary can be read with no other. A new one gets a new number; these stay.
KNOWN = {1: "7d20d5b3bc5c1e1ca55411b35b7d75aa9b89bc4bef41b180f7bb067e8e9d97ba"}


@given(st.text())
def test_it_comes_out_as_it_went_in(text: str) -> None:
    assert decompress(compress(text)).decode() == text


def test_no_dictionary_was_ever_changed() -> None:
    assert {number: hashlib.sha256(one).hexdigest() for number, one in DICTIONARIES.items()} == KNOWN


def test_an_entry_becomes_a_third() -> None:
    made = entry(
        Status.DELIVERED, subject="Section 78 request: agreement CF-4471", preview="Dear Sir or Madam, we act for"
    )
    text = to_json(made)
    assert len(compress(text)) < len(text) / 2
    assert from_json(Entry, decompress(compress(text))) == made
