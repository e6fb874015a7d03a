"""Bytes as text, as browsers take them (WHATWG Encoding), because that is what those who write mail have seen of it."""

import re

# Where browsers look for the charset of an HTML document (HTML, 13.2.3.2).
_PRESCAN_BYTES = 1024
_META = re.compile(rb"<meta\s[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,60})", re.IGNORECASE)


def decoded(content: bytes, label: str | None = None, *, html: bool = False) -> str:
    """Never raises. Without a label, or with one that nobody knows, it is UTF-8 if it can be, else windows-1252.

    `html` looks for a charset in the document itself where there is no label.
    """
    found = _META.search(content, 0, _PRESCAN_BYTES) if html and not label else None
    for charset in (found[1].decode("latin-1") if found else label, "utf-8"):
        try:
            if charset:
                return content.decode(charset)
        except (LookupError, ValueError):
            continue
    return content.decode("windows-1252", "replace")
