"""What somebody did about a failure without sending it again."""

from letterbook.contracts.fields import (
    Body,
    Reason,
)


class SeenToBody(Body):
    """`note` is why it needs nobody any more, such as that somebody telephoned."""

    note: Reason
