"""The way into the console and out again, against Cognito as moto has it."""

import os

import pytest
from botocore.stub import Stubber

from letterbook.adapters import aws, sessions
from tests.support.aws import client
from tests.support.console_client import HOST, PASSWORD, ConsoleClient, signed_in


def test_who_is_not_known_is_led_to_sign_in_and_back(pool: str) -> None:
    browser = ConsoleClient()
    sent = browser.get("/communications?group=failed")
    assert (sent.status, sent.headers["Location"]) == (303, "/sign-in?next=%2Fcommunications%3Fgroup%3Dfailed")
    form = browser.follow(sent)
    assert 'value="/communications?group=failed"' in form.text
    entered = signed_in(browser, next="/communications?group=failed")
    assert entered.headers["Location"] == "/communications?group=failed"
    assert "Sign out" in browser.follow(entered).text


def test_cookies_are_for_this_host_and_no_script(pool: str) -> None:
    browser = ConsoleClient()
    signed_in(browser)
    assert len(browser.set_cookies) == 2
    for line in browser.set_cookies:
        assert line.startswith("__Host-letterbook-")
        assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(line.split("; "))


def test_on_the_own_machine_they_need_no_tls(pool: str) -> None:
    browser = ConsoleClient(host="127.0.0.1:8700")
    browser.ask(
        "POST", "/sign-in", {"username": "jane", "password": PASSWORD}, headers={"origin": "http://127.0.0.1:8700"}
    )
    assert all(line.startswith("letterbook-") and "Secure" not in line for line in browser.set_cookies)
    assert browser.get("/communications").status == 200


@pytest.mark.parametrize(
    ("username", "password"), [("jane", "Xq7-guess"), ("nobody", PASSWORD), ("", ""), ("jane", "")]
)
def test_one_sentence_for_every_cause(pool: str, username: str, password: str) -> None:
    answer = ConsoleClient().post("/sign-in", {"username": username, "password": password})
    assert answer.status == 422
    assert "The name or the password is wrong." in answer.text
    assert password not in answer.text or not password


def test_a_new_password_is_asked_for(pool: str) -> None:
    client("cognito-idp").admin_create_user(UserPoolId=pool, Username="new", TemporaryPassword="Temporary-1")
    browser = ConsoleClient()
    asked = browser.post("/sign-in", {"username": "new", "password": "Temporary-1", "next": "/communications"})
    assert "Choose a password" in asked.text
    assert not browser.jar
    fields = hidden(asked.text)
    entered = browser.post("/sign-in", {**fields, "answer": "Quite-another-1-password"})
    assert (entered.status, entered.headers["Location"]) == (303, "/communications")


@pytest.mark.parametrize(
    ("challenge", "field"), [("SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE"), ("SMS_MFA", "SMS_MFA_CODE")]
)
def test_a_code_is_asked_for(pool: str, monkeypatch: pytest.MonkeyPatch, challenge: str, field: str) -> None:
    """moto asks for none, so Cognito's answers are played, and held to its own model."""
    cognito, own = client("cognito-idp"), os.environ["USER_POOL_CLIENT_ID"]
    known = {"USERNAME": "jane", "PASSWORD": PASSWORD}
    tokens = cognito.initiate_auth(ClientId=own, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=known)
    session = "s" * 30
    asks = {"ChallengeName": challenge, "Session": session, "ChallengeParameters": {"USER_ID_FOR_SRP": "jane"}}
    answered = {
        "ClientId": own,
        "ChallengeName": challenge,
        "Session": session,
        "ChallengeResponses": {"USERNAME": "jane", field: "123456"},
    }
    played = client("cognito-idp")
    monkeypatch.setattr(aws, "cognito", lambda: played)
    with Stubber(played) as stub:
        stub.add_response("initiate_auth", asks)
        stub.add_client_error("respond_to_auth_challenge", "CodeMismatchException")
        stub.add_response("initiate_auth", asks)
        stub.add_response(
            "respond_to_auth_challenge", {"AuthenticationResult": tokens["AuthenticationResult"]}, answered
        )
        browser = ConsoleClient()
        form = hidden(signed_in(browser).text)
        assert "Sign in again" in browser.post("/sign-in", {**form, "answer": "000000"}).text
        assert not browser.jar
        form = hidden(signed_in(browser, next="/communications").text)
        entered = browser.post("/sign-in", {**form, "answer": "123456"})
    assert (entered.status, entered.headers["Location"]) == (303, "/communications")
    assert "__Host-letterbook-id" in browser.jar


