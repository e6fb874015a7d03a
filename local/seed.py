"""Seeds the firm of firm.yaml through the API, as its administrator would. What is there already is left alone."""

import json
import time
from pathlib import Path
from typing import Any

import requests
import yaml

from local.endpoints import token_of
from local.environment import LocalEnvironment, SetupError

_SETTLE_SECONDS = 60
_FIRM = Path(__file__).with_name("firm.yaml")


def seed(place: LocalEnvironment, endpoints: dict[str, Any]) -> str:
    """What was done, in words. Begun again after a failure, it goes on where it stopped."""
    seeded = Seeded(place.home / "seeded.json")
    api = Api(endpoints["api_url"], token_of(place, "admin"))
    if not api.get("/v1/parties?limit=1")["items"]:
        # Nothing is there, whatever was noted: a local cloud that was killed forgets what it had not written down.
        seeded.forget()
    if seeded.finished:
        return "the firm is there already"
    firm = yaml.safe_load(_FIRM.read_text())
    api.put("/v1/settings", firm["settings"])
    _people(api, seeded, firm)
    _rights(api, seeded, firm["grants"])
    library = api.post("/v1/library", None)["items"]
    for number, message in enumerate(firm["messages"]):
        body = _named(seeded, message)
        seeded.once(f"message {number}", lambda body=body: api.post("/v1/communications", body)["id"])
    _settle(api)
    seeded.finish()
    counts = {what: len(firm[what]) for what in ("parties", "cases", "messages")}
    return ", ".join([*(f"{count} {what}" for what, count in counts.items()), f"{len(library)} of the library"])


def _settle(api: "Api") -> None:
    """Waits for the messages to arrive: whoever looks first shall not find the firm in the middle of something."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while api.get("/v1/communications?status=queued,sending,sent")["items"] and time.monotonic() < deadline:
        time.sleep(0.5)


def _people(api: "Api", seeded: "Seeded", firm: dict[str, Any]) -> None:
    for name, party in firm["parties"].items():
        seeded.once(name, lambda party=party: api.post("/v1/parties", party)["id"])
    for contact in firm["contacts"]:
        path, body = f"/v1/parties/{seeded[contact['party']]}/contacts", {**contact}
        del body["party"]
        seeded.once(contact["name"], lambda path=path, body=body: api.post(path, body)["id"])
    for name, case in firm["cases"].items():
        sides = {
            "party_ids": [seeded[one] for one in case["parties"]],
            "creditor_ids": [seeded[one] for one in case["creditors"]],
        }
        body = {field: case[field] for field in ("reference", "title", "kind")} | sides
        seeded.once(name, lambda body=body: api.post("/v1/cases", body)["id"])
    for name, preferences in firm["preferences"].items():
        api.put(f"/v1/parties/{seeded[name]}/preferences", preferences)


def _rights(api: "Api", seeded: "Seeded", grants: dict[str, Any]) -> None:
    users = {user["username"]: user["id"] for user in api.get("/v1/users")["items"]}
    for username, granted in grants.items():
        for kind, field in (("parties", "party_id"), ("cases", "case_id")):
            for one in granted[kind]:
                api.put("/v1/grants", {"user": users[username], field: seeded[one]})


def _named(seeded: "Seeded", message: dict[str, Any]) -> dict[str, Any]:
    """A message with the ids of what it names."""
    ids = {"party": "party_id", "contact": "contact_id", "case": "case_id"}
    return {ids.get(name, name): seeded[value] if name in ids else value for name, value in message.items()}


class Seeded:
    """What was made, by our own name for it; kept after each step."""

    def __init__(self, book: Path) -> None:
        self._book = book
        self._made: dict[str, str] = json.loads(book.read_text()) if book.exists() else {}

    def __getitem__(self, name: str) -> str:
        return self._made[name]

    def once(self, name: str, make: Any) -> None:
        if name not in self._made:
            self._made[name] = make()
            self._book.write_text(json.dumps(self._made, indent=1))

    def forget(self) -> None:
        self._made.clear()

    @property
    def finished(self) -> bool:
        return "finished" in self._made

    def finish(self) -> None:
        self.once("finished", lambda: "yes")


class Api:
    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def post(self, path: str, body: Any) -> Any:
        return self._ask("POST", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self._ask("PUT", path, body)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._session.request(method, self._url + path, json=body, timeout=60)
        if not answer.ok:
            raise SetupError(f"Seeding stopped: {method} {path} answered {answer.status_code}: {answer.text}")
        return answer.json()
