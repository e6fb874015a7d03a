"""Templates and settings in DynamoDB: every version an item, and a copy of the last under `latest`."""

import time
from collections.abc import Sequence
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist

from letterbook.adapters.dynamodb.tables.library import LibraryItem
from letterbook.adapters.dynamodb.transaction import Write, commit
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.organisation import Organisation
from letterbook.domain.templates import Template

T = TypeVar("T")

_SETTINGS = "settings"
_TEMPLATES = "template"
# Settings are in force everywhere within a minute; half of it is the cache's.
CACHED_SECONDS = 30


class DynamoLibrary:
    """See ports.Library."""

    def __init__(self) -> None:
        self._organisation: Organisation | None = None
        self._read_at = 0.0

    def organisation(self) -> Organisation:
        if self._organisation is None or time.monotonic() - self._read_at > CACHED_SECONDS:
            self.latest_organisation()
        return self._organisation or Organisation()

    def latest_organisation(self) -> Organisation:
        self._read_at = time.monotonic()
        self._organisation = _get(Organisation, _SETTINGS, None) or Organisation()
        return self._organisation

    def save_organisation(self, organisation: Organisation) -> None:
        _save(_SETTINGS, organisation.version, to_json(organisation), None)
        self._organisation = None

    def template(self, key: str, language: str, version: int | None) -> Template | None:
        return _get(Template, template_key(key, language), version)

    def template_versions(self, key: str, language: str, *, limit: int) -> Sequence[Template]:
        # The copy called `latest` sorts behind the numbers.
        found = LibraryItem.query(template_key(key, language), scan_index_forward=False, limit=limit + 1)
        return [from_json(Template, item.data) for item in found if item.version != LibraryItem.LATEST][:limit]

    def templates(self) -> Sequence[Template]:
        return [from_json(Template, item.data) for item in LibraryItem.latest.query(_TEMPLATES)]

    def save_template(self, template: Template) -> None:
        _save(template_key(template.key, template.language), template.version, to_json(template), _TEMPLATES)


def template_key(key: str, language: str) -> str:
    return f"{_TEMPLATES}#{key}#{language}"


def version_key(version: int | None) -> str:
    return LibraryItem.LATEST if version is None else f"{version:06}"


def _get(kind: type[T], key: str, version: int | None) -> T | None:
    try:
        return from_json(kind, LibraryItem.get(key, version_key(version), consistent_read=True).data)
    except DoesNotExist:
        return None


def _save(key: str, number: int, data: str, shelf: str | None) -> None:
    """Raises ConcurrentUpdate when there is a version of that number already."""
    own = LibraryItem(key, version_key(number), number=number, data=data)
    latest = LibraryItem(key, LibraryItem.LATEST, number=number, data=data, shelf=shelf)
    commit([Write(item=own, condition=LibraryItem.key.does_not_exist()), Write(item=latest)])
