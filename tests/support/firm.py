"""The firm as its users meet it: over HTTP, with nothing but endpoints.json."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import boto3
import requests

_PATIENCE_SECONDS = 90.0
# Whoever looks takes the processor from what is looked for: soon first, then the more seldom the longer it lasts.
_SOON_SECONDS, _SELDOM_SECONDS, _PART = 0.1, 2.0, 0.15
# adapters/dynamodb/library.py
_SETTINGS_KEPT_SECONDS = 30


def eventually(
    look: Callable[[], Any],
    *,
    seconds: float = _PATIENCE_SECONDS,
    every: float = 0.0,
    instead: Callable[[], str] = lambda: "nothing came",
) -> Any:
    """What `look` sees, once it sees something: the log is followed within seconds.

    `every` is the shortest pause between two looks, `instead` what there was in place of it.
    """
    began = time.monotonic()
    while not (seen := look()):
        waited = time.monotonic() - began
        assert waited < seconds, instead()
        time.sleep(max(every, min(_SELDOM_SECONDS, _SOON_SECONDS + waited * _PART)))
    return seen


@cache
def _client(url: str, region: str, service: str) -> Any:
    """Made once: that is more work than any request."""
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@dataclass(frozen=True)
class Firm:
    endpoints: dict[str, Any]
    outputs: dict[str, str]

    def set_up(self, **settings: Any) -> None:
        """Changes settings, and waits until every function knows: each may have read the old ones a moment before."""
        self.admin.put("/v1/settings", settings)
        time.sleep(_SETTINGS_KEPT_SECONDS + 1)

    @cached_property
    def admin(self) -> "User":
        return self.user("admin")

    def user(self, name: str) -> "User":
        return User(self.endpoints["api_url"], self.token(name))

    def screen(self, name: str) -> "Screen":
        url = self.endpoints["console_url"]
        screen = Screen(url, requests.Session())
        screen.post("/sign-in", {"username": name, "password": self._password(name)})
        return screen

    def token(self, name: str, kind: str = "IdToken") -> str:
        answer = self.aws("cognito-idp").initiate_auth(
            ClientId=self.outputs["UserPoolClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": self._password(name)},
        )
        token: str = answer["AuthenticationResult"][kind]
        return token

    def _password(self, name: str) -> str:
        password: str = next(one["password"] for one in self.endpoints["users"] if one["username"] == name)
        return password

    def aws(self, service: str) -> Any:
        return _client(self.endpoints["aws_url"], self.endpoints["region"], service)

    def physical(self, logical: str) -> str:
        """What a resource of the template is called here."""
        if logical not in self._named:
            described = self.aws("cloudformation").describe_stack_resource(
                StackName=self.endpoints["stack"], LogicalResourceId=logical
            )
            self._named[logical] = described["StackResourceDetail"]["PhysicalResourceId"]
        return self._named[logical]

    @cached_property
    def _named(self) -> dict[str, str]:
        return {}

    def mail(self, **query: str) -> list[Any]:
        """What the mail simulator took, newest first."""
        messages: list[Any] = requests.get(f"{self.endpoints['ses_url']}/messages", params=query, timeout=10).json()[
            "messages"
        ]
        return messages

    def mail_of(self, communication_id: str) -> list[Any]:
        return self.mail(communication_id=communication_id)


@dataclass(frozen=True)
class User:
    """Somebody with a token."""

    api_url: str
    token: str

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return self._session.request(
            method, self.api_url + path, json=body, headers=headers, timeout=60, allow_redirects=False, **more
        )

    @cached_property
    def _session(self) -> requests.Session:
        return requests.Session()

    def get(self, path: str, **query: Any) -> Any:
        answer = self.ask("GET", path, params=query)
        assert answer.ok, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        answer = self.ask("POST", path, body, headers=headers)
        assert answer.ok, answer.text
        return answer.json()

    def put(self, path: str, body: Any) -> Any:
        answer = self.ask("PUT", path, body)
        assert answer.ok, answer.text
        return answer.json()

    def party(self, **changes: Any) -> Any:
        return self.post(
            "/v1/parties", {"kind": "client", "name": "Somebody", "email": "somebody@mailbox.example", **changes}
        )

    def email(self, party: Any, **changes: Any) -> Any:
        return self.post(
            "/v1/communications",
            {"channel": "email", "party_id": party["id"], "subject": "Hello", "body": "Dear Sir,", **changes},
        )

    def watch(self, entry: Any, until: Callable[[Any], bool], seconds: float = _PATIENCE_SECONDS) -> Any:
        """The entry's page, once it is as wanted."""
        seen: list[Any] = []

        def look() -> Any:
            seen[:] = [self.get(f"/v1/communications/{entry['id']}")]
            return seen[0] if until(seen[0]) else None

        def instead() -> str:
            return f"still {seen[0]['status']} {seen[0]['hints']}: {seen[0]['history']}"

        return eventually(look, seconds=seconds, instead=instead)

    def follow(self, entry: Any, status: str, seconds: float = _PATIENCE_SECONDS) -> Any:
        return self.watch(entry, lambda page: page["status"] == status, seconds)


@dataclass(frozen=True)
class Screen:
    """Somebody signed in to the console, in a browser that runs no script."""

    console_url: str
    session: requests.Session

    def get(self, path: str, **headers: str) -> requests.Response:
        return self._shown(self.session.get(self.console_url + path, headers=headers, timeout=60))

    def post(self, path: str, form: dict[str, str], **more: Any) -> requests.Response:
        headers = {"Origin": self.console_url}
        return self._shown(self.session.post(self.console_url + path, form, headers=headers, timeout=60, **more))

    @staticmethod
    def _shown(answer: requests.Response) -> requests.Response:
        assert answer.ok, answer.text
        return answer
