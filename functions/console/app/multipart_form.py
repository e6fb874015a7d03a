"""A form with files in it, as browsers send it without script (RFC 7578)."""

from dataclasses import dataclass, field
from io import BytesIO

from letterbook.domain.errors import Malformed, TooLarge

MEDIA_TYPE = "multipart/form-data"
# An event of Lambda holds 6 MB, in which a file is written in base64.
MAX_FORM_BYTES = 4_300_000
# What a page says: the rest of the form goes with it.
MAX_FILES_BYTES = 4_000_000
_MOST_PARTS = 3_000
_LARGEST_FIELD = 3 * 1024 * 1024
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file of a form; `name` is what the browser called it, without folders."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MultipartForm:
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: tuple[SentFile, ...] = ()


def read_multipart(content: bytes, content_type: str) -> MultipartForm:
    """The fields by their names, and the files that were chosen. Raises Malformed, TooLarge."""
    # Few forms are sent so, and every cold start would wait for it.
    from multipart import MultipartError, MultipartParser, parse_options_header

    boundary = parse_options_header(content_type)[1].get("boundary", "")
    if not boundary:
        raise Malformed("The form cannot be read.")
    if len(content) > MAX_FORM_BYTES:
        raise TooLarge("Files of a form have 4 MB in all.")
    limits = {"part_limit": _MOST_PARTS, "memory_limit": MAX_FORM_BYTES, "spool_limit": MAX_FORM_BYTES}
    fields: dict[str, list[str]] = {}
    files: list[SentFile] = []
    try:
        for part in MultipartParser(BytesIO(content), boundary, len(content), strict=True, **limits):
            if part.filename is None:
                if part.size > _LARGEST_FIELD:
                    raise TooLarge("This is too large.")
                fields.setdefault(part.name, []).append(part.raw.decode())
            elif part.filename and part.size:
                name = part.filename.replace("\\", "/").rpartition("/")[2][-_LONGEST_NAME:]
                files.append(SentFile(name, part.content_type, part.raw))
    except (MultipartError, ValueError) as error:
        raise Malformed("The form cannot be read.") from error
    return MultipartForm(fields, tuple(files))
