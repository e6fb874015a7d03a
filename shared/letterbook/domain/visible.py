"""What is seen of a text is what it holds: nothing turns the direction of what is read, nothing is there and not seen.

Unicode's controls of direction (UAX 9) can show `fdp.exe` as `exe.pdf` and turn the words behind a name; characters without a shape
make two names look alike. Names lose both kinds where they come in. Texts keep the marks that Arabic and Hebrew are written with,
which act on their own neighbours only, and lose what acts on all that follows.
"""

import re
import unicodedata
from typing import Literal

# Embeddings, overrides, and isolates of a direction of their own. A first strong isolate only keeps apart what stands in it.
_TURNING = re.compile("[\u202a-\u202e\u2066\u2067]")
_ISOLATE, _END = "\u2068", "\u2069"
# Scripts whose letters are joined, or kept apart, by a character without a shape; and emoji, which are made of several.
_JOINING = "[\u0590-\u1cff\u2190-\u2bff\u3030-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe0f\ufe70-\ufefc\U00010900-\U000dffff]"
# In one pass: what is kept although it holds something unseen (the flags of England, Scotland and Wales; joiners where they join),
# then all that has no shape. Compiled when the first name comes that is not ASCII: it takes as long as a module's import.
_HIDDEN = (
    "(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f"
    f"|(?<={_JOINING})[\u200c\u200d](?={_JOINING}))"
    "|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_BLANK = frozenset("\u2800")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
# Languages whose common script is Arabic, Hebrew or Thaana (ISO 639).
_LANGUAGES = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def direction(language: str) -> Literal["ltr", "rtl"]:
    """How people of that language (BCP 47) read."""
    return "rtl" if language.partition("-")[0] in _LANGUAGES else "ltr"


def name_of(text: str) -> str:
    """A name with only what is seen of it; empty where that is nothing."""
    bare = text if text.isascii() else re.sub(_HIDDEN, lambda found: found[1] or "", text).strip()
    return bare if any(_is_seen(one) for one in bare) else ""


def hides(text: str) -> bool:
    """Whether a name holds more than is seen of it."""
    return name_of(text) != text


def unturned(text: str) -> str:
    """A text without what turns the direction of all that follows; in each line, what is kept apart has its end."""
    if text.isascii():
        return text
    bare = _TURNING.sub("", text)
    if _ISOLATE not in bare and _END not in bare:
        return bare
    return "".join(_ended(line) for line in bare.splitlines(keepends=True))


def isolated(value: str) -> str:
    """A value that may stand in the midst of any text: what is written from right to left in it turns nothing around it."""
    bare = unturned(value)
    return "".join(_apart(line) for line in bare.splitlines(keepends=True)) if _RIGHT_TO_LEFT.search(bare) else bare


def _apart(line: str) -> str:
    words, end = _without_end(line)
    return f"{_ISOLATE}{words}{_END}{end}" if _RIGHT_TO_LEFT.search(words) else line


def _without_end(line: str) -> tuple[str, str]:
    """A line and what ends it."""
    words = line.splitlines()[0]
    return words, line[len(words) :]


def _ended(line: str) -> str:
    pieces: list[str] = []
    standing = 0
    words, end = _without_end(line)
    for one in words:
        if one == _END and not standing:
            continue
        standing += {_ISOLATE: 1, _END: -1}.get(one, 0)
        pieces.append(one)
    return "".join(pieces) + _END * standing + end


def _is_seen(character: str) -> bool:
    return character not in _BLANK and unicodedata.category(character)[0] in "LNPS"
