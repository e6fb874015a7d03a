"""What the server found that took a mail in for us counts; what anybody else wrote in its form does not."""

import pytest

from letterbook.adapters.inbound_mail.mime import parse
from letterbook.adapters.inbound_mail.verdicts import is_forged, verdicts_of
from letterbook.domain.inbound_email import Verdicts

OURS = (
    b"amazonses.com; spf=pass (spfCheck: domain of bank.example designates 192.0.2.1) client-ip=192.0.2.1;\r\n"
    b" envelope-from=a@bounce.bank.example; dkim=fail header.i=@other.example; dkim=pass header.i=@bank.example;\r\n"
    b" dkim=pass header.d=sender.example; dmarc=pass header.from=Bank.example;"
)


def found_in(*fields: bytes) -> Verdicts:
    return verdicts_of(parse(b"".join(b"Authentication-Results: " + one + b"\r\n" for one in fields) + b"\r\n")[0])


def test_each_check_is_read() -> None:
    assert found_in(OURS) == Verdicts(
        dmarc="pass",
        dmarc_domain="bank.example",
        spf="pass",
        dkim="pass",
        dkim_domains=frozenset({"bank.example", "sender.example"}),
    )


@pytest.mark.parametrize(
    "fields",
    [
        (b"mx.evil.example; dmarc=pass header.from=bank.example", OURS),
        (b"amazonses.com.evil.example; dmarc=pass header.from=bank.example",),
        (b"x amazonses.com; dmarc=pass header.from=bank.example",),
        (b"(amazonses.com; dmarc=pass header.from=bank.example)",),
        (b"amazonses.com; (dmarc=pass header.from=bank.example)",),
        (b"amazonses.com; none", OURS),
        (b"",),
        (),
    ],
)
def test_only_the_topmost_counts_and_only_of_our_server(fields: tuple[bytes, ...]) -> None:
    assert found_in(*fields) == Verdicts()


@pytest.mark.parametrize(
    ("verdicts", "forged"),
    [
        (Verdicts(), False),
        (Verdicts(dmarc="pass", dmarc_domain="bank.example"), False),
        (Verdicts(dmarc="pass", dmarc_domain="mail.bank.example", spf="fail"), False),
        (Verdicts(dmarc="fail", dmarc_domain="bank.example", spf="pass", dkim="pass"), True),
        (Verdicts(dmarc="none", spf="fail"), True),
        (Verdicts(dmarc="none", spf="fail", dkim="pass"), False),
        (Verdicts(dmarc="none", dkim="fail"), True),
        (Verdicts(dmarc="none", spf="pass"), False),
        # The server read another sender than we did.
        (Verdicts(dmarc="pass", dmarc_domain="evil.example"), True),
        (Verdicts(dmarc="none", dmarc_domain="evil.example", spf="pass", dkim="pass"), True),
    ],
)
def test_a_mail_is_forged_if_its_domain_disowns_it_or_another_was_asked(verdicts: Verdicts, forged: bool) -> None:
    assert is_forged(verdicts, "ann@bank.example") is forged


@pytest.mark.parametrize(
    "trick",
    [
        b"X: y\rFrom: Ann <ann@bank.example>",
        b"From : Ann <ann@bank.example>",
        b"\xef\xbb\xbfFrom: Ann <ann@bank.example>",
    ],
)
def test_a_second_sender_that_a_server_may_not_have_seen_is_no_way_to_write_as_somebody_else(trick: bytes) -> None:
    asked = b"Authentication-Results: amazonses.com; dmarc=none header.from=evil.example\r\n"
    mail = parse(asked + trick + b"\r\nFrom: eve@evil.example\r\n\r\n")[0]
    assert b"bank.example" in mail.value("from")
    assert is_forged(verdicts_of(mail), "ann@bank.example")
