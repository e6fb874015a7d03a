"""Addresses and numbers: what is taken, as what it is kept, and what is refused with which code."""

import pytest
from hypothesis import given, strategies as st

from letterbook.domain.recipients import (
    BadAddress,
    email_address,
    folded,
    same_address,
)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("jane@firm.example", "jane@firm.example"),
        ("Jane.Doe@Firm.Example", "Jane.Doe@firm.example"),
        ("bounce+anything@simulator.amazonses.com", "bounce+anything@simulator.amazonses.com"),
        ("info@bücher.example", "info@xn--bcher-kva.example"),
    ],
)
def test_email_addresses(given: str, kept: str) -> None:
    assert email_address(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "",
        "jane",
        "jane@",
        "@firm.example",
        "jane@localhost",
        "jane@firm..example",
        "jane doe@firm.example",
        "a" * 65 + "@firm.example",
        "jané@firm.example",
        '"jane doe"@firm.example',
        "jane@[127.0.0.1]",
        "jane@firm.example\r\nBcc: all@firm.example",
        "jane@firm.example,bob@firm.example",
        "Jane <jane@firm.example>",
    ],
)
def test_what_is_no_email_address(given: str) -> None:
    with pytest.raises(BadAddress) as refused:
        email_address(given)
    assert refused.value.code == "invalid_email"


def test_case_tells_no_two_recipients_apart() -> None:
    assert same_address("Jane@Firm.example", "jane@firm.EXAMPLE")
    assert not same_address("jane@firm.example", "jane@firm.org.example")


@pytest.mark.parametrize(
    "spelling",
    [
        "PRIYA@mailbox.example",
        " priya@mailbox.example\r\n",
        "priya@mailbox.example.",
        "<priya@mailbox.example>",
        "<<priya@mailbox.example>>",
        "Priya Raman <priya@mailbox.example>",
        '"Raman, Priya" <Priya@Mailbox.Example.>',
        "eve@evil.example <priya@mailbox.example>",
        '"priya"@mailbox.example',
        '"pri\\ya"@mailbox.example',
    ],
)
def test_spellings_of_one_mailbox_are_the_same(spelling: str) -> None:
    assert same_address(spelling, "priya@mailbox.example")


@pytest.mark.parametrize(
    "spelling",
    [
        "info@b\u00fccher.example",
        "Info@B\u00dcCHER.example",
        "info@bu\u0308cher.example",
        "info@XN--BCHER-KVA.example.",
    ],
)
def test_an_international_domain_is_the_same_in_either_form(spelling: str) -> None:
    assert folded(spelling) == "info@xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("priya+x@mailbox.example", "priya@mailbox.example"),
        ("pri.ya@mailbox.example", "priya@mailbox.example"),
        ('"pri ya"@mailbox.example', "priya@mailbox.example"),
        ('"priya@mailbox.example"@evil.example', "priya@mailbox.example"),
        ("priya@mailbox.example <eve@evil.example>", "priya@mailbox.example"),
        ("priya@mailbox.example..", "priya@mailbox.example"),
        ("priya@mailbox.example.evil.example", "priya@mailbox.example"),
        ("\u212ate@bank.example", "kate@bank.example"),
        ("kate@ban\u212a.example", "kate@bank.example"),
        ("kate@\u017fea.example", "kate@sea.example"),
        ("kate@\uff42ank.example", "kate@bank.example"),
        ("kate@ban\u00adk.example", "kate@bank.example"),
        ("kate@bank\u3002example", "kate@bank.example"),
        ("kate@stra\u00dfe.example", "kate@strasse.example"),
        ("JOS\u00c9@mailbox.example", "jos\u00e9@mailbox.example"),
        ("<>", ""),
    ],
)
def test_what_may_be_another_mailbox_is_another(one: str, other: str) -> None:
    assert not same_address(one, other)


anything = st.one_of(
    st.text(),
    st.text(alphabet=st.sampled_from('ab<>".@ \\\u212a\u00fc\u00dc\u0130\u3002\udc80-')),
    st.builds(lambda one, other: f"{one}@{other}", st.text(), st.text()),
)


@given(anything)
def test_what_is_folded_is_folded_for_good(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.emails())
def test_what_is_stored_by_its_address_is_still_found(given: str) -> None:
    """Addresses are kept as `email_address` gives them back, and were looked up by that in lower case."""
    try:
        kept = email_address(given)
    except BadAddress:
        return
    assert folded(kept) == kept.lower()


def test_a_number_is_compared_as_it_is() -> None:
    assert folded("+447700900127") == "+447700900127"


@pytest.mark.parametrize("part", ["<", ">", '"', "\\", ".", "@", "\u00fc", "xn--", " "])
def test_an_address_of_a_megabyte_takes_no_time(part: str) -> None:
    hostile = part * (1024 * 1024)
    assert folded(f"a@{hostile}")
    assert folded(f"{hostile}@b.example")
