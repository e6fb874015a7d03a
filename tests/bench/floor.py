"""One boto3 client for each service that makes the requests of an act again, and nothing else: what the act cannot cost less than.

It reads orders as the worker does, and is told the loopback's port first.
"""

import base64
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.bench.worker import Loopback

Call = Callable[[], Any]


class Floor:
    def __init__(self, loopback: Loopback, url: str) -> None:
        self._loopback, self._url = loopback, url
        self._clients: dict[str, Any] = {}

    def play(self, act: str) -> dict[str, Any]:
        """What the worker asked in its last run of all turns."""
        took = []
        for turn, asked in enumerate(self._loopback.order("played", act=act)["turns"]):
            calls = [self._call(one) for one in asked]
            self._loopback.order("play", act=act, turn=turn)
            begun = time.process_time()
            for one in calls:
                # What was refused, such as a secret that is not there, is refused again.
                with suppress(ClientError):
                    one()
            took.append((time.process_time() - begun) * 1000)
            self._loopback.order("pass")
        return {"took": took}

    def _call(self, asked: dict[str, str]) -> Call:
        body, service = base64.b64decode(asked["body"]), asked["service"]
        if service == "s3":
            return self._storage(asked["operation"].split(" ")[0], asked["path"], body)
        if service == "ses":
            given = json.loads(body)
            given["Content"]["Raw"]["Data"] = base64.b64decode(given["Content"]["Raw"]["Data"])
            return lambda: self._client("sesv2").send_email(**given)
        method = getattr(self._client(service), xform_name(asked["operation"]))
        given = _values(json.loads(body)) if service == "dynamodb" else json.loads(body)
        return lambda: method(**given)

    def _storage(self, verb: str, path: str, body: bytes) -> Call:
        parts = urlsplit(path)
        bucket, _, key = unquote(parts.path.lstrip("/")).partition("/")
        what = {"Bucket": bucket, "Key": key}
        if verb == "PUT":
            return lambda: self._client("s3").put_object(**what, Body=body)
        version = parse_qs(parts.query).get("versionId")
        given = {**what, **({"VersionId": version[0]} if version else {})}
        return lambda: self._client("s3").get_object(**given)["Body"].read()

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            make: Any = boto3.client
            self._clients[service] = make(service, endpoint_url=self._url)
        return self._clients[service]


def _values(told: Any) -> Any:
    """What boto3 takes for what stands on the wire: bytes are no base64 there."""
    if isinstance(told, list):
        return [_values(one) for one in told]
    if not isinstance(told, dict):
        return told
    if list(told) == ["B"]:
        return {"B": base64.b64decode(told["B"])}
    return {name: _values(one) for name, one in told.items()}


def answering(orders: TextIO, answers: TextIO) -> None:
    port = json.loads(orders.readline())["port"]
    floor = Floor(Loopback(port), f"http://127.0.0.1:{port}")
    answers.write("{}\n")
    answers.flush()
    for line in orders:
        answers.write(json.dumps(floor.play(json.loads(line)["act"])) + "\n")
        answers.flush()


if __name__ == "__main__":
    answering(sys.stdin, sys.stdout)
