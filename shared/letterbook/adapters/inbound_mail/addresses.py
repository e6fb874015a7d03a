"""Addresses in a text, in the one form that all their spellings have (RFC 5321, 5891, 6531; UTS 46)."""

import re
import unicodedata
from collections.abc import Callable, Iterator

import idna

from letterbook.domain.visible import name_of

# RFC 5321 allows 64 characters before the @ (4.5.3.1.1), and senders of lists write many more; a domain has 255 (4.5.3.1.2).
_MAX_LOCAL, _MAX_DOMAIN = 250, 255
# All brackets and quotes of all scripts end an address but the apostrophe, which may be part of one.
BRACKETS = "".join(
    re.escape(chr(code)) for code in range(0x3100) if unicodedata.category(chr(code)) in ("Ps", "Pe", "Pi", "Pf")
).replace("\u2019", "")
_APOSTROPHES = "'`\u2018\u2019\u201a\u201b"
_AROUND = f" {_APOSTROPHES}<>"
_RUN = re.compile(f'[^{BRACKETS}\\s<>",:;\\\\\\x00-\\x1f\\x7f-\\x9f]+')
# Bounded, since each begins wherever it may.
_WITH_LITERAL = re.compile(r"([^\s<>@\"(),:;\\\[\]]{1,64})@(\[[^\[\]\s<>\"(),;]{1,80}\])")
_WITH_QUOTES = re.compile(r'("(?:[^"\\\x00-\x1f]|\\[ -~]){1,64}")@([^\s<>@"(),;:\\\x00-\x1f]{1,255})')
_WHOLE = re.compile(r"[^\s<>@\"(),:;\\\x00-\x1f\x7f-\x9f]+@[^\s<>@\"(),:;\\\x00-\x1f\x7f-\x9f]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_COMMENT = re.compile(r"\([^()]*\)")
_SPACED = re.compile(r"\s*([@.])\s*")
_LABEL = re.compile(r"[a-z0-9]")
# Full stops of other scripts, which IDNA takes for one (RFC 3490, 3.1).
_DOTS = str.maketrans({"\u3002": ".", "\uff61": "."})


def addresses_in(text: str) -> list[str]:
    """All addresses in a text, those in brackets first; each once. Look-alikes of @ and of letters are what they look like."""
    if "@" not in text and text.isascii():
        return []
    bare = _folded(text)
    found = list(_found_in(bare)) if "@" in bare else []
    if "@" in bare and not any("." in one.rpartition("@")[2] for _, one in found):
        # RFC 5322, 4.4: blanks may stand around the dots and the @.
        found = list(_found_in(_SPACED.sub(r"\1", bare))) or found
    return list(dict.fromkeys(one for _, one in sorted(found, key=lambda each: not each[0])))


def addresses_in_angle(text: str) -> list[str]:
    """What stands in angle brackets; its address is the first. None where there is no address, which is then part of a name.

    With blanks, comments, a route (RFC 5322, 4.4), `mailto:` or quotes around it, it is the same address.
    """
    if "@" not in text and text.isascii():
        return []
    bare = _COMMENT.sub("", _folded(text)).strip(_AROUND)
    if bare.lower().startswith("mailto:"):
        bare = bare[len("mailto:") :].partition("?")[0]
    if bare.startswith("@"):
        bare = bare.rpartition(":")[2]
    spaced = _SPACED.sub(r"\1", bare.strip(_AROUND))
    if not _WHOLE.fullmatch(spaced):
        return addresses_in(bare)
    local, _, domain = spaced.partition("@")
    known = address_of(local, domain)
    return [known] if known else []


def address_of(local: str, domain: str) -> str:
    """An address in its one form; empty for what is none."""
    if len(local) > 2 and local.startswith('"') and local.endswith('"'):
        inner = _ESCAPE.sub(r"\1", local[1:-1])
        local = inner if _ATOMS.fullmatch(inner) else local
    known = domain_of(domain)
    return f"{local}@{known}" if local.strip('" ') and len(local) <= _MAX_LOCAL and known else ""


def domain_of(domain: str) -> str:
    """A domain in lower case and in ASCII (IDNA 2008, UTS 46 non-transitional), without the dot of the root.

    What IDNA refuses stays as it is: mail came from there all the same.
    """
    bare = domain.translate(_DOTS).strip(". ").lower()
    if not bare or len(bare) > _MAX_DOMAIN:
        return ""
    if bare.isascii():
        return bare if _LABEL.search(bare) else ""
    try:
        return idna.encode(bare, uts46=True, transitional=False).decode("ascii").strip(".")
    except UnicodeError:
        return bare if any(one.isalnum() for one in bare) else ""


def runs_replaced(text: str, replace: Callable[[str], str]) -> str:
    """A text in which each run of characters that may be an address is replaced where it holds an @ of any kind."""
    return _RUN.sub(lambda found: replace(found[0]) if "@" in _folded(found[0]) else found[0], text)


def _folded(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", name_of(text)).translate(_DOTS)


def _found_in(text: str) -> Iterator[tuple[bool, str]]:
    """Addresses, and whether each stands in brackets."""
    if '"@' in text:
        yield from ((False, one) for found in _WITH_QUOTES.finditer(text) if (one := address_of(found[1], found[2])))
        text = _WITH_QUOTES.sub(" ", text)
    if "@[" in text:
        yield from ((False, one) for found in _WITH_LITERAL.finditer(text) if (one := address_of(found[1], found[2])))
        text = _WITH_LITERAL.sub(" ", text)
    for found in _RUN.finditer(text):
        local, at, domain = found[0].strip(f"{_APOSTROPHES}!?*").rpartition("@")
        if at and (one := address_of(f'"{local}"' if "@" in local else local, domain)):
            yield found.start() > 0 and text[found.start() - 1] in f"<{BRACKETS}", one
