"""One of everything that can be changed, made when a test first asks for it; and those who would change it, by how they see it."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from letterbook.domain.access import Grant
from letterbook.domain.failures import FailureCode
from letterbook.domain.post import PostalAddress
from letterbook.domain.receipts import DeliveryOutcome, RecipientUpdate
from letterbook.domain.recipients import Suppression
from tests.support.api_client import ADMIN, PARTY, TEMPLATE, email, expect_created
from tests.support.aws import TABLES, WorldForTests, client
from tests.support.builders import NOW, deed
from tests.support.correspondence import a_type
from tests.support.lambda_client import Caller
from tests.support.steps import a_document, deliver_queue, make_documents, standing, tell

# How somebody sees the party that everything belongs to. `own` was granted the party itself, `through` a case that it is on, and
# `stranger` neither; all three are agents. The others see everybody.
ROLES = {
    "own": "agent",
    "through": "agent",
    "stranger": "agent",
    "auditor": "auditor",
    "lead": "lead",
    "admin": "admin",
}


# What becomes of what each of them asks for: a refusal's status, or one of these.
DONE, NOTHING = "done", "answered, and nothing done"
Outcomes = Mapping[str, int | str]

_SEES_ALL: Outcomes = {"auditor": 403, "lead": DONE, "admin": DONE}
# The party itself: seen through a case it stays as it is.
AS_PARTY: Outcomes = {"own": DONE, "through": 403, "stranger": 404, **_SEES_ALL}
AS_CASE: Outcomes = {"own": 403, "through": DONE, "stranger": 404, **_SEES_ALL}
# What belongs to the party and to no case is not there for who sees it through one.
OF_PARTY: Outcomes = {**AS_PARTY, "through": 404}
# What belongs to a case is written by who sees the case.
AS_ENTRY: Outcomes = {"own": DONE, "through": DONE, "stranger": 404, **_SEES_ALL}
# The same where the request names it in its body.
NAMES_ENTRY: Outcomes = {**AS_ENTRY, "stranger": 422}
NAMES_PARTY: Outcomes = {**AS_PARTY, "stranger": 422}
SHOWS: Outcomes = {
    "own": NOTHING,
    "through": NOTHING,
    "stranger": 422,
    "auditor": 403,
    "lead": NOTHING,
    "admin": NOTHING,
}
MANY: Outcomes = {**AS_ENTRY, "stranger": NOTHING}
LEADS: Outcomes = {"own": 403, "through": 403, "stranger": 403, **_SEES_ALL}
ADMINS: Outcomes = {**LEADS, "lead": 403}
WRITERS: Outcomes = {**dict.fromkeys(("own", "through", "stranger"), DONE), **_SEES_ALL}
# What one sees, one may take away.
TAKES_ENTRY: Outcomes = {**NAMES_ENTRY, "auditor": DONE}
EVERYBODY: Outcomes = dict.fromkeys(ROLES, DONE)


class Things:
    def __init__(self, world: WorldForTests, grantee: str = "") -> None:
        """`grantee` is somebody of the pool."""
        self.world = world
        self.grantee = grantee

    def let_see(self) -> None:
        """Grants what those who see some only are to see."""
        for grant in (Grant(user="own", party_id=self.party["id"]), Grant(user="through", case_id=self.case["id"])):
            self.world.grants.save(grant, deed(grant.target))

    @cached_property
    def party(self) -> Any:
        return expect_created(ADMIN.post("/v1/parties", PARTY))

    @cached_property
    def double(self) -> Any:
        """Another record of the same party, which was granted to nobody."""
        return expect_created(ADMIN.post("/v1/parties", PARTY))

    @cached_property
    def case(self) -> Any:
        return expect_created(ADMIN.post("/v1/cases", {"reference": "DC-1", "party_ids": [self.party["id"]]}))

    @property
    def named(self) -> dict[str, str]:
        """As an entry names whom it is with, and in which case."""
        return {"party_id": self.party["id"], "case_id": self.case["id"]}

    @cached_property
    def contact(self) -> Any:
        return expect_created(ADMIN.post(f"/v1/parties/{self.party['id']}/contacts", {"name": "Her brother"}))

    @cached_property
    def draft(self) -> Any:
        return self._entry(send_now=False)

    @cached_property
    def scheduled(self) -> Any:
        return self._entry(send_at="2026-11-23T10:00:00Z")

    @cached_property
    def failed(self) -> Any:
        made = self._entry()
        deliver_queue(self.world)
        news = RecipientUpdate(
            fact=DeliveryOutcome.HARD_BOUNCE, code=FailureCode.INVALID_ADDRESS, provider_code="5.1.1"
        )
        tell(self.world, standing(self.world, made["id"]), news)
        return made

    @cached_property
    def ignored(self) -> Any:
        assert ADMIN.post(f"/v1/communications/{self.failed['id']}/ignore").status == 200
        return self.failed

    @cached_property
    def seen_to(self) -> Any:
        answer = ADMIN.post(f"/v1/communications/{self.failed['id']}/seen-to", {"note": "Telephoned her"})
        assert answer.status == 200, answer.text
        return self.failed

    @cached_property
    def by_hand(self) -> Any:
        made = self._entry(channel="manual")
        make_documents(self.world)
        return made

    @cached_property
    def account(self) -> str:
        """The party's account number, and a type of correspondence."""
        a_type(self.world)
        assert ADMIN.patch(f"/v1/parties/{self.party['id']}", {"account_number": "12345"}).status == 200
        return "12345"

    @cached_property
    def notice(self) -> dict[str, Any]:
        """What begins a correspondence."""
        assert self.account
        return {"type": "notice", "party_id": self.party["id"], "content": {"pay_by": "2026-12-18"}}

    @cached_property
    def correspondence(self) -> str:
        """The address of one with its PDF."""
        made = expect_created(ADMIN.post("/v1/correspondence", self.notice))
        make_documents(self.world)
        return f"/v1/correspondence/{made['number']}"

    @cached_property
    def note(self) -> Any:
        return expect_created(ADMIN.post("/v1/communications", {"channel": "note", "body": "She called", **self.named}))

    @cached_property
    def came_in(self) -> Any:
        told = {"direction": "inbound", "from": PARTY["email"], "occurred_at": "2026-11-19T09:00:00Z"}
        return self._entry(**told)

    @cached_property
    def document(self) -> str:
        return a_document(self.world, party_id=self.party["id"], case_id=self.case["id"]).id

    @cached_property
    def thread(self) -> Any:
        return expect_created(ADMIN.post("/v1/threads", {"subject": "Payments", **self.named}))

    @cached_property
    def todo(self) -> Any:
        return expect_created(ADMIN.post("/v1/todos", {"title": "Call her", "communication_id": self.draft["id"]}))

    @cached_property
    def subject(self) -> str:
        path = f"/v1/subjects/invoice/{self.party['id']}"
        assert ADMIN.put(path, {"party_id": self.party["id"]}).status == 201
        return path

    @cached_property
    def aside(self) -> str:
        """An address of theirs that bounced."""
        address = f"{self.party['id']}@gone.example".lower()
        found = Suppression(
            address=address, code="x", at=NOW, communication_id=self.draft["id"], party_id=self.party["id"]
        )
        self.world.addresses.suppress(found, deed(self.party["id"]))
        return address

    @cached_property
    def returned(self) -> str:
        """The path of what takes the address that the post named, of a letter of theirs that came back."""
        lines = f"{self.party['id']}\n1 Long Row\nLeeds\nLS1 4AP"
        assert ADMIN.patch(f"/v1/parties/{self.party['id']}", {"address": lines}).status == 200
        moved = PostalAddress(name="", street="Short Row", number="2", postal_code="LS1 4AP", town="Leeds")
        found = Suppression(
            address=lines, code="x", at=NOW, communication_id="com_1", party_id=self.party["id"], corrected=moved
        )
        self.world.addresses.suppress(found, deed(self.party["id"]))
        return "take-address"

    @cached_property
    def template(self) -> str:
        return f"x-{self.party['id'][4:].lower()}"

    @cached_property
    def template_version(self) -> str:
        return str(ADMIN.put(f"/v1/templates/{self.template}", TEMPLATE).json["version"])

    @cached_property
    def ready_template(self) -> str:
        """One that lacks nothing."""
        ready = {**TEMPLATE, "body": "We have it.", "subject": "Hello", "variables": []}
        assert ADMIN.put(f"/v1/templates/{self.template}-ready", ready).status in (200, 201)
        return f"{self.template}-ready"

    @cached_property
    def view(self) -> str:
        """One that everybody has of their own."""
        for who, role in ROLES.items():
            expect_created(Caller(user=who, role=role).post("/v1/views", {"name": "Standing", "query": "group=failed"}))
        return "Standing"

    def _entry(self, **changes: Any) -> Any:
        return expect_created(ADMIN.post("/v1/communications", email(self.party, case_id=self.case["id"], **changes)))


def everything() -> str:
    """All that is kept, but for what requests were answered, so that it can be told whether something changed."""
    tables = [name for name in TABLES if name != "idempotency"]
    kept = {one: client("dynamodb").scan(TableName=one)["Items"] for one in tables}
    waiting = client("s3").list_objects_v2(Bucket="vault").get("Contents", [])
    rows = {
        name: sorted(json.dumps(item, sort_keys=True, default=str) for item in items) for name, items in kept.items()
    }
    return json.dumps([rows, sorted(one["Key"] for one in waiting)])
