"""What asks AWS: over one connection that stays, in the same words each time, and without asking first whether it may."""

from collections.abc import Iterator
from typing import Any

import pytest

from letterbook.adapters import aws
from tests.support.store import Store


@pytest.fixture
def store() -> Iterator[Store]:
    with Store() as running:
        yield running


def _client(service: str, store: Store) -> Any:
    keys: Any = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    return aws.session().create_client(service, "eu-west-2", endpoint_url=f"http://{store.host}", **keys)


def test_one_connection_carries_many_requests(store: Store) -> None:
    dynamodb = _client("dynamodb", store)
    for _ in range(20):
        dynamodb.get_item(TableName="t", Key={"id": {"S": "a"}})
    assert (len(store.asked), store.connections) == (20, 1)
    assert len({asked.headers["User-Agent"] for asked in store.asked}) == 1
    # botocore puts none together where one is given.
    assert dynamodb.meta.config.user_agent


def test_a_document_is_handed_over_at_once(store: Store) -> None:
    _client("s3", store).put_object(Bucket="vault", Key="a", Body=b"%PDF-1.7")
    assert "Expect" not in store.asked[0].headers
