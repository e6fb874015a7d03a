"""What a field of addresses is made of (RFC 5322, 3.4 and 4.4): words, what is quoted, comments, angle brackets, and what divides.

Each character is looked at a bounded number of times. What was opened and never closed was not opened.
"""

import re
from collections.abc import Iterator
from enum import IntEnum

_PLAIN = re.compile(r'[^"(<,;:=\\@]+')
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,80}\?[BQbq]\?[^?]{0,2000}\?=")
_QUOTED = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"', re.DOTALL)
_LITERAL = re.compile(r"@\[[^\[\]\s<>\"(),;]{1,80}\]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_PARENTHESIS = re.compile(r"\\.|[()]", re.DOTALL)
_ANGLE = re.compile(r"[<>]")
_END_OF_OPEN = re.compile(r"[,;<]")


class Kind(IntEnum):
    WORDS = 1
    QUOTED = 2
    COMMENT = 3
    ANGLE = 4
    # A comma or a semicolon.
    END = 5
    COLON = 6


def pieces_of(text: str) -> Iterator[tuple[Kind, str, int]]:
    """Pieces in their order, each with where it begins, without its own quotes and brackets."""
    at, unclosed = 0, ""
    while at < len(text):
        one = text[at]
        end = at + 1
        if one in unclosed:
            yield Kind.WORDS, one.replace('"', " "), at
        elif one == '"' and not text[at - 1 : at].isalnum():
            quoted = _QUOTED.match(text, at)
            if quoted:
                end = quoted.end()
                # The local part of an address may be quoted; then the quotes are its own.
                of_address = text.startswith("@", end)
                yield (Kind.WORDS, quoted[0], at) if of_address else (Kind.QUOTED, _ESCAPE.sub(r"\1", quoted[1]), at)
            else:
                unclosed += one
                yield Kind.WORDS, " ", at
        elif one == "(":
            closed = _end_of_comment(text, at)
            if closed:
                end = closed
                yield Kind.COMMENT, _ESCAPE.sub(r"\1", text[at + 1 : end - 1]), at
            else:
                unclosed += one
                yield Kind.WORDS, one, at
        elif one == "<":
            end, inner = _angle(text, at)
            yield Kind.ANGLE, inner, at
        elif one in ",;":
            yield Kind.END, one, at
        elif one == ":":
            yield Kind.COLON, one, at
        else:
            found = _found(text, at)
            end = max(found, end)
            yield Kind.WORDS, text[at + 1 : end + 1] if one == "\\" else text[at:end], at
            end += one == "\\"
        at = end


def _found(text: str, at: int) -> int:
    """Where an encoded word, an address of a network or plain text that begins here ends."""
    pattern = {"=": _ENCODED_WORD, "@": _LITERAL, "\\": None}.get(text[at], _PLAIN)
    found = pattern.match(text, at) if pattern else None
    return found.end() if found else at + 1


def _end_of_comment(text: str, at: int) -> int:
    """Where the comment that begins here ends; 0 if it never does."""
    depth = 0
    for found in _PARENTHESIS.finditer(text, at):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return 0


def _angle(text: str, at: int) -> tuple[int, str]:
    """Where what begins with a bracket here ends, and what stands in it. Doubled brackets are one."""
    begin = at
    while text.startswith("<", begin):
        begin += 1
    closing = _ANGLE.search(text, begin)
    if closing and closing[0] == ">":
        end = closing.start()
        after = end
        while text.startswith(">", after):
            after += 1
        return after, text[begin:end]
    ended = _END_OF_OPEN.search(text, begin)
    end = ended.start() if ended else len(text)
    return end, text[begin:end]
