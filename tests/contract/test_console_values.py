"""Whatever anybody writes into a form or an address: it is refused as theirs, beside its field, and never a defect of ours.

The forms are those that the pages hold, found by following every link.
"""

import re
import secrets
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import console.pages
from console.app.routing import PageRoute, pages
from letterbook.contracts.operation import PATH_PATTERNS
from tests.support import key_limits
from tests.support.a_firm import Firm, a_firm
from tests.support.aws import WorldForTests
from tests.support.console_client import LOG, ORIGIN, ConsoleClient
from tests.support.crawler import Form, crawl, shape
from tests.support.fakes.sessions import SessionsForTests
from tests.support.lambda_client import Answer

LONG = 5_000
BAD = (
    "\u3000",
    "x" * LONG,
    "²",
    "9" * LONG,
    "\0",
    "-1",
    "9999-12-31T23:59",
    "0001-01-01",
    "pty_01JD4QK8V3M2N7R5T9W1X3Y5Z7",
)
# Where it is asked and done at once whether something is to be done: they come last, for what they do to the rest.
_DONE = re.compile(r"/(discard|remove|revoke|cancel|send|resend|deliver|release|done|close|archive|ignore)$")


@pytest.fixture
def there(world: WorldForTests, people: dict[str, str]) -> Iterator[Firm]:
    made = a_firm(world, people["agent"])
    with key_limits.kept():
        yield made


