"""What Amazon SNS posts: its own known answers, and whose certificate is believed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.x509 import load_pem_x509_certificate

from letterbook.adapters.providers.sns_notification import (
    is_certificate_url,
    is_signed,
    is_valid,
    signed_text,
    with_texts,
)
from tests.support.sam_template import ROOT

KNOWN = json.loads((ROOT / "events/sns/signatures.json").read_text())
MESSAGES = KNOWN["messages"]


def proved(name: str, **changes: Any) -> bool:
    of = MESSAGES[name]
    certificate = load_pem_x509_certificate(KNOWN["certificates"][of["certificate"]].encode())
    return is_signed(with_texts({**of["message"], **changes}), certificate)


@pytest.mark.parametrize("name", MESSAGES)
def test_what_sns_signed_is_signed(name: str) -> None:
    assert proved(name)


def test_the_text_that_is_signed() -> None:
    assert signed_text(MESSAGES["sns-ruby-1"]["message"]).decode() == KNOWN["string_to_sign"]


def test_lambda_spells_two_names_otherwise_and_knows_an_empty_subject() -> None:
    message = dict(MESSAGES["sns-ruby-1"]["message"])
    message["SigningCertUrl"] = message.pop("SigningCertURL")
    message["UnsubscribeUrl"] = message.pop("UnsubscribeURL")
    certificate = load_pem_x509_certificate(KNOWN["certificates"]["cert-ruby"].encode())
    assert with_texts(message)["SigningCertURL"]
    assert is_signed(with_texts({**message, "Subject": None}), certificate)


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("field", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Token", "SubscribeURL"])
def test_no_character_of_what_is_signed_may_change(name: str, field: str) -> None:
    signed = field in signed_text(MESSAGES[name]["message"]).decode().split("\n")
    value = MESSAGES[name]["message"].get(field)
    if signed and value:
        assert not proved(name, **{field: value[:-1] + chr(ord(value[-1]) ^ 1)})


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.parametrize("version", ["", "0", "3", "1 ", "01", None, 1])
def test_other_versions_prove_nothing(name: str, version: object) -> None:
    assert not proved(name, SignatureVersion=version)


@pytest.mark.parametrize("name", MESSAGES)
def test_the_versions_are_not_the_same(name: str) -> None:
    other = {"1": "2", "2": "1"}[MESSAGES[name]["message"]["SignatureVersion"]]
    assert not proved(name, SignatureVersion=other)


@pytest.mark.parametrize("signature", ["", "=", "no base64!", "AAAA", None, "ü" * 20])
def test_what_is_no_signature_proves_nothing(signature: object) -> None:
    assert not proved("sns-ruby-1", Signature=signature)


@pytest.mark.parametrize("row", KNOWN["addresses"], ids=lambda row: row["url"][:70])
def test_where_a_certificate_may_be(row: dict[str, Any]) -> None:
    assert is_certificate_url(row["url"], row["topic"]) is row["strict"]


@pytest.mark.parametrize("after", ["\n", "#x", "?", "/", " "])
def test_nothing_follows_the_address(after: str) -> None:
    good = KNOWN["addresses"][0]
    assert not is_certificate_url(good["url"] + after, good["topic"])


@pytest.mark.parametrize(
    ("at", "valid"), [("2025-11-09", False), ("2025-11-11", True), ("2026-10-14", True), ("2026-10-16", False)]
)
def test_a_certificate_is_good_for_its_time_only(at: str, valid: bool) -> None:
    certificate = load_pem_x509_certificate(KNOWN["certificates"]["cert-java"].encode())
    assert is_valid(certificate, datetime.fromisoformat(at).replace(tzinfo=UTC)) is valid
