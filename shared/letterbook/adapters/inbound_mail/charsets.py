"""Bytes as text, as browsers take them (WHATWG Encoding), because that is what those who write mail have seen of it.

`webencodings` knows the labels. Python's codecs decode; where they know less than the standard asks for, it stands here.
"""

import codecs
import re
from functools import lru_cache

import webencodings

from letterbook.adapters.inbound_mail import japanese

_MAX_LABEL = 100
# Where browsers look for the charset of an HTML document (HTML, 13.2.3.2).
_PRESCAN_BYTES = 1024
# That of UTF-16 is the beginning of that of UTF-32.
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF_16 = frozenset({"utf-16-le", "utf-16-be"})
# Encodings of WHATWG that Python's codec of the same name does not know all of: which one does.
_WIDER = {"gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949", "big5": "big5hkscs"}
# In no browser, but in mail. Each is a codec from bytes to text; `unicode_escape` and its like are none that anybody would label.
_MAIL_ONLY = re.compile(
    r"cp\d{3,4}|hz|iso2022_(?:jp|kr)(?:_\w+)?|utf_?-?(?:7|8|16|32)(?:[_-][bl]e)?|utf-8-sig|mac-[a-z0-9-]+|johab|koi8[-_]t"
    r"|kz1048|ptcp154|tis-620|shift_?jisx?_?\w*|euc_jis\w*|hp-roman8|palmos|iso8859-\d+|ascii|gb\w+|big5\w*",
    re.ASCII,
)
_OTHER_NAMES = {
    "unicode-1-1-utf-7": "utf-7",
    "csunicode11utf7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "hz-gb-2312": "hz",
    "utf8mb4": "utf-8",
    "iso-2022-jp-ms": "iso-2022-jp",
    "cp50220": "iso-2022-jp",
    "cp50221": "iso-2022-jp",
    "cp51932": "euc-jp",
    "eucjp-ms": "euc-jp",
}
# `windows1251`, `win-1251`, `ms-874`: as people write `windows-1251`.
_WINDOWS = re.compile(r"(?:x-)?(?:windows|win|ms|ibm)[-_]?(125[0-8]|874)")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_META = re.compile(rb"<meta[\s/][^>]{0,1000}", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([^\s\"'/>;]+)", re.IGNORECASE)
_CONTENT = re.compile(rb"[\s/\"']content\s*=\s*(\"[^\"]*|'[^']*|[^\s>]*)", re.IGNORECASE)
_XML = re.compile(rb"\s{0,10}<\?xml[^>]{1,200}?encoding\s*=\s*[\"']([^\"'>]{1,100})", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")


def decoded(content: bytes, label: str | None = None, *, html: bool = False) -> str:
    """Never raises. Without a label, or with one that nobody knows, it is UTF-8 if it can be, else windows-1252.

    A byte order mark says more than a label. `html` looks for a charset in the document itself where there is no label.
    """
    for bom, codec in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(codec, "replace")
    codec = codec_of(label or "") or (_codec_in_html(content) if html else "")
    if codec in ("", "utf-8") or (codec in _UTF_16 and b"\0" not in content):
        return _utf_8_or_windows_1252(content)
    return _SURROGATES.sub("\ufffd", _with(codec, content))


@lru_cache(maxsize=256)
def codec_of(label: str) -> str:
    """The name of the codec that a label means; empty for one that nobody knows."""
    name = label[:_MAX_LABEL].partition(";")[0].strip(" \t\r\n\"'<>=,:").lower()
    name = _OTHER_NAMES.get(name.replace("_", "-"), name)
    if windows := _WINDOWS.fullmatch(name):
        name = f"windows-{windows[1]}"
    known = webencodings.lookup(name) or webencodings.lookup(name.replace("_", "-"))
    if known is not None and known.name not in ("replacement", "x-user-defined"):
        return _WIDER.get(known.name, known.name if known.name in ("iso-2022-jp", "euc-jp") else known.codec_info.name)
    try:
        own = codecs.lookup(name).name if re.fullmatch(r"[\w-]+", name, re.ASCII) else ""
    except (LookupError, ValueError):
        return ""
    return own if _MAIL_ONLY.fullmatch(own) else ""


def _with(codec: str, content: bytes) -> str:
    if codec in ("iso-2022-jp", "euc-jp"):
        return japanese.decoded(content, codec)
    table = _table(codec)
    if table:
        return codecs.charmap_decode(content, "replace", table)[0]
    if codec == "gb18030" and b"\x80" in content:
        return content.decode(codec, "letterbook.euro")
    try:
        return content.decode(codec)
    except ValueError:
        pass
    if codec == "big5hkscs":
        # Microsoft's Big5 has letters that Hong Kong's has not.
        return content.decode("cp950" if _is(content, "cp950") else codec, "replace")
    return content.decode(codec, "replace")


def _is(content: bytes, codec: str) -> bool:
    try:
        content.decode(codec)
    except ValueError:
        return False
    return True


def _utf_8_or_windows_1252(content: bytes) -> str:
    """UTF-8 in which a letter was broken is still UTF-8, if more of its letters are sound than are not."""
    try:
        return content.decode()
    except ValueError:
        lenient = content.decode(errors="replace")
    broken = lenient.count("\ufffd")
    sound = len(lenient) - len(lenient.encode("ascii", "ignore")) - broken
    return lenient if sound > broken else _with("cp1252", content)


@lru_cache(maxsize=64)
def _table(codec: str) -> str:
    """What each byte means in an encoding of single bytes; empty for any other.

    What is no letter in it is a control character where WHATWG's indexes have one, below 0xA0.
    """
    if not re.fullmatch(r"cp\d+|iso8859-\d+|koi8-\w|mac-\w+|kz1048|ptcp154|tis-620|hp-roman8|palmos", codec):
        return ""
    try:
        letters = [bytes([byte]).decode(codec, "replace") for byte in range(256)]
    except (LookupError, ValueError):
        return ""
    if any(len(bytes([lead, 0x41]).decode(codec, "replace")) == 1 for lead in range(0x80, 0x100)):
        return ""
    return "".join(chr(at) if one == "\ufffd" and at < 0xA0 else one for at, one in enumerate(letters))


def _codec_in_html(document: bytes) -> str:
    """What a document says of itself (HTML, 13.2.3.2 and 13.2.3.4); empty where it says nothing that is known."""
    head = _COMMENT.sub(b" ", document[:_PRESCAN_BYTES])
    for meta in _META.findall(head):
        attributes = _CONTENT.sub(b" ", meta)
        content = _CONTENT.search(meta) if b"http-equiv" in attributes.lower() else None
        found = _CHARSET.search(attributes) or (_CHARSET.search(content[1]) if content else None)
        codec = codec_of(found[1].decode("latin-1")) if found else ""
        if codec:
            # Whoever could read this far did not read UTF-16.
            return "utf-8" if codec in _UTF_16 else codec
    declared = _XML.match(head)
    return codec_of(declared[1].decode("latin-1")) if declared else ""


def _euro(error: UnicodeError) -> tuple[str, int]:
    """Microsoft's and WHATWG's GBK have the euro at 0x80, Python's has nothing there."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "€" if error.object[error.start] == 0x80 else "\ufffd", error.start + 1


codecs.register_error("letterbook.euro", _euro)