@pytest.fixture(params=["admin", "agent"])
def role(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def somebody(role: str, tokens: SessionsForTests, people: dict[str, str]) -> ConsoleClient:
    return tokens.let_in("user-1" if role == "admin" else people["agent"], role)


def entrances(firm: Firm) -> list[str]:
    everywhere = ["/", "/work", LOG, f"{LOG}/overview", f"{LOG}/views?group=failed", "/compose", "/parties", "/cases"]
    everywhere += [f"/log/{what}" for what in ("call", "meeting", "note", "inbound")]
    everywhere += ["/templates", "/templates/s78-initial?version=1&since=2", "/settings", "/people", "/todos?of=all"]
    everywhere += [f"/settings/providers?test={firm.sent}"]
    everywhere += [f"/compose?party_id={firm.party}", "/subjects/invoice/RE-1?cursor=&back="]
    everywhere += [f"{LOG}/{one}" for one in firm.entries.values()]
    ends = ("edit", "send", "discard", "deliver", "resend", "resend?to=other", "reply", "correct", "anew", "events")
    everywhere += [f"{LOG}/{one}/{end}" for one in firm.entries.values() for end in ends]
    everywhere += [f"/bulk/{verb}?id={firm.failed}&id={firm.draft}" for verb in ("resend", "send", "ignore")]
    everywhere += ["/settings/correspondence", "/settings/correspondence/new", "/settings/correspondence/notice"]
    everywhere += [f"/parties/{firm.party}/correspondence", f"/parties/{firm.party}/correspondence/new/notice"]
    everywhere += [f"/correspondence/A-1/C001{end}" for end in ("", "/email", "/post", "/deliver", "/void", "/letter")]
    everywhere += [f"{LOG}/live?id={firm.sent}&newest={firm.sent}", "/bulk/send/result?of=1&since=1"]
    return everywhere


def with_value(values: dict[str, list[str]], name: str, bad: str) -> dict[str, list[str]]:
    """In a form that nobody sent before, and that is over whatever others wrote."""
    fresh = {"once": [secrets.token_hex(8)], "version": [""]}
    return {**values, **{one: fresh[one] for one in fresh if one in values}, name: [bad]}


def asked(browser: ConsoleClient, form: Form, where: str, values: dict[str, list[str]]) -> Answer:
    if form.method == "POST":
        return browser.post(where, values)
    return browser.get(f"{where.partition('?')[0]}?{urlencode(values, doseq=True)}")


class Watch:
    """Nothing is a defect: neither an answer, nor a page that it leads to, each of which is visited once."""

    def __init__(self, browser: ConsoleClient) -> None:
        self._browser = browser
        self._visited: set[str] = set()

    def __call__(self, answer: Answer, at: object) -> None:
        assert answer.status < 500, at
        if answer.status == 303:
            there = answer.headers["Location"]
            assert there.isascii(), at
            if shape(there) not in self._visited and not urlsplit(there).netloc:
                self._visited.add(shape(there))
                assert self._browser.get(there).status < 500, (at, there)


def assert_said_where(answer: Answer, name: str, at: object) -> None:
    """What was refused is said: beside its field where the page has one, which is tied to it, and else above all.

    A form that only asks for another page has no field of what was sent.
    """
    sent = re.sub(r'<form(?![^>]*method="post").*?</form>', "", answer.text, flags=re.DOTALL)
    tags = re.findall(r"<(?:input|select|textarea)[^>]*>", sent)
    fields = [one for one in tags if f'name="{name}"' in one and 'type="hidden"' not in one]
    marked = [one for one in tags if 'aria-invalid="true"' in one]
    assert marked or not fields, (at, "not beside its field")
    assert marked or 'class="summary"' in answer.text or f"{name}:" in answer.text, (at, "nowhere")
    for one in marked:
        described = re.findall(r'aria-describedby="([^"]*)"', one)
        assert described, (at, one)
        assert all(f'id="{it}"' in answer.text for it in described[0].split()), (at, one)


class BadValues:
    """Half of them for a field's name that is new, each half by turns; for one that is read somewhere already, one by turns.

    Rows of one table have fields of one name, but for its number. An agent's are read by what reads an administrator's.
    """

    def __init__(self, role: str) -> None:
        self._met: set[str] = set()
        self._turn = 0
        self._role = role

    def of(self, name: str) -> tuple[str, ...]:
        name, self._turn = re.sub(r"\d+", "0", name), self._turn + 1
        new = name not in self._met and self._role == "admin"
        self._met.add(name)
        return BAD[self._turn % 2 :: 2] if new else (BAD[self._turn % len(BAD)],)


def test_every_form_and_every_name_behind_a_question_mark(there: Firm, role: str, somebody: ConsoleClient) -> None:
    watch, forms, of_name = Watch(somebody), list[Form](), BadValues(role).of
    for address, names, found in crawl(somebody, entrances(there)):
        forms += found
        for name in names:
            for bad in (*of_name(name), ""):
                changed = with_parameter(address, name, bad)
                watch(somebody.get(changed), changed[:120])
    assert len(forms) > 20
    of_field = BadValues(role).of
    for form in sorted(forms, key=lambda one: bool(_DONE.search(urlsplit(one.action).path))):
        for where, values in list(form.sends())[:1]:
            for name in values:
                for bad in of_field(name):
                    answer = asked(somebody, form, where, with_value(values, name, bad))
                    at = (form.method, where[:80], name, bad[:20])
                    watch(answer, at)
                    if answer.status == 422 and form.method == "POST":
                        assert_said_where(answer, name, at)


def with_parameter(address: str, name: str, bad: str) -> str:
    rest = [one for one in parse_qsl(urlsplit(address).query, keep_blank_values=True) if one[0] != name]
    return f"{urlsplit(address).path}?{urlencode([*rest, (name, bad)])}"


PARTS = ("%E3%80%80", "x" * LONG, "%C2%B2", "9" * LONG, "%00", "%FF", "%ED%A0%80", "com_7" + "Z" * 25, "..", "%2F")


def filled(route: PageRoute, parts: dict[str, str]) -> str:
    """An address of the route."""
    return re.sub(r"\(\?P<(\w+)>.*?\)", lambda found: parts[found[1]], route.pattern.pattern).replace("\\", "")


def test_every_part_of_every_path(there: Firm, tokens: SessionsForTests) -> None:
    jane = tokens.let_in()
    for module in walk_packages(console.pages.__path__, "console.pages."):
        import_module(module.name)
    known = {**there.path, "what": "call", "verb": "send", "user": "nobody"}
    for route in pages.routes:
        names = list(route.pattern.groupindex)
        for name in names:
            for bad in PARTS:
                path = filled(route, {**known, name: bad})
                answer = jane.ask(
                    route.method,
                    path,
                    {} if route.method == "POST" else None,
                    headers={"origin": ORIGIN},
                )
                assert answer.status < 500, (route.method, path)
                if name in PATH_PATTERNS and bad != "%E3%80%80":
                    assert answer.status in (303, 403, 404, 405, 422), (route.method, path, answer.status)


def test_an_id_of_no_time_is_nobodys(there: Firm, tokens: SessionsForTests) -> None:
    jane = tokens.let_in()
    for end in ("", "/content", "/edit"):
        assert jane.get(f"{LOG}/com_7{'Z' * 25}{end}").status == 404
    for end in ("/older", "/newer"):
        assert jane.get(f"{LOG}/com_7{'Z' * 25}{end}").status == 303


@pytest.mark.parametrize("raw", ["body=%FF", "body=%ED%A0%80", "%FF=1", "body=\ud800", "a=1&" * 3_001], ids=range(5))
def test_a_form_that_is_no_text_is_refused(there: Firm, tokens: SessionsForTests, raw: str) -> None:
    jane = tokens.let_in()
    for where in ("/compose", "/parties", f"/parties/{there.party}/edit", "/settings", "/sign-in"):
        assert jane.ask("POST", where, raw, headers={"origin": ORIGIN}).status == 400, where
    assert jane.get(f"{LOG}?q={raw.partition('=')[2]}").status in (200, 400)


@pytest.mark.parametrize(
    "there", ["/%E3%80%80", "/\u3000", "/a%C3%A9?x=é", "/\u2028", "/%0d%0aSet-Cookie:%20a=b", "/\x85", "/😀"]
)
def test_whoever_signs_in_is_led_to_an_address_that_can_be_written(
    world: WorldForTests, tokens: SessionsForTests, there: str
) -> None:
    led = tokens.let_in().get(f"/sign-in?next={there}")
    assert led.status == 303
    assert re.fullmatch(r"/[!-~]*", led.headers["Location"])
    assert "Set-Cookie" not in led.headers["Location"]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_anywhere(there: Firm, tokens: SessionsForTests, text: str) -> None:
    jane = tokens.let_in()
    party = {"kind": "client", "name": text, "email": text, "language": text, "einvoice.scheme": text}
    letter = {
        "channel": "email",
        "party_id": there.party,
        "to": text,
        "send_at": text,
        "subject": text,
        "body": text,
        "do": "review",
    }
    for where, form in (
        ("/parties", party),
        ("/compose", letter),
        (
            f"/parties/{there.party}/preferences",
            {"hold.kind": text, "hold.until": text, "skip": text, "preferred": text},
        ),
        ("/todos", {"title": text, "due_date": text, "party": text, "back": text}),
    ):
        answer = jane.post(where, form)
        assert answer.status < 500, where
        assert answer.headers.get("Location", "").isascii()
    asked_for = urlencode({"q": text, "from": text, "case_id": text, "cursor": text, "back": text, "regarding": text})
    assert jane.get(f"{LOG}?{asked_for}", host=text or "x", cookie=f"__Host-letterbook-notice={text}").status < 500


def test_whoever_signs_in_with_anything_is_not_let_in(pool: str) -> None:
    for bad in (*BAD, "", "a" * 129, "é"):
        for form in ({"username": bad, "password": bad}, {"challenge": bad, "session": bad, "username": bad}):
            assert ConsoleClient().post("/sign-in", {**form, "next": bad}).status in (422, 429), (bad[:20], form.keys())
        cookies = f"__Host-letterbook-id={quote(bad)}; __Host-letterbook-refresh={bad}"
        assert ConsoleClient().get(LOG, cookie=cookies).status == 303


@pytest.mark.parametrize(
    ("where", "form", "field"),
    [
        ("/log/call", {"duration_minutes": "9" * LONG, "body": "B", "direction": "outbound"}, "duration_minutes"),
        ("/log/call", {"occurred_at": "9999-12-31T23:59", "body": "B", "direction": "outbound"}, "occurred_at"),
        ("/log/meeting", {"meeting_date": "0001-01-01", "subject": "S", "body": "B"}, "meeting_date"),
        (
            "/compose",
            {"channel": "email", "subject": "S", "body": "B", "do": "send", "send_at": "9999-12-31T23:59"},
            "send_at",
        ),
        ("/compose", {"channel": "email", "subject": "S", "body": "B", "do": "send", "case_id": "x" * LONG}, "case_id"),
        ("/settings", {"resend_days": "²", "name": "N"}, "f-resend_days"),
        ("/settings", {"closing_days": "9999-12-31", "name": "N"}, "f-closing_days"),
    ],
)
def test_it_is_said_beside_its_field(
    there: Firm, tokens: SessionsForTests, where: str, form: dict[str, str], field: str
) -> None:
    answer = tokens.let_in().post(where, {"party_id": there.party, "once": "1", **form})
    assert answer.status == 422
    assert f'href="#{field}"' in answer.text


def test_a_version_that_is_none_puts_nothing_over_what_others_wrote(there: Firm, tokens: SessionsForTests) -> None:
    jane = tokens.let_in()
    for version in ("²", "x", "1e3", "٣"):
        form = {"kind": "client", "name": "Overwritten", "version": version}
        assert jane.post(f"/parties/{there.party}/edit", form).status == 422
    assert "Overwritten" not in jane.get(f"/parties/{there.party}").text
