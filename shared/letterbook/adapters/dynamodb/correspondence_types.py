"""Types of correspondence in DynamoDB."""

from collections.abc import Sequence

from letterbook.adapters.dynamodb.library_versions import save_version, version_of
from letterbook.adapters.dynamodb.tables.library import LibraryItem
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.correspondence import CorrespondenceType

_TYPES = "correspondence-type"


class DynamoCorrespondenceTypes:
    """See ports.CorrespondenceTypes."""

    def get(self, key: str, version: int | None) -> CorrespondenceType | None:
        return version_of(CorrespondenceType, _key(key), version)

    def all(self) -> Sequence[CorrespondenceType]:
        return [from_json(CorrespondenceType, item.data) for item in LibraryItem.latest.query(_TYPES)]

    def save(self, type_: CorrespondenceType) -> None:
        save_version(_key(type_.key), type_.version, to_json(type_), _TYPES)


def _key(key: str) -> str:
    return f"{_TYPES}#{key}"
