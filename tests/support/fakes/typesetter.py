"""A typesetter that any test may look into: its PDF holds the letter's words as they are."""

from collections.abc import Sequence

from letterbook.domain.letter import Letter, TypesetLetter


class FakeTypesetter:
    def pdf(self, letter: Letter) -> TypesetLetter:
        return TypesetLetter(content=b"%PDF-1.7\n" + repr(letter).encode(), pages=1)

    def pages(self, letter: Letter) -> Sequence[bytes]:
        return [b"\x89PNG" + repr(letter).encode()]
