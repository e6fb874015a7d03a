"""Counts how often something waits for AWS, one time after another."""

from threading import Barrier
from typing import Any

from letterbook.adapters import aws

_SECONDS = 10


class RoundTrips:
    """Sees every request of ours to DynamoDB, S3 and SQS; providers are fakes.

    Of each of `together`, the first two requests of these names wait until both have begun: where one would only begin when the
    other was answered, none is, and the test fails. Of the first `skip` requests none waits.
    """

    def __init__(self, *together: tuple[str, str], skip: int = 0) -> None:
        self.names: list[str] = []
        self._skip = skip
        self._waiting = [(dict.fromkeys(pair), Barrier(2)) for pair in together]

    def __enter__(self) -> "RoundTrips":
        for client in self._clients:
            client.meta.events.register("before-call.*.*", self._see, unique_id="round trips")
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.meta.events.unregister("before-call.*.*", self._see, unique_id="round trips")

    @property
    def in_a_row(self) -> int:
        """What went at the same time is one of them."""
        return len(self.names) - sum(barrier.n_waiting == 0 and not names for names, barrier in self._waiting)

    def _see(self, model: Any, **_: Any) -> None:
        self.names.append(model.name)
        if len(self.names) <= self._skip:
            return
        for names, barrier in self._waiting:
            if model.name in names:
                del names[model.name]
                barrier.wait(_SECONDS)

    @property
    def _clients(self) -> list[Any]:
        return [aws.dynamodb().client, aws.s3(), aws.sqs()]
