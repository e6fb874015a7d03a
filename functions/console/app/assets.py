"""The style, the icons and the script: under names that change with their content, so that browsers keep them for ever."""

import hashlib
import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}
PREFIX = "/static/"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AROUND = re.compile(r"\s*([{};,])\s*")


@cache
def address(name: str) -> str:
    """Where `style.css` is: `/static/style.<hash>.css`."""
    stem, _, ending = name.rpartition(".")
    return f"{PREFIX}{stem}.{hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:10]}.{ending}"


def minify(name: str, text: str) -> str:
    """Without what only its authors read: comments, and blanks between its parts. No string of ours holds either."""
    if name.endswith(".css"):
        return _AROUND.sub(r"\1", _COMMENT.sub("", text)).replace(": ", ":").strip()
    if name.endswith(".js"):
        lines = (line.strip() for line in text.splitlines())
        return "\n".join(line for line in lines if line and not line.startswith("//"))
    return text


@cache
def _assets() -> dict[str, tuple[str, str]]:
    return {
        address(file.name): (minify(file.name, file.read_text()), _TYPES[file.suffix]) for file in _FOLDER.iterdir()
    }


def asset(path: str) -> tuple[str, str] | None:
    """Content and type of what lies at a path; None where the name is not that of its present content."""
    return _assets().get(path)
