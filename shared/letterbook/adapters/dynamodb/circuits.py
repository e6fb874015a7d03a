"""The circuit breakers of the providers in DynamoDB, where all workers see them."""

import time

from pynamodb.exceptions import DoesNotExist, PutError

from letterbook.adapters.dynamodb.tables.tasks import TaskItem
from letterbook.adapters.serialization import from_json, to_json
from letterbook.domain.circuit import Circuit
from letterbook.domain.errors import ConcurrentUpdate

_CIRCUIT = "circuit#"
# An outage is found out by several messages anyway, and each dispatch would wait for a look at the table.
CACHED_SECONDS = 5.0


class DynamoCircuitBreakers:
    """See ports.CircuitBreakers."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Circuit]] = {}

    def get(self, provider: str, *, now: bool = False) -> Circuit:
        read_at, circuit = self._known.get(provider, (0.0, None))
        if circuit is None or now or time.monotonic() - read_at > CACHED_SECONDS:
            circuit = self._read(provider)
            self._known[provider] = (time.monotonic(), circuit)
        return circuit

    def save(self, circuit: Circuit) -> None:
        item = TaskItem(_CIRCUIT + circuit.provider, data=to_json(circuit), version=circuit.version)
        first = circuit.version == 1
        follows = TaskItem.id.does_not_exist() if first else TaskItem.version == circuit.version - 1
        self._known.pop(circuit.provider, None)
        try:
            item.save(condition=follows)
        except PutError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                raise ConcurrentUpdate from error
            raise
        self._known[circuit.provider] = (time.monotonic(), circuit)

    def _read(self, provider: str) -> Circuit:
        try:
            return from_json(Circuit, TaskItem.get(_CIRCUIT + provider, consistent_read=True).data)
        except DoesNotExist:
            return Circuit(provider=provider)
