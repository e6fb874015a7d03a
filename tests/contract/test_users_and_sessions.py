"""A token tells who somebody was. Who they are, and whether they signed out since, the firm's own directory tells."""

from typing import Any

import pytest

from letterbook.adapters.dynamodb.sessions import DynamoEndedSessions
from letterbook.adapters.sessions import CognitoSessions
from letterbook.adapters.users import CognitoUsers
from letterbook.domain.errors import Unavailable
from letterbook.ports.sessions import AuthenticationFailed
from letterbook.use_cases.accounts import sign_in
from letterbook.use_cases.accounts.sign_in import MOST_OF_ADDRESS, MOST_OF_USER, MOST_TOGETHER
from tests.support.api_client import ADMIN, PARTY, email, expect_created
from tests.support.aws import WorldForTests, client
from tests.support.console_client import PASSWORD, ConsoleClient, signed_in
from tests.support.fakes.accounts import ACCOUNTS, known
from tests.support.lambda_client import Caller


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was seen of somebody is believed for longer than the moment."""
    monkeypatch.setenv("IDENTITY_SECONDS", "0")


def caller(pool: str, username: str = "jane", **claims: str) -> Caller:
    """Somebody of the pool, with a token that the gateway has checked."""
    found = client("cognito-idp").admin_get_user(UserPoolId=pool, Username=username)
    sub = next(one["Value"] for one in found["UserAttributes"] if one["Name"] == "sub")
    return FromPool(user=sub, claims={"sub": sub, "cognito:username": username, **claims})


class FromPool(Caller):
    """Known to the pool alone."""

    def ask(self, *arguments: Any, **named: Any) -> Any:
        answer = super().ask(*arguments, **named)
        ACCOUNTS.pop(self.user, None)
        return answer


def test_a_name_in_a_token_is_nobodys_name(pool: str, at_once: None) -> None:
    asking = caller(pool, name="Rt Hon Jane Marsh, Judge")
    assert asking.get("/v1/me").json["name"] == "Jane Marsh"
    party = expect_created(asking.post("/v1/parties", PARTY))
    entry = expect_created(asking.post("/v1/communications", email(party)))
    assert entry["created_by"]["name"] == "Jane Marsh"


def test_a_group_in_a_token_gives_no_right(pool: str, at_once: None) -> None:
    cognito = client("cognito-idp")
    asking = caller(pool, **{"cognito:groups": "[admin]"})
    assert asking.get("/v1/settings").status == 200
    cognito.admin_remove_user_from_group(UserPoolId=pool, Username="jane", GroupName="admin")
    assert asking.get("/v1/settings").status == 403
    cognito.create_group(UserPoolId=pool, GroupName="auditor")
    cognito.admin_add_user_to_group(UserPoolId=pool, Username="jane", GroupName="auditor")
    assert asking.get("/v1/me").json["role"] == "auditor"


@pytest.mark.parametrize("how", ["admin_disable_user", "admin_delete_user"])
def test_who_is_shut_out_is_out(pool: str, at_once: None, how: str) -> None:
    browser, asking = ConsoleClient(), caller(pool)
    signed_in(browser)
    assert browser.get("/communications").status == asking.get("/v1/communications").status == 200
    # What Cognito renews for whom, moto does not tell.
    browser.jar.pop("__Host-letterbook-refresh")
    getattr(client("cognito-idp"), how)(UserPoolId=pool, Username="jane")
    assert asking.get("/v1/communications").status == 401
    assert browser.get("/communications").headers["Location"].startswith("/sign-in")


def test_who_has_another_s_old_name_is_not_them(pool: str, at_once: None) -> None:
    """A user was deleted, and another made under the same name: the token is still the first one's."""
    asking = caller(pool)
    cognito = client("cognito-idp")
    cognito.admin_delete_user(UserPoolId=pool, Username="jane")
    cognito.admin_create_user(UserPoolId=pool, Username="jane")
    cognito.admin_add_user_to_group(UserPoolId=pool, Username="jane", GroupName="admin")
    assert asking.get("/v1/me").status == 401


def test_a_token_is_over_for_the_api_once_its_session_was_signed_out_of(pool: str, at_once: None) -> None:
    browser = ConsoleClient()
    signed_in(browser)
    asking = caller(pool, origin_jti="the-session")
    other = caller(pool, origin_jti="another-session")
    from letterbook.bootstrap import world

    sign_in.sign_out(world(), "the-session", None)
    assert asking.get("/v1/me").status == 401
    assert other.get("/v1/me").status == 200


def test_a_cookie_that_somebody_kept_is_over_once_they_signed_out(pool: str, at_once: None) -> None:
    browser = ConsoleClient()
    signed_in(browser)
    kept = ConsoleClient({name: value for name, value in browser.jar.items() if "refresh" not in name})
    assert kept.get("/communications").status == 200
    browser.post("/sign-out")
    assert kept.get("/communications").status == 303


