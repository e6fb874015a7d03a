"""Reads mail that a fuzzer makes out of the corpus, for SECONDS (60): none makes reading fail, or take longer than it should.

What it finds is kept in `.fuzz/` as a file that `python -m tests.fuzz FILE` reads again.
"""

import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["letterbook.adapters.inbound_mail", "letterbook.domain"]):
    from letterbook.adapters.inbound_mail import read

_AT = datetime(2026, 11, 20, tzinfo=UTC)
_MOST_BYTES, _MOST_SECONDS = 64 * 1024, 5
_KEPT = Path(".fuzz")
_CORPUS = Path("events/mail")


def _read(raw: bytes) -> None:
    begun = time.process_time()
    found = read(raw, _AT)
    if found.raw != raw:
        raise AssertionError("what came in is not kept as it came")
    if time.process_time() - begun > _MOST_SECONDS:
        raise AssertionError("it took too long")


def main() -> None:
    if len(sys.argv) > 1:
        _read(Path(sys.argv[1]).read_bytes())
        return
    seeds = _KEPT / "corpus"
    seeds.mkdir(parents=True, exist_ok=True)
    for place, mail in enumerate(sorted(_CORPUS.rglob("*.eml"))):
        shutil.copy(mail, seeds / f"seed-{place}")
    asked = [
        f"-max_total_time={os.environ.get('SECONDS', '60')}",
        f"-max_len={_MOST_BYTES}",
        f"-artifact_prefix={_KEPT}/",
        str(seeds),
    ]
    atheris.Setup([sys.argv[0], *asked], _read)
    atheris.Fuzz()


main()
