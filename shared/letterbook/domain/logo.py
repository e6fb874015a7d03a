"""What may be the logo on letters: a PNG or an SVG that holds a picture and nothing else. It is checked when it is saved.

Of an SVG, what is not known to be harmless is refused by its name: a list of what is allowed forgets nothing that is not.
"""

import re
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from xml.etree.ElementTree import XMLParser

PNG, SVG = "image/png", "image/svg+xml"
MOST_BYTES = 500_000
# On a letter at most 60 mm wide: at 600 dots an inch that is 1,417 pixels.
MOST_PIXELS = 3_000
_MOST_ELEMENTS, _DEEPEST = 10_000, 50
# A shape that is cut by a shape that is cut is drawn as often as the numbers multiplied.
_MOST_CUTTING = 30

_KINDS = {"JPEG": "a JPEG", "GIF": "a GIF", "WEBP": "a WebP", "BMP": "a BMP", "TIFF": "a TIFF"}


class BadLogo(ValueError):
    """Not to be used as a logo: `code`, and why in words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


def check_logo(media_type: str, content: bytes) -> None:
    """Raises BadLogo."""
    if media_type not in (PNG, SVG):
        raise BadLogo("unsupported_picture", "A logo is a PNG or an SVG.")
    if len(content) > MOST_BYTES:
        raise BadLogo("too_large", "A logo has at most 500 KB.")
    if media_type == PNG:
        _check_png(content)
    else:
        _check_svg(content)


def _check_png(content: bytes) -> None:
    # Few ever save a logo, and every cold start would wait for it.
    from PIL import Image, UnidentifiedImageError

    try:
        with catch_warnings():
            # Of a picture that is suspiciously large Pillow only warns.
            simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(BytesIO(content), formats=["PNG", *_KINDS])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise BadLogo("invalid_picture", "This is no PNG, whatever it is called.") from None
    if picture.format != "PNG":
        kind = _KINDS.get(picture.format or "", "another picture")
        raise BadLogo("invalid_picture", f"This is {kind}, whatever it is called: save it as a PNG.")
    # Its head says how large it is: what would be too large is never unpacked.
    if max(picture.size) > MOST_PIXELS:
        raise _too_many_pixels()
    try:
        picture.load()
    except (OSError, ValueError, SyntaxError, EOFError):
        raise BadLogo("invalid_picture", "The PNG is damaged: save it anew.") from None


def _too_many_pixels() -> BadLogo:
    return BadLogo("too_many_pixels", f"A logo has at most {MOST_PIXELS:,} pixels each way.")


# ---- SVG

_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_XLINK, _XML = "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"
# What drawing programs note for themselves: nobody else reads it.
_NOTES = (
    "http://www.inkscape.org/namespaces/inkscape",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://creativecommons.org/ns#",
    "http://web.resource.org/cc/",
    "http://purl.org/dc/elements/1.1/",
    "http://www.serif.com/",
    "http://www.bohemiancoding.com/sketch/ns",
    "http://ns.adobe.com/",
)
_ELEMENT_NAMES = (
    "svg g defs title desc metadata style path rect circle ellipse line polyline polygon "
    "linearGradient radialGradient stop clipPath"
)
_ELEMENTS = frozenset(_ELEMENT_NAMES.split())
_ATTRIBUTE_NAMES = (
    "id class style lang role version baseProfile type media x y x1 y1 x2 y2 cx cy r rx ry fx fy fr d points width height "
    "viewBox preserveAspectRatio pathLength transform gradientTransform gradientUnits offset clipPathUnits "
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit "
    "stroke-dasharray stroke-dashoffset stop-color stop-opacity opacity color clip-path clip-rule display visibility overflow "
    "enable-background vector-effect paint-order shape-rendering text-rendering image-rendering color-interpolation isolation "
    "mix-blend-mode font-family font-size font-weight font-style letter-spacing word-spacing text-anchor"
)
_ATTRIBUTES = frozenset(_ATTRIBUTE_NAMES.split())
_INSTEAD = {
    "text": "turn words into paths",
    "tspan": "turn words into paths",
    "image": "a picture within a picture is saved as a PNG",
    "use": "turn copies into shapes of their own",
    "symbol": "turn symbols into shapes of their own",
}
# An address within the file, and what CSS can do besides setting colours.
_WITHIN = re.compile(r"""url\(\s*(["']?)#[\w.:-]+\1\s*\)""")
_CSS_AT_WORK = re.compile(
    r"""@|\\|url\s*\(|image\s*\(|image-set|src\s*\(|expression|behavior|-moz-binding|javascript:|data:|<""", re.I
)
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_LENGTH = re.compile(rf"\s*({_NUMBER})(?:px|pt|pc|mm|cm|in)?\s*")
_VIEW_BOX = re.compile(rf"\s*{_NUMBER}[\s,]+{_NUMBER}[\s,]+({_NUMBER})[\s,]+({_NUMBER})\s*")


def _check_svg(content: bytes) -> None:
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden
    from defusedxml.ElementTree import DefusedXMLParser

    try:
        content.decode()
    except UnicodeDecodeError:
        # What sets letters reads nothing else.
        raise BadLogo("invalid_picture", "This is no SVG in UTF-8: save it as a plain SVG.") from None
    parser: XMLParser = DefusedXMLParser(target=_Drawing(), forbid_dtd=True)
    try:
        parser.feed(content)
        parser.close()
    except (DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden):
        told = "An SVG with DOCTYPE or entities cannot be a logo: save it as a plain SVG."
        raise BadLogo("forbidden_doctype", told) from None
    except (ParseError, LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, BadLogo):
            raise
        raise BadLogo("invalid_picture", "This is no SVG: it cannot be read as XML.") from None


class _Drawing:
    """What the parser tells of an SVG, looked at as it comes: nothing of it is kept. Raises BadLogo."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._style: list[str] = []
        self._elements = self._cutting = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        namespace, name = _split(tag)
        self._elements += 1
        if self._elements > _MOST_ELEMENTS or len(self._path) >= _DEEPEST:
            raise BadLogo("too_complex", "The SVG holds more than a logo needs: draw it simpler, or save it as a PNG.")
        if not self._path and (namespace, name) != (_SVG_NAMESPACE, "svg"):
            raise BadLogo("invalid_picture", "This is XML, and no SVG.")
        if not _is_note(namespace):
            self._check_element(namespace, name)
            for attribute, value in attributes.items():
                _check_attribute(name, *_split(attribute), value)
        if not self._path:
            _check_size(attributes)
        self._path.append(name)

    def end(self, _: str) -> None:
        if self._path.pop() == "style":
            _check_css("style", "".join(self._style))
            self._style.clear()

    def data(self, text: str) -> None:
        # It comes in pieces, which may end in the middle of a word.
        if self._path and self._path[-1] == "style":
            self._style.append(text)

    def pi(self, target: str, _: str | None = None) -> None:
        raise BadLogo("forbidden_instruction", f"The SVG holds an instruction ({target[:40]}): save it as a plain SVG.")

    def close(self) -> None:
        """Nothing is left to be told."""

    def _check_element(self, namespace: str, name: str) -> None:
        if namespace != _SVG_NAMESPACE or name not in _ELEMENTS:
            instead = _INSTEAD.get(name, "save it as a plain SVG")
            raise BadLogo("forbidden_element", f"A logo may not hold <{name[:40]}>: {instead}.")
        self._cutting += "clipPath" in self._path
        if self._cutting > _MOST_CUTTING:
            raise BadLogo(
                "too_complex", f"At most {_MOST_CUTTING} shapes may cut others: draw it simpler, or save it as a PNG."
            )


def _check_attribute(element: str, namespace: str, name: str, value: str) -> None:
    if _is_note(namespace) or (namespace, name) in ((_XML, "space"), (_XML, "lang")):
        return
    if name == "href" and namespace in ("", _XLINK):
        if not value.startswith("#"):
            raise BadLogo(
                "forbidden_reference", f"<{element}> refers to something outside of the file: a logo may not."
            )
        return
    if (namespace, name) == ("", "spreadMethod"):
        # Gradients that go on are programs in a PDF, and PDF/A allows none: no letter could be made with it.
        if value.strip() != "pad":
            raise BadLogo(
                "forbidden_attribute",
                "A gradient that repeats itself cannot be printed: draw it as one, or save a PNG.",
            )
        return
    if namespace or not (name in _ATTRIBUTES or name.startswith(("aria-", "data-"))):
        raise BadLogo("forbidden_attribute", f"A logo may not hold the attribute {name[:40]} (at <{element}>).")
    _check_css(element, value)


def _check_css(element: str, text: str) -> None:
    if _CSS_AT_WORK.search(_WITHIN.sub("", text)):
        told = f"The style of <{element}> does more than colour, or refers to something outside of the file."
        raise BadLogo("forbidden_reference", told)


def _check_size(attributes: Mapping[str, str]) -> None:
    """What has no size cannot be printed in one."""
    box = _VIEW_BOX.fullmatch(attributes.get("viewBox", ""))
    lengths = [_LENGTH.fullmatch(attributes.get(one, "")) for one in ("width", "height")]
    sizes = [float(one) for one in box.groups()] if box else [float(one[1]) if one else 0 for one in lengths]
    # What is thinner than can be drawn, the typesetter gives up on.
    if not all(0.01 <= one < 100_000 for one in sizes):
        raise BadLogo("no_size", "The SVG says no size: give it a viewBox, or a width and a height.")


def _split(name: str) -> tuple[str, str]:
    """The namespace and the local name of what the parser calls `{namespace}name`."""
    namespace, brace, local = name.rpartition("}")
    return (namespace.removeprefix("{"), local) if brace else ("", name)


def _is_note(namespace: str) -> bool:
    return namespace.startswith(_NOTES)
