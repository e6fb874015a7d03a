"""Who wrote a mail: the address in the brackets, unless somebody else is named beside it, or a list stands before them."""

from typing import Any

import pytest

from letterbook.domain.authorship import Author, asked_elsewhere, author_of, same_organisation
from letterbook.domain.inbound_email import InboundEmail, Mailbox, Verdicts
from letterbook.domain.receipts import Signal
from tests.support.builders import NOW

OURS = "legal@firm.example"
PASSED = Verdicts(dmarc="pass", dmarc_domain="evil.example")
JANE = Mailbox(address="jane@mailbox.example", name="Jane")


def came(sender: str = "eve@evil.example", **changes: Any) -> InboundEmail:
    return InboundEmail(at=NOW, raw=b"", sender=sender, **changes)


def author(mail: InboundEmail, *, known: tuple[str, ...] = (), by_token: bool = False) -> Author | None:
    return author_of(
        mail, is_ours=lambda one: one == OURS, is_known=lambda one: one in (OURS, *known), by_token=by_token
    )


def test_who_wrote_is_who_stands_in_the_brackets() -> None:
    assert author(came(sender_name="Eve")) == Author(address="eve@evil.example", name="Eve")


@pytest.mark.parametrize(
    ("verdicts", "known", "forged"),
    [
        (PASSED, (), False),
        (PASSED, ("priya@mailbox.example",), True),
        (Verdicts(), (), True),
        (Verdicts(dmarc="fail", dmarc_domain="evil.example"), (), True),
        (Verdicts(dmarc="pass", dmarc_domain="mailbox.example"), (), True),
        (Verdicts(dkim="pass", dkim_domains=frozenset({"evil.example"})), (), True),
    ],
    ids=["a stranger, vouched for", "somebody we know", "no word of it", "failed", "asked of another", "signed only"],
)
def test_who_names_another_is_forged_unless_dmarc_speaks_for_them_and_the_other_is_a_stranger(
    verdicts: Verdicts, known: tuple[str, ...], forged: bool
) -> None:
    mail = came(sender_name="priya@mailbox.example", sender_others=("priya@mailbox.example",), verdicts=verdicts)
    assert author(mail, known=known) == Author(address="eve@evil.example", forged=forged)


def test_naming_an_address_of_the_firm_is_forged_too() -> None:
    found = author(came(sender_others=(OURS,), verdicts=PASSED))
    assert found is not None
    assert found.forged


def test_who_names_themselves_twice_names_nobody_else() -> None:
    mail = came(sender_name="Eve", sender_others=("Eve@EVIL.example",))
    assert author(mail) == Author(address="eve@evil.example", name="Eve")


@pytest.mark.parametrize(
    ("verdicts", "forged"),
    [
        (Verdicts(), True),
        (Verdicts(dkim="pass", dkim_domains=frozenset({"mail.evil.example"})), False),
        (PASSED, False),
    ],
)
def test_who_stands_in_no_from_is_believed_where_their_domain_signed_it(verdicts: Verdicts, forged: bool) -> None:
    found = author(came(sender_field="sender", verdicts=verdicts))
    assert found == Author(address="eve@evil.example", forged=forged)


def test_nobody_is_nobody() -> None:
    assert author(came("")) == Author()


VOUCHED = [
    Verdicts(dmarc="pass", dmarc_domain="firm.example"),
    Verdicts(dmarc="fail", dkim="pass", dkim_domains=frozenset({"firm.example"})),
]


@pytest.mark.parametrize("verdicts", VOUCHED, ids=["DMARC", "a signature"])
@pytest.mark.parametrize(
    "said", [{"original_sender": JANE}, {"reply_to": (JANE,)}, {"reply_to": (Mailbox(address=OURS), JANE)}]
)
def test_who_wrote_to_a_list_is_who_the_list_says_where_our_domain_vouches_for_it(
    verdicts: Verdicts, said: dict[str, Any]
) -> None:
    mail = came(OURS, sender_name="'Jane' via Legal", verdicts=verdicts, **said)
    assert author(mail) == Author(address=JANE.address, name="Jane")


def test_a_list_that_says_no_name_says_it_before_via() -> None:
    mail = came(
        OURS, sender_name="'Jane Marsh' via Legal", reply_to=(Mailbox(address=JANE.address),), verdicts=VOUCHED[0]
    )
    assert author(mail) == Author(address=JANE.address, name="Jane Marsh")


def test_our_token_vouches_for_a_list() -> None:
    assert author(came(OURS, original_sender=JANE), by_token=True) == Author(address=JANE.address, name="Jane")


@pytest.mark.parametrize(
    "verdicts",
    [Verdicts(), Verdicts(dmarc="fail"), PASSED, Verdicts(dkim="pass", dkim_domains=frozenset({"afirm.example"}))],
)
def test_what_says_that_it_came_by_our_list_and_is_not_vouched_for_is_of_nobody_and_forged(verdicts: Verdicts) -> None:
    assert author(came(OURS, original_sender=JANE, verdicts=verdicts)) == Author(forged=True)


def test_what_the_firm_wrote_itself_has_no_author_unless_our_token_places_it() -> None:
    assert author(came(OURS)) is None
    assert author(came(OURS, reply_to=(Mailbox(address=OURS),))) is None
    assert author(came(OURS), by_token=True) == Author(address=OURS)


def test_what_was_found_forged_stays_so() -> None:
    found = author(came(signals=frozenset({Signal.FORGED}), verdicts=PASSED))
    assert found is not None
    assert found.forged


def test_a_part_of_a_domain_is_of_its_organisation_and_a_longer_name_is_not() -> None:
    assert same_organisation("mail.bank.example", "BANK.example")
    assert not same_organisation("evilbank.example", "bank.example")
    assert not same_organisation("", "bank.example")
    assert asked_elsewhere("a@bank.example", ["b@bank.example", "c@other.example"])
    assert not asked_elsewhere("a@bank.example", ["b@mail.bank.example"])
