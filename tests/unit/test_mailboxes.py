"""Whose address a mail bears: what stands in the brackets, whatever stands before it, however it is written."""

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.inbound_mail import read
from letterbook.adapters.inbound_mail.addresses import domain_of
from letterbook.adapters.inbound_mail.mailboxes import mailboxes_of
from letterbook.domain.inbound_email import Mailbox
from tests.support.builders import NOW
from tests.support.effort import bounded_effort

ANN, EVE, PRIYA = "ann@bank.example", "eve@evil.example", "priya@mailbox.example"


def one_of(value: str) -> Mailbox:
    found, cut = mailboxes_of(value.encode())
    assert (len(found), cut) == (1, 0)
    return found[0]


def addresses_of(value: str) -> list[str]:
    return [one.address for one in mailboxes_of(value.encode())[0]]


@pytest.mark.parametrize(
    "before",
    [
        PRIYA,
        f'"{PRIYA}"',
        f"<{PRIYA}>",
        f"({PRIYA})",
        f"'{PRIYA}'",
        f"Priya Raman {PRIYA}",
        f"\u300a{PRIYA}\u300b",
        "=?utf-8?q?priya=40mailbox.example?=",
        "=?utf-8?b?cHJpeWFAbWFpbGJveC5leGFtcGxl?=",
        "=?utf-8?q?Priya_=3Cpriya=40mailbox.example=3E?=",
        '"=?utf-8?q?priya=40mailbox.example?="',
        "priya\uff20mailbox.example",
        "priya @ mailbox.example",
        "\uff50riya@mailbox\uff0eexample",
        "priya@mail\u200bbox.example",
    ],
)
def test_a_name_that_is_the_address_of_another_is_seen_and_not_believed(before: str) -> None:
    found = one_of(f"{before} <{EVE}>")
    assert (found.address, found.others) == (EVE, (PRIYA,))


def test_what_follows_the_brackets_is_seen_and_not_believed() -> None:
    assert (one_of(f"<{EVE}> {PRIYA}").address, one_of(f"<{EVE}> ({PRIYA})").others) == (EVE, (PRIYA,))


@pytest.mark.parametrize(
    "value", [f'"{PRIYA}"@evil.example', f'Priya <"{PRIYA}"@evil.example>', f"<{PRIYA}@evil.example>"]
)
def test_an_address_within_an_address_belongs_to_the_last_domain(value: str) -> None:
    found = one_of(value)
    assert (found.address, found.others) == (f'"{PRIYA}"@evil.example', (PRIYA,))


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (f"<{ANN}>", ""),
        (ANN, ""),
        (f"{ANN},", ""),
        (f'"{ANN}"', ""),
        (f"'{ANN}'", ""),
        (f"<<{ANN}>>", ""),
        (f"<{ANN}.>", ""),
        ("<ann@BANK.Example>", ""),
        (f"<mailto:{ANN}>", ""),
        (f"mailto:{ANN}", ""),
        ("< ann @ bank.example >", ""),
        ("ann @ bank . example", ""),
        (f"<@relay.example,@other.example:{ANN}>", ""),
        ('<"ann"@bank.example>', ""),
        (f"Ann Lee {ANN}", "Ann Lee"),
        (f"{ANN} (Ann Lee)", "Ann Lee"),
        (f"{ANN} Ann Lee", "Ann Lee"),
        (f"Ann Lee [{ANN}]", "Ann Lee"),
        (f"Ann Lee [mailto:{ANN}]", "Ann Lee"),
        (f"Ann Lee \u3008{ANN}\u3009", "Ann Lee"),
        (f"Ann Lee \uff1c{ANN}\uff1e", "Ann Lee"),
        (f"Ann Lee \u2039{ANN}\u203a", "Ann Lee"),
        (f"Ann Lee \u00ab{ANN}\u00bb", "Ann Lee"),
        (f"Ann Lee <{ANN}", "Ann Lee"),
        (f'"Ann Lee <{ANN}>', "Ann Lee"),
        (f'"Ann Lee <{ANN}>"', "Ann Lee"),
        (f"'Ann Lee' <{ANN}>", "Ann Lee"),
        (f"Ann<{ANN}>Lee", "Ann Lee"),
        (f"Ann Lee [Collections] <{ANN}>", "Ann Lee [Collections]"),
        (f"Ann Lee (Collections <{ANN}>", "Ann Lee (Collections"),
        (f"Lee, Ann <{ANN}>", "Lee, Ann"),
        (f"Lee, Ann, LLB <{ANN}>", "Lee, Ann, LLB"),
        (f"Collections: Ann <{ANN}>", "Collections: Ann"),
        (f'Ann "The Bank" Lee <{ANN}>', "Ann The Bank Lee"),
        (f'"Ann \\"The Bank\\" Lee" <{ANN}>', 'Ann "The Bank" Lee'),
        ("=?utf-8?q?Ann_=3Cann@bank.example=3E?=", "Ann"),
        (f"=?utf-8?q?Ren=C3=A9?= =?utf-8?q?_Roux?= <{ANN}>", "Ren\u00e9 Roux"),
        (f"=?utf-8?Q?Lee,_Ann?= <{ANN}>", "Lee, Ann"),
        (f"=?utf-8?q?Lee=2C_Ann?= <{ANN}>", "Lee, Ann"),
        (f"Ren\u00e9 Roux <{ANN}>", "Ren\u00e9 Roux"),
        (f"Ann\u202e Lee\x07 <{ANN}>", "Ann Lee"),
        (f"Ann\r\n Lee\r\n <{ANN}>", "Ann Lee"),
    ],
)
def test_whoever_wrote_it_is_found_however_they_are_written(value: str, name: str) -> None:
    assert one_of(value) == Mailbox(address=ANN, name=name)


