"""The library as it comes with the package: `library/templates/<language>/<key>.md`, `library/types/<key>.json`.

A template is Markdown below its head, which is TOML between two lines of `+++`. `library/digests.json` has the digests of all that
ever came, by which what a firm left as it was is told from what it wrote itself. `make library` writes it.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from letterbook.domain.actors import SYSTEM
from letterbook.domain.correspondence import Attaches, CorrespondenceType
from letterbook.domain.library import Shipped, digest_of, place_of
from letterbook.domain.templates import Template, Variable

_LINE = "+++\n"
# Nobody saved it yet.
_NEVER = datetime(2026, 1, 1, tzinfo=UTC)


class PackagedLibrary:
    """See ports.ShippedLibrary. Read once, when it is first asked for."""

    def __init__(self, folder: Traversable | None = None) -> None:
        self._folder = folder or files("letterbook") / "library"

    @cached_property
    def items(self) -> Sequence[Shipped]:
        languages = sorted((self._folder / "templates").iterdir(), key=lambda one: one.name)
        templates = [_template(one, language.name) for language in languages for one in _sorted(language, ".md")]
        return [*templates, *(_type(one) for one in _sorted(self._folder / "types", ".json"))]

    @cached_property
    def _digests(self) -> Mapping[str, Sequence[str]]:
        kept: dict[str, list[str]] = json.loads((self._folder / "digests.json").read_text())
        return kept

    def digests(self, place: str) -> frozenset[str]:
        return frozenset(self._digests.get(place, ()))

    def with_present(self) -> dict[str, list[str]]:
        """All digests that there were, and those of what the package holds now."""
        kept = {place: [*digests] for place, digests in self._digests.items()}
        for one in self.items:
            own = kept.setdefault(place_of(one), [])
            if digest_of(one) not in own:
                own.append(digest_of(one))
        return dict(sorted(kept.items()))


def _sorted(folder: Traversable, ending: str) -> list[Traversable]:
    return sorted((one for one in folder.iterdir() if one.name.endswith(ending)), key=lambda one: one.name)


def _template(file: Traversable, language: str) -> Template:
    _, head, body = file.read_text(encoding="utf-8").split(_LINE, 2)
    told: dict[str, Any] = tomllib.loads(head)
    return Template(
        key=file.name.removesuffix(".md"),
        language=language,
        version=0,
        category=told["category"],
        channels=tuple(told["channels"]),
        subject=told.get("subject", ""),
        body=body.strip("\n"),
        variables=tuple(Variable(**one) for one in told.get("variables", ())),
        created_at=_NEVER,
        created_by=SYSTEM,
    )


def _type(file: Traversable) -> CorrespondenceType:
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    attaches = Attaches(told.pop("attaches", Attaches.LETTER))
    return CorrespondenceType(
        key=file.name.removesuffix(".json"), attaches=attaches, created_at=_NEVER, created_by=SYSTEM, version=0, **told
    )


if __name__ == "__main__":
    import sys

    sys.stdout.write(json.dumps(PackagedLibrary().with_present(), indent=1) + "\n")
