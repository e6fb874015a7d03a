"""A channel is a row: whatever is said of channels anywhere follows from it, and hardly anybody names one."""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from console.lists.filters import ListFilters, chips
from console.lists.pagination import Pager
from console.presenters.dates import Clock
from console.presenters.labels import direction_label, heading
from letterbook.contracts.channel_fields import message_fields, record_fields
from letterbook.contracts.communications import CommunicationBody
from letterbook.contracts.queries import CommunicationsQuery
from letterbook.contracts.settings import SettingsBody
from letterbook.domain.addresses import address_for
from letterbook.domain.channels import (
    CARRIED,
    CHANNELS,
    SENDABLE,
    TEMPLATED,
    AddressKind,
    Carrier,
    Channel,
    sendable_like,
    templates_for,
)
from letterbook.domain.organisation import Organisation
from letterbook.domain.party import Contact, EinvoiceAddress, Party, PartyKind
from tests.support.builders import NOW, entry

ROOT = Path(__file__).parents[2]
# Who may name a channel, and why.
NAMED_IN = {
    "shared/letterbook/domain/channels.py": "the table",
    "shared/letterbook/domain/correspondence.py": "is emailed or posted",
    "shared/letterbook/use_cases/inbound/mail_arrival.py": "takes in emails and nothing else",
    "shared/letterbook/use_cases/inbound/receive_text.py": "takes in text messages and nothing else",
    "functions/console/pages/records/form.py": "calls, meetings and notes have a form of their own",
}
# The ways to contact somebody, as preferences name them, are no channels: `phone` is a number, and a call is never sent.
WAYS_OF_CONTACT = {"functions/console/presenters/reachability.py"}
SOURCES = [path for folder in ("shared", "functions") for path in sorted((ROOT / folder).rglob("*.py"))]

# Each says in its own file what it carries.
PROVIDERS = {
    path.relative_to(ROOT).as_posix()
    for path in SOURCES
    if path.parent.name == "providers" and "\nSPEC = " in path.read_text()
}

# What the API takes, written out by hand: the test must not read what it tests.
SENT = "send_now override_hold resend_of"
WRITTEN = f"body template {SENT}"
LATER = "send_at urgent urgent_reason"
ATTACHED = "attachments collect attach_regarding"
MESSAGES = {
    Channel.EMAIL: f"from_ to cc bcc reply_to subject {ATTACHED} {WRITTEN} {LATER}",
    Channel.SMS: f"from_ to {WRITTEN} {LATER}",
    Channel.POST: f"address post copies subject {ATTACHED} document_id {WRITTEN} send_at",
    Channel.EINVOICE: f"network receiver document_id attachments {SENT} send_at",
    Channel.MANUAL: f"address copies subject {ATTACHED} document_id {WRITTEN}",
}
LETTER = "from_ address subject body document_id attachments occurred_at"
CALL = "from_phone to_phone duration_minutes outcome requires_followup followup_date followup_notes"
MEETING = "meeting_date start_time end_time duration_minutes location_type location attendees outcome action_items"
RECORDS = {
    Channel.EMAIL: "from_ to cc bcc subject body attachments occurred_at",
    Channel.SMS: "from_ to body attachments occurred_at",
    Channel.POST: LETTER,
    Channel.MANUAL: LETTER,
    Channel.EINVOICE: "from_ network receiver subject body document_id attachments occurred_at",
    Channel.PHONE: f"{CALL} subject body attachments occurred_at",
    Channel.MEETING: f"{MEETING} subject body attachments",
    Channel.NOTE: "body attachments occurred_at",
}


def test_every_channel_has_its_row() -> None:
    assert list(CHANNELS) == list(Channel)


@pytest.mark.parametrize("channel", Channel)
def test_a_row_agrees_with_itself(channel: Channel) -> None:
    spec = channel.spec
    assert all((spec.label, spec.noun, spec.all_of_it, spec.by))
    assert spec.has_subject or not spec.needs_subject
    assert not (spec.is_record_only and spec.carrier), "What only people make is never sent."
    assert bool(spec.carrier) <= bool(spec.address), "What is sent goes to an address."
    assert (bool(spec.carrier) and spec.is_written) <= spec.templates
    assert spec.is_record_only or not spec.details
    assert spec.is_record_only or spec.address
    assert spec.answered_by in SENDABLE
    assert set(spec.record_needs) <= record_fields(spec)


@pytest.mark.parametrize("channel", Channel)
def test_every_channel_has_its_icon(channel: Channel) -> None:
    sprite = (ROOT / "functions/console/static/sprite.svg").read_text()
    assert f'id="c-{channel}"' in sprite


def test_what_a_message_takes() -> None:
    assert set(MESSAGES) == set(SENDABLE)
    assert {one: message_fields(one.spec) for one in SENDABLE} == _apart(MESSAGES)


def test_what_a_record_takes() -> None:
    assert {one: record_fields(one.spec) for one in Channel} == _apart(RECORDS)


@pytest.mark.parametrize("channel", Channel)
def test_what_it_takes_is_in_the_body(channel: Channel) -> None:
    assert message_fields(channel.spec) | record_fields(channel.spec) <= set(CommunicationBody.model_fields)


