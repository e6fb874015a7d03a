"""Makes one of two records of one party: the one is the other from then on, and all that stands under it moves there.

Who may change both may merge them, where that changes nobody else's sight; otherwise who says who sees what.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from letterbook.domain.access import Grant, Permission, Viewer
from letterbook.domain.addresses import Holders, addresses_of
from letterbook.domain.bulk import BulkAction
from letterbook.domain.errors import Conflict, FieldError, Forbidden, Invalid, PartyMerged
from letterbook.domain.filters import Filters
from letterbook.domain.history import GRANT_REMOVED, GRANTED, AuditEvent, previous_values
from letterbook.domain.merge import PARTY_MERGED, GrantChanges, Merge, MergePlan, grant_changes, plan
from letterbook.domain.party import STAND_INS, Party
from letterbook.ports import World
from letterbook.retry import retry_on_conflict
from letterbook.use_cases.directory.carry_over import LEASE, carry_over
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.support.access import actor_of, named_party, party_to_change, sees_party, standing_party
from letterbook.use_cases.support.system_orders import system_order

# While somebody waits for the answer; a queue carries the rest over.
_MEANWHILE = timedelta(seconds=8)
_COUNTED = 99
_MOST_ADDRESSES = 50
# What each record has for itself, and says nothing of the party.
_ITS_OWN = frozenset({"id", "created_at"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The record that remains; `moving` while not all that stood under the other has come."""

    party: Party
    moving: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """How much stands under a record, of what the viewer sees; `more` entries than are counted."""

    entries: int
    more: bool
    contacts: int
    cases: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePreview:
    """What a merge would do: `plan` has both records; `gone` and `into` how much stands under each."""

    plan: MergePlan
    gone: Holdings
    into: Holdings
    grants: GrantChanges


def merge_parties(
    world: World, viewer: Viewer, party_id: str, into_id: str, reason: str, *, keep_grants: bool = False
) -> Merged:
    """The record `into_id`, which the other is from now on. Asked again it goes on where it was.

    Who was granted one of the two alone sees neither afterwards, or with `keep_grants` the whole.

    Raises Forbidden, NotFound, PartyMerged for one that was merged elsewhere, Conflict for what cannot be merged, and Invalid for
    what is not there or is of another kind.
    """
    viewer.require(Permission.RECORDS)
    gone = world.parties.get(party_id)
    if gone and gone.merged_into:
        return _go_on(world, viewer, gone, into_id)

    def begin() -> Merge:
        preview = _checked(world, viewer, party_id, into_id, keep_grants=keep_grants)
        changes = _grants(world, preview, keep=keep_grants)
        _narrow(world, viewer, changes)
        now = world.now()
        merge = Merge(
            gone_id=party_id,
            into_id=preview.into.id,
            reason=reason,
            actor=actor_of(viewer),
            at=now,
            look_at=now + LEASE,
            addresses=_addresses(world, preview.gone),
        )
        event = AuditEvent(
            about=party_id,
            at=now,
            actor=merge.actor,
            event=PARTY_MERGED,
            note=reason,
            party_id=preview.into.id,
            was=_was(preview),
        )
        world.merges.begin(merge, preview, _holders(world, preview), event)
        for grant in changes.kept:
            world.grants.save(grant, _grant_deed(world, viewer, grant, GRANTED))
        return merge

    return _carried(world, retry_on_conflict(begin))


def preview_merge(world: World, viewer: Viewer, party_id: str, into_id: str) -> MergePreview:
    """What would happen. Raises as merging does."""
    viewer.require(Permission.RECORDS)
    checked = _checked(world, viewer, party_id, into_id, keep_grants=False)
    return MergePreview(
        plan=checked,
        gone=_holdings(world, viewer, checked.gone.id),
        into=_holdings(world, viewer, checked.into.id),
        grants=_grants(world, checked, keep=False),
    )


def merging_into(world: World, viewer: Viewer, party_id: str) -> Sequence[str]:
    """The records of which something still moves to this one. Raises Forbidden."""
    viewer.require(Permission.READ)
    return [one.gone_id for one in world.merges.unfinished() if one.into_id == party_id and not one.complete]


def _go_on(world: World, viewer: Viewer, gone: Party, into_id: str) -> Merged:
    """It was merged before: into the same record, which is answered, or into another."""
    into = standing_party(world, gone.id)
    asked = standing_party(world, into_id)
    if into is None or not sees_party(world, viewer, into.id):
        # As one that was never there.
        party_to_change(world, viewer, gone.id)
    if into is None or asked is None or asked.id != into.id:
        raise PartyMerged(gone.id, into.id if into else "")
    party_to_change(world, viewer, into.id)
    merge = world.merges.get(gone.id)
    return _carried(world, merge) if merge else Merged(party=into, moving=False)


def _carried(world: World, merge: Merge) -> Merged:
    done = carry_over(world, merge, _MEANWHILE)
    if not done:
        world.queues.enqueue_bulk(system_order(BulkAction.MERGE, [merge.gone_id]))
    into = standing_party(world, merge.into_id)
    if into is None:
        raise ValueError("a party was merged into one that is not there")
    return Merged(party=into, moving=not done)


