"""Entries are taken away from the deployed system: ordered by a filter, followed to the end, opened."""

import hashlib

import pytest
import requests

from tests.support.exports import index_of, unpacked
from tests.support.firm import Firm, eventually

PDF = b"%PDF-1.7 a statement"


@pytest.mark.covers("M1")
def test_what_a_filter_means_is_ordered_followed_and_opened(firm: Firm) -> None:
    admin = firm.admin
    party = admin.party()["id"]
    announced = {"name": "Statement.pdf", "media_type": "application/pdf", "bytes": len(PDF), "party_id": party}
    document = admin.post("/v1/documents", announced)
    sent = requests.put(document["upload_url"], data=PDF, headers={"Content-Type": "application/pdf"}, timeout=10)
    assert sent.ok
    note = {"channel": "note", "party_id": party, "body": "See her statement."}
    logged = [
        admin.post("/v1/communications", note | {"attachments": attached})["id"] for attached in ([document["id"]], [])
    ]
    ordered = admin.post("/v1/exports", {"format": "zip", "filter": {"party_id": party}})
    assert ordered["status"] == "queued"
    path = f"/v1/exports/{ordered['id']}"
    done = eventually(lambda: (seen := admin.get(path))["status"] not in ("queued", "running") and seen)
    assert (done["status"], done["progress"], done["rows"]) == ("done", 100, 2)
    found = unpacked(requests.get(done["url"], timeout=10).content)
    listed = index_of(found)
    assert {one["entry"] for one in listed} == set(logged)
    [statement] = [one for one in listed if one["document"]]
    assert found[statement["file"]] == PDF
    assert statement["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert firm.user("lead").ask("GET", path).status_code == 404
