"""Letters to be set in type, and the PDFs that become of them as programs of others read them."""

import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pikepdf
import pypdf

from letterbook.adapters.rendering.markdown import Markdown
from letterbook.adapters.typesetting.typst_typesetter import TypstTypesetter
from letterbook.domain.communication import Attachment
from letterbook.domain.letter import Layout, Letter, Letterhead, Reference, Signature

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 80"><rect y="10" width="60" height="60" rx="12" fill="#1f3a5f"/>
<path d="M75 25h200M75 55h140" stroke="#1f3a5f" stroke-width="12"/></svg>"""
# Points to a millimetre.
MM = 72 / 25.4
BODY = """Dear Ms Raman,

we write about your account, of which **£1,250.50** has been outstanding since _3 October 2026_. We ask you to:

- pay the amount by **11 December 2026**, or
- call us, to agree how you will pay it

| Invoice | Due | Outstanding |
|---|---|--:|
| INV-2026-0113 | 3 October 2026 | £750.50 |
| INV-2026-0170 | 31 October 2026 | £500.00 |
| **Total** | | **£1,250.50** |

If you have paid already, please [tell us](https://pay.firm.example/raman).

Yours sincerely,"""


def letterhead(**changes: Any) -> Letterhead:
    made: dict[str, Any] = {
        "name": "Marsh & Pryce LLP",
        "address": ("14 Park Square", "Leeds LS1 2QH", "office@marshpryce.example"),
        "registration": "Registered in England and Wales, OC300001.",
    }
    return Letterhead(**(made | changes))


def letter(body: str = BODY, **changes: Any) -> Letter:
    made: dict[str, Any] = {
        "layout": Layout.UK_C5,
        "language": "en",
        "date": date(2026, 11, 29),
        "letterhead": letterhead(),
        "recipient": ("Ms Priya Raman", "Flat 4, Mill House", "22 Wharf Street", "Leeds LS2 7EQ"),
        "references": (Reference(label="Our reference", value="RAM/2026/114"),),
        "subject": "Your overdue account",
        "blocks": Markdown(body, keeps_breaks=False).as_blocks(),
        "signature": Signature(name="Jane Marsh", role="Head of Credit Control"),
        "enclosures": ("Statement of account",),
        "copies": ("Castlegate Finance",),
        "code": "12345/C001",
    }
    return Letter(**(made | changes))


def logo(media_type: str = "image/svg+xml") -> Attachment:
    return Attachment(id="doc_1", name="logo", bytes=1, media_type=media_type, object_version="1", sha256="0" * 64)


def typesetter(picture: bytes = SVG) -> TypstTypesetter:
    return TypstTypesetter(lambda _: picture)


def pages_of(content: bytes) -> list[str]:
    """The words of each page, in the order in which they are read; one blank for many."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def places_of(content: bytes, page: int = 0) -> list[tuple[str, float, float]]:
    """The words of a page with where each piece begins, in millimetres from its left and upper edge."""
    found: list[tuple[str, float, float]] = []

    def visit(text: str, of_user: list[float], of_text: list[float], *_: object) -> None:
        x = of_text[4] * of_user[0] + of_user[4]
        y = of_text[5] * of_user[3] + of_user[5]
        if text.strip():
            found.append((text.strip(), x / MM, 297 - y / MM))

    pypdf.PdfReader(io.BytesIO(content)).pages[page].extract_text(visitor_text=visit)
    return found


def tags_of(content: bytes) -> list[tuple[str, str]]:
    """The tags of the structure tree in their order, each with its alternative text."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return list(_tags(pdf.Root.StructTreeRoot))


def _tags(node: pikepdf.Object) -> Iterator[tuple[str, str]]:
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from _tags(one)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S).removeprefix("/"), str(node.get("/Alt", ""))
        if "/K" in node:
            yield from _tags(node.K)
