"""Who is shut out or signed out is out within seconds (IDENTITY_SECONDS); no page but the console's reaches the local cloud."""

import stat
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests

from tests.support.firm import Firm, User, eventually
from tests.support.local_cloud import HOME

PASSWORD = "Another-long-1-password"


@dataclass
class Somebody:
    """A user of this test's own, at the console and with a token."""

    firm: Firm
    username: str
    browser: requests.Session = field(default_factory=requests.Session)

    def sign_in(self) -> None:
        answer = self.browser.post(
            f"{self.firm.endpoints['console_url']}/sign-in",
            {"username": self.username, "password": PASSWORD},
            headers={"Origin": self.firm.endpoints["console_url"]},
            allow_redirects=False,
        )
        assert answer.status_code == 303, answer.text

    @property
    def api(self) -> User:
        """With the token that the console has in a cookie."""
        return User(self.firm.endpoints["api_url"], str(self.browser.cookies["letterbook-id"]))

    def page(self) -> int:
        url = f"{self.firm.endpoints['console_url']}/communications"
        return self.browser.get(url, allow_redirects=False).status_code


@pytest.fixture
def somebody(firm: Firm) -> Iterator[Somebody]:
    pool, cognito = firm.outputs["UserPoolId"], firm.aws("cognito-idp")
    name = f"user-{uuid.uuid4().hex[:8]}"
    attributes = [{"Name": "name", "Value": "Ines Duarte"}]
    cognito.admin_create_user(UserPoolId=pool, Username=name, UserAttributes=attributes)
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName="lead")
    made = Somebody(firm, name)
    made.sign_in()
    assert (made.page(), made.api.ask("GET", "/v1/me").status_code) == (200, 200)
    yield made
    cognito.admin_delete_user(UserPoolId=pool, Username=name)


def test_signing_out_ends_the_token_that_somebody_may_have_taken(firm: Firm, somebody: Somebody) -> None:
    taken, kept = somebody.api, requests.Session()
    kept.cookies.update(somebody.browser.cookies)
    somebody.browser.post(
        f"{firm.endpoints['console_url']}/sign-out",
        headers={"Origin": firm.endpoints["console_url"]},
        allow_redirects=False,
    )
    eventually(lambda: taken.ask("GET", "/v1/me").status_code == 401)
    eventually(lambda: taken.ask("POST", "/v1/todos", {}).status_code == 401)
    url = f"{firm.endpoints['console_url']}/communications"
    eventually(lambda: kept.get(url, allow_redirects=False).status_code == 303)


def test_who_is_disabled_is_out(firm: Firm, somebody: Somebody) -> None:
    taken = somebody.api
    firm.aws("cognito-idp").admin_disable_user(UserPoolId=firm.outputs["UserPoolId"], Username=somebody.username)
    eventually(lambda: taken.ask("GET", "/v1/me").status_code == 401)
    eventually(lambda: somebody.page() == 303)


def test_who_loses_a_group_loses_its_rights(firm: Firm, somebody: Somebody) -> None:
    assert somebody.api.ask("GET", "/v1/grants").status_code == 200
    firm.aws("cognito-idp").admin_remove_user_from_group(
        UserPoolId=firm.outputs["UserPoolId"], Username=somebody.username, GroupName="lead"
    )
    eventually(lambda: somebody.api.ask("GET", "/v1/grants").status_code == 403)


def test_a_page_of_somebody_else_reads_and_writes_nothing(firm: Firm) -> None:
    foreign = {"Origin": "https://evil.example"}
    for url in (firm.endpoints["aws_url"], f"{firm.endpoints['aws_url']}/_ministack/health"):
        answer = requests.get(url, headers=foreign, timeout=10)
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
    aimed = requests.get(f"{firm.endpoints['aws_url']}/_ministack/health", headers={"Host": "evil.example"}, timeout=10)
    assert aimed.status_code == 403
    assert requests.post(f"{firm.endpoints['ses_url']}/inbound", b"", headers=foreign, timeout=10).status_code == 403


@pytest.mark.parametrize(("page", "allowed"), [("console", True), ("https://evil.example", False)])
def test_the_vault_takes_files_from_pages_of_the_console_alone(firm: Firm, page: str, allowed: bool) -> None:
    body = {"name": "a.txt", "media_type": "text/plain", "bytes": 1}
    upload = firm.admin.post("/v1/documents", body)["upload_url"]
    origin = firm.endpoints["console_url"] if page == "console" else page
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    answer = requests.options(upload, headers=asked, timeout=10)
    assert (answer.headers.get("access-control-allow-origin") == origin) is allowed


def test_what_is_kept_here_only_its_owner_reads(firm: Firm) -> None:
    assert stat.S_IMODE(HOME.stat().st_mode) == 0o700
    for name in ("endpoints.json", "outputs.json"):
        assert stat.S_IMODE((HOME / name).stat().st_mode) == 0o600
    for kept in ("state", "s3", "mail"):
        assert stat.S_IMODE((HOME / kept).stat().st_mode) == 0o700
