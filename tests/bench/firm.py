"""A firm at work, as seen from outside: its functions are called as Lambda calls them; of their inside only the clock is touched.

So the same file measures any checkout that has the same API.
"""

import importlib
import json
import os
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3

from tests.bench.loopback import REGION, message_id

_EVENTS = Path(__file__).parents[2] / "events"
_PASSWORD = "Letterbook-1-Letterbook"
_QUEUES = ("email", "sms", "post", "einvoice", "receipts", "inbound", "bulk", "lookup", "render", "export")
_SECRETS = ("cursor", "reply", "capture", "link")
# A Friday morning in office hours.
_NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
_PARAGRAPHS = (
    "We write on behalf of our client about the agreement named above, and ask for a copy of it as it was signed.",
    "Our client has asked you twice for **a statement of the account**, on the telephone and in writing, and had no answer.",
    "Please send us what you hold within twelve working days, as the Act obliges you to, and tell us who deals with it.",
    "Until then we ask you to write to us alone, and not to ring our client at home or at work, as was promised before.",
    "We enclose the letter of authority, which was signed in {town}, and should be glad to have it acknowledged by return.",
    "The balance of {amount} is disputed: neither the charges of last winter nor the interest added since were ever agreed.",
    "- the application as it was submitted\n- every notice of default or arrears\n- the tariff in force on that day",
    "Should the file have been passed on, kindly name the company which bought it, its address, and the date of assignment.",
    "A proposal for repayment by monthly instalments follows once income, rent and council tax have been verified.",
    "If anything in this message is unclear, the office in {town} can be reached between nine and five on weekdays.",
)
_TOWNS = ("Leeds", "Bradford", "Penzance", "Carlisle", "Inverness", "Swansea", "Norwich", "Dundee", "Exeter")
TEMPLATE = {
    "category": "dsar",
    "language": "en",
    "channels": ["email"],
    "subject": "Section 78 request: {{ agreement }}",
    "body": "Dear Sir or Madam,\n\nwe write about **{{ agreement }}**.\n\n" + "\n\n".join(_PARAGRAPHS[:4]),
    "variables": [{"name": "agreement", "required": True, "example": "CF-4471"}],
}

