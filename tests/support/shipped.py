"""A library of one template and one type of correspondence, in a folder of the test's own."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from letterbook.adapters.shipped_library import PackagedLibrary

_HEAD = 'category = "loc"\nchannels = ["email"]\nsubject = "S"\nvariables = [{name = "x", example = "y"}]\n'
_FIELDS = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {},
    "additionalProperties": False,
    "examples": [{}],
}
CLAIM, NOTICE = "template/en/claim", "correspondence_type/notice"


def a_library(
    folder: Path,
    digests: Mapping[str, Sequence[str]] | None = None,
    *,
    body: str = "Dear {{ x }},\n\nyes.",
    name: str = "Notice",
) -> PackagedLibrary:
    """As a release has it; with the digests of those before it."""
    (folder / "templates/en").mkdir(parents=True, exist_ok=True)
    (folder / "types").mkdir(exist_ok=True)
    (folder / "templates/en/claim.md").write_text(f"+++\n{_HEAD}+++\n{body}\n")
    (folder / "types/notice.json").write_text(json.dumps({"name": name, "fields": _FIELDS, "template": "claim"}))
    (folder / "digests.json").write_text(json.dumps(digests or {}))
    return PackagedLibrary(folder)
