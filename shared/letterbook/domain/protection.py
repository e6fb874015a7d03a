"""What keeps a party from being written to, and what would weaken it: a hold, and the opt-outs that they gave.

Anybody who may change a party protects it; to weaken that needs the right to override it. The rule looks at what would be lost,
not at how it was asked for: removed, narrowed, replaced by another, or left out of a list are all the same.
"""

from datetime import date

from letterbook.domain.errors import FieldError
from letterbook.domain.party import Hold, OptOutSource, Preferences


def weakenings(before: Preferences, after: Preferences, today: date) -> list[FieldError]:
    """What would be lost, and what would be forged: an opt-out that the party gave by itself, where nobody heard it do so.

    The kind and the reason of a hold may change as long as no day of it is lost. `today` is in the organisation's zone.
    """
    faults = []
    if _loses_days(before.hold, after.hold, today):
        faults.append(FieldError("hold", "protected", "This would end or shorten the hold."))
    standing, wanted = ({one.wish for one in of.opt_outs} for of in (before, after))
    if standing - wanted:
        faults.append(FieldError("opt_outs", "protected", "This would take away an opt-out that stands."))
    faults += [
        FieldError(
            f"opt_outs.{place}.source", "protected", "What they said by themselves is recorded when it is heard."
        )
        for place, one in enumerate(after.opt_outs)
        if one.wish not in standing and one.source is not OptOutSource.MANUAL
    ]
    return faults


def _loses_days(before: Hold | None, after: Hold | None, today: date) -> bool:
    if before is None or before.is_over(today):
        return False
    if after is None:
        return True
    return after.until is not None and (before.until is None or after.until < before.until)
