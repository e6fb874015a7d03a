"""Reading mail, whatever its bytes are: nothing makes it fail, and nothing that acts is left in it."""

import re

from hypothesis import given, settings, strategies as st

from letterbook.adapters.inbound_mail import read
from letterbook.adapters.incoming_html import clean
from letterbook.domain.receipts import Signal
from tests.support.builders import NOW, mail

GOOD = mail(html="<p onclick='x()'>a</p><script>x()</script>", files=[("a.pdf", "application/pdf", b"%PDF")])


def _spoilt(changes: list[tuple[float, int]]) -> bytes:
    """A good mail with some bytes turned into others."""
    made = bytearray(GOOD)
    for place, byte in changes:
        made[int(place * (len(made) - 1))] = byte
    return bytes(made)


@given(
    st.binary(max_size=2000)
    | st.builds(_spoilt, st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=30))
)
@settings(max_examples=300)
def test_no_mail_makes_reading_fail(raw: bytes) -> None:
    found = read(raw, NOW)
    assert not re.search(r"<script|<[^>]+\son\w+\s*=", found.html or "", re.IGNORECASE)
    assert found.raw == raw


def test_html_of_a_depth_that_no_letter_has_is_shown_as_text() -> None:
    """Building its tree would take minutes."""
    found = read(b"Content-Type: text/html\n\n" + b"<div>" * 150_000 + b"Pay me", NOW)
    assert (found.html, found.text.strip()) == (None, "Pay me")
    assert Signal.TRUNCATED in found.signals


def test_pictures_stay_and_everything_that_acts_goes() -> None:
    hostile = """<style>p{background:url(//t)}</style><svg onload=x()><a href="javascript:x()">a</a><a href=data:text/html,x>b</a>
      <meta http-equiv=refresh content="0;url=//t"><iframe src=//t></iframe><form action=//t><input></form>
      <img src="https://t.example/p.png" onerror=x()><p style="color:red;background:url(//t);position:fixed">c</p>"""
    cleaned = clean(hostile) or ""
    assert 'src="https://t.example/p.png"' in cleaned
    assert 'style="color:red"' in cleaned
    for gone in ("style>", "svg", "javascript", "data:", "meta", "iframe", "form", "onerror", "url(", "position"):
        assert gone not in cleaned
