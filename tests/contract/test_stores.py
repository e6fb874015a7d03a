"""The tables and the vault: what template.yaml promises of what is kept, which the local cloud drops in silence."""

from typing import Any

import pytest

from letterbook.adapters.dynamodb.tables import (
    communications,
    directory,
    history,
    idempotency,
    library,
    overview,
    search,
    tasks,
    threads,
)
from letterbook.domain.exports import KEPT
from letterbook.use_cases.directory.documents import STAGED_FOR
from tests.support.sam_template import resources, template

TABLES = resources("AWS::DynamoDB::Table")


@pytest.mark.parametrize("table", sorted(TABLES))
def test_tables_are_on_demand_recoverable_protected_and_encrypted(table: str) -> None:
    properties = TABLES[table]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["DeletionProtectionEnabled"] == {"Fn::If": ["IsCloud", True, False]}
    assert template()["Resources"][table]["DeletionPolicy"] == "Retain"


def test_what_expires_does() -> None:
    expiring = {name for name, table in TABLES.items() if "TimeToLiveSpecification" in table}
    assert expiring == {"HistoryTable", "IdempotencyTable", "WorkTable"}
    for name in expiring:
        assert TABLES[name]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


MODELS = {
    "CommunicationsTable": communications.CommunicationItem,
    "HistoryTable": history.HistoryItem,
    "ThreadsTable": threads.ThreadItem,
    "OverviewTable": overview.OverviewItem,
    "WorkTable": tasks.TaskItem,
    "SearchTable": search.SearchItem,
    "DirectoryTable": directory.DirectoryItem,
    "LibraryTable": library.LibraryItem,
    "IdempotencyTable": idempotency.IdempotencyItem,
}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_keys_and_indexes_are_those_the_code_uses(table: str) -> None:
    schema = MODELS[table]._get_schema()  # noqa: SLF001 - no other way to pynamodb's schema
    deployed = TABLES[table]
    assert _keys(deployed["KeySchema"]) == _keys(schema["key_schema"])
    wanted = {
        one["index_name"]: (_keys(one["key_schema"]), one["projection"]) for one in schema["global_secondary_indexes"]
    }
    given = {
        one["IndexName"]: (_keys(one["KeySchema"]), one["Projection"])
        for one in deployed.get("GlobalSecondaryIndexes", [])
    }
    assert given == wanted


def _keys(schema: Any) -> dict[str, str]:
    return {one["AttributeName"]: one["KeyType"] for one in schema}


def test_the_vault() -> None:
    vault = resources("AWS::S3::Bucket")["Vault"]
    assert vault["ObjectLockEnabled"] is True
    assert "ObjectLockConfiguration" not in vault
    assert vault["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(vault["PublicAccessBlockConfiguration"].values()) == {True}
    assert vault["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    rule, exports = vault["LifecycleConfiguration"]["Rules"]
    assert (exports["Prefix"], exports["ExpirationInDays"]) == ("exports/", KEPT.days)
    # What a worker that died has sent of a file is no object, and costs as one.
    assert exports["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert (rule["Prefix"], rule["ExpirationInDays"]) == ("staging/", STAGED_FOR.days)
    # An upload that was put over is noncurrent from then on, and still the document's.
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": STAGED_FOR.days}
    [only_tls] = resources("AWS::S3::BucketPolicy")["VaultPolicy"]["PolicyDocument"]["Statement"]
    assert only_tls["Effect"] == "Deny"
    assert template()["Resources"]["VaultPolicy"]["Condition"] == "IsCloud"
    assert only_tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert template()["Resources"]["Vault"]["DeletionPolicy"] == "Retain"
