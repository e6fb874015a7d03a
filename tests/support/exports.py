"""What somebody fetches who ordered entries to take away."""

import csv
import io
import zipfile
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.support.aws import client

INDEX = "index.csv"


def fetched(url: str) -> dict[str, bytes]:
    """The files of the ZIP that a signed address gives, by their paths; it is whole."""
    address = urlsplit(url)
    assert "attachment" in unquote(parse_qs(address.query)["response-content-disposition"][0])
    kept = client("s3").get_object(Bucket="vault", Key=unquote(address.path[1:]))
    return unpacked(kept["Body"].read())


def unpacked(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def index_of(found: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found[INDEX].decode("utf-8-sig"), newline="")))


def folders(found: dict[str, Any]) -> set[str]:
    return {name.partition("/")[0] for name in found if "/" in name}
