"""What it takes to read any mail of 30 MB: seconds, and memory at its peak, each in a process of its own.

python -m tests.bench.mail NAME     reads that one, and prints both
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from tests.bench.memory import peak_megabytes
from tests.bench.table import Row

SIZE = 30 * 1024 * 1024
_BUDGET_SECONDS, _BUDGET_MEGABYTES = 5, 600
_HEAD = b"From: Priya <priya@mailbox.example>\r\nTo: legal@firm.example\r\nSubject: My debts\r\n"
_TEXT = b"Content-Type: text/plain\r\n\r\n"


def _filled(piece: bytes, size: int = SIZE) -> bytes:
    return piece * (size // len(piece) + 1)


def _multipart(part: bytes, size: int = SIZE) -> bytes:
    return (
        _HEAD
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + _filled(b"--b\r\n" + part + b"\r\n", size)
        + b"--b--\r\n"
    )


def _nested() -> bytes:
    opened = b"".join(
        b"--%d\r\nContent-Type: multipart/mixed; boundary=%d\r\n\r\n" % (at, at + 1) for at in range(2_000)
    )
    return _HEAD + b"Content-Type: multipart/mixed; boundary=0\r\n\r\n" + opened + _filled(b"Words.\r\n")


def _usual() -> bytes:
    pdf = _filled(b"JVBERi0xLjcKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9GbGF0\r\n")
    part = b"Content-Type: application/pdf; name=statement.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + pdf
    text = b"--b\r\n" + _TEXT + b"See the statement.\r\n"
    return _HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + text + b"--b\r\n" + part + b"\r\n--b--\r\n"


MAILS: dict[str, Callable[[], bytes]] = {
    "a letter with a file": _usual,
    "line breaks": lambda: _HEAD + _TEXT + _filled(b"\n"),
    "a header of line breaks": lambda: _filled(b"\r\n "),
    "fields": lambda: _filled(b"X: y\r\n"),
    "colons": lambda: _filled(b":"),
    "lines that are no field": lambda: _HEAD + _filled(b"score 1.2 of 5\r\n"),
    "encoded words in the subject": lambda: b"Subject: " + _filled(b"=?utf-8?q?=C3=BC?= ") + b"\r\n" + _HEAD,
    "the beginnings of encoded words": lambda: b"Subject: " + _filled(b"=?utf-8?q?") + b"\r\n" + _HEAD,
    "references": lambda: b"References: " + _filled(b"<a@b.example>\r\n ") + b"\r\n" + _HEAD,
    "recipients": lambda: b"To: " + _filled(b"Ann Lee <ann@bank.example>, ") + b"\r\n" + _HEAD,
    "groups in each other": lambda: b"To: " + _filled(b"a:") + b"\r\n" + _HEAD,
    "brackets": lambda: b"From: " + _filled(b"<") + b"\r\n" + _HEAD,
    "comments in each other": lambda: b"From: " + _filled(b"(") + b"\r\n" + _HEAD,
    "parameters": lambda: b"Content-Type: text/plain" + _filled(b"; a=b") + b"\r\n" + _HEAD,
    "parts": lambda: _multipart(_TEXT + b"Words."),
    "parts of many parameters": lambda: _multipart(
        b"Content-Type: text/plain" + b"; a*0*=b" * 16_000 + b"\r\n\r\nWords."
    ),
    "parts with names of encoded words": lambda: _multipart(
        b"Content-Disposition: attachment; filename=" + b"=?a?q?b?=" * 6_600 + b"\r\n\r\nWords."
    ),
    "parts in parts": _nested,
    "delimiters of nothing": lambda: _HEAD + b"Content-Type: multipart/mixed\r\n\r\n" + _filled(b"--a\r\n"),
    "soft line breaks": lambda: (
        _HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n" + _TEXT + _filled(b"QUJD=\n")
    ),
    "a broken quoted-printable": lambda: (
        _HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n" + _TEXT + _filled(b"=")
    ),
    "a broken base64": lambda: _HEAD + b"Content-Transfer-Encoding: base64\r\n" + _TEXT + _filled(b"QUJD=\r\n"),
    "uuencoded lines": lambda: _HEAD + b"Content-Transfer-Encoding: uuencode\r\n" + _TEXT + _filled(b"begin 644 a\n"),
    "escapes of Japanese": lambda: (
        _HEAD + b"Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n" + _filled(b"\x1b$B")
    ),
    "paragraphs": lambda: _HEAD + b"Content-Type: text/html\r\n\r\n" + _filled(b"<p>"),
    "tags": lambda: _HEAD + b"Content-Type: text/html\r\n\r\n" + _filled(b"<b>"),
    "beginnings of tags": lambda: _HEAD + b"Content-Type: text/html\r\n\r\n" + _filled(b"<a "),
    "attributes": lambda: _HEAD + b"Content-Type: text/html\r\n\r\n<a " + _filled(b"b=c "),
    "ampersands": lambda: _HEAD + b"Content-Type: text/html\r\n\r\n" + _filled(b"&#1"),
    "a report": lambda: (
        _HEAD
        + b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + _filled(b"Final-Recipient: rfc822; ann@bank.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n")
    ),
    "mails in a mail": lambda: _multipart(
        b"Content-Type: message/rfc822\r\n\r\nSubject: " + _filled(b"=?a?b?YQ==?=", 100_000)
    ),
}


def rows() -> list[Row]:
    return [_row(name, *measured(name)) for name in MAILS]


def _row(name: str, seconds: float, megabytes: float) -> Row:
    return Row(
        what=f"reading a mail of 30 MB: {name}",
        budget=f"<= {_BUDGET_SECONDS} s, {_BUDGET_MEGABYTES} MB",
        figure=f"{seconds:.1f} s, {megabytes:.0f} MB",
        within=seconds <= _BUDGET_SECONDS and megabytes <= _BUDGET_MEGABYTES,
    )


def measured(name: str) -> tuple[float, float]:
    """Seconds, and megabytes of the whole process at its peak."""
    done = subprocess.run([sys.executable, "-m", __name__, name], capture_output=True, check=True, text=True)
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def _measure(name: str) -> tuple[float, float]:
    from letterbook.adapters.inbound_mail.reader import read

    raw = MAILS[name]()
    begun = time.process_time()
    read(raw, datetime.now(UTC))
    return time.process_time() - begun, peak_megabytes()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(sys.argv[1])))
