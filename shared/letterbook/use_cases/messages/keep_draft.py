"""Keeps what somebody is writing: a draft that is made once for its key, and says what was written last."""

from dataclasses import replace

from letterbook.domain.access import Viewer
from letterbook.domain.communication import Communication
from letterbook.domain.message import MessageRequest, RecordRequest
from letterbook.ports import IdempotencyKey, World
from letterbook.use_cases.messages.amend import Amendment, amend
from letterbook.use_cases.messages.compose import compose


def keep_draft(world: World, viewer: Viewer, message: MessageRequest, key: IdempotencyKey | None) -> Communication:
    """The draft that the key has made, amended where it had made it before: whoever never heard of it makes no second one.

    The key's digest is the same whatever is written. Raises what compose and amend raise: `immutable` where it went meanwhile.
    """
    made, before = compose(world, viewer, replace(message, send_now=False), key)
    return amend(world, viewer, made.id, None, rewritten(message)) if before else made


def rewritten(message: MessageRequest) -> Amendment:
    """The amendment that makes a draft say this, with what no form shows as it was."""

    def amended(request: MessageRequest | RecordRequest) -> MessageRequest | RecordRequest:
        kept = request.reply_to if isinstance(request, MessageRequest) else None
        return replace(message, send_now=False, metadata=request.metadata, reply_to=kept)

    return amended
