"""The library: templates and types of correspondence that come with Letterbook, and where each stands at a firm.

What the firm wrote is the firm's: its text is replaced only while it is, word for word, one that came with Letterbook.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from letterbook.domain.correspondence import CorrespondenceType
from letterbook.domain.templates import Template

# What the library holds, each a kind of thing that the firm keeps in versions.
Shipped = Template | CorrespondenceType


class ShippedKind(StrEnum):
    TEMPLATE = "template"
    CORRESPONDENCE_TYPE = "correspondence_type"


class ShippedState(StrEnum):
    """How the firm's last version stands to what the library has now."""

    # The firm has none of this key.
    NEW = "new"
    # It is what an earlier release came with.
    OUTDATED = "outdated"
    CURRENT = "current"
    # Somebody at the firm wrote it, or chose an older version on purpose.
    OWN = "own"

    @property
    def is_due(self) -> bool:
        """Whether installing would write a version."""
        return self in (ShippedState.NEW, ShippedState.OUTDATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedItem:
    """One thing of the library at a firm. `version` is the firm's last one, None where there is none.

    A type of correspondence has no language: its form is one for all. `written` says that this call wrote that version.
    """

    kind: ShippedKind
    key: str
    language: str | None
    category: str
    state: ShippedState
    version: int | None
    written: bool = False


def kind_of(shipped: Shipped) -> ShippedKind:
    return ShippedKind.TEMPLATE if isinstance(shipped, Template) else ShippedKind.CORRESPONDENCE_TYPE


def language_of(shipped: Shipped) -> str | None:
    return shipped.language if isinstance(shipped, Template) else None


def place_of(shipped: Shipped) -> str:
    """Its name among all that ever came: `template/en/dsar-initial`, `correspondence_type/welcome`."""
    return "/".join(filter(None, (kind_of(shipped), language_of(shipped), shipped.key)))


def digest_of(shipped: Shipped) -> str:
    """SHA-256 of what it says, whoever saved it and whenever. Digests are kept for ever: what goes into one never changes.

    Whether a type is offered is the firm's to say, and no part of it.
    """
    said: list[object]
    if isinstance(shipped, Template):
        variables = [[one.name, one.required, one.example] for one in shipped.variables]
        said = [shipped.category, sorted(shipped.channels), shipped.subject, shipped.body.strip("\n"), variables]
    else:
        said = [
            shipped.name, shipped.category, shipped.template, shipped.message, shipped.attaches.value, dict(shipped.fields)
        ]  # fmt: skip
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def state_of(shipped: Shipped, latest: Shipped | None, ever: Collection[str]) -> ShippedState:
    """`ever` are the digests of all that came under this place with any release."""
    if latest is None:
        return ShippedState.NEW
    digest = digest_of(latest)
    if digest == digest_of(shipped):
        return ShippedState.CURRENT
    chosen = isinstance(latest, Template) and latest.restored_from is not None
    return ShippedState.OUTDATED if digest in ever and not chosen else ShippedState.OWN


def speaks(languages: Collection[str], shipped: Shipped) -> bool:
    """Whether a firm that writes these languages has a use for it: `fr-CA` reads what is written in `fr`."""
    language = language_of(shipped)
    return language is None or any(language in (one, one.partition("-")[0]) for one in languages)
