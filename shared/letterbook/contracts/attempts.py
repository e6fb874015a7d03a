"""What entries tell of each other where several say the same, and of who saw to one that failed."""

from typing import Literal

from letterbook.contracts.fields import Time, View
from letterbook.domain.communication import Actor, AttemptDiff


class AddressesView(View):
    before: list[str]
    after: list[str]


class VersionsView(View):
    before: int | None
    after: int | None


class ChangesView(View):
    """What is different about an attempt to say something again; null where nothing is."""

    to: AddressesView | None
    template_version: VersionsView | None
    content: Literal["identical", "changed"]

    @classmethod
    def of(cls, changes: AttemptDiff) -> "ChangesView":
        to = AddressesView(before=list(changes.to_before), after=list(changes.to_after))
        versions = VersionsView(before=changes.template_before, after=changes.template_after)
        return cls(
            to=to if to.before != to.after else None,
            template_version=versions if versions.before != versions.after else None,
            content="identical" if changes.identical else "changed",
        )


class SeenToView(View):
    by: Actor
    at: Time
    note: str