Event = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function of itself."""

    function_name: str
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:123456789012:function:letterbook"
    aws_request_id: str = "5d0f3a51-1111-2222-3333-444455556666"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


@cache
def sample(path: str) -> str:
    return (_EVENTS / path).read_text()


@cache
def handler(function: str) -> Any:
    return importlib.import_module(f"{function}.handler").handler


@cache
def client(service: str) -> Any:
    make: Any = boto3.client
    return make(service)


def call(function: str, event: Event) -> Any:
    return handler(function)(event, Context(function))


class Firm:
    """It writes to four creditors about four clients' cases, by email; `time` is its clock, which stands until it is set."""

    def __init__(self, tables: dict[str, str]) -> None:
        """`tables` are there already: their names, by their variables."""
        self.time, self._made = _NOW, 0
        os.environ.update(tables, **_resources())
        self._token, self._user = _somebody()
        self._bootstrap = importlib.import_module("letterbook.bootstrap")
        self._take_the_clock()
        self.api(
            "PUT",
            "/v1/settings",
            name="The Firm",
            senders=[{"channel": "email", "address": "legal@firm.example", "name": "The Firm"}],
        )
        self.api("PUT", "/v1/templates/s78-initial", **TEMPLATE)
        self.cases = [self._case(number) for number in range(4)]

    def _take_the_clock(self) -> None:
        given = vars(self._bootstrap)["CloudWorld"]
        vars(self._bootstrap)["CloudWorld"] = type("WorldOfBench", (given,), {"now": lambda _: self.time})

    def _case(self, number: int) -> dict[str, str]:
        people = [
            self.api(
                "POST", "/v1/parties", kind=kind, name=f"{name} {number}", email=f"{kind}.{number}@mailbox.example"
            )["id"]
            for kind, name in (("client", "Priya Raman"), ("creditor", "Castlegate Finance"))
        ]
        case = self.api(
            "POST", "/v1/cases", reference=f"DC-2026-{number:05}", party_ids=people[:1], creditor_ids=people[1:]
        )
        return {
            "client": people[0],
            "party_id": people[1],
            "case_id": case["id"],
            "to": f"creditor.{number}@mailbox.example",
        }

    # ---- what its people and its systems ask for

    def request(self, method: str, path: str, query: str = "", body: Any = None, **headers: str) -> Event:
        """What API Gateway makes of a request to the API."""
        event: Event = json.loads(sample("query/me.json"))
        event["rawPath"] = event["requestContext"]["http"]["path"] = path
        event["requestContext"]["http"]["method"] = method
        event["rawQueryString"] = query
        event["headers"] |= headers
        claims = {"sub": self._user, "cognito:username": "jane"}
        event["requestContext"]["authorizer"]["jwt"]["claims"] |= claims
        return {**event, **({"body": json.dumps(body)} if body else {})}

    def page(self, path: str, **query: str) -> Event:
        """What it makes of somebody's asking for a page of the console."""
        event: Event = json.loads(sample("console/sign-in.json"))
        event["rawPath"] = event["requestContext"]["http"]["path"] = path
        event["rawQueryString"] = urlencode(query)
        told = {"cookie": f"__Host-letterbook-id={self._token}", "accept-encoding": "gzip, deflate, br"}
        event["headers"] = {**event["headers"], **told}
        return event

    def api(self, method: str, path: str, **body: Any) -> Any:
        answer = call("query" if method == "GET" else "command", self.request(method, path, body=body))
        if answer["statusCode"] >= 400:
            raise AssertionError(f"{method} {path}: {answer['body']}")
        return json.loads(answer["body"])

    def message(self, *, by_template: bool = False) -> Event:
        """The request to send an email that is like no other."""
        self._made += 1
        number, case = self._made, self.cases[self._made % len(self.cases)]
        body: Event = {"channel": "email", "party_id": case["party_id"], "case_id": case["case_id"], "category": "dsar"}
        if by_template:
            body["template"] = {"key": "s78-initial", "variables": {"agreement": f"CF-{number:05}"}}
        else:
            body |= {"subject": f"Section 78 request: agreement CF-{number:05}", "body": _words(number)}
        return self.request("POST", "/v1/communications", body=body, **{"idempotency-key": f"key-{number}"})

    # ---- the stops of a message, one after the other

    def accepted(self) -> Event:
        """A new message: what hands it over to dispatch, and nothing else. A second passes."""
        self.waiting("email")
        answer = call("command", self.message())
        assert answer["statusCode"] == 202, answer
        self.time += timedelta(seconds=1)
        return self.from_queue(*self.waiting("email"))

    def sent(self) -> str:
        """A new message that its provider has: its id."""
        order = self.accepted()
        assert call("dispatch", order) == {"batchItemFailures": []}
        self.time += timedelta(seconds=1)
        return self.id_in(order)

    def id_in(self, order: Event) -> str:
        """Whose order it is."""
        return str(json.loads(order["Records"][0]["body"])["communication_id"])

    def told(self, name: str, *ids: str) -> Event:
        """What hands over that SES tells this of those messages."""
        [record] = json.loads(sample("receipts/ses-delivery.json"))["Records"]
        envelope = json.loads(record["body"])
        return self.from_queue(*(json.dumps({**envelope, "Message": self._of_ses(name, one)}) for one in ids))

    def _of_ses(self, name: str, communication_id: str) -> str:
        entry = self.api("GET", f"/v1/communications/{communication_id}")
        event = json.loads(sample(f"ses/{name}.json"))
        event["mail"]["tags"]["communication_id"] = [communication_id]
        said = json.dumps(event).replace("disclosures@castlegate.example", entry["to"][0])
        return said.replace(event["mail"]["messageId"], message_id({"communication_id": communication_id}))

    def changed(self, *ids: str) -> Event:
        """What the stream of the log tells of entries that changed."""
        event: Event = json.loads(sample("indexer/changes.json"))
        record = event["Records"][0]
        return {"Records": [{**record, "dynamodb": {**record["dynamodb"], "Keys": {"id": {"S": one}}}} for one in ids]}

    def mail(self, number: int) -> Event:
        """An answer to what was sent lies in the bucket, which tells of it."""
        key, case = f"mail/{number}", self.cases[number % 4]
        raw = (
            f"From: Castlegate <{case['to']}>\r\nTo: legal@firm.example\r\nSubject: Re: agreement CF-{number}\r\n"
            f"Message-ID: <{number}@castlegate.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            + "Thank you for your letter. We enclose what you asked for, and will come back to you within the week.\r\n"
            * 5
        )
        client("s3").put_object(Bucket="inbound", Key=key, Body=raw.encode())
        event: Event = json.loads(sample("inbound/mail.json"))
        body = json.loads(event["Records"][0]["body"])
        body["Records"][0]["s3"]["object"]["key"] = key
        return self.from_queue(json.dumps(body))

    def forget(self) -> None:
        """It knows no word any more: given a message again, it would know all of it, and one that comes has some new ones."""
        vars(self._bootstrap.world()).pop("search", None)

    # ---- queues

    def waiting(self, queue: str) -> list[str]:
        """The messages that wait in a queue, taken out of it."""
        url, bodies = os.environ[f"{queue.upper()}_QUEUE_URL"], []
        while found := client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for one in found:
                client("sqs").delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
                bodies.append(one["Body"])
        return bodies

    def from_queue(self, *bodies: str) -> Event:
        [record] = json.loads(sample("dispatch/email-queue.json"))["Records"]
        return {"Records": [{**record, "messageId": str(place), "body": body} for place, body in enumerate(bodies)]}