def test_what_can_be_sent() -> None:
    assert SENDABLE == (Channel.EMAIL, Channel.SMS, Channel.POST, Channel.EINVOICE, Channel.MANUAL)
    assert CARRIED == (Channel.EMAIL, Channel.SMS, Channel.POST, Channel.EINVOICE)
    assert TEMPLATED == (Channel.EMAIL, Channel.SMS, Channel.POST, Channel.MANUAL)
    assert Organisation().fallback.order == {"default": ("email", "sms", "manual")}


@pytest.mark.parametrize(
    ("name", "channels"),
    [("quiet_hours", ("email", "sms")), ("routes", ("email", "sms", "post", "einvoice"))],
)
def test_what_is_carried_has_routes_and_only_what_somebody_hears_quiet_hours(
    name: str, channels: tuple[str, ...]
) -> None:
    given = SettingsBody.model_fields[name].annotation
    keys = next(get_args(get_args(one)[0]) for one in get_args(given) if get_args(one))
    assert keys == channels


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("email", "email"),
        ("sms", "sms"),
        ("manual", "manual"),
        ("post", "post"),
        ("einvoice", "einvoice"),
        ("phone", "email"),
        ("note", "email"),
        ("", "email"),
        ("pigeon", "email"),
    ],
)
def test_what_is_written_where_that_is_preferred(name: str, taken: str) -> None:
    assert sendable_like(name) == taken


def test_whatever_is_written_is_put_on_paper() -> None:
    assert templates_for(Channel.EMAIL) == {Channel.EMAIL}
    for channel in (Channel.POST, Channel.MANUAL):
        assert templates_for(channel) == {Channel.EMAIL, Channel.SMS, Channel.POST, Channel.MANUAL}


def test_an_address_of_each_kind() -> None:
    party = Party(
        id="pty_1", kind=PartyKind.CLIENT, name="Ann", email="ann@example.com", mobile="+447700900111", phone="+441632960111",
        address="1 High Street", einvoice=EinvoiceAddress(scheme="0192", id="991"), created_at=NOW,
    )  # fmt: skip
    contact = Contact(id="cnt_1", party_id="pty_1", name="Ben", mobile="+447700900222", created_at=NOW)
    assert {kind: address_for(kind, contact, party) for kind in AddressKind} == {
        AddressKind.EMAIL: "ann@example.com",
        AddressKind.MOBILE: "+447700900222",
        AddressKind.POSTAL: "1 High Street",
        AddressKind.EINVOICE: "0192:991",
    }
    assert address_for(AddressKind.EMAIL, contact, None) is None
    assert address_for(None, party) is None


@pytest.mark.parametrize("channel", Channel)
def test_the_console_speaks_of_each(channel: Channel) -> None:
    one = entry(channel=channel)
    assert heading(one).startswith(f"{channel.spec.label} {direction_label(one)} ")
    params = {"channel": (channel.value,)}
    pager = Pager(path="/communications", params=params, key=bytes, cursor="", back=())
    asked = ListFilters(params=params, query=CommunicationsQuery(), pager=pager, after=None)
    assert [chip.text for chip in chips(asked, Clock(NOW, ZoneInfo("UTC")), (), {})] == [channel.spec.label]


def test_who_carries_it_is_who_is_asked() -> None:
    assert {one for one in Channel if one.spec.carrier is Carrier.PERSON} == {Channel.MANUAL}


def test_hardly_anybody_names_a_channel() -> None:
    named = {path.relative_to(ROOT).as_posix() for path in SOURCES if any(_channels_in(ast.parse(path.read_text())))}
    assert named == set(NAMED_IN) | PROVIDERS


def test_no_table_is_kept_beside_the_rows() -> None:
    """A display that holds the words of several channels is a table of them."""
    kept = {path.relative_to(ROOT).as_posix() for path in SOURCES if any(_tables_in(ast.parse(path.read_text())))}
    assert kept == WAYS_OF_CONTACT


def test_no_page_compares_a_channel_with_a_word() -> None:
    compared = re.compile(r"channel\s*(?:==|!=|in\b|not in\b)\s*[\"'(\[]")
    pages = sorted((ROOT / "functions/console/templates").rglob("*.html"))
    assert pages
    assert [path.name for path in pages if compared.search(path.read_text())] == []


def _apart(written: dict[Channel, str]) -> dict[Channel, set[str]]:
    return {channel: {*names.split()} for channel, names in written.items()}


def _channels_in(tree: ast.AST) -> Iterator[ast.AST]:
    """`Channel.EMAIL`, and `channel == "email"`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="Channel"), attr=name) if name in Channel.__members__:
                yield node
            case ast.Compare(left=left, comparators=others):
                sides = [left, *others]
                words = itertools.chain.from_iterable(_words(one) for one in sides)
                if any("channel" in ast.unparse(one) for one in sides) and any(one in CHANNELS for one in words):
                    yield node


def _tables_in(tree: ast.AST) -> Iterator[ast.AST]:
    # The others are names of fields and forms as well.
    for node in ast.walk(tree):
        if len({*TEMPLATED}.intersection(_words(node))) > 1:
            yield node


def _words(node: ast.AST) -> list[object]:
    match node:
        case ast.Constant(value=word):
            return [word]
        case ast.Tuple(elts=each) | ast.List(elts=each) | ast.Set(elts=each):
            return [word for one in each for word in (_words(one)[:1] if isinstance(one, ast.Tuple) else _words(one))]
        case ast.Dict(keys=keys):
            return [word for one in keys if one for word in _words(one)]
    return []
