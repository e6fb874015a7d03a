"""A local cloud of its own, with the line between its functions and the world, and everything an operator can do to it."""

import os
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from email.parser import BytesHeaderParser
from email.policy import default
from functools import cached_property
from pathlib import Path
from typing import Any

import botocore.exceptions
import requests

from local import daemons
from local.environment import ROOT, STACK, LocalEnvironment, SetupError, listening
from local.redrive import redrive
from tests.chaos.line import Line
from tests.support.firm import Firm, User
from tests.support.local_cloud import local

PORT = int(os.environ.get("LETTERBOOK_CHAOS_PORT", "20700"))
# What AWS waits before it brings a message again is minutes: it is shortened where nobody but the queue brings it.
_AGAIN_SECONDS = "15"
_SHORTENED = ("ReceiptsQueue", "BulkQueue", "InboundQueue")
_FIRM_QUEUES = ("email", "receipts", "inbound", "bulk")
_PATIENCE_SECONDS = 240
# Each process that dies has its files unpacked anew, tens of megabytes: in memory, where there is enough of it.
_MEMORY, _ENOUGH_BYTES = Path("/dev/shm"), 4 << 30


class Cloud:
    """The seeded firm on its own ports and in its own folder."""

    def __init__(self) -> None:
        self.place = LocalEnvironment(home=_home(), port=PORT)
        self._own = (self.place.last_port + 1, self.place.last_port + 2)
        # The entries at whose own requests something was broken.
        self.struck: set[str] = set()
        self._subjects: dict[str, str] = {}

    @contextmanager
    def running(self) -> Iterator["Cloud"]:
        """From nothing, and to nothing again, whatever happens."""
        self._forget()
        if taken := [port for port in range(PORT, self._own[-1] + 1) if listening(port)]:
            raise SetupError(f"Port {taken[0]} is taken: choose others with LETTERBOOK_CHAOS_PORT.")
        self.aws_line = Line(self._own[0], self.place.aws_url, self.struck)
        self.provider_line = Line(self._own[1], self.place.ses_url, self.struck)
        try:
            self.start()
            for queue in _SHORTENED:
                self.aws("sqs").set_queue_attributes(
                    QueueUrl=self.firm.physical(queue), Attributes={"VisibilityTimeout": _AGAIN_SECONDS}
                )
            yield self
        finally:
            self._forget()
            self.aws_line.close()
            self.provider_line.close()

    def _forget(self) -> None:
        daemons.stop(self.place)
        shutil.rmtree(self.place.home, ignore_errors=True)

    def start(self) -> None:
        """As `make up`, with the line in between."""
        self.place.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.place.home / "tmp").mkdir(exist_ok=True)
        own = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self._own[0]}",
            "AWS_ENDPOINT_URL_SESV2": f"http://127.0.0.1:{self._own[1]}",
        }
        aws = daemons.ministack(self.place)
        self.place.stay()
        replace(aws, environment={**aws.environment, **own}).start(self.place)
        done = local("up", home=self.place.home, port=str(PORT))
        if done.returncode:
            raise SetupError(f"The cloud did not start:\n{done.stdout}{done.stderr}")

    def terminate(self) -> None:
        """SIGTERM to AWS, and to all that runs in it. What is under way then is struck."""
        self.struck |= {one["id"] for one in self._listed("status=queued,sending,scheduled")}
        daemons.ministack(self.place).stop(self.place)

    @cached_property
    def firm(self) -> Firm:
        return Firm(self.place.endpoints(), self.place.outputs())

    @cached_property
    def admin(self) -> User:
        return self.firm.admin

    def aws(self, service: str) -> Any:
        return self.firm.aws(service)

    # ---- messages

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        """As a careful client: tries again, with its key, until it has an answer that is one."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with suppress(requests.RequestException):
                answer = self.admin.ask(method, path, body, headers={"Idempotency-Key": key} if key else {})
                if answer.ok:
                    return answer.json()
                # A conflict of two requests with one key passes by; anything else of ours is the scenario's mistake.
                if answer.status_code < 500 and answer.status_code not in (409, 429):
                    raise SetupError(f"{method} {path}: {answer.status_code} {answer.text}")
            if time.monotonic() > deadline:
                raise SetupError(f"{method} {path}: no answer in {_PATIENCE_SECONDS} seconds")
            time.sleep(0.3)

    def entries_of(self, party_id: str) -> list[Any]:
        """All of a party's entries."""
        return self._listed(f"party_id={party_id}")

    def _listed(self, filters: str) -> list[Any]:
        items: list[Any] = []
        cursor = ""
        while True:
            page = self.ask("GET", f"/v1/communications?{filters}&limit=200{cursor}")
            items += page["items"]
            if not page["next_cursor"]:
                return items
            cursor = f"&cursor={page['next_cursor']}"

    def opened(self, ids: Sequence[str]) -> list[Any]:
        """Entries with their histories."""
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda one: self.ask("GET", f"/v1/communications/{one}"), ids))

    def mails(self) -> list[str]:
        """The subject of each mail that the provider took, by its own record."""
        for file in (self.place.home / "mail").glob("*.eml"):
            if file.name not in self._subjects:
                with file.open("rb") as raw:
                    self._subjects[file.name] = str(BytesHeaderParser(policy=default).parse(raw)["Subject"])
        return list(self._subjects.values())

    def put_mail(self, raw: bytes) -> None:
        requests.post(f"{self.place.ses_url}/inbound", data=raw, timeout=60).raise_for_status()

    # ---- functions

    def sweep(self) -> None:
        """As the clock does each minute. It may die of it."""
        with suppress(botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
            self.aws("lambda").invoke(FunctionName=f"{STACK}-sweep", Payload=b"{}")

    # ---- queues

    @contextmanager
    def held(self, mapping: str) -> Iterator[None]:
        """Meanwhile nobody takes what is on a queue: `mapping` is the template's name of who does."""
        self._enable(mapping, enabled=False)
        try:
            yield
        finally:
            self._enable(mapping, enabled=True)

    def _enable(self, mapping: str, *, enabled: bool) -> None:
        self.aws("lambda").update_event_source_mapping(UUID=self.firm.physical(mapping), Enabled=enabled)
        # A worker may have taken a batch a moment before.
        time.sleep(2)

    def waiting(self, queue: str) -> int:
        """Whatever lies on a queue, taken or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.aws("sqs").get_queue_attributes(QueueUrl=self.firm.physical(queue), AttributeNames=names)
        return sum(int(attributes["Attributes"][name]) for name in names)

    def take_all(self, queue: str, at_least: int, seconds: float = 120) -> list[str]:
        """Takes the messages off a queue, once there are as many as are waited for."""
        sqs, url = self.aws("sqs"), self.firm.physical(queue)
        bodies: list[str] = []
        deadline = time.monotonic() + seconds
        while len(bodies) < at_least and time.monotonic() < deadline:
            for one in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", []):
                bodies.append(one["Body"])
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return bodies

    def put_all(self, queue: str, bodies: Sequence[str]) -> None:
        """In no order."""
        sqs, url = self.aws("sqs"), self.firm.physical(queue)
        shuffled = random.sample(bodies, len(bodies))
        for start in range(0, len(shuffled), 10):
            entries = [
                {"Id": str(place), "MessageBody": body} for place, body in enumerate(shuffled[start : start + 10])
            ]
            sqs.send_message_batch(QueueUrl=url, Entries=entries)

    def purge(self, queue: str) -> int:
        """How many messages are gone."""
        count = self.waiting(queue)
        self.aws("sqs").purge_queue(QueueUrl=self.firm.physical(queue))
        return count

    def redrive(self) -> int:
        """What died too often is put back, as an operator would: how many there were."""
        count = 0
        for queue in _FIRM_QUEUES:
            name = queue.capitalize()
            if self.waiting(f"{name}DeadLetters"):
                letters, back = self.firm.physical(f"{name}DeadLetters"), self.firm.physical(f"{name}Queue")
                count += redrive(self.aws("sqs"), letters, back)
        return count


def _home() -> Path:
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES:
        return _MEMORY / f"letterbook-chaos-{PORT}"
    return ROOT / f".local-{PORT}"
