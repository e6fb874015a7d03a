"""Orders for files of entries."""

from typing import Annotated

from pydantic import Field

from letterbook.contracts.bulk import asked_for
from letterbook.contracts.fields import Body, CommunicationId, Time, View
from letterbook.domain.exports import Export, ExportFormat, ExportStatus
from letterbook.domain.filters import Filters


class ExportBody(Body):
    """Which entries, two thousand at most, by their ids or by a filter as lists take it; `format`: so far `zip`."""

    format: ExportFormat
    ids: Annotated[list[CommunicationId], Field(min_length=1, max_length=500)] | None = None
    filter: dict[str, str | bool | list[str]] | None = None

    def to_request(self) -> list[str] | Filters:
        """Raises Invalid, unless it is one of the two."""
        return asked_for(self.ids, self.filter)


class ExportView(View):
    """`progress` is in per cent, `rows` how many entries are in it so far, `bytes` the size of the file.

    `url` gives the file for five minutes; ask again for another. It is null until the file is made, and where it is not given out:
    `code` is then a stable code for why, and `detail` says it.
    """

    id: str
    format: ExportFormat
    status: ExportStatus
    progress: int
    rows: int
    bytes: int
    url: str | None
    code: str | None
    detail: str
    created_at: Time
    expires_at: Time


def export_view(export: Export, url: str | None = None, code: str | None = None, detail: str = "") -> ExportView:
    failure = export.failure
    return ExportView(
        id=export.id,
        format=export.format,
        status=export.status,
        progress=export.progress,
        rows=export.rows,
        bytes=export.bytes,
        url=url,
        code=failure.value if failure else code,
        detail=failure.words if failure else detail,
        created_at=export.ordered_at,
        expires_at=export.expires_at,
    )
