"""The attempts to say one thing: the first entry, and every entry that was made to say it again. None of them is ever touched."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from letterbook.domain.communication import AttemptDiff, Communication, Entry, TemplateRef
from letterbook.domain.status import Status
from letterbook.domain.templates import Rendered

# What failed, was cancelled or skipped said nothing to anybody.
_SAID = frozenset({Status.SENT, Status.DELIVERED, Status.UNCONFIRMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """`id` is the first entry, `ids` are all of them in order. `version` 0: there is only the first."""

    id: str
    ids: tuple[str, ...]
    version: int = 0

    def appended(self, communication_id: str) -> "Attempts":
        return replace(self, ids=(*self.ids, communication_id), version=self.version + 1)

    def after(self, communication_id: str) -> tuple[str, ...]:
        """Those that were made later, in order."""
        return self.ids[self.ids.index(communication_id) + 1 :] if communication_id in self.ids else ()


def said_by(later: Iterable[Entry]) -> Entry | None:
    """The last of some attempts that said it, or may have: what the provider took, and what nobody knows of."""
    return next((one for one in reversed([*later]) if one.status in _SAID), None)


def single_attempt(communication: Communication) -> Attempts:
    """As it is before anything was said again."""
    return Attempts(id=communication.id, ids=(communication.id,))


def changes_between(before: Communication, said: Rendered, after: Communication, says: Rendered) -> AttemptDiff:
    """What is different about a later attempt."""
    was, now = ({one.address for one in each.entry.recipients} for each in (before, after))
    versions = (_version(before.entry.template), _version(after.entry.template))
    return AttemptDiff(
        to_before=tuple(sorted(was)) if was != now else (),
        to_after=tuple(sorted(now)) if was != now else (),
        template_before=versions[0] if versions[0] != versions[1] else None,
        template_after=versions[1] if versions[0] != versions[1] else None,
        identical=said == says,
    )


def _version(template: TemplateRef | None) -> int | None:
    return template.version if template else None
