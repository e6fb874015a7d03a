"""Two records of one party that are to be one."""

from letterbook.contracts.directory import PartyView
from letterbook.contracts.fields import Body, Line, PartyId


class MergeBody(Body):
    """The record that remains, and why, which is kept.

    Whoever was granted one of the two records alone sees neither afterwards; with `keep_grants` they see the whole.
    """

    into: PartyId
    reason: Line
    keep_grants: bool = False


class MergedView(PartyView):
    """The record that remains. `moving`: not all that stood under the other has come yet."""

    moving: bool
