"""Letters as pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from letterbook.domain.letter import Letter, TypesetLetter


class Typesetter(Protocol):
    """Sets letters in type. Raises TypesettingFailed for one that makes no pages, or too many of them."""

    def pdf(self, letter: Letter) -> TypesetLetter: ...
    def pages(self, letter: Letter) -> Sequence[bytes]:
        """Each page as a PNG, to be looked at."""


class UnusablePdf(ValueError):
    """A file that cannot be sent as a letter, and why."""


class PdfReader(Protocol):
    def pages(self, content: bytes) -> int:
        """How many pages a PDF has. Raises UnusablePdf for what is none, cannot be opened, or has too many."""

    def printable(self, files: Sequence[tuple[str, bytes]], *, both_sides: bool) -> bytes:
        """All files, each with its name, as the one PDF that is printed and posted; a single one stays as it is.

        Printed on both sides, each file begins on a sheet of its own. The same files make the same bytes. Raises UnusablePdf, by
        the file's name, also for one with a page that is not A4, upright.
        """
