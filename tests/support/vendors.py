"""The vendors of the local cloud: what each took, as its simulator tells; and orders that come more often than once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from tests.support.firm import Firm, eventually

_TIMES = 5
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@dataclass(frozen=True)
class Vendor:
    firm: Firm
    name: str

    @property
    def url(self) -> str:
        url: str = self.firm.endpoints["simulators"][self.name]["url"]
        return url

    @property
    def credentials(self) -> dict[str, str]:
        held: dict[str, str] = self.firm.endpoints["simulators"][self.name]["credentials"]
        return held

    def taken(self, entry: Any) -> list[Any]:
        """What it took of an entry."""
        kept = requests.get(f"{self.url}/_sim/messages", timeout=10).json()
        return [one for one in kept if one["communication_id"] == entry["id"]]

    def mode(self, name: str | None) -> None:
        """What happens to every message from now on, until it is None."""
        self.put("mode", mode=name)

    def put(self, control: str, **told: Any) -> None:
        assert requests.put(f"{self.url}/_sim/{control}", json=told, timeout=10).ok

    def post(self, control: str, **told: Any) -> None:
        assert requests.post(f"{self.url}/_sim/{control}", json=told, timeout=10).ok


def told(page: Any) -> list[str]:
    """What its provider told of an entry, the oldest first."""
    return [row["event"] for row in page["history"] if row["actor"]["role"] == "provider"]


def order(firm: Firm, queue: str, entry: Any, times: int = 1) -> None:
    """An order for an entry, as the sweep or a queue that delivers twice would bring it."""
    body = json.dumps({"communication_id": entry["id"]})
    for _ in range(times):
        firm.aws("sqs").send_message(QueueUrl=firm.physical(queue), MessageBody=body)


def is_drained(firm: Firm, queue: str) -> bool:
    """Whether nothing waits there, and nothing of it is under way."""
    asked = {"QueueUrl": firm.physical(queue), "AttributeNames": list(_COUNTS)}
    counts = firm.aws("sqs").get_queue_attributes(**asked)["Attributes"]
    return all(int(counts[one]) == 0 for one in _COUNTS)


def taken_of_many_orders(vendor: Vendor, queue: str, entry: Any, follow: Callable[[Any], Any]) -> list[Any]:
    """What a vendor took in the end of an entry that was ordered many times, before it arrived and after.

    `follow` waits until it arrived.
    """
    order(vendor.firm, queue, entry, _TIMES)
    page = follow(entry)
    order(vendor.firm, queue, entry, _TIMES)
    vendor.mode(None)
    eventually(lambda: is_drained(vendor.firm, queue))
    return vendor.taken(page)


def send_einvoice(firm: Firm, network: str, party: Any, number: str, content: bytes) -> Any:
    """The entry of an e-invoice to a party, whose file is uploaded first."""
    media_type = "application/xml"
    announced = {"name": f"{number}.xml", "media_type": media_type, "bytes": len(content), "party_id": party["id"]}
    document = firm.admin.post("/v1/documents", announced)
    put = requests.put(document["upload_url"], data=content, headers={"Content-Type": media_type}, timeout=10)
    assert put.status_code == 200
    body = {"channel": "einvoice", "network": network, "party_id": party["id"], "document_id": document["id"]}
    return firm.admin.post("/v1/communications", body)
