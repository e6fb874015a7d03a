"""The provider of the local cloud."""

import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from local import inbound_simulator, ses_simulator
from local.environment import LocalEnvironment


def test_an_event_outlives_a_cloud_that_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As Amazon's do: otherwise what was delivered while the local cloud was down would stand at sent for ever."""
    published: list[str] = []
    away = [True, True, False]

    class Topics:
        def publish(self, **message: Any) -> None:
            published.append(json.loads(message["Message"])["eventType"])

        def get_configuration_set_event_destinations(self, **_: Any) -> Any:
            if away.pop(0):
                raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
            one = {"Enabled": True, "MatchingEventTypes": ["DELIVERY"], "SnsDestination": {"TopicArn": "arn"}}
            return {"EventDestinations": [one]}

    monkeypatch.setattr(ses_simulator, "client", lambda *_: Topics())
    monkeypatch.setattr("time.sleep", lambda _: None)
    sent = {
        "message_id": "m",
        "sent_at": "2026-01-01T00:00:00Z",
        "from": "legal@tolworthy.example",
        "recipients": ["somebody@mailbox.example"],
        "tags": {},
        "configuration_set": "set",
    }
    raw = b"From: legal@tolworthy.example\r\nTo: somebody@mailbox.example\r\nSubject: Hello\r\n\r\nDear Sir,"
    ses_simulator.Publisher(LocalEnvironment(tmp_path, 1)).publish(sent, raw, "Delivery", {"delivery": {}})
    assert published == ["Delivery"]


def test_what_comes_in_bears_what_its_receiver_found_above_what_its_sender_wrote() -> None:
    raw = b"From: Priya <priya@mailbox.example>\r\nAuthentication-Results: amazonses.com; dmarc=pass\r\n\r\nHello"
    passed = message_from_bytes(inbound_simulator.with_verdicts(raw, {}), policy=default)
    assert passed["Authentication-Results"].endswith(
        "dkim=pass header.i=@mailbox.example; dmarc=pass header.from=mailbox.example;"
    )
    failed = message_from_bytes(inbound_simulator.with_verdicts(raw, {"dmarc": "FAIL", "spam": "FAIL"}), policy=default)
    assert "dmarc=fail header.from=mailbox.example" in failed["Authentication-Results"]
    assert (failed["X-SES-Spam-Verdict"], failed["X-SES-Virus-Verdict"]) == ("FAIL", "PASS")
