"""Many at once, looked at before anything is done: each by its own state, and by the policy, as the code would that sends it."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from letterbook.domain.access import Viewer
from letterbook.domain.attempts import said_by
from letterbook.domain.bulk import BulkAction, BulkCheck, BulkPlan, BulkRefusal, BulkResult
from letterbook.domain.communication import Entry, RecipientRole
from letterbook.domain.errors import BEYOND_READING, AlreadySentAgain, CallerError, beyond_reading
from letterbook.domain.status import Status
from letterbook.ports import World
from letterbook.use_cases.messages.later_attempts import later_attempts
from letterbook.use_cases.messages.prepare import Prepared, load_context, prepare
from letterbook.use_cases.messages.preview import preview_draft
from letterbook.use_cases.messages.resend import message_to_resend, why_not_resendable
from letterbook.use_cases.messages.resolve_references import PreviousVersion
from letterbook.use_cases.reading.read import get_visible

logger = logging.getLogger(__name__)

# Each waits for a few reads, and is rendered in a few milliseconds.
_THREADS = 16


def check_each(world: World, viewer: Viewer, verb: BulkAction, ids: Sequence[str]) -> BulkCheck:
    """What would be accepted and what refused now, each once. Changes nothing."""
    ids = list(dict.fromkeys(ids))
    entries = world.communications.entries(ids)
    found = [one for one in (_why_refused(world, viewer, verb, id_, entries.get(id_)) for id_ in ids) if one]
    barred = {one.id: one for one in found}
    if verb is BulkAction.RESEND:
        barred |= {one.id: one for one in _overtaken(world, [entries[id_] for id_ in ids if id_ not in barred])}
    looked = _planned(world, viewer, verb, [one for one in ids if one not in barred])
    barred |= {one: found for one, found in looked.items() if isinstance(found, BulkRefusal)}
    return BulkCheck(
        result=BulkResult(
            accepted=tuple(one for one in ids if one not in barred),
            refused=tuple(barred[one] for one in ids if one in barred),
            at=world.now(),
        ),
        entries={one: entry for one, entry in entries.items() if viewer.sees(entry.ownership)},
        plans={one: found for one, found in looked.items() if isinstance(found, BulkPlan)},
    )


def _why_refused(
    world: World, viewer: Viewer, verb: BulkAction, communication_id: str, entry: Entry | None
) -> BulkRefusal | None:
    if entry is None or not viewer.sees(entry.ownership):
        return BulkRefusal(id=communication_id, code="not_found", detail="There is no such communication.")
    if verb is BulkAction.SEND:
        if entry.status is Status.DRAFT:
            return None
        return BulkRefusal(id=communication_id, code="not_a_draft", detail="Only a draft can be sent, and once.")
    if refused := why_not_resendable(world, entry):
        return BulkRefusal(id=communication_id, code=refused[0], detail=refused[1])
    return None


def _overtaken(world: World, entries: Sequence[Entry]) -> Iterator[BulkRefusal]:
    """Those that have a later attempt: that one said it, or is the one to be sent again."""
    for communication_id, made in later_attempts(world, entries).items():
        if said := said_by(made):
            told = f"Attempt {said.attempt} said it already: this would be a second copy."
            yield BulkRefusal(id=communication_id, code=AlreadySentAgain.code, detail=told)
        elif made:
            told = f"Attempt {made[-1].attempt} was made since: it is that one to send again."
            yield BulkRefusal(id=communication_id, code="not_resendable", detail=told)


def _planned(
    world: World, viewer: Viewer, verb: BulkAction, ids: Sequence[str]
) -> Mapping[str, BulkPlan | BulkRefusal]:
    if not ids:
        return {}
    with ThreadPoolExecutor(min(_THREADS, len(ids))) as pool:
        return dict(zip(ids, pool.map(lambda one: _plan(world, viewer, verb, one), ids), strict=True))


def _plan(world: World, viewer: Viewer, verb: BulkAction, communication_id: str) -> BulkPlan | BulkRefusal:
    """How it would go, or why it would not: by the rule that stops it, or as the code that sends it would refuse it."""
    try:
        prepared = _prepared(world, viewer, verb, communication_id)
    except BEYOND_READING:
        logger.warning("beyond reading", extra={"communication_id": communication_id}, exc_info=True)
        return refusal_as_told(communication_id, beyond_reading())
    except CallerError as refused:
        return refusal_as_told(communication_id, refused)
    decision = prepared.ruling.decision
    if not prepared.ruling.goes:
        return BulkRefusal(id=communication_id, code=decision.rule, detail=decision.reason)
    to = tuple(one.address for one in prepared.recipients if one.role is RecipientRole.TO)
    return BulkPlan(decision=decision, channel=prepared.message.channel, to=to)


def _prepared(world: World, viewer: Viewer, verb: BulkAction, communication_id: str) -> Prepared:
    if verb is BulkAction.SEND:
        return preview_draft(world, viewer, communication_id)[1]
    before = get_visible(world, viewer, communication_id)
    message = message_to_resend(world, before, ())
    kept = PreviousVersion(entry=before.entry, asked=message)
    return prepare(world, viewer, message, load_context(world, message), now=world.now(), previous=kept)


def refusal_as_told(communication_id: str, refused: CallerError) -> BulkRefusal:
    """With what is wrong in particular, where the error says that."""
    told = " ".join(dict.fromkeys(one.message for one in refused.faults)) or refused.detail
    code = refused.faults[0].code if refused.faults else refused.code
    return BulkRefusal(id=communication_id, code=code, detail=told)
