"""What receipts teach beside the status, as pure joins: in whatever order they come, and however often, it ends the same."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import methodcaller
from random import Random
from typing import TypeVar

from hypothesis import given, strategies as st

from letterbook.domain.communication import Communication
from letterbook.domain.failures import FailureCode
from letterbook.domain.fallback import due_to_fall_back, may_fall_back, tells_of_failure
from letterbook.domain.party import Lifted, OptOut, OptOutSource, Preferences
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.recipients import Suppression
from letterbook.domain.status import Status
from letterbook.domain.todos import Todo, TodoStatus, merged, todo_change_for
from letterbook.domain.transitions import receipt_applied
from tests.support.builders import NOW, communication, later, receipt

T = TypeVar("T")
MINUTES = st.integers(0, 20)


def shuffled(words: list[T]) -> st.SearchStrategy[tuple[list[T], list[T]]]:
    """The words, and the same in another order, some of them twice."""
    return st.tuples(st.just(words), st.permutations(words + words[:3]))


# ---- opt-outs

opt_outs = st.builds(
    OptOut,
    channel=st.sampled_from(["email", "sms"]),
    source=st.sampled_from([OptOutSource.COMPLAINT, OptOutSource.STOP_KEYWORD]),
    at=MINUTES.map(lambda minute: later(minutes=minute)),
)


def told(current: Preferences, *wishes: OptOut) -> Preferences:
    for one in wishes:
        current = current.told(one)
    return replace(current, version=0)


@given(
    st.lists(opt_outs, max_size=5).flatmap(shuffled),
    st.lists(opt_outs, max_size=4).flatmap(shuffled),
    st.sets(st.sampled_from(["email", "sms"])),
)
def test_opt_outs_and_what_is_lifted_of_them(
    before: tuple[list[OptOut], list[OptOut]], after: tuple[list[OptOut], list[OptOut]], lifted: set[str]
) -> None:
    ends = []
    for place in (0, 1):
        standing = told(Preferences(), *before[place])
        kept = tuple(one for one in standing.opt_outs if one.channel not in lifted)
        ends.append(told(Preferences(opt_outs=kept).after(standing, later(minutes=10)), *after[place]))
        lifted_now = told(Preferences(opt_outs=kept).after(standing, later(minutes=10)), *before[1 - place])
        assert lifted_now.opt_outs == kept
    assert ends[0] == ends[1]


GONE = OptOutSource.UNSUBSCRIBE
wishes = st.one_of(
    st.builds(
        OptOut,
        channel=st.just("email"),
        source=st.sampled_from([OptOutSource.COMPLAINT, OptOutSource.UNSUBSCRIBE]),
        at=MINUTES.map(lambda minute: later(minutes=minute)),
    ),
    st.builds(
        Lifted,
        channel=st.just("email"),
        source=st.just(OptOutSource.UNSUBSCRIBE),
        at=MINUTES.map(lambda minute: later(minutes=minute)),
    ),
)


def heard(words: list[OptOut | Lifted], current: Preferences | None = None) -> Preferences:
    current = current or Preferences()
    for one in words:
        current = current.told(one) if isinstance(one, OptOut) else current.taken_back(one.channel, GONE, one.at)
    return replace(current, version=0)


@given(st.lists(wishes, max_size=6).flatmap(shuffled))
def test_who_unsubscribes_and_subscribes_again_is_where_the_last_word_leaves_them(
    words: tuple[list[OptOut | Lifted], list[OptOut | Lifted]],
) -> None:
    one, other = heard(words[0]), heard(words[1])
    assert one == other
    complained = any(isinstance(each, OptOut) and each.source is OptOutSource.COMPLAINT for each in words[0])
    last = max((each.at for each in words[0] if isinstance(each, Lifted)), default=None)
    out = [each.at for each in words[0] if isinstance(each, OptOut)]
    assert bool(one.opt_outs) == (complained or any(last is None or at > last for at in out))


def test_what_a_person_set_is_not_subscribed_again() -> None:
    own = Preferences(opt_outs=(OptOut(channel="email", at=NOW), OptOut(channel="email", category="news", at=NOW)))
    again = Lifted(channel="email", source=OptOutSource.UNSUBSCRIBE, at=later(minutes=5))
    assert heard([again], own).opt_outs == own.opt_outs


def test_what_they_took_back_outlasts_what_a_person_sets() -> None:
    gone = OptOut(channel="email", source=OptOutSource.UNSUBSCRIBE, at=later(minutes=1))
    again = Lifted(channel="email", source=OptOutSource.UNSUBSCRIBE, at=later(minutes=5))
    standing = heard([gone, again])
    saved = Preferences(preferred="sms").after(standing, later(minutes=9))
    assert heard([gone], saved).opt_outs == ()


orders = st.one_of(opt_outs, st.tuples(st.sampled_from(["email", "sms"]), MINUTES))


@given(st.lists(orders, max_size=6).flatmap(shuffled))
def test_stop_and_start_and_complaints_in_any_order(
    drawn: tuple[list[OptOut | tuple[str, int]], list[OptOut | tuple[str, int]]],
) -> None:
    """START takes back what STOP said up to then, and nothing that anything else says."""
    ends = []
    for words in drawn:
        current = Preferences()
        for word in words:
            if isinstance(word, OptOut):
                current = current.told(word)
            else:
                channel, minute = word
                current = current.taken_back(channel, OptOutSource.STOP_KEYWORD, later(minutes=minute))
        ends.append(replace(current, version=0))
    assert ends[0].opt_outs == ends[1].opt_outs
    stops = [one for one in drawn[0] if isinstance(one, OptOut)]
    starts = [one for one in drawn[0] if not isinstance(one, OptOut)]
    for channel in ("email", "sms"):
        started = max((later(minutes=minute) for of, minute in starts if of == channel), default=None)
        for source in (OptOutSource.COMPLAINT, OptOutSource.STOP_KEYWORD):
            last = max((one.at for one in stops if (one.channel, one.source) == (channel, source)), default=None)
            lifted = (
                source is OptOutSource.STOP_KEYWORD and started is not None and last is not None and last <= started
            )
            stands = any((one.channel, one.source) == (channel, source) for one in ends[0].opt_outs)
            assert stands == (last is not None and not lifted)


def test_what_stands_beside_what_a_person_lifted_stays() -> None:
    """Of two words on one channel one may be lifted: told again, it stays lifted, and the other stands."""
    complaint = OptOut(channel="sms", source=OptOutSource.COMPLAINT, at=later(minutes=1))
    stop = OptOut(channel="sms", source=OptOutSource.STOP_KEYWORD, at=later(minutes=2))
    both = told(Preferences(), complaint, stop)
    assert both.opt_outs == (complaint, stop)
    one = replace(both, opt_outs=(complaint,)).after(both, later(minutes=3))
    assert told(one, stop, complaint).opt_outs == (complaint,)
    assert told(one, replace(stop, at=later(minutes=4))).opt_outs == (complaint, replace(stop, at=later(minutes=4)))


# ---- addresses


def bounce(minute: int, of: str) -> Suppression:
    return Suppression(
        address="a@b.example", code="invalid_address", at=later(minutes=minute), communication_id=of, party_id=of
    )


@given(
    st.lists(st.tuples(MINUTES, st.sampled_from(["com_1", "com_2"])), min_size=1, max_size=4),
    st.lists(MINUTES, max_size=4),
    st.lists(MINUTES, max_size=2),
    st.randoms(use_true_random=False),
)
def test_the_last_word_of_an_address_counts(
    bounces: list[tuple[int, str]], deliveries: list[int], releases: list[int], random: Random
) -> None:
    first, *others = [bounce(*one) for one in bounces]
    steps: list[Callable[[Suppression], Suppression]] = [
        *(methodcaller("joined", one) for one in others),
        *(methodcaller("delivered", later(minutes=one)) for one in deliveries),
        *(methodcaller("released", later(minutes=one)) for one in releases),
    ]
    ends = []
    for _ in range(2):
        random.shuffle(steps)
        known = first
        for step in [*steps, *steps[:2]]:
            known = step(known)
        ends.append(known)
    assert ends[0] == ends[1]
    right = [later(minutes=one) for one in (*deliveries, *releases)]
    assert ends[0].stands == all(one < max(each.at for each in (first, *others)) for one in right)


# ---- what somebody has to do, and what is due to fall back

news = st.one_of(
    st.builds(
        RecipientUpdate,
        fact=st.sampled_from([DeliveryOutcome.ACCEPTED, DeliveryOutcome.REPORTED, DeliveryOutcome.DELIVERED]),
    ),
    st.builds(
        RecipientUpdate,
        fact=st.sampled_from([DeliveryOutcome.REFUSED, DeliveryOutcome.SOFT_BOUNCE, DeliveryOutcome.HARD_BOUNCE]),
        code=st.sampled_from([FailureCode.MAILBOX_FULL, FailureCode.INVALID_ADDRESS, FailureCode.OPTED_OUT]),
        provider_code=st.sampled_from(["", "5.1.1"]),
    ),
)
words = st.lists(st.tuples(news, MINUTES), max_size=5).flatmap(shuffled)


@dataclass
class Follower:
    """What a receipt writes in one transaction: the entry, when it is due, its TODO."""

    standing: Communication = field(default_factory=lambda: replace(communication(Status.SENT, id="com_1")))
    todo: Todo | None = None
    now: datetime = NOW

    def hear(self, *told: tuple[RecipientUpdate, int]) -> None:
        for one, minute in told:
            change = receipt_applied(self.standing, receipt(one, at=later(minutes=minute)), at=self.now)
            before, after = self.standing, change.after
            if tells_of_failure(before.entry, after.entry):
                was_due = before.work.check_at if may_fall_back(before.entry) else None
                due = due_to_fall_back(before.entry, after.entry, was_due, self.now)
                after = replace(after, work=replace(after.work, check_at=due))
            asked = todo_change_for(before, after)
            self.todo = (merged(self.todo, asked) if asked else None) or self.todo
            self.standing = after

    def sees_to_it(self) -> None:
        if self.todo and self.todo.status is TodoStatus.OPEN:
            self.todo = self.todo.amended(self.now, TodoStatus.DONE, None, None)

    @property
    def to_do(self) -> str | None:
        return self.todo.title if self.todo and self.todo.status is TodoStatus.OPEN else None

    @property
    def due(self) -> str:
        check_at = self.standing.work.check_at
        return "not" if check_at is None else "now" if check_at <= self.now else "later"


@given(words, words)
def test_what_is_to_do_and_what_is_due(
    before: tuple[list[tuple[RecipientUpdate, int]], ...], after: tuple[list[tuple[RecipientUpdate, int]], ...]
) -> None:
    ends = []
    for place in (0, 1):
        one = Follower()
        one.standing = replace(one.standing, work=one.standing.work.finished)
        one.hear(*before[place])
        one.now = later(minutes=10)
        one.sees_to_it()
        seen_to = (one.to_do, one.due)
        one.hear(*before[1 - place])
        assert (one.to_do, one.due) == seen_to
        one.hear(*after[place])
        ends.append((one.standing.entry.status, one.standing.entry.failure, one.due, one.to_do))
    assert ends[0] == ends[1]
