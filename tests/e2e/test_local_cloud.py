"""The commands that a newcomer types. Last, because they stop and start the cloud under the other tests."""

import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.firm import Firm
from tests.support.local_cloud import HOME, PORT, local
from tests.support.sam_template import ROOT


def test_endpoints_say_where_everything_is(firm: Firm) -> None:
    endpoints = json.loads((HOME / "endpoints.json").read_text())
    assert {"api_url", "console_url", "webhook_url", "region", "users"} <= set(endpoints)
    assert all(set(user) == {"username", "password", "role"} for user in endpoints["users"])


def test_a_token_is_printed_and_nothing_else(firm: Firm) -> None:
    printed = local("token", "agent").stdout
    assert printed.count(".") == 2
    assert printed.count("\n") == 1
    unknown = local("token", "nobody")
    assert unknown.returncode == 1
    assert "there are admin, lead, agent, auditor" in unknown.stderr


def typed(lines: str) -> str:
    """What a shell prints."""
    done = subprocess.run(
        ["/bin/bash", "-ec", lines],
        cwd=ROOT,
        env={**os.environ, "LETTERBOOK_HOME": str(HOME), "PORT": PORT},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_the_readme_to_the_letter(firm: Firm) -> None:
    """What it says to type sends a message, and shows it delivered."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text().replace("8700", PORT), re.M | re.S)
    send = next(block for block in blocks if "curl" in block)
    see = next(block for block in blocks if "json.tool" in block)
    names, _, post = send.partition("\n\n")
    assert typed(f"{names}\n{post}").startswith("HTTP/1.1 202")
    deadline = time.monotonic() + 60
    while '"status": "delivered"' not in typed(f"{names}\n{see}"):
        assert time.monotonic() < deadline
        time.sleep(1)


@pytest.mark.parametrize("place", [0, 3])
def test_a_taken_port_is_said_and_nothing_was_started(firm: Firm, tmp_path: Path, place: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = local("up", home=tmp_path, port=str(port - place))
    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr
    assert "make up PORT=" in refused.stderr
    assert "Nothing was running" in local("down", home=tmp_path).stdout


def test_it_is_found_where_it_was_started(firm: Firm) -> None:
    assert local("token", "agent", port=None).stdout.count(".") == 2
    elsewhere = local("up", port="28700")
    assert elsewhere.returncode == 1
    assert f"It runs on the ports {PORT} to " in elsewhere.stderr


def test_whoever_pipes_make_up_does_not_hang(firm: Firm) -> None:
    """The daemons hold nothing of the caller's open: the pipe ends with the command."""
    piped = subprocess.run(
        f"LETTERBOOK_HOME={HOME} PORT={PORT} {sys.executable} -m local up | cat",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert "the firm is there already" in piped.stdout
    assert "ready" in piped.stdout


def test_down_keeps_everything_and_up_brings_it_back(firm: Firm) -> None:
    entry = firm.admin.email(firm.admin.party(), send_now=False)
    assert "the data is kept" in local("down").stdout
    assert "Nothing was running" in local("down").stdout
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(PORT))) != 0
    assert local("up").returncode == 0
    again = firm.user("admin")
    assert again.get(f"/v1/communications/{entry['id']}")["body"]["text"] == "Dear Sir,"
    sent = again.post(f"/v1/communications/{entry['id']}/send")
    assert again.follow(sent, "delivered")["status"] == "delivered"
    # The stream is followed again, too.
    note = {"channel": "note", "party_id": sent["party"]["id"], "body": "peregrination"}
    again.post("/v1/communications", note)
    deadline = time.monotonic() + 60
    while not again.get("/v1/communications", q="peregrination")["items"]:
        assert time.monotonic() < deadline
        time.sleep(0.5)
