"""What a firm does all day, in one line each, for tests that need it done."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from letterbook.contracts.queue_messages import DispatchOrder, bulk_order
from letterbook.domain.access import Viewer
from letterbook.domain.channels import Channel
from letterbook.domain.communication import Communication, Entry
from letterbook.domain.ids import Kind, new_id
from letterbook.domain.message import MessageRequest, RecordRequest
from letterbook.domain.party import Case, Contact, Document, Party, PartyKind
from letterbook.domain.receipts import Receipt, RecipientUpdate
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered, Template
from letterbook.domain.threads import Thread
from letterbook.domain.transitions import created
from letterbook.ports import BulkOrder, Content
from letterbook.use_cases.admin.templates import put_template
from letterbook.use_cases.correspondence.render import render_correspondence
from letterbook.use_cases.delivery.dispatch import dispatch
from letterbook.use_cases.delivery.record_receipt import record_receipt
from letterbook.use_cases.directory.cases import create_case
from letterbook.use_cases.directory.documents import announce
from letterbook.use_cases.directory.parties import create_contact, create_party
from letterbook.use_cases.directory.threads import start_thread
from letterbook.use_cases.exports.make_export import make_export
from letterbook.use_cases.inbound.receive_email import receive_email
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.letters.prepare_entry import prepare_entry
from letterbook.use_cases.messages.bulk import execute_bulk_order
from letterbook.use_cases.messages.compose import compose
from letterbook.use_cases.messages.log_communication import log_communication
from tests.support import builders
from tests.support.aws import WorldForTests, client, rows


def a_party(
    world: WorldForTests, kind: PartyKind = PartyKind.CLIENT, *, by: Viewer | None = None, **changes: Any
) -> Party:
    draft = builders.party(kind, created_at=world.now(), **changes)
    return create_party(world, by or builders.viewer(), draft, None)[0]


def a_contact(world: WorldForTests, party: Party, **changes: Any) -> Contact:
    draft = Contact(id="", party_id=party.id, name="Disclosures", email="team@bank.example", created_at=world.now())
    return create_contact(world, builders.viewer(), replace(draft, **changes), None)[0]


def a_case(world: WorldForTests, *clients: Party, creditors: tuple[Party, ...] = (), **changes: Any) -> Case:
    draft = builders.case(
        party_ids=tuple(one.id for one in clients), creditor_ids=tuple(one.id for one in creditors), **changes
    )
    return create_case(world, builders.viewer(), draft, None)[0]


def a_thread(world: WorldForTests, party: Party, **changes: Any) -> Thread:
    draft = Thread(
        id="",
        party_id=party.id,
        subject="Payments",
        created_at=world.now(),
        last_activity_at=world.now(),
        created_by=builders.JANE,
    )
    return start_thread(world, builders.viewer(), replace(draft, **changes), None)[0]


def a_template(world: WorldForTests, **changes: Any) -> Template:
    return put_template(world, builders.viewer(), builders.template(**changes))


def a_document(world: WorldForTests, content: bytes = b"%PDF", *, uploaded: bool = True, **changes: Any) -> Document:
    draft = Document(
        id="",
        name="Letter of authority.pdf",
        media_type="application/pdf",
        bytes=len(content),
        created_by="user-1",
        created_at=world.now(),
    )
    document = announce(world, builders.viewer(), replace(draft, **changes), None)[0]
    if uploaded:
        client("s3").put_object(Bucket="vault", Key=f"staging/{document.id}", Body=content)
    return document


def an_email(party: Party, **changes: Any) -> MessageRequest:
    return replace(
        MessageRequest(channel=Channel.EMAIL, party_id=party.id, subject="Hello", body="Dear Sir,"), **changes
    )


def an_sms(party: Party, **changes: Any) -> MessageRequest:
    return replace(MessageRequest(channel=Channel.SMS, party_id=party.id, body="Your review is on Tuesday."), **changes)


def send(world: WorldForTests, message: MessageRequest, *, by: Viewer | None = None) -> Communication:
    return compose(world, by or builders.viewer(), message)[0]


def entered(world: WorldForTests, number: int = 1, **changes: Any) -> Entry:
    """An entry that stands in the log, so many minutes ago."""
    at = builders.NOW - timedelta(minutes=number)
    made = builders.entry(id=new_id(Kind.COMMUNICATION, at), created_at=at, **changes)
    ref = world.content_store.put_content(made.id, Content(rendered=Rendered(subject=made.subject, text="Dear Sir,")))
    communication = replace(builders.communication(), entry=made, content=ref)
    world.communications.commit(created(communication, at=at, actor=builders.JANE, event="accepted"))
    return made


def delivered_to(world: WorldForTests, party: Party, number: int = 1, **changes: Any) -> Entry:
    """An entry of what that party was told, so many minutes ago."""
    client = builders.ref(party) if party.kind is PartyKind.CLIENT else None
    return entered(
        world, number, **{"party": builders.ref(party), "client": client, "status": Status.DELIVERED, **changes}
    )


def deliver_queue(world: WorldForTests, channel: str = "email") -> None:
    """The worker takes everything that waits."""
    for order in world.queued(channel):
        told = DispatchOrder.model_validate(order)
        dispatch(world, told.communication_id, told.expected)


def make_documents(world: WorldForTests) -> None:
    """What waits for its data or its document gets it, where that is there, and goes on."""
    for order in world.queued("render"):
        if number := order.get("correspondence"):
            render_correspondence(world, number["account"], number["ordinal"])
        else:
            prepare_entry(world, order["communication_id"])


def carry_out_orders(world: WorldForTests) -> list[BulkOrder]:
    """What was ordered of many at once is done, as is what is to be said by another channel; answers the orders."""
    orders = [bulk_order().validate_python(one) for one in world.queued("bulk")]
    for order in orders:
        execute_bulk_order(world, order)
    return orders


def make_exports(world: WorldForTests) -> None:
    """The worker makes every file of entries that was ordered."""
    for order in world.queued("export"):
        make_export(world, order["export_id"])


def take_in(world: WorldForTests, raw: bytes, key: str = "mail/1") -> Communication | None:
    """Mail comes in, and is taken in."""
    client("s3").put_object(Bucket="inbound", Key=key, Body=raw)
    return receive_email(world, key)


def come_in(world: WorldForTests, raw: bytes, key: str = "mail/1") -> Communication:
    """Mail comes in that is wanted."""
    taken = take_in(world, raw, key)
    assert taken is not None
    return taken


def standing(world: WorldForTests, communication: Communication | str) -> Communication:
    found = world.communications.get(communication if isinstance(communication, str) else communication.id)
    assert found is not None
    return found


def tell(world: WorldForTests, communication: Communication, *news: RecipientUpdate, **changes: Any) -> None:
    """The provider reports."""
    receipt: Receipt = builders.receipt(*news, **{"communication_id": communication.id, "at": world.now(), **changes})
    record_receipt(world, receipt)


def ses_event(name: str, communication: Communication, **changes: Any) -> str:
    """A real SES event, about that communication."""
    from pathlib import Path

    record = json.loads((Path(__file__).parents[2] / "events" / "ses" / f"{name}.json").read_text())
    record["mail"]["tags"]["communication_id"] = [communication.id]
    return json.dumps({**record, **changes})


def assert_nothing_happened(world: WorldForTests) -> None:
    assert rows("communications") == 0
    assert not [
        one
        for one in client("dynamodb").scan(TableName="history")["Items"]
        if one["communication_id"]["S"][:4] == "com_"
    ]
    assert "Contents" not in client("s3").list_objects_v2(Bucket="vault", Prefix="content/")
    assert world.queued("email") == world.queued("sms") == []


def a_note(world: WorldForTests, body: str, **changes: Any) -> Communication:
    """A note that can be found."""
    world.clock.pass_(seconds=1)
    party_id = changes.pop("party_id", None) or a_party(world).id
    made = log_communication(
        world, builders.viewer(), replace(RecordRequest(channel=Channel.NOTE, party_id=party_id, body=body), **changes)
    )[0]
    index_communication(world, made.id)
    return made