def test_what_is_encoded_in_a_name_is_a_name() -> None:
    found = one_of(f"=?utf-8?q?Ann=2C_Eve_=3Ceve=40evil.example=3E?= <{ANN}>")
    assert (found.address, found.name) == (ANN, f"Ann, Eve <{EVE}>")


def test_a_name_of_windows_is_read() -> None:
    assert (
        mailboxes_of("Ren\u00e9 \u201cR\u201d Roux <ann@bank.example>".encode("cp1252"))[0][0].name
        == "Ren\u00e9 \u201cR\u201d Roux"
    )


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        ("a@x.example, Jane <b@y.example>", ["a@x.example", "b@y.example"]),
        ("Doe, Jane <a@x.example>; Lee, Ann <b@y.example>", ["a@x.example", "b@y.example"]),
        ("Ann <a@x.example, Bob <b@y.example>", ["a@x.example", "b@y.example"]),
        ("a@x.example b@y.example", ["a@x.example", "b@y.example"]),
        ("Team: a@x.example, Bob <b@y.example>;", ["a@x.example", "b@y.example"]),
        ("Team: a@x.example;, Other: b@y.example;", ["a@x.example", "b@y.example"]),
        ("undisclosed-recipients:;", []),
        ("undisclosed recipients: ;", []),
        ("nobody", []),
        ("<>", []),
        ("", []),
    ],
)
def test_several_are_several(value: str, addresses: list[str]) -> None:
    assert addresses_of(value) == addresses


@pytest.mark.parametrize(
    "domain",
    [
        "m\u00fcnchen.example",
        "xn--mnchen-3ya.example",
        "M\u00dcNCHEN.example.",
        "XN--MNCHEN-3YA.EXAMPLE",
        "m\u00fcnchen\u3002example",
        "\uff4d\u00fcnchen.example",
    ],
)
def test_an_international_domain_is_one_in_all_its_forms(domain: str) -> None:
    assert one_of(f"Jane <jane@{domain}>").address == "jane@xn--mnchen-3ya.example"


def test_letters_that_browsers_no_longer_fold_are_kept_apart() -> None:
    """UTS 46, non-transitional: a domain with sharp s is another than the one with two s."""
    assert domain_of("stra\u00dfe.example") == "xn--strae-oqa.example"


def test_what_is_no_domain_name_is_kept_as_it_is() -> None:
    assert domain_of("Bank_One.Example") == "bank_one.example"
    assert domain_of("-\u00fc-.example") == "-\u00fc-.example"


def test_the_local_part_stays_as_it_is() -> None:
    assert addresses_of("Jos\u00e9.Marsh+Debt@Mailbox.Example") == ["Jos\u00e9.Marsh+Debt@mailbox.example"]


