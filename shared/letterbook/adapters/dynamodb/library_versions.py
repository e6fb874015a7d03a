"""Values in DynamoDB of which every version is an item; a copy of the last lies under `latest`."""

from typing import TypeVar

from pynamodb.exceptions import DoesNotExist

from letterbook.adapters.dynamodb.tables.library import LibraryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json

T = TypeVar("T")


def version_key(version: int | None) -> str:
    return LibraryItem.LATEST if version is None else f"{version:06}"


def version_of(kind: type[T], key: str, version: int | None) -> T | None:
    try:
        return from_json(kind, LibraryItem.get(key, version_key(version), consistent_read=True).data)
    except DoesNotExist:
        return None


def save_version(key: str, number: int, data: str, shelf: str | None) -> None:
    """Raises ConcurrentUpdate when there is a version of that number already."""
    own = LibraryItem(key, version_key(number), number=number, data=data)
    latest = LibraryItem(key, LibraryItem.LATEST, number=number, data=data, shelf=shelf)
    commit([Write(item=own, condition=LibraryItem.key.does_not_exist()), Write(item=latest)])
