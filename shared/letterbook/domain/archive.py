"""What a ZIP of entries holds: a folder for each, with names that every system can write, and a list of all that is in it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from letterbook.domain.communication import Entry, RecipientRole
from letterbook.domain.templates import Rendered

CONTENTS = "Contents.txt"
TEXT, HTML = "Message.txt", "Message.html"
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
# Names that Windows keeps for itself.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
# A name has at most 255 bytes wherever it may be unpacked to.
_LONGEST_BYTES = 120
_POLICY = (
    '<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
)


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not in it, and why, in words."""

    what: str
    why: str


def safe_name(text: str) -> str:
    """As a file or a folder can be called; its ending stays."""
    bare = _FORBIDDEN.sub(" ", text)
    bare = " ".join(bare.split()).strip(". ") or "unnamed"
    bare = f"_{bare}" if _DEVICES.fullmatch(bare) else bare
    stem, dot, ending = bare.rpartition(".")
    if not dot or len(ending.encode()) > _LONGEST_BYTES // 4:
        return _cut(bare, _LONGEST_BYTES)
    return f"{_cut(stem, _LONGEST_BYTES - len(ending.encode()) - 1)}.{ending}"


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
    """`2026-11-23 1403 Email from Rosa Hale, My statement`."""
    way = entry.channel.spec.preposition or ("from" if entry.direction == "inbound" else "to")
    what = f", {entry.subject}" if entry.subject else ""
    at = entry.occurred_at.astimezone(zone)
    return safe_name(f"{at:%Y-%m-%d %H%M} {entry.channel.spec.label} {way} {entry.party.name}{what}").replace(".", "_")


def text_of(entry: Entry, rendered: Rendered, zone: ZoneInfo) -> str:
    """The message as text, below what its envelope says."""
    by_role = {role: [one.address for one in entry.recipients if one.role is role] for role in RecipientRole}
    head = [
        ("Entry", entry.id),
        ("When", _moment(entry.occurred_at, zone)),
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


def contents(
    firm: str, made: datetime, zone: ZoneInfo, files: Sequence[tuple[str, str]], missing: Sequence[Missing]
) -> str:
    """The list of what is in it; `files` are (path, SHA-256)."""
    lines = [f"{firm}: made {_moment(made, zone)}", "", f"In it ({len(files)}), each with its SHA-256:"]
    lines += [f"{digest}  {path}" for path, digest in files]
    if missing:
        lines += ["", f"Left out ({len(missing)}):", *(f"{one.what}: {one.why}" for one in missing)]
    return "\n".join([*lines, ""])


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"


def _cut(text: str, longest: int) -> str:
    return text.encode()[:longest].decode(errors="ignore").rstrip(". ") or "unnamed"