def test_a_limit_says_how_many_it_cut() -> None:
    everybody = ", ".join(f"n{number}@mailbox.example" for number in range(1000))
    found, cut = mailboxes_of(everybody.encode())
    assert (len(found), cut) == (300, 700)


HOSTILE = [
    "<",
    "(",
    '"',
    '\\"',
    "=?",
    "=?a?q?",
    "a:",
    "a,",
    "<>",
    "a@b,",
    "a@b ",
    "@[",
    '"a"@',
    "\u00aba@b",
    "\uff20",
    "<a@b ",
    "\\",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_nothing_takes_long(piece: str) -> None:
    with bounded_effort():
        mailboxes_of((piece * 1_000_000).encode())


@given(
    st.lists(st.sampled_from([*HOSTILE, ANN, EVE, " ", ";", ">", ")", "?=", "Ann", "\u202e", "\x00"]), max_size=40).map(
        "".join
    )
)
def test_whatever_stands_there_is_read_to_addresses_that_are_some(value: str) -> None:
    for one in mailboxes_of(value.encode(errors="replace"))[0]:
        assert 0 < one.address.index("@") < len(one.address) - 1
        assert "\n" not in one.name
        assert "\u202e" not in one.name
        assert one.address not in one.others


NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30)


@given(NAMES, NAMES)
def test_whatever_stands_before_the_brackets_the_address_is_in_them(before: str, after: str) -> None:
    for value in (f"{before} {after} <{ANN}>", f'"{before}, {after}" <{ANN}>', f"{before}@{after}.example <{ANN}>"):
        assert one_of(value).address == ANN


# ---- who takes part in a mail


def test_where_from_names_nobody_it_is_sender_reply_to_or_return_path() -> None:
    fields = {"sender": "<a@x.example>", "reply-to": "b@x.example", "return-path": "<c@x.example>"}
    while fields:
        raw = "From: Jane Marsh\n" + "".join(f"{name}: {value}\n" for name, value in fields.items())
        found = read(f"{raw}\nText.".encode(), NOW)
        name = next(iter(fields))
        assert (found.sender, found.sender_field, found.sender_name) == (fields[name].strip("<>"), name, "Jane Marsh")
        del fields[name]
    assert read(b"From: Jane Marsh\n\nText.", NOW).sender == ""


def test_all_that_from_names_beside_its_first_are_others() -> None:
    found = read(f"From: {ANN}, Eve <{EVE}>\nFrom: {PRIYA}\n\nText.".encode(), NOW)
    assert (found.sender, found.sender_others) == (ANN, (EVE, PRIYA))


def test_whom_a_list_says_it_is_from_and_where_answers_go_are_read() -> None:
    raw = f"From: legal@firm.example\nX-Original-From: Ann Lee <{ANN}>\nReply-To: {PRIYA}, =?utf-8?q?Ann?= <{ANN}>\n\n"
    found = read(raw.encode(), NOW)
    assert found.original_sender == Mailbox(address=ANN, name="Ann Lee")
    assert found.reply_to == (Mailbox(address=PRIYA), Mailbox(address=ANN, name="Ann"))


def test_whom_servers_took_it_in_for_is_read() -> None:
    raw = (
        "Received: from a.example by inbound.example with SMTP id 1\n for One@In.firm.example; Mon, 16 Nov 2026\n"
        "Received: from b.example for <old@elsewhere.example>;\n"
        "Delivered-To: two@in.firm.example\nX-Original-To: <three@in.firm.example>\nEnvelope-To: four@in.firm.example\n"
        "X-Envelope-To: five@in.firm.example\nTo: legal@firm.example\nTo: more@firm.example\nCc: two@in.firm.example\n\n"
    )
    found = read(raw.encode(), NOW)
    assert [one.partition("@")[0] for one in found.handed_over_for] == ["One", "two", "three", "four", "five"]
    assert (found.to, found.cc) == (("legal@firm.example", "more@firm.example"), ("two@in.firm.example",))
    assert len(found.addressed) == 7


def test_recipients_that_a_limit_cut_are_told() -> None:
    everybody = ", ".join(f"n{number}@mailbox.example" for number in range(301))
    assert read(f"To: {everybody}\n\nText.".encode(), NOW).unread == ("recipients",)