def test_what_was_seen_is_believed_for_as_long_as_is_said(pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    users = CognitoUsers(pool, 60)
    assert users.account("jane")
    client("cognito-idp").admin_disable_user(UserPoolId=pool, Username="jane")
    now[0] += 59
    assert users.account("jane")
    now[0] += 2
    assert users.account("jane") is None


def test_nobody_is_let_in_because_the_directory_is_not_reached(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    with pytest.raises(Unavailable):
        CognitoUsers("eu-west-2_Nowhere", 60).account("jane")
    assert Caller(user="nobody-knows", claims={"cognito:username": "never seen"}).get("/v1/me").status == 503


def test_a_short_outage_of_the_directory_stops_nobody_and_a_long_one_everybody(
    pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    users = CognitoUsers(pool, 60)
    assert users.account("jane")
    client("cognito-idp").delete_user_pool(UserPoolId=pool)
    now[0] += 300
    assert users.account("jane")
    now[0] += 400
    with pytest.raises(Unavailable):
        users.account("jane")


def test_an_ended_session_is_seen_by_every_process_within_its_time(
    world: WorldForTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    here, there = DynamoEndedSessions(60), DynamoEndedSessions(60)
    assert not there.includes("a")
    here.add("a", world.now())
    assert here.includes("a")
    now[0] += 61
    assert there.includes("a")


# ---- how often somebody may try


def trying(username: str, address: str) -> int:
    form = {"username": username, "password": "Xq7-guess"}
    return ConsoleClient(address=address).post("/sign-in", form).status


def test_one_user_at_one_address_fails_so_often_and_then_waits(pool: str) -> None:
    assert {trying("jane", "192.0.2.1") for _ in range(MOST_TOGETHER)} == {422}
    answer = ConsoleClient(address="192.0.2.1").post("/sign-in", {"username": "JANE ", "password": PASSWORD})
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 901
    assert signed_in(ConsoleClient(address="198.51.100.7")).status == 303


def test_an_address_fails_so_often_whomever_it_names(pool: str) -> None:
    """Of IPv6 the network counts; whether there is such a user makes no difference."""
    statuses = [trying(f"user-{n}", f"2001:db8:1:2::{n + 1:x}") for n in range(MOST_OF_ADDRESS + 1)]
    assert statuses == [422] * MOST_OF_ADDRESS + [429]
    assert trying("user-1", "2001:db8:1:3::1") == 422


def test_a_user_is_guarded_against_many_addresses(pool: str) -> None:
    statuses = [trying("jane", f"198.51.{n // 250}.{n % 250}") for n in range(MOST_OF_USER + 1)]
    assert statuses == [422] * MOST_OF_USER + [429]


def test_who_gets_in_has_failed_no_more_often(pool: str) -> None:
    for _ in range(3):
        assert {trying("jane", "192.0.2.1") for _ in range(3)} == {422}
        assert signed_in(ConsoleClient(address="192.0.2.1")).status == 303
    assert trying("jane", "192.0.2.1") == 422
    assert trying("jane", "192.0.2.1") == 429


def test_after_a_while_it_is_counted_anew(pool: str, world: WorldForTests) -> None:
    for _ in range(MOST_TOGETHER + 1):
        trying("jane", "192.0.2.1")
    world.clock.pass_(minutes=16)
    assert signed_in(ConsoleClient(address="192.0.2.1")).status == 303


def test_a_second_question_is_counted_too(pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> None:
        raise AuthenticationFailed

    monkeypatch.setattr(CognitoSessions, "respond_to_challenge", wrong)
    form = {"challenge": "SOFTWARE_TOKEN_MFA", "session": "s" * 30, "username": "jane", "answer": "000000"}
    statuses = [ConsoleClient(address="192.0.2.1").post("/sign-in", form).status for _ in range(MOST_TOGETHER + 1)]
    assert statuses == [422] * MOST_TOGETHER + [429]


def test_what_a_header_says_of_the_address_is_not_believed(pool: str) -> None:
    form = {"username": "jane", "password": "Xq7-guess"}
    statuses = [
        ConsoleClient(address="192.0.2.1").post("/sign-in", form, x_forwarded_for=f"198.51.100.{n}").status
        for n in range(MOST_TOGETHER + 1)
    ]
    assert statuses[-1] == 429


def test_no_name_and_no_address_stands_in_what_is_counted(pool: str) -> None:
    trying("jane", "192.0.2.1")
    kept = str(client("dynamodb").scan(TableName="idempotency")["Items"])
    assert "jane" not in kept
    assert "192.0.2" not in kept


def test_answers_ask_for_tls_from_now_on(pool: str) -> None:
    known("user-1", "Jane Marsh", "admin")
    wanted = "max-age=63072000; includeSubDomains"
    assert ConsoleClient().get("/sign-in").headers["Strict-Transport-Security"] == wanted
    assert ADMIN.get("/v1/me").headers["Strict-Transport-Security"] == wanted
