"""Two records of one party become one: what remains of them, of what they want, and of who sees them.

Nobody sees afterwards what they did not see before, and whatever kept either from being written to keeps both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta

from letterbook.domain.access import Grant, Ownership
from letterbook.domain.addresses import Holder, Holders
from letterbook.domain.communication import Actor, Entry
from letterbook.domain.ids import Kind
from letterbook.domain.party import Case, Contact, Hold, Party, Preferences
from letterbook.domain.recipients import folded
from letterbook.domain.references import PartyRef
from letterbook.domain.subjects import RegardedRecord
from letterbook.domain.threads import Thread
from letterbook.domain.todos import Todo

# What the activity of the party that remains calls it.
PARTY_MERGED = "party merged"
# No request and no function lasts longer: whoever had read the record as it was has written what they write.
LAST_LOOK = timedelta(minutes=16)
# What a record may be without, and takes from the other one where it is.
_GAPS = (
    "account_number",
    "email",
    "mobile",
    "phone",
    "address",
    "einvoice",
    "language",
    "country",
    "location",
    "payment_method",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Who merged which record into which, when and why. It stands until everything has moved; `complete`: as far as is known.

    `look_at` is when the sweep looks at it next. `addresses` are those of the record that went, and of its contacts.
    """

    gone_id: str
    into_id: str
    reason: str
    actor: Actor
    at: datetime
    look_at: datetime
    addresses: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePlan:
    """Both records as they stand, and as they are to be.

    `contact` has the addresses of the one that goes which the other has not: mail from there still finds it.
    """

    gone: Party
    into: Party
    gone_after: Party
    into_after: Party
    gone_preferences: Preferences
    into_preferences: Preferences
    gone_preferences_after: Preferences
    into_preferences_after: Preferences
    contact: Contact | None

    def holder_after(self, holders: Holders) -> Holders:
        """Who has an address of the record that goes, once that is the other's."""
        own = {folded(one) for one in self.into_after.addresses}
        contact_id = self.contact.id if self.contact and folded(holders.address) not in own else None
        return holders_after(holders, self.gone.id, self.into.id, contact_id)


def plan(gone: Party, into: Party, wants: tuple[Preferences, Preferences], today: date) -> MergePlan:
    """`wants` are the preferences of the one that goes, and of the one that remains; `today` is in the organisation's zone."""
    gone_wants, into_wants = wants
    filled = {name: getattr(gone, name) for name in _GAPS if getattr(into, name) is None}
    into_after = replace(into, **filled, version=into.version + 1)
    if filled.get("address"):
        into_after = replace(into_after, postal_address=gone.postal_address)
    if filled.get("email"):
        into_after = replace(into_after, verification=gone.verification)
    return MergePlan(
        gone=gone,
        into=into,
        gone_after=replace(gone, merged_into=into.id, version=gone.version + 1),
        into_after=into_after,
        gone_preferences=gone_wants,
        into_preferences=into_wants,
        gone_preferences_after=Preferences(version=gone_wants.version + 1),
        into_preferences_after=replace(stricter(into_wants, gone_wants, today), version=into_wants.version + 1),
        contact=_left_over(gone, into_after),
    )


def _left_over(gone: Party, into: Party) -> Contact | None:
    """The addresses that the other record has not, as a contact of its own: the same however often this is asked."""
    known = {folded(one) for one in into.addresses}
    left = {
        name: value
        for name in ("email", "mobile", "phone")
        if (value := getattr(gone, name)) and folded(value) not in known
    }
    if not left:
        return None
    contact_id = f"{Kind.CONTACT}_{gone.id.partition('_')[2]}"
    return Contact(id=contact_id, party_id=into.id, name=gone.name, created_at=gone.created_at, **left)


def stricter(own: Preferences, other: Preferences, today: date) -> Preferences:
    """What keeps a party of both wishes from being written to: all of either. What it prefers is its own, else the other's.

    What somebody lifted counts only where it was lifted on both: a provider's earlier word holds otherwise.
    """
    standing = {one.wish: one for one in (*other.opt_outs, *own.opt_outs)}
    lifted = {one.of: one.at for one in other.lifted}
    both = {one.of: replace(one, at=min(one.at, lifted[one.of])) for one in own.lifted if one.of in lifted}
    return replace(
        own,
        preferred=own.preferred or other.preferred,
        opt_outs=tuple(sorted(standing.values(), key=lambda one: (one.channel, one.category or "", one.source))),
        skip=tuple(dict.fromkeys((*own.skip, *other.skip))),
        hold=_longer(own.hold, other.hold, today),
        lifted=tuple(both[one] for one in sorted(both)),
    )


