"""XML that strangers wrote, read so that it can do nothing but be read.

Nothing is fetched, nothing is replaced by anything: a document type, entities, references to elsewhere and XInclude are refused,
in whatever encoding they hide. Its size is looked at before it is parsed, how deep it goes and how much it holds while it is, so
that no file costs more than the largest invoice.
"""

from collections.abc import Mapping
from typing import NoReturn

from defusedxml.common import DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden

# Its XMLParser is the standard library's, by which each declaration is refused as soon as it is met.
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from letterbook.adapters.einvoices.elements import Element
from letterbook.domain.einvoice import MOST_BYTES, RuleFault
from letterbook.ports.einvoices import UnreadableEinvoice

_MOST_ELEMENTS = 100_000
# UBL goes ten deep; what signs one goes deeper, in its extensions.
_DEEPEST = 30
_MOST_ATTRIBUTES = 30
_LONGEST_NAME = 300
# A tag that goes on for so many pieces of the file without an end is none of an invoice, and costs more than its length to parse.
_PIECE, _MOST_PIECES = 64 * 1024, 4
_XINCLUDE = "http://www.w3.org/2001/XInclude"


def parse(content: bytes) -> Element:
    """The root of a file. Raises UnreadableEinvoice for what is no XML, or does what an invoice need not."""
    check_size(content)
    if not content.strip():
        refuse("", "The file is empty.")
    target = _Tree()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        quiet = 0
        for start in range(0, len(content), _PIECE):
            before = target.heard
            parser.feed(content[start : start + _PIECE])
            quiet = quiet + 1 if target.heard == before else 0
            if quiet >= _MOST_PIECES:
                refuse(target.where, "A tag or a comment is longer than any that an invoice needs.")
        parser.close()
    except (DTDForbidden, EntitiesForbidden, ExternalReferenceForbidden):
        refuse(target.where, "The file has a DOCTYPE or entities, which no e-invoice needs and which may do harm.")
    except ParseError as broken:
        line, column = broken.position
        refuse(target.where, f"The file is not well-formed XML: it cannot be read after line {line}, column {column}.")
    except (LookupError, UnicodeError, ValueError):
        told = "The file is in an encoding that is unknown, or not in the one that it names: save it as UTF-8."
        refuse(target.where, told)
    return target.root


def check_size(content: bytes) -> None:
    """Raises UnreadableEinvoice for more than an e-invoice may have."""
    if len(content) > MOST_BYTES:
        refuse("", f"The file has more than {MOST_BYTES // 1_000_000} MB, and an e-invoice may have no more.")


def refuse(where: str, message: str) -> NoReturn:
    raise UnreadableEinvoice(RuleFault("XML", where, message))


class _Tree:
    """Takes what the parser tells, and bounds it. Raises UnreadableEinvoice."""

    def __init__(self) -> None:
        self._root: Element | None = None
        self._open: list[Element] = []
        self._text: list[list[str]] = []
        self._count = 0
        self.heard = 0

    @property
    def root(self) -> Element:
        if self._root is None:
            refuse("", "The file holds no element.")
        return self._root

    @property
    def where(self) -> str:
        return self._open[-1].where if self._open else ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._another()
        if len(self._open) >= _DEEPEST:
            refuse(
                self.where, f"Elements stand within each other more than {_DEEPEST} deep, and no invoice needs that."
            )
        if len(tag) > _LONGEST_NAME:
            refuse(self.where, "An element has a longer name than any of an invoice.")
        if len(attributes) > _MOST_ATTRIBUTES:
            refuse(self.where, f"An element has more than {_MOST_ATTRIBUTES} attributes, and no invoice needs so many.")
        element = Element(tag, dict(attributes), self._open[-1] if self._open else None)
        if element.namespace == _XINCLUDE:
            refuse(self.where, "The file includes another one (XInclude), which no e-invoice may.")
        if element.parent is None:
            self._root = element
        else:
            element.parent.children.append(element)
        self._open.append(element)
        self._text.append([])

    def data(self, text: str) -> None:
        self.heard += 1
        self._text[-1].append(text)

    def end(self, _: str) -> None:
        self._open.pop().text = "".join(self._text.pop()).strip()

    def comment(self, _: str) -> None:
        self._another()

    def pi(self, _: str, __: str | None = None) -> None:
        self._another()

    def _another(self) -> None:
        self.heard += 1
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            refuse("", f"The file has more than {_MOST_ELEMENTS} elements, and no invoice needs so many.")
