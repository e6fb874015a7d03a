"""The feed of all entries is kept by month, so that no single key of an index holds everything."""

from dataclasses import dataclass
from datetime import UTC, datetime

# One shard takes about a thousand writes a second; a firm that needs more adds shards here and reads them merged.
_SHARD = 0


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of UTC."""

    year: int
    month: int

    @classmethod
    def of(cls, at: datetime) -> "Month":
        utc = at.astimezone(UTC)
        return cls(utc.year, utc.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        year, month = text.split("-")
        return cls(int(year), int(month))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def key(self) -> str:
        return f"{self}#{_SHARD}"

    @property
    def before(self) -> "Month":
        return Month(self.year, self.month - 1) if self.month > 1 else Month(self.year - 1, 12)

    @property
    def end(self) -> datetime:
        """The first moment that is not in it any more."""
        return datetime(self.year + self.month // 12, self.month % 12 + 1, 1, tzinfo=UTC)