def test_a_challenge_we_do_not_know_is_none(pool: str) -> None:
    answer = ConsoleClient().post(
        "/sign-in", {"challenge": "DEVICE_SRP_AUTH", "session": "x", "username": "jane", "answer": "1"}
    )
    assert answer.status == 422
    assert "Sign in again" in answer.text


def test_out_again(pool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # moto revokes no tokens.
    revoked: list[str] = []
    monkeypatch.setattr(sessions.CognitoSessions, "revoke", lambda _, token: revoked.append(token))
    browser = ConsoleClient()
    signed_in(browser)
    refresh = browser.jar["__Host-letterbook-refresh"]
    left = browser.post("/sign-out")
    assert (left.status, left.headers["Location"]) == (303, "/sign-in")
    assert (browser.jar, revoked) == ({}, [refresh])
    assert browser.get("/communications").status == 303


@pytest.mark.parametrize(
    "there",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\tx",
        "javascript:alert(1)",
        "",
        "/sign-out",
        "/x y",
    ],
)
def test_it_leads_nowhere_else(pool: str, there: str) -> None:
    assert signed_in(ConsoleClient(), next=there).headers["Location"] == "/"


def test_a_token_of_somebody_else_is_none(pool: str) -> None:
    import jwt

    browser = ConsoleClient()
    signed_in(browser)
    good = browser.jar["__Host-letterbook-id"]
    claims = jwt.decode(good, options={"verify_signature": False})
    header, body, signature = good.split(".")
    forged = [
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, "x" * 40, algorithm="HS256", headers={"kid": jwt.get_unverified_header(good)["kid"]}),
        f"{header}.{body}.{signature[:-6]}AAAAAA",
        "x",
        "",
    ]
    for token in forged:
        assert ConsoleClient({"__Host-letterbook-id": token}).get("/communications").status == 303
    access = client("cognito-idp").initiate_auth(
        ClientId=claims["aud"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "jane", "PASSWORD": PASSWORD}
    )["AuthenticationResult"]["AccessToken"]
    assert ConsoleClient({"__Host-letterbook-id": access}).get("/communications").status == 303


def test_a_session_is_renewed_without_anybody_noticing(pool: str) -> None:
    browser = ConsoleClient()
    signed_in(browser)
    refresh = browser.jar["__Host-letterbook-refresh"]
    for expired in ({}, {"__Host-letterbook-id": "over"}):
        later = ConsoleClient({"__Host-letterbook-refresh": refresh, **expired})
        assert later.get("/communications").status == 200
        assert any(line.startswith("__Host-letterbook-id=ey") for line in later.set_cookies)
        saved = later.post("/communications/views", {"name": "Mine", "query": "group=failed"})
        assert saved.headers["Location"] == "/communications?group=failed"


def test_a_session_that_is_over_leads_back_to_the_page_of_the_form(pool: str) -> None:
    browser = ConsoleClient({"__Host-letterbook-id": "over", "__Host-letterbook-refresh": "over"})
    sent = browser.post(
        "/communications/views", {"name": "x"}, referer=f"https://{HOST}/communications/views?group=failed"
    )
    assert sent.headers["Location"] == "/sign-in?next=%2Fcommunications%2Fviews%3Fgroup%3Dfailed"
    assert browser.jar == {}
    foreign = ConsoleClient().post(
        "/communications/views", {"name": "x"}, referer="https://evil.example/communications"
    )
    assert foreign.headers["Location"] == "/sign-in"


def test_a_cookie_as_a_list_is_read_too(pool: str) -> None:
    from tests.support.lambda_client import invoke

    browser = ConsoleClient()
    signed_in(browser)
    event = {
        "rawPath": "/communications",
        "headers": {"host": HOST},
        "cookies": [f"{name}={value}" for name, value in browser.jar.items()],
        "requestContext": {"http": {"method": "GET"}},
    }
    assert invoke("console", event)["statusCode"] == 200


def hidden(html: str) -> dict[str, str]:
    import re

    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))
