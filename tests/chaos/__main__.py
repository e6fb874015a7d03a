"""`make chaos`: breaks a running cloud, and ends with a table of what became of everything. 1 when a promise did not hold."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from letterbook.domain.status import Status
from local.environment import SetupError
from tests.chaos.account import Entry, Row, account, account_received, shown
from tests.chaos.cloud import Cloud
from tests.chaos.line import EachStep
from tests.chaos.scenarios import SCENARIOS, Scenario, Trial, provider_lies

_SCALES = {"full": 1.0, "small": 0.25}
# A claim's lease runs out after two minutes, and the provider's throttling after less than one, several times over.
_SETTLE_SECONDS, _PROOF_SECONDS = 420, 30
_LOOK_SECONDS = 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--scale", choices=_SCALES, default="full")
    parser.add_argument("--only", nargs="*", choices=[one.__name__ for one in SCENARIOS], help="these scenarios alone")
    parser.add_argument("--prove", action="store_true", help="have the provider lie: the table must tell, with a 1")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupted)
    chosen = [one for one in SCENARIOS if not asked.only or one.__name__ in asked.only]
    began = time.monotonic()
    try:
        with Cloud().running() as cloud:
            _say(began, "the cloud runs")
            rows = _run(cloud, [provider_lies] if asked.prove else chosen, _SCALES[asked.scale], began, asked.prove)
            print(f"\n{shown(rows, round(time.monotonic() - began))}\n", flush=True)
    except SetupError as trouble:
        print(trouble, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped, and everything with it.", file=sys.stderr)
        return 130
    broken = [row.scenario for row in rows if not row.holds]
    print(f"It did not hold: {', '.join(broken)}" if broken else "Nothing lost, nothing doubled, nothing stuck.")
    return 1 if broken else 0


def _run(cloud: Cloud, scenarios: Sequence[Scenario], scale: float, began: float, prove: bool) -> list[Row]:
    trials = []
    for scenario in scenarios:
        name = scenario.__name__.replace("_", " ")
        email = f"{scenario.__name__.replace('_', '-')}@mailbox.example"
        party = cloud.admin.party(name=name.capitalize(), email=email)
        trial = Trial(name, cloud, scale, datetime.now(UTC), party)
        trials.append(trial)
        scenario(trial)
        _say(began, f"{name}: {len(trial.accepted) or len(trial.put)} accepted, broken {trial.struck} times")
    letters = _settle(cloud, trials, began, _PROOF_SECONDS if prove else _SETTLE_SECONDS)
    for trial in trials:
        for fault in trial.faults:
            if isinstance(fault, EachStep):
                _say(began, f"{fault.function} at {len(fault.steps)} steps: {'; '.join(fault.steps)}")
    _say(began, f"{letters} dead letters were put back")
    mails = cloud.mails()
    return [_row(cloud, trial, mails, opened=True) for trial in trials]


def _settle(cloud: Cloud, trials: Sequence[Trial], began: float, seconds: float) -> int:
    """Until everything is at an end, or for so long: the sweep comes, and dead letters are put back. How many there were."""
    letters, deadline = 0, time.monotonic() + seconds
    while time.monotonic() < deadline:
        cloud.sweep()
        letters += cloud.redrive()
        mails = cloud.mails()
        rows = [_row(cloud, trial, mails, opened=False) for trial in trials]
        if not any(row.stuck or row.lost for row in rows):
            break
        _say(
            began,
            f"not at an end: {', '.join(f'{row.scenario} {row.stuck + row.lost}' for row in rows if row.stuck or row.lost)}",
        )
        time.sleep(_LOOK_SECONDS)
    return letters


def _row(cloud: Cloud, trial: Trial, mails: Sequence[str], *, opened: bool) -> Row:
    """`opened`: with every entry's history, which says whether it is whole and when the last word came."""
    items = cloud.entries_of(trial.party["id"])
    pages = cloud.opened([one["id"] for one in items]) if opened else []
    broken = {page["id"] for page in pages if not page["history_intact"]}
    last = max((row["at"] for page in pages for row in page["history"]), default=trial.began.isoformat())
    seconds = round((datetime.fromisoformat(last) - trial.began).total_seconds())
    entries = [
        Entry(id=one["id"], order=one["subject"], status=Status(one["status"]), whole=one["id"] not in broken)
        for one in items
    ]
    if trial.put:
        return account_received(trial.name, put=trial.put, entries=entries, faults=trial.faults_met, seconds=seconds)
    return account(
        trial.name,
        accepted=trial.accepted,
        entries=entries,
        mails=[subject for subject in mails if subject.startswith(f"{trial.name} ")],
        struck=cloud.struck,
        faults=trial.faults_met,
        seconds=seconds,
    )


def _say(began: float, words: str) -> None:
    print(f"[{time.monotonic() - began:5.0f} s] {words}", flush=True)


def _interrupted(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
