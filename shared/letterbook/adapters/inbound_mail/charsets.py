"""Bytes as text, as browsers take them (WHATWG Encoding), because that is what those who write mail have seen of it."""


def decoded(content: bytes, label: str | None = None) -> str:
    """Never raises. Without a label, or with one that nobody knows, it is UTF-8 if it can be, else windows-1252."""
    for charset in (label, "utf-8"):
        try:
            if charset:
                return content.decode(charset)
        except (LookupError, ValueError):
            continue
    return content.decode("windows-1252", "replace")
