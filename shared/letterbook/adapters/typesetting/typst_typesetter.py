"""Letters set in type by Typst, in this process. The layout is letter.typ; it is fed with data, and never with markup."""

import json
import re
import struct
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import typst

from letterbook.adapters.typesetting.layout import layout_of
from letterbook.domain.communication import Attachment
from letterbook.domain.letter import Letter, TypesetLetter, TypesettingFailed

_HERE = Path(__file__).parent
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
# Archived for ever, and read aloud: ISO 19005-2, level B, and ISO 14289-1.
_STANDARDS: list["typst.PDFStandard"] = ["a-2b", "ua-1"]
_LOGO = "logo.svg"
_NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_CODE_POINT = re.compile(r"\\u\{([0-9a-f]+)\}")
_PAGES = re.compile(rb"<xmpTPg:NPages>(\d+)<")
# A page of A4 at 300 dots an inch, twice.
_MOST_PIXELS = 16_000_000
# Stands for a character that no font has.
_MISSING = "\ufffd"
# Each time all that are missing are told; another one may show once they are gone.
_ROUNDS = 4
_PPI = 110


class TypstTypesetter:
    """See ports.Typesetter. `read` gives the bytes of the letterhead's logo."""

    def __init__(self, read: Callable[[Attachment], bytes]) -> None:
        self._read = read

    def pdf(self, letter: Letter) -> TypesetLetter:
        files = self._files(letter)
        missing: dict[str, None] = {}
        for _ in range(_ROUNDS):
            try:
                (content,) = self._compiled(files, "pdf")
            except typst.TypstError as error:
                told = dict.fromkeys(_without_glyph(error.diagnostic))
                if not told:
                    raise TypesettingFailed(error.message) from error
                replaced = _replaced(files["letter.json"], told)
                if replaced == files["letter.json"]:
                    raise TypesettingFailed(f"The logo says {''.join(told)}, which no font has.") from error
                missing |= told
                files["letter.json"] = replaced
            else:
                pages = _PAGES.search(content)
                return TypesetLetter(content=content, pages=int(pages[1]) if pages else 0, missing=tuple(missing))
        raise TypesettingFailed("No font has its characters.")

    def pages(self, letter: Letter) -> Sequence[bytes]:
        try:
            return self._compiled(self._files(letter), "png")
        except typst.TypstError as error:
            raise TypesettingFailed(error.message) from error

    def _compiled(self, files: dict[str, bytes], form: Literal["pdf", "png"]) -> list[bytes]:
        """One PDF, or a picture of each page. The compiler is made anew each time: it serves one caller, and costs nothing."""
        compiler = typst.Compiler(root=_HERE, font_paths=self._fonts, ignore_system_fonts=True)
        standards = _STANDARDS if form == "pdf" else []
        try:
            # Several files in memory, as its documentation has them and its types have not.
            made = compiler.compile(files, format=form, ppi=_PPI, pdf_standards=standards)  # type: ignore[type-var]
        except (typst.TypstError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of the compiler is no Exception, and the next letter may be sound
            raise TypesettingFailed(str(error)) from error
        return made if isinstance(made, list) else [made] if made else []

    def _files(self, letter: Letter) -> dict[str, bytes]:
        logo = letter.letterhead.logo
        picture = _as_svg(self._read(logo), logo.media_type) if logo else b""
        layout = layout_of(letter, logo=_LOGO if picture else None, matrix=_matrix(letter.code))
        files = {
            "main.typ": (_HERE / "letter.typ").read_bytes(),
            "letter.json": json.dumps(layout, ensure_ascii=False).encode(),
        }
        return files | {_LOGO: picture} if picture else files

    @cached_property
    def _fonts(self) -> typst.Fonts:
        import fontpkg_ibm_plex_sans

        return typst.Fonts(include_system_fonts=False, font_paths=[fontpkg_ibm_plex_sans.ROOT / "files"])


def _without_glyph(diagnostic: str) -> list[str]:
    """The characters that no font has, of what the compiler says."""
    told = "".join(found[1] for found in _NO_GLYPH.finditer(diagnostic))
    shown = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), told)
    return [one for one in shown if not one.isascii() and one != _MISSING]


def _replaced(content: bytes, missing: dict[str, None]) -> bytes:
    return content.decode().translate({ord(one): _MISSING for one in missing}).encode()


def _as_svg(picture: bytes, media_type: str) -> bytes:
    """A PNG in an SVG of its size, because the compiler takes files of text alone."""
    if media_type == "image/svg+xml":
        return picture
    if not picture.startswith(_PNG):
        raise TypesettingFailed("The logo is neither PNG nor SVG.")
    width, height = struct.unpack(">II", picture[16:24])
    if width * height > _MOST_PIXELS:
        raise TypesettingFailed(f"The logo has more than {_MOST_PIXELS} pixels.")
    size = f'width="{width}" height="{height}"'
    held = b64encode(picture).decode()
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="data:image/png;base64,{held}"/></svg>'.encode()


def _matrix(code: str) -> str:
    """A Data Matrix (ISO 16022) as SVG, one path of all its marks; empty for no code, or one of more than ASCII or its size."""
    if not code.strip() or not code.isascii():
        return ""
    from pystrich.datamatrix import DataMatrixEncoder
    from pystrich.exceptions import PyStrichError

    try:
        symbol = DataMatrixEncoder(code).get_rect_marks()
    except PyStrichError:
        return ""
    path = "".join(f"M{x} {y}h{width}v{height}h-{width}z" for x, y, width, height in symbol.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {symbol.width} {symbol.height}"><path d="{path}"/></svg>'
    )
