"""Forms that vendors post: every byte as it came, or refused."""

from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given, strategies as st
from urllib3.filepost import encode_multipart_formdata

from letterbook.adapters.providers.posted_form import form_of
from letterbook.domain.errors import Malformed
from letterbook.ports import WebhookRequest

NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=10)


def posted(body: bytes, media_type: str) -> WebhookRequest:
    return WebhookRequest(path="inbound", query="", headers={"content-type": media_type}, body=body)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=60)), max_size=8))
def test_every_value_of_each_field_is_there_as_it_came(fields: list[tuple[str, bytes]]) -> None:
    wanted = {name: tuple(value for other, value in fields if other == name) for name, _ in fields}
    assert form_of(posted(urlencode(fields).encode(), "application/x-www-form-urlencoded; charset=utf-8")) == wanted
    if fields:
        assert form_of(posted(*encode_multipart_formdata(fields))) == wanted


@given(st.binary(max_size=200), st.text(max_size=40))
def test_whatever_is_posted_is_read_or_refused(body: bytes, words: str) -> None:
    delimited = b"--edge\r\n" + body + b"\r\n--edge--\r\n"
    for content, media_type in (
        (body, "application/x-www-form-urlencoded"),
        (body, f"multipart/form-data; boundary={words}"),
        (delimited, "multipart/form-data; boundary=edge"),
        (body, words),
    ):
        with suppress(Malformed):
            form_of(posted(content, media_type))


@pytest.mark.parametrize("media_type", ["", "application/json", "text/plain; multipart/form-data"])
def test_what_is_no_form_is_refused(media_type: str) -> None:
    with pytest.raises(Malformed):
        form_of(posted(b"a=b", media_type))


def test_a_form_has_an_end() -> None:
    with pytest.raises(Malformed):
        form_of(posted(urlencode([("a", "")] * 10_000).encode(), "application/x-www-form-urlencoded"))
    many = encode_multipart_formdata([("a", b"")] * 10_000)
    with pytest.raises(Malformed):
        form_of(posted(*many))