def _words(number: int) -> str:
    """Some six hundred characters in paragraphs, of which no two messages have the same."""
    chosen = random.Random(number)
    said = "\n\n".join(chosen.sample(_PARAGRAPHS, 6))
    told = said.replace("{town}", chosen.choice(_TOWNS)).replace("{amount}", f"£{chosen.randrange(10**6) / 100:.2f}")
    return f"Dear Sir or Madam,\n\nour reference is CF-{number:05}.\n\n{told}\n\nYours faithfully"


def _resources() -> dict[str, str]:
    """Buckets, queues and secrets: the environment of all functions, but for the tables."""
    where = {"LocationConstraint": REGION}
    for bucket in ("vault", "inbound"):
        client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    client("s3").put_bucket_versioning(Bucket="vault", VersioningConfiguration={"Status": "Enabled"})
    queues = {f"{one.upper()}_QUEUE_URL": client("sqs").create_queue(QueueName=one)["QueueUrl"] for one in _QUEUES}
    made = {one: client("secretsmanager").create_secret(Name=one, SecretString=f"{one} s3cret") for one in _SECRETS}
    return {
        **queues,
        **{f"{name.upper()}_SECRET_ARN": one["ARN"] for name, one in made.items()},
        "VAULT_BUCKET": "vault",
        "INBOUND_BUCKET": "inbound",
        "INBOUND_DOMAIN": "in.firm.example",
        "CONSOLE_URL": "https://letterbook.firm.example",
        "CONFIGURATION_SET": "letterbook",
        "PROVIDER_SECRETS": "letterbook/providers/",
        "WEBHOOK_URL": "https://hooks.letterbook.example",
        "WEBHOOK_TOPICS": f"arn:aws:sns:{REGION}:123456789012:letterbook-events",
        "SCHEDULE_GROUP": "schedules",
        "CLOCK_FUNCTION_ARN": f"arn:aws:lambda:{REGION}:123456789012:function:letterbook-clock",
        "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
        "SCHEDULER_DLQ_ARN": f"arn:aws:sqs:{REGION}:123456789012:schedule-dead-letters",
        "IDENTITY_SECONDS": "60",
    }


def _somebody() -> tuple[str, str]:
    """An administrator's token, as Cognito signs it, and their id; the pool stands in the environment."""
    cognito = client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="people")["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = cognito.create_user_pool_client(UserPoolId=pool, ClientName="letterbook", ExplicitAuthFlows=flows)
    own = made["UserPoolClient"]["ClientId"]
    os.environ.update(USER_POOL_ID=pool, USER_POOL_CLIENT_ID=own)
    cognito.create_group(UserPoolId=pool, GroupName="admin")
    named = [{"Name": "name", "Value": "Jane Marsh"}]
    user = cognito.admin_create_user(UserPoolId=pool, Username="jane", UserAttributes=named)["User"]
    cognito.admin_add_user_to_group(UserPoolId=pool, Username="jane", GroupName="admin")
    cognito.admin_set_user_password(UserPoolId=pool, Username="jane", Password=_PASSWORD, Permanent=True)
    given = {"USERNAME": "jane", "PASSWORD": _PASSWORD}
    signed = cognito.initiate_auth(ClientId=own, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given)
    sub = next(one["Value"] for one in user["Attributes"] if one["Name"] == "sub")
    return signed["AuthenticationResult"]["IdToken"], sub
