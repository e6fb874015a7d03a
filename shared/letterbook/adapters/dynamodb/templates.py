"""Message templates in DynamoDB."""

from collections.abc import Sequence

from letterbook.adapters.dynamodb.library_versions import save_version, version_of
from letterbook.adapters.dynamodb.tables.library import LibraryItem
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.templates import Template

_TEMPLATES = "template"


class DynamoTemplates:
    """See ports.Templates."""

    def get(self, key: str, language: str, version: int | None) -> Template | None:
        return version_of(Template, template_key(key, language), version)

    def versions(self, key: str, language: str, *, limit: int) -> Sequence[Template]:
        # The copy called `latest` sorts behind the numbers.
        found = LibraryItem.query(template_key(key, language), scan_index_forward=False, limit=limit + 1)
        return [from_json(Template, item.data) for item in found if item.version != LibraryItem.LATEST][:limit]

    def all(self) -> Sequence[Template]:
        return [from_json(Template, item.data) for item in LibraryItem.latest.query(_TEMPLATES)]

    def save(self, template: Template) -> None:
        save_version(template_key(template.key, template.language), template.version, to_json(template), _TEMPLATES)


def template_key(key: str, language: str) -> str:
    return f"{_TEMPLATES}#{key}#{language}"
