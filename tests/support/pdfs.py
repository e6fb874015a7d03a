"""PDFs for tests: read by somebody else's program, and made as small as they can be."""

from io import BytesIO
from typing import Any

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from tests.support.aws import client


def without_aes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As pypdf is where no library of ciphers is beside it, and in our layers there is none."""
    from pypdf import _encryption
    from pypdf._crypt_providers import _fallback

    for name in ("CryptAES", "aes_cbc_decrypt", "aes_cbc_encrypt", "aes_ecb_decrypt", "aes_ecb_encrypt"):
        monkeypatch.setattr(_encryption, name, getattr(_fallback, name))


def a_pdf(pages: int = 1, password: str = "", algorithm: str = "RC4-128") -> bytes:
    """So many empty pages."""
    writer, made = PdfWriter(), BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm=algorithm)
    writer.write(made)
    return made.getvalue()


def kept(document_id: str) -> bytes:
    """What lies in the content store for a document."""
    body: bytes = client("s3").get_object(Bucket="vault", Key=f"documents/{document_id}")["Body"].read()
    return body


def words_of(entry: Any) -> str:
    """What the letter of an entry says, page after page."""
    [letter] = [one for one in entry["attachments"] if one["name"] == "Letter.pdf"]
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(kept(letter["id"]))).pages)


def addressed(*lines: str) -> bytes:
    """A page with these lines in the window of its envelope."""
    made = FPDF(format="A4")
    made.set_font("helvetica", size=10)
    made.add_page()
    for place, line in enumerate(lines):
        made.text(25, 55 + 5 * place, line)
    made.text(25, 120, "Slow or mute, undeliverable or broken: what stands here is no address.")
    return bytes(made.output())
