"""What a mail says is all of its text that is no file: in its order, in both of its faces, and never nothing."""

import pytest
from hypothesis import given, strategies as st

from letterbook.adapters.inbound_mail import read
from letterbook.domain.inbound_email import InboundEmail
from letterbook.domain.receipts import Signal
from tests.support.builders import NOW

PNG = "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo="


def plain(words: str, **more: str) -> str:
    return part("text/plain; charset=utf-8", words, **more)


def rich(words: str, **more: str) -> str:
    return part("text/html; charset=utf-8", words, **more)


def part(content_type: str, body: str, **more: str) -> str:
    fields = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in more.items())
    return f"Content-Type: {content_type}\n{fields}\n{body}"


def multipart(kind: str, *parts: str) -> str:
    boundary = f"b{abs(hash(parts))}x{len(parts)}"
    inner = "".join(f"--{boundary}\n{one}\n" for one in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{inner}--{boundary}--\n"


def came(mail: str) -> InboundEmail:
    return read(f"From: Ann <ann@bank.example>\nMIME-Version: 1.0\n{mail}".encode(), NOW)


def words(text: str | None) -> str:
    return " ".join((text or "").split())


def test_text_around_a_picture_is_one_text() -> None:
    found = came(multipart("mixed", plain("Before."), PNG, plain("After."), plain("-- \nFooter of the list")))
    assert words(found.text) == "Before. After. -- Footer of the list"
    assert found.html is None
    assert [one.media_type for one in found.enclosed] == ["image/png"]


def test_html_around_a_picture_is_one_html() -> None:
    """As Apple Mail writes it."""
    halves = multipart("mixed", rich("<p>One <b>x"), PNG, rich("<p>Two"))
    found = came(multipart("alternative", plain("One x\nTwo"), halves))
    assert words(found.text) == "One x Two"
    assert "<p>One <b>x</b></p>" in (found.html or "")
    assert "<p>Two</p>" in (found.html or "")


def test_neither_face_misses_what_stands_only_in_the_other() -> None:
    found = came(
        multipart(
            "mixed", multipart("alternative", plain("Hello"), rich("<p>Hello")), plain("a < b\nfooter"), rich("<i>end")
        )
    )
    assert words(found.text) == "Hello a < b footer end"
    assert found.html is not None
    assert words(found.html).endswith("<div>a &lt; b<br> footer</div><br> <i>end</i>")
    assert found.html.startswith("<p>Hello</p>")


def test_what_one_part_leaves_open_swallows_no_other() -> None:
    found = came(multipart("mixed", rich("<div>One<!-- <table><td>"), rich("<p>Two")))
    assert words(found.text) == "One Two"
    assert "<p>Two</p>" in (found.html or "")


@pytest.mark.parametrize("order", [0, 1])
def test_of_alternatives_each_face_has_its_own(order: int) -> None:
    both = [plain("Plain"), rich("<p>Rich")]
    found = came(multipart("alternative", *both[:: 1 - 2 * order]))
    assert (found.text, found.html, found.enclosed) == ("Plain", "<p>Rich</p>", ())


def test_an_empty_alternative_is_none() -> None:
    found = came(multipart("alternative", plain(" \n"), rich("<table><tr><td>12<td>345.00</table>")))
    assert found.text == "12 345.00"
    found = came(multipart("alternative", plain("Words"), rich("<html><body></body></html>")))
    assert (found.text, found.html) == ("Words", None)


def test_alternatives_that_say_different_things_are_all_shown() -> None:
    found = came(multipart("alternative", plain("I pay."), plain("I do not pay."), plain("I  pay.")))
    assert words(found.text) == "I pay. I do not pay."


def test_what_programs_read_is_a_file() -> None:
    kinds = ["text/calendar; method=REQUEST", "text/x-amp-html", "text/csv", "text/vcard"]
    found = came(multipart("alternative", plain("Meet me"), *(part(kind, "x") for kind in kinds), rich("<p>Meet me")))
    assert (found.text, found.html) == ("Meet me", "<p>Meet me</p>")
    assert [one.media_type for one in found.enclosed] == [kind.partition(";")[0] for kind in kinds]


@pytest.mark.parametrize(
    "type_of_it", ["", "Content-Type:\n", "Content-Type: text\n", "Content-Type: text/x-unheard-of\n"]
)
def test_what_has_no_type_is_text(type_of_it: str) -> None:
    assert came(f"{type_of_it}\nHello").text == "Hello"


def test_text_marked_as_a_file_is_shown_if_it_is_all_there_is() -> None:
    found = came(plain("Pay me.", Content_Disposition="attachment"))
    assert (found.text, found.enclosed) == ("Pay me.", ())
    found = came(plain("Pay me.", Content_Disposition="attachment; filename=letter.txt"))
    assert (found.text, [one.name for one in found.enclosed]) == ("Pay me.", ["letter.txt"])
    marked = plain("Pay me.", Content_Disposition="attachment")
    found = came(multipart("mixed", plain("\n"), PNG, marked))
    assert (found.text, len(found.enclosed)) == ("Pay me.", 1)
    found = came(multipart("mixed", plain("See the file."), marked))
    assert (found.text, [one.content for one in found.enclosed]) == ("See the file.", [b"Pay me."])


def test_text_with_a_name_is_a_file() -> None:
    found = came(
        multipart("mixed", plain("See the file."), plain("1;2", Content_Disposition='inline; filename="a.txt"'))
    )
    assert (found.text, [one.name for one in found.enclosed]) == ("See the file.", ["a.txt"])


def test_a_mail_in_the_mail_is_a_file() -> None:
    found = came(multipart("mixed", plain("Forwarded."), part("message/rfc822", "Subject: x\n\nInside")))
    assert found.text == "Forwarded."
    assert [one.content for one in found.enclosed] == [b"Subject: x\n\nInside"]


def test_flowed_text_is_shown_in_its_paragraphs() -> None:
    flowed = "I will \npay.\n> you \n> owe\n-- \nAnn\n  stuffed"
    assert came(part("text/plain; format=flowed", flowed)).text == "I will pay.\n> you owe\n-- \nAnn\n stuffed"
    assert came(part("text/plain; format=flowed; delsp=yes", "支 \n払")).text == "支払"


def test_enriched_text_is_shown_without_its_commands() -> None:
    enriched = "<bold>Pay</bold> <color><param>red</param>me</color> << 5"
    assert came(part("text/enriched", enriched)).text == "Pay me < 5"


def test_no_letter_is_dropped() -> None:
    found = came(part("text/plain; charset=utf-8", "I don\x92t owe \x80500\x00."))
    assert found.text == "I don’t owe €500."


def test_what_html_says_of_its_letters_counts_where_nothing_else_does() -> None:
    document = "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'><p>Привет".encode("koi8-r")
    assert read(b"Content-Type: text/html\n\n" + document, NOW).text == "Привет"


def test_a_text_that_is_cut_says_so() -> None:
    for mail in (plain("x" * 1_100_000), rich("<p>" + "x " * 600_000), multipart("mixed", *[plain("x" * 400_000)] * 3)):
        found = came(mail)
        assert len(found.text) <= 1024 * 1024
        assert "the end of the text" in found.unread
        assert Signal.TRUNCATED in found.signals


def test_a_picture_within_the_html_hides_nothing_behind_it() -> None:
    found = came(rich('<p>Before<img src="data:image/png;base64,' + "A" * 2_000_000 + '"><p>Behind'))
    assert words(found.text) == "Before Behind"
    assert found.unread == ()


def test_a_picture_within_the_html_is_a_file_that_it_shows() -> None:
    found = came(
        rich(
            '<p>See <img alt="x" src="data:image/png;base64,iVBO\nRw0KGgo="> and <img src=\'data:image/jpeg;base64,/9j/\'>'
        )
    )
    assert [(one.name, one.content) for one in found.enclosed] == [
        ("picture-1.png", b"\x89PNG\r\n\x1a\n"),
        ("picture-2.jpg", b"\xff\xd8\xff"),
    ]
    assert all(f'src="cid:{one.content_id}"' in (found.html or "") for one in found.enclosed)


def test_a_picture_between_two_pieces_of_html_stands_between_them() -> None:
    picture = part("image/png", "x", Content_Disposition="inline; filename=a.png", Content_ID="<a@x>")
    halves = multipart("mixed", rich("<p>One"), picture, rich("<p>Two"))
    found = came(multipart("alternative", plain("One\nTwo"), halves))
    assert words(found.html) == '<p>One</p><br> <p><img src="cid:a@x" alt=""></p><br> <p>Two</p>'
    assert found.text == "One\nTwo"
    known = came(multipart("mixed", rich('<p>One<img src="cid:a@x">'), picture))
    assert known.html == '<p>One<img src="cid:a@x"></p>'
    related = multipart("related", rich('<p>One<img src="cid:a@x">'), picture)
    assert came(multipart("alternative", plain("One"), related)).html == '<p>One<img src="cid:a@x"></p>'
    assert came(multipart("mixed", plain("One"), picture, plain("Two"))).html is None


BLOCKS = st.sampled_from(["mixed", "related", "alternative", "signed", "x-unknown"])
LEAVES = st.integers(0, 10**6).flatmap(lambda number: st.sampled_from([plain(f"w{number}w"), rich(f"<p>w{number}w")]))


@given(st.recursive(LEAVES, lambda inner: st.builds(multipart, BLOCKS, inner, inner), max_leaves=8))
def test_however_parts_are_nested_no_word_is_lost(mail: str) -> None:
    """But that of two alternatives the text has the plain one, and the HTML the rich one."""
    found = came(mail)
    shown = found.text + (found.html or "")
    assert all(word in shown for word in mail.split() if word.startswith("w") and word.endswith("w"))
