"""The firm's settings in DynamoDB."""

import time

from letterbook.adapters.dynamodb.library_versions import save_version, version_of
from letterbook.adapters.serialization import to_json
from letterbook.domain.organisation import Organisation

_SETTINGS = "settings"
# Settings are in force everywhere within a minute; half of it is the cache's.
CACHED_SECONDS = 30


class DynamoSettingsStore:
    """See ports.SettingsStore."""

    def __init__(self) -> None:
        self._organisation: Organisation | None = None
        self._read_at = 0.0

    def current(self) -> Organisation:
        if self._organisation is None or time.monotonic() - self._read_at > CACHED_SECONDS:
            self.latest()
        return self._organisation or Organisation()

    def latest(self) -> Organisation:
        self._read_at = time.monotonic()
        self._organisation = version_of(Organisation, _SETTINGS, None) or Organisation()
        return self._organisation

    def save(self, organisation: Organisation) -> None:
        save_version(_SETTINGS, organisation.version, to_json(organisation), None)
        self._organisation = None
