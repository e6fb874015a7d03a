"""What the console answers is compressed for whoever takes it: it comes out as it would have come plain."""

import base64
import gzip
import re
from typing import Any

import pytest

from console.app.compression import takes_gzip
from tests.support.aws import WorldForTests
from tests.support.console_client import HOST, LOG, ConsoleClient
from tests.support.lambda_client import invoke
from tests.support.steps import entered


def asked(browser: ConsoleClient, path: str, accepted: str, method: str = "GET") -> dict[str, Any]:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.jar.items())
    headers = {"host": HOST, "cookie": cookies, "accept-encoding": accepted}
    http = {"method": method, "sourceIp": "192.0.2.50"}
    answer: dict[str, Any] = invoke("console", {"rawPath": path, "headers": headers, "requestContext": {"http": http}})
    return answer


def test_a_page_is_a_quarter_of_itself_on_the_line(world: WorldForTests, jane: ConsoleClient) -> None:
    for number in range(20):
        entered(world, number)
    plain, squeezed = asked(jane, LOG, ""), asked(jane, LOG, "gzip, deflate, br")
    assert plain["headers"]["Vary"] == squeezed["headers"]["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain["headers"]
    assert not plain.get("isBase64Encoded")
    assert (squeezed["headers"]["Content-Encoding"], squeezed["isBase64Encoded"]) == ("gzip", True)
    sent = base64.b64decode(squeezed["body"])
    timeless = re.compile(r'data-now="[^"]*"')
    assert timeless.sub("", gzip.decompress(sent).decode()) == timeless.sub("", plain["body"])
    assert len(sent) < len(plain["body"]) / 4


def test_the_style_is_compressed_the_same_each_time(jane: ConsoleClient) -> None:
    [style] = re.findall(r"/static/style\.\w+\.css", jane.get(LOG).text)
    first, second = (asked(jane, style, "gzip") for _ in range(2))
    assert first == second
    assert first["headers"]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(base64.b64decode(first["body"])) < 10_000


def test_the_length_of_a_page_tells_nothing_exact(jane: ConsoleClient) -> None:
    assert len({len(asked(jane, LOG, "gzip")["body"]) for _ in range(40)}) > 5


def test_what_is_short_or_empty_stays_as_it_is(jane: ConsoleClient) -> None:
    assert "Content-Encoding" not in asked(jane, "/favicon.ico", "gzip")["headers"]
    head = asked(jane, LOG, "gzip", method="HEAD")
    assert (head["body"], head.get("isBase64Encoded", False)) == ("", False)


@pytest.mark.parametrize(("accepted", "takes"), [
    ("gzip", True), ("gzip, deflate, br", True), ("br;q=1, GZIP;q=0.5", True), ("*", True),
    ("", False), ("identity", False), ("br", False), ("gzip;q=0", False), ("gzip; q=0.0, br", False), ("x-gzipped", False),
])  # fmt: skip
def test_who_takes_it(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes
