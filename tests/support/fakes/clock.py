"""A clock that stands until it is told to go on."""

from datetime import datetime, timedelta

from tests.support.builders import NOW


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **delta: float) -> None:
        self.time += timedelta(**delta)
