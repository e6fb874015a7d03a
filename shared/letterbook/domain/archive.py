"""What a ZIP of entries holds: a folder for each, with names that every system can write, and an index of all that is in it."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from letterbook.domain.communication import Entry, RecipientRole
from letterbook.domain.templates import Rendered

INDEX = "index.csv"
TEXT, HTML = "Message.txt", "Message.html"
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
# Names that Windows keeps for itself.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.IGNORECASE)
# Folder and file together have at most 150 bytes: wherever they are unpacked, a path of Windows has room for them (260).
_LONGEST_WORDS, _LONGEST_FILE = 54, 56
_LONGEST_ENDING = 12
# A spreadsheet takes what begins so for a formula, and runs it (OWASP, "CSV injection"); the last four are wide ones.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_POLICY = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
)
_COLUMNS = (
    "entry", "date", "channel", "direction", "party", "subject", "status", "document", "file", "sha256", "note"
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """A file of the archive, or one that it lacks and a `note` why; `document` is what it was called, empty for the message.

    `entry` is None for one that is not there any more.
    """

    entry_id: str
    entry: Entry | None = None
    document: str = ""
    file: str = ""
    sha256: str = ""
    note: str = ""


def safe_name(text: str, longest: int = _LONGEST_FILE) -> str:
    """As a file or a folder can be called, in at most so many bytes; its ending stays."""
    bare = _FORBIDDEN.sub(" ", text)
    bare = " ".join(bare.split()).strip(". ") or "unnamed"
    # `aux .txt` is written without its blank, and is the device then.
    bare = bare.replace(" .", ".")
    bare = f"_{bare}" if _DEVICES.fullmatch(bare) else bare
    stem, dot, ending = bare.rpartition(".")
    if not dot or len(ending.encode()) > _LONGEST_ENDING:
        return _cut(bare, longest)
    return f"{_cut(stem, longest - len(ending.encode()) - 1)}.{ending}"


def different(names: Iterable[str]) -> list[str]:
    """The names, no two alike for a system that does not tell capitals from small letters: `a.pdf`, `a (2).pdf`."""
    taken: set[str] = set()
    found = []
    for name in names:
        stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
        one, number = name, 1
        while one.casefold() in taken:
            number += 1
            one = f"{stem} ({number}){dot}{ending}"
        taken.add(one.casefold())
        found.append(one)
    return found


def folder_of(entry: Entry, zone: ZoneInfo) -> str:
    """`2026-11-23 1403 Email from Rosa Hale - My statement (com_…)`: its id makes it one of its kind."""
    way = entry.channel.spec.preposition or ("from" if entry.direction == "inbound" else "to")
    what = f" - {entry.subject}" if entry.subject else ""
    words = (
        f"{entry.occurred_at.astimezone(zone):%Y-%m-%d %H%M} {entry.channel.spec.label} {way} {entry.party.name}{what}"
    )
    return f"{safe_name(words, _LONGEST_WORDS).replace('.', '_')} ({entry.id})"


def text_of(entry: Entry, rendered: Rendered, zone: ZoneInfo) -> str:
    """The message as text, below what its envelope says."""
    by_role = {role: [one.address for one in entry.recipients if one.role is role] for role in RecipientRole}
    head = [
        ("Entry", entry.id),
        ("When", f"{entry.occurred_at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"),
        ("With", entry.party.name),
        ("From", entry.sender),
        *((role.value.capitalize(), ", ".join(addresses)) for role, addresses in by_role.items()),
        ("Case", entry.case.reference if entry.case else ""),
        ("Status", entry.status),
        ("Subject", entry.subject),
    ]
    return "\n".join([*(f"{name}: {' '.join(value.split())}" for name, value in head if value), "", rendered.text, ""])


def page_of(html: str) -> bytes:
    """The message as it was laid out. Opened from a disk it runs nothing, and tells nobody that it is read."""
    return f"{_POLICY}\n{html}".encode()


def index_of(rows: Iterable[IndexRow], zone: ZoneInfo) -> bytes:
    """The rows as CSV (RFC 4180) in UTF-8, with the mark by which spreadsheets know it; no cell is a formula."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(_COLUMNS)
    table.writerows([_defused(cell) for cell in _cells(row, zone)] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _cells(row: IndexRow, zone: ZoneInfo) -> tuple[str, ...]:
    one = row.entry
    about = ("",) * 6
    if one:
        at: datetime = one.occurred_at.astimezone(zone)
        about = (f"{at:%Y-%m-%d %H:%M:%S}", one.channel, one.direction, one.party.name, one.subject, one.status)
    return (row.entry_id, *about, row.document, row.file, row.sha256, row.note)


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.lstrip().startswith(_FORMULA) else cell


def _cut(text: str, longest: int) -> str:
    return text.encode()[:longest].decode(errors="ignore").rstrip(". ") or "unnamed"
