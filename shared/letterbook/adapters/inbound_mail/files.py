"""What came with a mail: everything in it that is not what it says, byte for byte."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from letterbook.adapters.inbound_mail import tnef
from letterbook.adapters.inbound_mail.bodies import Body
from letterbook.adapters.inbound_mail.fields import seen_line, text_of
from letterbook.adapters.inbound_mail.mime import Part, parse
from letterbook.domain.inbound_email import InboundFile

MAX_FILES = 200
MAX_NAME = 200
_MAX_EXTENSION, _MAX_CONTENT_ID = 20, 250
# A name is cut before it is looked at; what is cut off no system could keep.
_MAX_GIVEN = 2_000
_MAX_HEADER_BYTES, _MAX_SUBJECT_BYTES = 64 * 1024, 4_000
_UNKNOWN = "application/octet-stream"
_MAILS = frozenset({"message/rfc822", "message/global"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HEADER = re.compile(rb".*?(?=\r?\n[ \t]*\r?\n|\Z)", re.DOTALL)
# What Python's own table, which is the same on every machine, does not know or calls by a rare name.
_EXTENSIONS = {
    "application/ms-tnef": ".dat",
    "application/pgp-encrypted": ".asc",
    "application/pgp-keys": ".asc",
    "application/pgp-signature": ".asc",
    "application/pkcs7-mime": ".p7m",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-mime": ".p7m",
    "application/x-pkcs7-signature": ".p7s",
    "application/vnd.ms-tnef": ".dat",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "audio/mpeg": ".mp3",
    "image/heic": ".heic",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/tiff": ".tif",
    "image/webp": ".webp",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/global": ".eml",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
}
_TYPES = mimetypes.MimeTypes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """In the order of the mail. `left_out` counts those that are only in the original; `unread` says so in plain words."""

    all: tuple[InboundFile, ...] = ()
    left_out: int = 0
    unread: tuple[str, ...] = ()


def files_of(mail: Part, body: Body) -> Files:
    """Those that stand in another, in Outlook's `winmail.dat`, come after it; pictures that stood in the HTML come last."""
    said = {id(part) for part in body.parts if not part.file_name}
    found: list[InboundFile] = []
    left_out = 0
    for part in (one for one in mail.leaves() if id(one) not in said):
        if len(found) >= MAX_FILES:
            left_out += 1
            continue
        own = _file(part, len(found) + 1)
        several = [own, *_within(own, len(found) + 2)]
        kept = several[: MAX_FILES - len(found)]
        left_out += len(several) - len(kept)
        found.extend(kept)
    pictures = body.pictures[: MAX_FILES - len(found)]
    left_out += len(body.pictures) - len(pictures)
    found.extend(pictures)
    unread = (f"files after the first {MAX_FILES}",) if left_out else ()
    return Files(all=tuple(found), left_out=left_out, unread=unread)


def tnef_in(files: Files) -> tnef.Message | None:
    """What the first `winmail.dat` says, if there is one."""
    return next((tnef.read(one.content) for one in files.all if _is_tnef(one)), None)


def safe_name(given: str) -> str:
    """A name with only what is seen of it, without folders, that keeps its extension where it is cut. It may be empty."""
    name = re.sub(r"\s+", " ", seen_line(given[:_MAX_GIVEN]).replace("\\", "/").rpartition("/")[2]).strip(" .")
    if len(name) <= MAX_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _MAX_EXTENSION:
        return name[:MAX_NAME].strip(" .")
    return stem[: MAX_NAME - len(extension) - 1].rstrip(" .") + dot + extension


def _file(part: Part, number: int) -> InboundFile:
    media_type = part.media_type if _MEDIA_TYPE.fullmatch(part.media_type) else _UNKNOWN
    content = part.content()
    name = safe_name(part.file_name)
    if media_type in _MAILS:
        name = _named_as_mail(name or _subject(content))
    return InboundFile(
        name=name or f"attachment-{number}{_extension(media_type)}",
        media_type=media_type,
        content=content,
        content_id=_BREAKS.sub("", part.content_id)[:_MAX_CONTENT_ID],
    )


def _within(file: InboundFile, number: int) -> Iterator[InboundFile]:
    if not _is_tnef(file):
        return
    opened = tnef.read(file.content)
    for place, one in enumerate(opened.files if opened else ()):
        media_type = one.media_type if _MEDIA_TYPE.fullmatch(one.media_type) else _guessed_type(one.name)
        name = safe_name(one.name) or f"attachment-{number + place}{_extension(media_type)}"
        yield replace(one, name=name, media_type=media_type)


def _is_tnef(file: InboundFile) -> bool:
    called = file.media_type in _TNEF or file.name.lower() == "winmail.dat"
    return called and file.content.startswith(tnef.SIGNATURE)


def _subject(content: bytes) -> str:
    """Of a mail, as its file is named: a slash in it is no folder."""
    header = _HEADER.match(content[:_MAX_HEADER_BYTES])
    subject = text_of(parse(header[0])[0].value("subject")[:_MAX_SUBJECT_BYTES]) if header else ""
    return safe_name(re.sub(r"[/\\]", "-", subject[:_MAX_GIVEN]))


def _named_as_mail(name: str) -> str:
    return name if not name or name.lower().endswith(".eml") else f"{name[: MAX_NAME - 4].rstrip(' .')}.eml"


def _extension(media_type: str) -> str:
    return _EXTENSIONS.get(media_type) or _TYPES.guess_extension(media_type) or ""


def _guessed_type(name: str) -> str:
    return _TYPES.guess_type(name)[0] or _UNKNOWN
