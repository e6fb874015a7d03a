"""What is said of entries that somebody takes away: what the file will hold, how far it is, until when it is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from console.presenters.dates import Clock, TimeLabel
from console.presenters.labels import format_count, format_size
from letterbook.domain.communication import Entry
from letterbook.domain.exports import Export, ExportStatus
from letterbook.domain.status import StatusGroup

_WORDS = {
    ExportStatus.QUEUED: ("Waiting", "queued", StatusGroup.IN_PROGRESS),
    ExportStatus.RUNNING: ("Being made", "generating", StatusGroup.IN_PROGRESS),
    ExportStatus.DONE: ("Ready", "delivered", StatusGroup.SUCCESSFUL),
    ExportStatus.FAILED: ("Failed", "failed", StatusGroup.FAILED),
}


@dataclass(frozen=True, slots=True)
class ExportBadge:
    word: str
    icon: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCard:
    """`file` tells whether it can be fetched, `moving` whether more becomes of it by itself."""

    id: str
    title: str
    status: ExportBadge
    words: str
    left_out: str
    progress: int
    moving: bool
    file: bool
    ordered: TimeLabel
    until: str


def export_card(export: Export, clock: Clock) -> ExportCard:
    return ExportCard(
        id=export.id,
        title=f"Download of {_entries(export.entries)}",
        status=ExportBadge(*map(str, _WORDS[export.status])),
        words=_words(export),
        left_out=_left_out(len(export.left_out)),
        progress=export.progress,
        moving=export.is_open,
        file=export.status is ExportStatus.DONE,
        ordered=clock.moment(export.ordered_at),
        until=clock.day_and_month(clock.day_of(export.expires_at)),
    )


def export_lines(exports: Sequence[Export], clock: Clock) -> list[ExportCard]:
    return [export_card(one, clock) for one in exports]


def what_it_holds(entries: Sequence[Entry]) -> str:
    """`12 entries, each in a folder with its text, and 7 documents of 3.2 MB.`"""
    documents = [one for entry in entries for one in entry.attachments]
    size = format_size(sum(one.bytes for one in documents))
    files = f", and {format_count(len(documents), 'document')} of {size}" if documents else ", and no documents"
    each = " with its text" if len(entries) == 1 else ", each in a folder with its text"
    return f"{_entries(len(entries))}{each}{files}. An index lists every file."


def _words(export: Export) -> str:
    if export.failure:
        return export.failure.words
    if export.status is ExportStatus.DONE:
        return f"One ZIP file of {format_size(export.bytes)} with {_entries(export.rows)}."
    if export.status is ExportStatus.RUNNING:
        return f"{export.made} of {_entries(export.entries)} so far. You may leave this page: it goes on."
    return "It begins in a moment. You may leave this page: it goes on."


def _left_out(number: int) -> str:
    if not number:
        return ""
    verb = "was" if number == 1 else "were"
    return f"{_entries(number)} {verb} left out: not there any more, or not yours to see. The index in the file names them."


def _entries(number: int) -> str:
    return format_count(number, "entry", "entries")
