"""A mobile carrier on one machine: delivers each SMS that MiniStack's SNS took, and writes the delivery log that SNS would write.

The last two digits of the number say what becomes of it (the numbers are Ofcom's for drama, such as +44 7700 900123):
90 is switched off, 91 does not exist, 92 has opted out, 93 calls it spam; every other one gets its message.
"""

import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

import requests

from local.aws import client
from local.environment import ACCOUNT, REGION, LocalEnvironment

logger = logging.getLogger(__name__)

_GROUP = f"sns/{REGION}/{ACCOUNT}/DirectPublishToPhoneNumber"
_FAILURES = {
    "90": "Phone is currently unreachable/unavailable",
    "91": "Invalid phone number",
    "92": "Phone number is opted out",
    "93": "Blocked as spam by phone carrier",
}
_DELIVERED = "Message has been accepted by phone carrier"
_LOOK_SECONDS = 0.5


class Carrier:
    def __init__(self, place: LocalEnvironment) -> None:
        self._place = place
        self._book = place.home / "sms-delivered.json"
        self._done: set[str] = set(json.loads(self._book.read_text())) if self._book.exists() else set()

    def run(self) -> None:
        """Looks for new messages for ever."""
        while True:
            time.sleep(_LOOK_SECONDS)
            try:
                for message in self._waiting():
                    self._deliver(message)
            except requests.ConnectionError:
                continue
            except Exception:
                logger.exception("the carrier stumbled")

    def _waiting(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self._place.aws_url}/_ministack/sns/sms-messages", timeout=5).json()
        return [message for message in _messages(answer) if message["MessageId"] not in self._done]

    def _deliver(self, message: dict[str, Any]) -> None:
        failure = _FAILURES.get(message["PhoneNumber"][-2:])
        record = {
            "notification": {
                "messageId": message["MessageId"],
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
            },
            "delivery": {
                "phoneCarrier": "Simulated Mobile",
                "mnc": 10,
                "mcc": 234,
                "numberOfMessageParts": 1,
                "destination": message["PhoneNumber"],
                "priceInUSD": 0.04,
                "smsType": "Transactional",
                "providerResponse": failure or _DELIVERED,
                "dwellTimeMs": 350,
                "dwellTimeMsUntilDeviceAck": 1200,
            },
            "status": "FAILURE" if failure else "SUCCESS",
        }
        group = f"{_GROUP}/Failure" if failure else _GROUP
        logs, stream = client(self._place, "logs"), message["MessageId"]
        try:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
        except logs.exceptions.ResourceAlreadyExistsException:
            pass
        except logs.exceptions.ResourceNotFoundException:
            # Before the first deployment there is nobody to tell.
            return
        event = {"timestamp": int(time.time() * 1000), "message": json.dumps(record)}
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[event])
        self._done.add(message["MessageId"])
        self._book.write_text(json.dumps(sorted(self._done)))


def _messages(answer: Any) -> list[dict[str, Any]]:
    """All records in MiniStack's answer, however it nests accounts, regions and numbers."""
    if isinstance(answer, list):
        return [record for record in answer if "MessageId" in record]
    return [record for inner in answer.values() for record in _messages(inner)] if isinstance(answer, dict) else []
