"""What may stand at the head of a letter, and what of it is refused, by name."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from letterbook.domain.logo import MOST_BYTES, MOST_PIXELS, PNG, SVG, BadLogo, check_logo

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'


def svg(inside: str, head: str = HEAD) -> bytes:
    return f"{head}{inside}</svg>".encode()


def picture(size: tuple[int, int] = (40, 20), kind: str = "PNG", mode: str = "RGBA") -> bytes:
    made = BytesIO()
    Image.new(mode, size).save(made, kind)
    return made.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, pixels: bytes) -> bytes:
    """A PNG that says so of itself, whatever there is in it."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def refused(media_type: str, content: bytes) -> BadLogo:
    with pytest.raises(BadLogo) as caught:
        check_logo(media_type, content)
    return caught.value


# ---- PNG


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "P", "1", "I;16"])
def test_a_png_is_a_logo(mode: str) -> None:
    check_logo(PNG, picture(mode=mode))


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "CMYK"), ("GIF", "P"), ("WEBP", "RGB")])
def test_another_picture_that_is_called_a_png_is_none(kind: str, mode: str) -> None:
    wrong = refused(PNG, picture(kind=kind, mode=mode))
    assert wrong.code == "invalid_picture"
    assert "save it as a PNG" in str(wrong)


@pytest.mark.parametrize("content", [b"", b"PNG", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7", svg("<path d='M0 0'/>")])
def test_what_is_no_picture_is_no_png(content: bytes) -> None:
    assert refused(PNG, content).code == "invalid_picture"


def test_a_png_that_breaks_off_is_none() -> None:
    whole = picture((200, 200))
    assert refused(PNG, whole[: len(whole) // 2]).code == "invalid_picture"


@pytest.mark.parametrize("size", [(MOST_PIXELS + 1, 1), (1, MOST_PIXELS + 1), (12_000, 12_000), (2**30, 2**30)])
def test_a_picture_of_more_pixels_than_print_shows_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    assert refused(PNG, png_of(*size, b"")).code == "too_many_pixels"


def test_a_bomb_in_a_small_frame_is_not_unpacked_whole() -> None:
    bomb = png_of(2, 2, b"\0" * 50_000_000)
    assert len(bomb) < MOST_BYTES
    # Its rows are read, and what is behind them is not.
    check_logo(PNG, bomb)


# ---- SVG


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M0 0h40v20H0z" fill="#1f3a5f"/>',
        '<g transform="scale(2)"><circle cx="5" cy="5" r="4" style="fill:url(#a);stroke:none"/></g>',
        '<defs><style>.a{fill:#fff}.b{fill:url("#g")}</style></defs><rect class="a" width="9" height="9"/>',
        '<linearGradient id="a"><stop offset="0"/></linearGradient><linearGradient id="b" xlink:href="#a"/>',
        '<linearGradient id="a" spreadMethod="pad"><stop offset="0"/></linearGradient>',
        '<clipPath id="c"><rect width="5" height="5"/></clipPath><path clip-path="url(#c)" d="M0 0h9"/>',
        "<title>Marsh &amp; Co</title><desc>@home</desc><!-- a comment -->",
        '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" r:about=""/></metadata>',
        '<n:namedview xmlns:n="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" pagecolor="#fff"/>',
    ],
)
def test_an_svg_of_shapes_is_a_logo(inside: str) -> None:
    check_logo(SVG, svg(inside))


@pytest.mark.parametrize(
    ("inside", "code", "named"),
    [
        ("<script>alert(1)</script>", "forbidden_element", "<script>"),
        ("<foreignObject><p>x</p></foreignObject>", "forbidden_element", "<foreignObject>"),
        ('<image href="#a"/>', "forbidden_element", "saved as a PNG"),
        ('<use href="#a"/>', "forbidden_element", "<use>"),
        ("<text>Marsh</text>", "forbidden_element", "turn words into paths"),
        ('<animate attributeName="d"/>', "forbidden_element", "<animate>"),
        ('<filter id="f"/>', "forbidden_element", "<filter>"),
        ('<a href="#x"/>', "forbidden_element", "<a>"),
        ('<h:script xmlns:h="http://www.w3.org/1999/xhtml">x</h:script>', "forbidden_element", "<script>"),
        ('<path onload="alert(1)"/>', "forbidden_attribute", "onload"),
        ('<path onclick="alert(1)"/>', "forbidden_attribute", "onclick"),
        ('<path filter="url(#f)"/>', "forbidden_attribute", "filter"),
        ('<linearGradient id="a" spreadMethod="repeat"/>', "forbidden_attribute", "repeats itself"),
        ('<radialGradient id="a" spreadMethod="reflect"/>', "forbidden_attribute", "repeats itself"),
        ('<linearGradient xlink:href="https://elsewhere.example/a.svg#b"/>', "forbidden_reference", "outside"),
        ('<linearGradient href="//elsewhere.example/a"/>', "forbidden_reference", "outside"),
        ('<linearGradient href="data:image/png;base64,AAAA"/>', "forbidden_reference", "outside"),
        ('<linearGradient href="javascript:alert(1)"/>', "forbidden_reference", "outside"),
        ('<path fill="url(https://elsewhere.example/a)"/>', "forbidden_reference", "outside"),
        ('<path fill="URL( //elsewhere.example/a )"/>', "forbidden_reference", "outside"),
        ('<path style="fill:u\\72l(https://elsewhere.example/a)"/>', "forbidden_reference", "outside"),
        ("<style>@import 'https://elsewhere.example/a.css';</style>", "forbidden_reference", "outside"),
        ("<style>@font-face{src:url(https://elsewhere.example/a)}</style>", "forbidden_reference", "outside"),
        ("<style>.a{fill:ur<!-- -->l(https://elsewhere.example/a)}</style>", "forbidden_reference", "outside"),
        ("<style><![CDATA[.a{background:url(https://elsewhere.example)}]]></style>", "forbidden_reference", "outside"),
        ("<?xml-stylesheet href='https://elsewhere.example/a.css'?>", "forbidden_instruction", "xml-stylesheet"),
    ],
)  # fmt: skip
def test_what_an_svg_may_not_hold_is_refused_by_its_name(inside: str, code: str, named: str) -> None:
    wrong = refused(SVG, svg(inside))
    assert wrong.code == code
    assert named in str(wrong)


LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "doctype",
    [
        LAUGHS,
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_an_svg_that_declares_something_is_refused(doctype: str) -> None:
    assert refused(SVG, doctype.encode() + svg("<path d='M0 0'/>")).code == "forbidden_doctype"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x1f\x8b\x08 packed",
        picture(),
        b"<svg",
        b"\xff\xfe\x00",
        b"<html/>",
        '<?xml version="1.0" encoding="utf-16"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'.encode(
            "utf-16"
        ),
        '<?xml version="1.0" encoding="latin-1"?><svg xmlns="http://www.w3.org/2000/svg" id="é"/>'.encode("latin-1"),
        b'<svg viewBox="0 0 1 1"/>',
        b'<?xml version="1.0" encoding="no-such"?><svg/>',
    ],
)
def test_what_is_no_svg_is_refused(content: bytes) -> None:
    assert refused(SVG, content).code == "invalid_picture"


@pytest.mark.parametrize("inside", ["<g>" * 60 + "</g>" * 60, "<path/>" * 10_001])
def test_an_svg_that_is_more_than_a_logo_is_refused(inside: str) -> None:
    assert refused(SVG, svg(inside)).code == "too_complex"


def test_shapes_that_cut_shapes_that_cut_shapes_are_bounded() -> None:
    """Each drawn a hundred times by the one before, three of them are a million."""
    cut = "".join(
        f'<clipPath id="c{n}">{f"""<rect clip-path="url(#c{n + 1})" width="1" height="1"/>""" * 100}</clipPath>'
        for n in range(3)
    )
    assert refused(SVG, svg(cut)).code == "too_complex"


@pytest.mark.parametrize(
    "size",
    ["", 'viewBox="0 0 0 10"', 'viewBox="0 0 0.00001 99999"', 'width="100%" height="100%"', 'width="1e99" height="5"'],
)
def test_an_svg_without_a_size_is_refused(size: str) -> None:
    assert refused(SVG, svg("", f'<svg xmlns="http://www.w3.org/2000/svg" {size}>')).code == "no_size"


# ---- both


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/gif", "application/pdf", "text/html", ""])
def test_nothing_else_is_a_logo(media_type: str) -> None:
    assert refused(media_type, picture()).code == "unsupported_picture"


@pytest.mark.parametrize("media_type", [PNG, SVG])
def test_a_large_file_is_not_looked_into(media_type: str) -> None:
    assert refused(media_type, b"x" * (MOST_BYTES + 1)).code == "too_large"


def test_our_own_pictures_are_logos() -> None:
    """As drawing programs write them, with all their notes."""
    ours = Path(__file__).parents[2] / "functions/console/static/icon.svg"
    check_logo(SVG, ours.read_bytes())
