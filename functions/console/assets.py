"""The style, the icons and the script: under names that change with their content, so that browsers keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("static")
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}
PREFIX = "/static/"


@cache
def address(name: str) -> str:
    """Where `style.css` is: `/static/style.<hash>.css`."""
    stem, _, ending = name.rpartition(".")
    return f"{PREFIX}{stem}.{hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:10]}.{ending}"


@cache
def _offered() -> dict[str, tuple[str, str]]:
    return {address(file.name): (file.read_text(), _TYPES[file.suffix]) for file in _FOLDER.iterdir()}


def asset(path: str) -> tuple[str, str] | None:
    """Content and type of what lies at a path; None where the name is not that of its present content."""
    return _offered().get(path)
