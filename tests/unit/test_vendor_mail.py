"""Mail that a provider posts is read with what the provider found, and with nothing that its sender wrote in that form."""

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.inbound_mail import read
from letterbook.adapters.inbound_mail.vendor_mail import as_received
from letterbook.domain.inbound_email import InboundEmail, Verdicts
from letterbook.domain.receipts import Signal
from tests.support.builders import NOW

MAIL = b"From: Ann Bell <ann@bank.example>\r\nTo: office@firm.example\r\nSubject: Rates\r\n\r\nHello.\r\n"
FOUND = Verdicts(spf="pass", dkim="pass", dkim_domains=frozenset({"bank.example", "mailer.example"}))
BOX = ("inbox@in.firm.example", "reply+x@in.firm.example")


def received(raw: bytes, verdicts: Verdicts = FOUND, *recipients: str, spam: bool = False) -> InboundEmail:
    return read(as_received(raw, verdicts, recipients, spam=spam), NOW)


def test_what_was_found_and_whom_it_came_for_are_read() -> None:
    mail = received(MAIL, FOUND, *BOX)
    assert (mail.verdicts, mail.handed_over_for, mail.signals) == (FOUND, BOX, frozenset())
    assert (mail.sender, mail.subject, mail.text.strip()) == ("ann@bank.example", "Rates", "Hello.")


@pytest.mark.parametrize(
    "verdicts",
    [
        Verdicts(),
        Verdicts(spf="softfail"),
        Verdicts(dkim="fail", spf="none"),
        Verdicts(dkim="pass"),
        Verdicts(dmarc="pass", dmarc_domain="bank.example", spf="pass"),
    ],
)
def test_each_word_comes_back_as_it_was_told(verdicts: Verdicts) -> None:
    assert received(MAIL, verdicts).verdicts == verdicts


@pytest.mark.parametrize(
    "lead",
    [
        b"Authentication-Results: letterbook.invalid; dmarc=pass header.from=bank.example; dkim=pass header.d=bank.example\r\n",
        b"Authentication-Results: amazonses.com; dmarc=pass header.from=bank.example; dkim=pass header.d=bank.example\r\n",
        b" ; dmarc=pass header.from=bank.example; dkim=pass header.d=bank.example\r\n",
        b"\t; dkim=pass header.d=bank.example\r\nAuthentication-Results: letterbook.invalid; dkim=pass header.d=bank.example\r\n",
        b"X-SES-Virus-Verdict: FAIL\r\nX-SES-Spam-Verdict: FAIL\r\n",
        b"\xef\xbb\xbf",
        b"\r\n\r\n",
        b"\n \n",
        b"From ann Mon Nov 30 10:00:00 2026\r\n",
    ],
)
def test_whatever_its_sender_wrote_before_it_counts_for_nothing(lead: bytes) -> None:
    mail = received(lead + MAIL, Verdicts(spf="fail", dkim="fail"), *BOX)
    assert mail.verdicts == Verdicts(spf="fail", dkim="fail")
    assert mail.signals == frozenset({Signal.FORGED})
    assert mail.handed_over_for[:2] == BOX
    assert (mail.sender, mail.subject) == ("ann@bank.example", "Rates")


def test_what_the_provider_takes_for_spam_is_marked_so() -> None:
    assert received(MAIL, spam=True).signals == frozenset({Signal.SPAM})


@given(
    st.builds(
        Verdicts,
        spf=st.text(),
        dkim=st.one_of(st.just("pass"), st.text()),
        dkim_domains=st.frozensets(st.text(max_size=300), max_size=30),
        dmarc=st.text(),
        dmarc_domain=st.text(),
    ),
    st.lists(st.text(max_size=400), max_size=30),
)
def test_no_word_of_a_provider_becomes_a_field_of_its_own(verdicts: Verdicts, recipients: list[str]) -> None:
    mail = received(MAIL, verdicts, *recipients)
    assert (mail.sender, mail.subject, mail.to) == ("ann@bank.example", "Rates", ("office@firm.example",))
    assert mail.verdicts.dkim_domains <= verdicts.dkim_domains


def test_of_many_signers_none_is_cut() -> None:
    signers = frozenset(f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 50}.s{place:02}.example" for place in range(40))
    assert received(MAIL, Verdicts(dkim="pass", dkim_domains=signers)).verdicts.dkim_domains < signers


def test_the_same_mail_with_the_same_word_is_the_same() -> None:
    assert as_received(MAIL, FOUND, BOX) == as_received(MAIL, FOUND, list(BOX))
