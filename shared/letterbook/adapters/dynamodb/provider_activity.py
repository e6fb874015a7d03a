"""What goes by the providers, counted in DynamoDB: one item each, to which every process adds what it saw in a batch."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from pynamodb.expressions.update import Action

from letterbook.adapters.dynamodb.batch_get import ItemKey, fetch
from letterbook.adapters.dynamodb.sort_keys import stamp
from letterbook.adapters.dynamodb.tables.tasks import TaskItem
from letterbook.domain.provider_activity import ProviderAct, ProviderTotals

logger = logging.getLogger(__name__)

_PREFIX = "provider#"


class DynamoProviderActivity:
    """See ports.ProviderActivity."""

    def __init__(self) -> None:
        self._noted: Counter[tuple[str, ProviderAct]] = Counter()
        self._last: dict[tuple[str, ProviderAct], datetime] = {}

    def note(self, provider: str, what: ProviderAct, at: datetime) -> None:
        self._noted[provider, what] += 1
        self._last[provider, what] = max(at, self._last.get((provider, what), at))

    def flush(self) -> None:
        noted, last = self._noted, self._last
        self._noted, self._last = Counter(), {}
        for provider in {provider for provider, _ in noted}:
            try:
                self._add(provider, noted, last)
            except Exception:
                logger.exception("not counted", extra={"provider": provider})

    def of(self, providers: Iterable[str]) -> Mapping[str, ProviderTotals]:
        found = {
            item.id.removeprefix(_PREFIX): _totals(item)
            for item in fetch(ItemKey(TaskItem, {"id": _PREFIX + one}) for one in providers)
            if isinstance(item, TaskItem)
        }
        return {one: found.get(one, ProviderTotals()) for one in providers}

    def _add(
        self,
        provider: str,
        noted: Mapping[tuple[str, ProviderAct], int],
        last: Mapping[tuple[str, ProviderAct], datetime],
    ) -> None:
        counters = {
            ProviderAct.SENT: TaskItem.sent,
            ProviderAct.HEARD: TaskItem.heard,
            ProviderAct.LOOKED_UP: TaskItem.looked_up,
        }
        actions: list[Action] = [
            counter.add(noted[provider, act]) for act, counter in counters.items() if (provider, act) in noted
        ]
        if (provider, ProviderAct.SENT) in last:
            actions.append(TaskItem.last_sent.set(stamp(last[provider, ProviderAct.SENT])))
        heard = [last[provider, act] for act in (ProviderAct.HEARD, ProviderAct.LOOKED_UP) if (provider, act) in last]
        if heard:
            actions.append(TaskItem.last_heard.set(stamp(max(heard))))
        TaskItem(_PREFIX + provider).update(actions=actions)


def _totals(item: TaskItem) -> ProviderTotals:
    return ProviderTotals(
        sent=int(item.sent or 0),
        heard=int(item.heard or 0),
        looked_up=int(item.looked_up or 0),
        last_sent=datetime.fromisoformat(item.last_sent) if item.last_sent else None,
        last_heard=datetime.fromisoformat(item.last_heard) if item.last_heard else None,
    )
