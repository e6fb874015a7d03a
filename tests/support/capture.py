"""Mail with the addresses that it is captured by, as the firm's own people write it."""

from typing import Any

from letterbook.domain.communication import Communication
from letterbook.domain.party import Case
from letterbook.domain.todos import id_for
from tests.support.aws import WorldForTests
from tests.support.builders import mail

PASSED = "amazonses.com; spf=pass; dkim=pass header.i=@{0}; dmarc=pass header.from={0}"
JANE = "Jane Marsh <lead@firm.example>"


def own_address(world: WorldForTests, user: str) -> str:
    address = world.capture_addresses.of_user(user)
    assert address
    return address


def address_of(world: WorldForTests, case: Case) -> str:
    address = world.capture_addresses.of_case(case.id)
    assert address
    return address


def by_colleague(text: str = "As discussed.", *, sender: str = JANE, **headers: Any) -> bytes:
    """What a colleague sent to Priya, whose domain vouches for it."""
    usual = {"To": "Priya Raman <priya@mailbox.example>", "Authentication_Results": PASSED.format("firm.example")}
    return mail(text, From=sender, **{**usual, **headers})


def forwarded(world: WorldForTests, to: str, *inner: bytes, sender: str = JANE, **headers: Any) -> bytes:
    """As mail programs forward mails as attachments."""
    boundary = "=_apart"
    parts = "".join(
        f"--{boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n{one.decode()}\r\n"
        for one in inner
    )
    written = {
        "Authentication-Results": PASSED.format("firm.example"),
        "From": sender,
        "To": to,
        "Subject": "Fwd: See attached",
        "Message-ID": "<outer@firm.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/mixed; boundary="{boundary}"',
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in written.items())
    text = f"--{boundary}\r\nContent-Type: text/plain\r\n\r\nFor the file.\r\n"
    return f"{head}\r\n{text}{parts}--{boundary}--\r\n".encode()


def no_todo(world: WorldForTests, communication: Communication) -> bool:
    return world.todos.get(id_for(communication.id)) is None