def _checked(world: World, viewer: Viewer, party_id: str, into_id: str, *, keep_grants: bool) -> MergePlan:
    gone = party_to_change(world, viewer, party_id)
    if _named(world, viewer, into_id) is None:
        raise Invalid("There is no such party.", FieldError("into", "unknown_party", "There is no such party."))
    into = party_to_change(world, viewer, _standing_id(world, into_id))
    if into.id == gone.id:
        told = "A record is merged into another one, not into itself."
        raise Invalid(told, FieldError("into", "same_party", told))
    if into.kind is not gone.kind:
        told = f"One is a {gone.kind}, the other a {into.kind}: only two of a kind are merged."
        raise Invalid(told, FieldError("into", "other_kind", told))
    if not STAND_INS.isdisjoint((gone.id, into.id)):
        raise Conflict(
            "Under this one stands what nobody knows the sender of: file it by itself.", code="not_mergeable"
        )
    _must_leave_sight(world, viewer, gone, into, keep_grants=keep_grants)
    wants = world.parties.preferences(gone.id), world.parties.preferences(into.id)
    today = world.now().astimezone(world.settings.current().zone).date()
    return plan(gone, into, wants, today)


def _standing_id(world: World, party_id: str) -> str:
    party = standing_party(world, party_id)
    return party.id if party else party_id


def _named(world: World, viewer: Viewer, party_id: str) -> Party | None:
    """Whoever names a record that was merged means the one that remains."""
    return named_party(world, viewer, _standing_id(world, party_id))


def _must_leave_sight(world: World, viewer: Viewer, gone: Party, into: Party, *, keep_grants: bool) -> None:
    """Raises Forbidden for who would change what others see, or cases that are not theirs to change; Conflict for two sides."""
    cases = world.cases.of_party(gone.id)
    if not all(viewer.changes_case(one.id) for one in cases):
        raise Forbidden("It is on cases that were not granted to you: who sees everybody merges it.")
    for case in cases:
        sides = {side for side, ids in enumerate((case.party_ids, case.creditor_ids)) if {gone.id, into.id} & {*ids}}
        if len(sides) > 1:
            told = f"They stand on both sides of the case {case.reference}: take one of them off it first."
            raise Conflict(told, code="on_both_sides")
    if viewer.may(Permission.GRANTS):
        return
    changes = grant_changes(world.grants.of_user(None), gone.id, into.id, keep=keep_grants)
    if changes.narrower or keep_grants:
        raise Forbidden("Others were granted only one of the two: who says who sees what merges them.")


def _grants(world: World, checked: MergePlan, *, keep: bool) -> GrantChanges:
    return grant_changes(world.grants.of_user(None), checked.gone.id, checked.into.id, keep=keep)


def _narrow(world: World, viewer: Viewer, changes: GrantChanges) -> None:
    """Before anything moves: whoever dies here has shown nobody anything."""
    for grant in changes.ended:
        world.grants.remove(grant, _grant_deed(world, viewer, grant, GRANT_REMOVED))
    for grant in changes.kept:
        standing = {one.target for one in world.grants.of_user(grant.user)}
        if grant.party_id in standing:
            world.grants.save(grant, _grant_deed(world, viewer, grant, GRANTED))


def _grant_deed(world: World, viewer: Viewer, grant: Grant, event: str) -> AuditEvent:
    note = f"{grant.user}, restricted entries too" if grant.restricted else grant.user
    return AuditEvent(
        about=grant.target, at=world.now(), actor=actor_of(viewer), event=event, note=note, party_id=grant.party_id
    )


def _holders(world: World, checked: MergePlan) -> list[Holders]:
    known = world.addresses.known(list(checked.gone.addresses)) if checked.gone.addresses else {}
    return [checked.holder_after(one.holders) for one in known.values()]


def _addresses(world: World, gone: Party) -> tuple[str, ...]:
    own = list(addresses_of(gone))
    for contact in world.parties.contacts(gone.id):
        own += addresses_of(contact)
    return tuple(dict.fromkeys(own))[:_MOST_ADDRESSES]


def _was(checked: MergePlan) -> dict[str, str]:
    """What the record that goes said otherwise, and what the other wanted before."""
    said = previous_values(checked.gone, checked.into_after)
    wants = previous_values(checked.into_preferences, checked.into_preferences_after)
    return {**{name: value for name, value in said.items() if name not in _ITS_OWN and value != "null"}, **wants}


def _holdings(world: World, viewer: Viewer, party_id: str) -> Holdings:
    page = list_communications(world, viewer, Filters(parties=(party_id,)), limit=_COUNTED, present=False)
    return Holdings(
        entries=len(page.items),
        more=page.after is not None,
        contacts=len(world.parties.contacts(party_id)),
        cases=frozenset(one.id for one in world.cases.of_party(party_id)),
    )
