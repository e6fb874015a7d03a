"""Mail as the world writes it: events/mail/<theme>/<case>.eml, byte for byte, and beside it in JSON what its reader has to find.

An expectation is what the best mail program would show its user. It has `why` (the rule, or the kind of fault), `sender`,
`name`, `subject`, `text`, `files` (`name`, `media_type`, `bytes`) and `kind` (`person`, `automatic` or `report`); what it leaves
out can be told in more than one way. It may have `to`, `cc`, `reply_to`, `others`, `message_id`, `in_reply_to`, `references`,
`report`; pieces that stand in the `html`, or in a text that is not told word for word (`text_has`, `text_words`); and what becomes
of it: `entry` (false: none), `joins` (the case whose entry it joins), `author` (where a list wrote itself into From), `hints`.
`differs` is for tests/compare alone: the reader, the field, and why ours is right.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "events" / "mail"


@dataclass(frozen=True, slots=True)
class MailCase:
    """`name` is theme/case."""

    name: str
    raw: bytes
    expected: dict[str, Any]

    @property
    def theme(self) -> str:
        return self.name.partition("/")[0]


@cache
def mail_cases() -> tuple[MailCase, ...]:
    return tuple(_case(path) for path in sorted(FOLDER.glob("*/*.eml")))


def _case(path: Path) -> MailCase:
    name = path.relative_to(FOLDER).with_suffix("").as_posix()
    return MailCase(name, path.read_bytes(), json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))


def lines_of(text: str) -> list[str]:
    """The lines that have something in them. White space within a line, and how many lines are empty, is nobody's meaning."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def words_of(text: str) -> str:
    return " ".join(text.split())


def in_words_of(expected: Sequence[dict[str, Any]], told: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is told, one after the other, without what the expectation leaves out."""
    asked = [*expected, *told[len(expected) :]]
    return [{key: value for key, value in one.items() if key in each} for one, each in zip(told, asked, strict=False)]
