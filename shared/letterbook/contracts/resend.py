"""Sending again, and the draft for what is too old to be sent again."""

from typing import Any

from letterbook.contracts.communications import CommunicationBody, fields_of
from letterbook.contracts.fields import (
    Addresses,
    Body,
)
from letterbook.domain.message import MessageRequest


class ResendBody(Body):
    """`to` in the place of the contact's or party's present address; `again` where a later attempt said it already."""

    to: Addresses = []
    again: bool = False


def draft_of(message: MessageRequest) -> dict[str, Any]:
    """The body that would ask for the message, for somebody to look at and send as its next attempt."""
    fields_ = {**fields_of(message), "channel": message.channel, "party_id": message.party_id, "send_now": False}
    body = CommunicationBody.model_construct(**fields_)
    return body.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