def _longer(own: Hold | None, other: Hold | None, today: date) -> Hold | None:
    """Both reasons are kept where both hold."""
    standing = [one for one in (own, other) if one and not one.is_over(today)]
    if not standing:
        return own or other
    first, *second = sorted(standing, key=lambda one: one.until or date.max, reverse=True)
    if not second or (second[0].kind, second[0].reason) == (first.kind, first.reason):
        return first
    until = f" until {second[0].until.isoformat()}" if second[0].until else ""
    also = f"{second[0].kind.replace('_', ' ')}{until}{': ' if second[0].reason else ''}{second[0].reason}"
    return replace(first, reason=f"{first.reason}{'; ' if first.reason else ''}also {also}"[:_LONGEST_REASON])


_LONGEST_REASON = 998


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantChanges:
    """What becomes of grants: `kept` are written as they are then, `ended` taken away.

    `narrower` are the users that were granted one of the two records alone, or the restricted entries of one alone.
    """

    kept: tuple[Grant, ...]
    ended: tuple[Grant, ...]
    narrower: tuple[str, ...]


def grant_changes(grants: Iterable[Grant], gone_id: str, into_id: str, *, keep: bool) -> GrantChanges:
    """Who was granted both sees the whole; who was granted one sees neither any more, or with `keep` the whole.

    Restricted entries are open to who had those of both opened. The grant of the record that goes stands until all has moved.
    """
    held: dict[str, dict[str, Grant]] = {}
    for one in grants:
        if one.party_id in (gone_id, into_id):
            held.setdefault(one.user, {})[one.target] = one
    kept: list[Grant] = []
    ended: list[Grant] = []
    narrower: list[str] = []
    for user, theirs in sorted(held.items()):
        both = len(theirs) > 1
        restricted = both and all(one.restricted for one in theirs.values())
        if not both or len({one.restricted for one in theirs.values()}) > 1:
            narrower.append(user)
        if not both and not keep:
            ended += theirs.values()
            continue
        wanted = Grant(user=user, party_id=into_id, restricted=restricted)
        if theirs.get(into_id) != wanted:
            kept.append(wanted)
    return GrantChanges(kept=tuple(kept), ended=tuple(ended), narrower=tuple(narrower))


def holders_after(holders: Holders, gone_id: str, into_id: str, contact_id: str | None = None) -> Holders:
    """One record in the place of the other; who had it first stays first. `contact_id` has what the record itself had."""
    moved = [
        replace(one, party_id=into_id, contact_id=one.contact_id or contact_id) if one.party_id == gone_id else one
        for one in holders.all
    ]
    first: dict[tuple[str, str | None], Holder] = {}
    for one in moved:
        first.setdefault((one.party_id, one.contact_id), one)
    return replace(holders, all=tuple(first.values()))


def ids_after(ids: Sequence[str], gone_id: str, into_id: str) -> tuple[str, ...]:
    """Each once, in order, with one in the place of the other."""
    return tuple(dict.fromkeys(into_id if one == gone_id else one for one in ids))


def case_after(case: Case, gone_id: str, into: Party) -> Case:
    party_ids = ids_after(case.party_ids, gone_id, into.id)
    return replace(
        case,
        party_ids=party_ids,
        creditor_ids=ids_after(case.creditor_ids, gone_id, into.id),
        client_name=into.name if party_ids[:1] == (into.id,) else case.client_name,
        version=case.version + 1,
    )


def entry_after(entry: Entry, gone_id: str, into: Party) -> Entry:
    """The entry with the record that remains in the place of the other: nothing else of it changes.

    What may have been of the two of them, and of nobody else, is that one's.
    """
    candidates = ids_after(entry.candidates, gone_id, into.id)
    party, client = entry.party, entry.client
    if party.id == gone_id:
        party = PartyRef(id=into.id, name=into.name, kind=into.kind)
    if client and client.id == gone_id:
        client = PartyRef(id=into.id, name=into.name)
    alone = gone_id in entry.candidates and candidates == (party.id,)
    return replace(entry, party=party, client=client, candidates=() if alone else candidates)


def owned_after(owned: Ownership, gone_id: str, into_id: str) -> Ownership:
    return replace(
        owned,
        party_id=into_id if owned.party_id == gone_id else owned.party_id,
        client_id=into_id if owned.client_id == gone_id else owned.client_id,
        candidates=ids_after(owned.candidates, gone_id, into_id),
    )


def thread_after(thread: Thread, gone_id: str, into_id: str) -> Thread:
    owned = owned_after(thread.owned, gone_id, into_id)
    return replace(thread, party_id=owned.party_id, client_id=owned.client_id)


def todo_after(todo: Todo, gone_id: str, into_id: str) -> Todo:
    return replace(todo, owned=owned_after(todo.owned, gone_id, into_id))


def subject_after(own: RegardedRecord, other: RegardedRecord) -> RegardedRecord:
    """What the one that remains calls it; what it does not say, in the other's words."""
    said: Mapping[str, object] = {
        one.name: getattr(other, one.name) for one in fields(own) if getattr(own, one.name) is None
    }
    return replace(own, **said, ordinal=min(own.ordinal, other.ordinal), version=own.version + 1)  # type: ignore[arg-type]
