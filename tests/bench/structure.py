"""How the code hangs together, in numbers that anybody can repeat: `make structure`, or of another checkout with ROOT=path.

An arrow is one file that imports another (imports for types alone and within functions too); between folders it is counted once
for each pair. A circle is a set of files that reach each other. Everything here is counted, nothing is timed.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import grimp

_CHANNEL = re.compile(r"\bChannel\.[A-Z_]{2,}\b")
_MOST_LINES = 400


def rows(root: Path) -> Iterator[tuple[str, str]]:
    """Names and figures of the checkout at `root`."""
    functions = sorted(one.name for one in (root / "functions").iterdir() if (one / "__init__.py").exists())
    sys.path[:0] = [str(root / "shared"), str(root / "functions")]
    graph = grimp.build_graph("letterbook", *functions, cache_dir=None)
    arrows = [(a, b) for a in sorted(graph.modules) for b in sorted(graph.find_modules_directly_imported_by(a))]
    yield "modules", str(len(graph.modules))
    yield "arrows between files", str(len(arrows))
    yield "circles", str(len(list(_circles(graph.modules, arrows))))
    for package in ("letterbook.use_cases", "console", "letterbook.domain", "letterbook.adapters"):
        own = [(a, b) for a, b in arrows if a.startswith(package + ".") and b.startswith(package + ".")]
        folder = {module: module if graph.find_children(module) else _parent(module) for module in graph.modules}
        between = {(folder[a], folder[b]) for a, b in own if folder[a] != folder[b]}
        folders = {one for pair in between for one in pair}
        circles = len(list(_circles(folders, sorted(between))))
        yield (
            f"{package}: arrows between files, between folders, circles of folders",
            f"{len(own)}, {len(between)}, {circles}",
        )
    sources = [*(root / "shared").rglob("*.py"), *(root / "functions").rglob("*.py")]
    used = {path: len(_CHANNEL.findall(path.read_text())) for path in sources if path.name != "channels.py"}
    yield "a channel's name: uses, files", f"{sum(used.values())}, {sum(map(bool, used.values()))}"
    yield "template.yaml: lines", str(len((root / "template.yaml").read_text().splitlines()))
    written = [*sources, *(root / "local").rglob("*.py"), *(root / "tests").rglob("*.py")]
    long = [path for path in written if len(path.read_text().splitlines()) > _MOST_LINES]
    yield (
        f"files of more than {_MOST_LINES} lines: code, tests",
        f"{_count(long, root, tests=False)}, {_count(long, root, tests=True)}",
    )
    yield (
        "lines of Python: code, tests",
        ", ".join(
            str(sum(len(path.read_text().splitlines()) for path in written if _is_test(path, root) is tests))
            for tests in (False, True)
        ),
    )


def _parent(module: str) -> str:
    return module.rpartition(".")[0]


def _is_test(path: Path, root: Path) -> bool:
    return path.relative_to(root).parts[0] == "tests"


def _count(paths: Iterable[Path], root: Path, *, tests: bool) -> int:
    return sum(_is_test(path, root) is tests for path in paths)


def _circles(nodes: Iterable[str], arrows: Iterable[tuple[str, str]]) -> Iterator[set[str]]:
    """The sets of more than one node that reach each other."""
    after: dict[str, set[str]] = {node: set() for node in nodes}
    for a, b in arrows:
        after[a].add(b)
    reached = {node: _reached(node, after) for node in after}
    left = set(after)
    while left:
        node = left.pop()
        circle = {other for other in reached[node] if node in reached[other]} | {node}
        left -= circle
        if len(circle) > 1:
            yield circle


def _reached(start: str, after: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for node in after[waiting.pop()] - seen:
            seen.add(node)
            waiting.append(node)
    return seen


if __name__ == "__main__":
    for name, figure in rows(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()):
        sys.stdout.write(f"{figure:>24}  {name}\n")
