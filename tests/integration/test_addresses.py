"""Who has an address: who had it first, who may enter it, and whose mail comes from it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from letterbook.domain.access import Viewer
from letterbook.domain.communication import Communication
from letterbook.domain.errors import Invalid, NotFound
from letterbook.domain.filters import Filters
from letterbook.domain.message import MessageRequest
from letterbook.domain.party import Contact, Party, PartyKind
from letterbook.domain.receipts import Signal
from letterbook.domain.todos import TodoStatus
from letterbook.ports import ActivityScope
from letterbook.use_cases.directory.documents import download_link
from letterbook.use_cases.directory.parties import amend_contact, amend_party, create_contact, remove_contact
from letterbook.use_cases.directory.threads import list_threads
from letterbook.use_cases.directory.todos import list_todos
from letterbook.use_cases.indexing.index import index_communication
from letterbook.use_cases.reading.activity import activity
from letterbook.use_cases.reading.list_communications import list_communications
from letterbook.use_cases.reading.overview import overview
from letterbook.use_cases.reading.read import read
from letterbook.use_cases.reading.statistics import response_times, stats
from tests.support.aws import WorldForTests, client, rows
from tests.support.builders import agent, mail, viewer
from tests.support.failing import overtaken
from tests.support.steps import a_case, a_contact, a_party, an_email, come_in, deliver_queue, send, standing, take_in

HOME = "home@mailbox.example"
FORGED = "amazonses.com; spf=fail; dmarc=fail header.from=mailbox.example"


def refused(what: Callable[[], Any]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as told:
        what()
    return [(one.field, one.code) for one in told.value.faults]


def first_of(world: WorldForTests, address: str) -> tuple[str, ...]:
    return world.addresses.known([address])[address].holders.parties


def ids(world: WorldForTests, by: Viewer, **filters: Any) -> set[str]:
    return {one.id for one in list_communications(world, by, Filters(**filters), limit=50).items}


def forget_holders(world: WorldForTests) -> None:
    """As the record was before it was written down who has an address."""
    table = client("dynamodb")
    for item in table.scan(TableName="directory")["Items"]:
        if item["kind"]["S"] == "holders":
            table.delete_item(TableName="directory", Key={name: item[name] for name in ("id", "kind")})


# ---- who had it first


def test_who_had_it_first_stays_first_whatever_happens_since(world: WorldForTests) -> None:
    first, second = a_party(world, email=HOME), a_party(world, email="other@mailbox.example")
    contact = a_contact(world, second, email=HOME)
    amend_party(world, viewer(), first.id, None, lambda one: replace(one, name="Priya Sharma"))
    assert first_of(world, "HOME@mailbox.example") == (first.id, second.id)
    remove_contact(world, viewer(), second.id, contact.id)
    assert first_of(world, HOME) == (first.id,)
    amend_party(world, viewer(), first.id, None, lambda one: replace(one, email=None))
    assert first_of(world, HOME) == ()


def test_an_address_is_compared_whole(world: WorldForTests) -> None:
    plain, labelled = a_party(world, email=HOME), a_party(world, email="home+bank@mailbox.example")
    assert come_in(world, mail(From=HOME)).entry.party.id == plain.id
    assert come_in(world, mail(From="Home+Bank@mailbox.example"), "mail/2").entry.party.id == labelled.id


def test_letters_of_another_alphabet_make_another_address(world: WorldForTests) -> None:
    a_party(world, email="kim@mailbox.example")
    kelvin_sign = "\u212aim@mailbox.example"
    assert first_of(world, kelvin_sign) == ()


def test_who_had_it_before_it_was_written_down_is_who_has_been_there_longest(world: WorldForTests) -> None:
    first = a_party(world, email=HOME)
    world.clock.pass_(minutes=1)
    second = a_party(world, email=HOME)
    forget_holders(world)
    assert first_of(world, HOME) == (first.id, second.id)
    amend_party(world, viewer(), second.id, None, lambda one: replace(one, name="Amir"))
    assert [item for item in _directory() if item["kind"]["S"] == "holders"]
    assert first_of(world, HOME) == (first.id, second.id)


def _directory() -> list[Any]:
    items: list[Any] = client("dynamodb").scan(TableName="directory")["Items"]
    return items


# ---- who may enter it


@pytest.mark.parametrize("field", ["email", "mobile", "phone"])
def test_an_address_of_a_party_that_one_does_not_see_is_refused(world: WorldForTests, field: str) -> None:
    address = "HOME@mailbox.example" if field == "email" else "+447700900555"
    theirs: dict[str, Any] = {"mobile": None, field: address.lower()}
    new: dict[str, Any] = {field: address}
    a_party(world, name="Hidden", **theirs)
    own = a_party(world, email=None, mobile=None)
    me, other = agent(own), a_contact(world, own, email=None)
    attempts: tuple[Callable[[], Any], ...] = (
        lambda: a_party(world, by=me, **{"email": None, "mobile": None, **new}),
        lambda: amend_party(world, me, own.id, None, lambda one: replace(one, **new)),
        lambda: create_contact(world, me, replace(other, id="", **new), None),
        lambda: amend_contact(world, me, own.id, other.id, None, lambda one: replace(one, **new)),
    )
    for attempt in attempts:
        assert refused(attempt) == [(field, "address_in_use")]
    assert len(world.parties.contacts(own.id)) == 1


def test_whose_it_is_nobody_is_told(world: WorldForTests) -> None:
    hidden = a_party(world, name="Zwingli", email=HOME)
    with pytest.raises(Invalid) as told:
        a_party(world, by=agent(), email=HOME)
    words = " ".join((told.value.detail, *(one.message for one in told.value.faults)))
    assert "Zwingli" not in words
    assert hidden.id not in words


def test_who_sees_all_that_have_it_may_enter_it_once_more(world: WorldForTests) -> None:
    first, second = a_party(world, email=HOME), a_party(world, email=None)
    a_contact(world, second, email=HOME)
    third = a_party(world, email=None)
    assert refused(lambda: amend_party(world, agent(first, third), third.id, None, _with_home))
    amend_party(world, agent(first, second, third), third.id, None, _with_home)
    assert first_of(world, HOME) == (first.id, second.id, third.id)


def _with_home(one: Party) -> Party:
    return replace(one, email=HOME)


def test_an_amendment_that_leaves_a_shared_address_alone_passes(world: WorldForTests) -> None:
    first = a_party(world, email=HOME)
    a_party(world, email=HOME)
    amended = amend_party(world, agent(first), first.id, None, lambda one: replace(one, name="X", email=HOME.upper()))
    assert amended.name == "X"


def test_two_who_enter_one_address_at_once_are_asked_one_after_the_other(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:

    overtaken(monkeypatch, world.parties, "save", lambda: a_party(world, email=HOME))
    assert refused(lambda: a_party(world, by=agent(), email=HOME, mobile=None)) == [("email", "address_in_use")]
    assert len(first_of(world, HOME)) == 1


def test_two_mails_of_a_stranger_at_once_make_one_party(world: WorldForTests, monkeypatch: pytest.MonkeyPatch) -> None:

    overtaken(monkeypatch, world.parties, "save", lambda: come_in(world, mail("First", From=HOME), "mail/1"))
    second = come_in(world, mail("Second", From=HOME), "mail/2")
    assert first_of(world, HOME) == (second.entry.party.id,)
    assert (second.entry.candidates, rows("communications")) == ((), 2)


# ---- whose mail it is


def test_neither_who_was_spoken_with_last_nor_a_contact_just_added_decides(world: WorldForTests) -> None:
    first, second = a_party(world, email=HOME), a_party(world, email="other@mailbox.example")
    world.clock.pass_(minutes=1)
    a_contact(world, second, email=HOME)
    send(world, an_email(second, to=(HOME,)))
    came = come_in(world, mail(From=HOME))
    assert (came.entry.party.id, came.entry.hints) == (first.id, {Signal.AMBIGUOUS_SENDER})


def test_what_may_be_of_several_is_told_to_who_sees_them_all_and_to_nobody_else(world: WorldForTests) -> None:
    first, second = a_party(world, email=HOME), a_party(world, email=HOME)
    came = come_in(world, mail("A zebra.", From=HOME, files=[("a.pdf", "application/pdf", b"%PDF")]))
    index_communication(world, came.id)
    world.clock.pass_(minutes=30)
    answer = send(world, an_email(first, subject="Hello"))
    deliver_queue(world)
    index_communication(world, answer.id)
    for party in (first, second):
        assert _all_that_tells(world, agent(party), party, came) == []
    for me in (agent(first, second), viewer("lead")):
        assert _all_that_tells(world, me, first, came) == [
            "page", "list", "party", "search", "document", "todo", "activity",
        ]  # fmt: skip


def _all_that_tells(world: WorldForTests, me: Viewer, party: Party, came: Communication) -> list[str]:
    """Where somebody comes upon it; in numbers nobody does."""
    document = came.entry.attachments[0].id
    days, times = stats(world, me, 3), response_times(world, me, party.id)
    tried = {
        "page": _found(lambda: read(world, me, came.id)),
        "list": came.id in ids(world, me),
        "party": came.id in ids(world, me, parties=(party.id,)),
        "search": came.id in ids(world, me, words="zebra"),
        "document": _found(lambda: download_link(world, me, document)),
        "todo": any(
            one.communication_id == came.id
            for one in list_todos(world, me, party_id=party.id, status=TodoStatus.OPEN, limit=9, after=None).items
        ),
        "activity": any(
            one.about == came.id
            for one in activity(world, me, ActivityScope(party_id=party.id), limit=50, after=None).items
        ),
        "thread": bool(
            list_threads(world, me, party_id=party.id, case_id=None, status=None, limit=9, after=None).items
        ),
        "overview": any(
            one.latest.id == came.id for one in overview(world, me, Filters(), limit=9, after=None).items
        ),
        "numbers": any(one.group == "logged" for one in days.counts) or times.overall.count > 0,
    }  # fmt: skip
    return [name for name, found in tried.items() if found]


def _found(what: Callable[[], Any]) -> bool:
    try:
        what()
    except NotFound:
        return False
    return True


def test_a_further_mail_that_names_an_ambiguous_one_is_as_ambiguous(world: WorldForTests) -> None:
    first = a_party(world, email=HOME)
    a_party(world, email=HOME)
    come_in(world, mail(From=HOME, Message_ID="<1@mailbox.example>"))
    further = come_in(world, mail("More", From=HOME, In_Reply_To="<1@mailbox.example>"), "mail/2")
    assert further.entry.hints == {Signal.AMBIGUOUS_SENDER}
    assert ids(world, agent(first)) == set()


def test_what_our_token_places_is_ambiguous_no_more(world: WorldForTests) -> None:
    a_party(world, email=HOME)
    second = a_party(world, email=HOME)
    asked = _sent(world, an_email(second))
    came = come_in(world, mail(From=HOME, To=_token(world, asked)))
    assert (came.entry.party.id, came.entry.candidates) == (second.id, ())


def _sent(world: WorldForTests, message: MessageRequest) -> Communication:
    made = send(world, message)
    deliver_queue(world)
    world.clock.pass_(minutes=1)
    return standing(world, made)


def _token(world: WorldForTests, asked: Communication) -> str:
    [parcel] = [one for one in world.fakes.email.taken if one.communication_id == asked.id]
    return str(parcel.reply_to[-1])


@pytest.mark.parametrize("restricted", [False, True])
@pytest.mark.parametrize("verdict", [{}, {"Authentication_Results": FORGED}, {"X_SES_Spam_Verdict": "FAIL"}])
def test_a_stranger_who_names_our_message_is_a_stranger_all_the_same(
    world: WorldForTests, restricted: bool, verdict: dict[str, str]
) -> None:
    client_, bank = a_party(world), a_party(world, PartyKind.CREDITOR, name="Barclays", email="legal@bank.example")
    case = a_case(world, client_, creditors=(bank,))
    asked = _sent(world, an_email(bank, case_id=case.id, restricted=restricted))
    raw = mail(From="eve@evil.example", In_Reply_To=f"<{asked.id}@firm.example>", **verdict)
    came = take_in(world, raw)
    if "X_SES_Spam_Verdict" in verdict:
        assert came is None
        return
    assert came is not None
    entry = came.entry
    assert entry.party.id not in (bank.id, client_.id)
    assert (entry.case, entry.thread_id, came.in_reply_to, entry.restricted) == (None, None, None, False)
    assert standing(world, asked) == asked


@pytest.mark.parametrize(
    "verdict",
    [
        {"Authentication_Results": FORGED},
        {"Authentication_Results": "amazonses.com; spf=fail; dkim=none; dmarc=none"},
        {"X_SES_Spam_Verdict": "FAIL"},
        {"X_SES_Virus_Verdict": "FAIL"},
    ],
)
def test_somebody_whose_mail_is_doubtful_places_nothing_by_naming_our_message(
    world: WorldForTests, verdict: dict[str, str]
) -> None:
    priya = a_party(world)
    asked = _sent(world, an_email(priya, restricted=True))
    came = come_in(world, mail(In_Reply_To=f"<{asked.id}@firm.example>", **verdict))
    assert (came.entry.party.id, came.entry.restricted, came.in_reply_to) == (priya.id, False, None)
    genuine = come_in(
        world,
        mail(
            In_Reply_To=f"<{asked.id}@firm.example>",
            Authentication_Results="amazonses.com; spf=fail; dkim=pass; dmarc=pass",
        ),
        "mail/2",
    )
    assert (genuine.in_reply_to, genuine.entry.restricted) == (asked.id, True)


def test_a_forged_answer_by_token_is_marked_and_enters_nothing_restricted(world: WorldForTests) -> None:
    priya = a_party(world)
    plain, closed = _sent(world, an_email(priya)), _sent(world, an_email(priya, restricted=True))
    placed = come_in(world, mail(From="eve@evil.example", To=_token(world, plain), Authentication_Results=FORGED))
    assert (placed.in_reply_to, placed.entry.hints) == (plain.id, {Signal.FORGED})
    apart = come_in(world, mail(From="eve@evil.example", To=_token(world, closed), Authentication_Results=FORGED), "2")
    assert (apart.in_reply_to, apart.entry.restricted) == (None, True)
    assert apart.entry.party.id != priya.id


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["contact", "remove", "write", "mail"]),
        st.integers(min_value=0, max_value=2),
        st.booleans(),
    ),
    max_size=7,
)


@given(acts=ACTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_people_get_an_address_its_mail_is_seen_by_who_sees_them_all(
    world: WorldForTests, acts: list[tuple[str, int, bool]]
) -> None:
    """Each of three agents sees one party and does what they may with it; who sees everything may give one's address to another."""
    tag = world.clock().timestamp()
    address = f"shared{tag}@mailbox.example"
    parties = [a_party(world, email=None, mobile=None) for _ in range(3)]
    agents = [agent(one) for one in parties]
    holding: list[int] = []

    def a_draft_of(party: Party) -> Contact:
        return Contact(id="", party_id=party.id, name="Home", email=address, created_at=world.now())

    for number, (act, who, by_admin) in enumerate(acts):
        world.clock.pass_(seconds=1)
        if act == "mail":
            came = come_in(world, mail(f"{number}", From=address), f"mail/{tag}/{number}")
            if holding:
                holders = {parties[one].id for one in holding}
                assert came.entry.party.id == parties[holding[0]].id
                for place, me in enumerate(agents):
                    assert (came.id in ids(world, me)) == (holders == {parties[place].id})
                assert came.id in ids(world, agent(*(parties[one] for one in holding)))
            else:
                assert all(came.id not in ids(world, me) for me in agents)
                return
        elif act == "write":
            send(world, an_email(parties[who], to=(address,)), by=agents[who])
        elif act == "remove":
            for contact in world.parties.contacts(parties[who].id):
                remove_contact(world, agents[who], parties[who].id, contact.id)
            holding = [one for one in holding if one != who]
        else:
            others = set(holding) - {who}
            try:
                create_contact(world, viewer() if by_admin else agents[who], a_draft_of(parties[who]), None)
            except Invalid:
                assert others
                assert not by_admin
                continue
            assert by_admin or not others
            holding += [who] if who not in holding else []
