"""The documents tell of what is there: paths, functions, tables, targets, decisions, versions."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.sam_template import ROOT, functions, resources

PACKAGE = "shared/letterbook"
DECISIONS = sorted((ROOT / "docs/decisions").glob("0*.md"))
# What changed tells of former names, too.
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
TEXTS = ("*.py", "*.md", "*.yaml", "*.toml", "*.html", "*.js", "*.css", "Makefile")
OURS = ("docs", "events", "functions", "layers", "local", "shared", "tests")

_SPAN = re.compile(r"`([^`\n]+)`")
_FILE = re.compile(r"[\w./-]+\.(?:py|md|json|js|css|html|yaml|toml|txt|in)")
_FOLDER = re.compile(r"(?:[\w-]+/)+")
_STOP = re.compile(r"`([\w/]+\.py):([\w.]+)\(\)`")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def paths_in(text: str) -> Iterator[str]:
    """What stands in backticks and looks like a file or a folder of ours; not `/v1/parties`, nor `.local/...`."""
    for span in _SPAN.findall(text):
        path = span.partition(":")[0]
        if not path.startswith((".", "/")) and (_FILE.fullmatch(path) or _FOLDER.fullmatch(path)):
            yield path


@cache
def ours() -> frozenset[str]:
    """Every file and folder of the repository, as seen from its root, and each of its folders."""
    found = [path for name in OURS for path in (ROOT / name).rglob("*") if "__pycache__" not in path.parts]
    found += [*(path for path in ROOT.iterdir() if path.is_file()), *(ROOT / name for name in OURS)]
    parts = [relative(path).split("/") for path in found]
    return frozenset("/".join(one[start:]) for one in parts for start in range(len(one)))


def test_a_path_that_is_not_there_is_found() -> None:
    assert list(paths_in("`use_cases/no_such.py` `GET /v1/x` `/v1/parties.json` `no_such/` `a.b:c()`")) == [
        "use_cases/no_such.py",
        "no_such/",
    ]
    assert not {"use_cases/no_such.py", "no_such"} & ours()


@pytest.mark.parametrize("document", DOCUMENTS, ids=relative)
def test_every_path_that_a_document_names_is_there(document: Path) -> None:
    assert {one for one in paths_in(document.read_text()) if one.rstrip("/") not in ours()} == set()


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "CHANGELOG.md"], ids=relative)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text())
    assert [one for one in links if "://" not in one and not (document.parent / one).exists()] == []


def defined(path: Path) -> set[str]:
    """Functions, classes, and methods by the name of their class."""
    made = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        if isinstance(node, ast.ClassDef):
            made |= {f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
    return made


def test_every_stop_of_the_walk_is_in_the_code() -> None:
    stops = _STOP.findall(ARCHITECTURE)
    missing = [
        (path, name)
        for path, name in stops
        if name not in defined(ROOT / path if path.startswith("functions/") else ROOT / PACKAGE / path)
    ]
    assert len(stops) > 20
    assert missing == []


def test_the_walk_names_each_stop_once() -> None:
    assert [one for one, times in Counter(_STOP.findall(ARCHITECTURE)).items() if times > 1] == []


def test_the_picture_shows_every_function_table_and_queue() -> None:
    shown = set(re.findall(r"\w+", ARCHITECTURE))
    handlers = {one["Handler"].partition(".")[0] for one in functions().values()}
    queues = {name for name in resources("AWS::SQS::Queue") if not name.endswith("DeadLetters")}
    assert handlers | set(resources("AWS::DynamoDB::Table")) | queues <= shown


def test_the_architecture_counts_right() -> None:
    numbers = {
        "five": 5,
        "six": 6,
        "seven": 7,
        "eight": 8,
        "nine": 9,
        "ten": 10,
        "eleven": 11,
        "twelve": 12,
        "thirteen": 13,
        "fourteen": 14,
    }
    counted = re.search(
        r"is (\w+) Lambda functions, (\w+) tables, one bucket of content and (\w+) queues", ARCHITECTURE
    )
    assert counted
    queues = [name for name in resources("AWS::SQS::Queue") if not name.endswith("DeadLetters")]
    assert [numbers[one] for one in counted.groups()] == [
        len(functions()),
        len(resources("AWS::DynamoDB::Table")),
        len(queues),
    ]


def test_the_readme_shows_every_folder_of_the_package() -> None:
    tree = (ROOT / "README.md").read_text().partition("## Where things are")[2].partition("```\n\n")[0]
    folders = [one for one in (ROOT / PACKAGE).iterdir() if one.is_dir() and (one / "__init__.py").exists()]
    folders += [one for one in (ROOT / PACKAGE / "use_cases").iterdir() if (one / "__init__.py").exists()]
    assert [one.name for one in folders if f"{one.name}/" not in tree] == []


@pytest.mark.parametrize("name", [one for one in OURS if one != "events"])
def test_nothing_refers_to_a_document_that_is_not_in_the_repository(name: str) -> None:
    files = [path for pattern in TEXTS for path in (ROOT / name).rglob(pattern)]
    named = {(relative(path), one) for path in files for one in re.findall(r"\b[A-Z_]{3,}\.md\b", path.read_text())}
    assert {(path, one) for path, one in named if one not in ours()} == set()


# ---- decisions


@pytest.mark.parametrize("decision", DECISIONS, ids=relative)
def test_a_decision_says_when_it_was_made_and_what_became_of_it(decision: Path) -> None:
    told = re.match(r"# (\d+)\. (.+)\n\nDate: \d{4}-\d\d-\d\d\\?\nStatus: (\w.+)\n\n", decision.read_text())
    assert told
    number, title, status = told.groups()
    assert int(number) == int(decision.name[:4])
    listed = (ROOT / "docs/decisions/README.md").read_text()
    assert f"| {number} | [{title}]({decision.name}) | {status} |" in listed


def test_every_decision_that_is_named_was_made() -> None:
    numbers = {int(one.name[:4]) for one in DECISIONS}
    files = [path for name in OURS for pattern in TEXTS for path in (ROOT / name).rglob(pattern)]
    named = {
        int(one)
        for path in [*files, ROOT / "template.yaml"]
        for one in re.findall(r"(?:decisions/|[Dd]ecision )(\d+)", path.read_text())
    }
    assert named
    assert named <= numbers


# ---- glossary, make, versions


def test_a_word_of_the_glossary_has_one_line() -> None:
    rows = re.findall(r"^\| (.+?) \| .+ \|.*\|$", (ROOT / "docs/glossary.md").read_text(), re.M)
    words = Counter(word for row in rows for word in re.split(r", ", row) if word not in ("word", "---"))
    assert [word for word, times in words.items() if times > 1] == []
    assert len(words) > 50


def test_make_help_says_what_every_target_does() -> None:
    made = (ROOT / "Makefile").read_text()
    explained = re.findall(r"^([a-z0-9 -]+):.*## \w", made, re.M)
    [phony] = re.findall(r"^\.PHONY: (.+)$", made, re.M)
    assert [one for line in explained for one in line.split()] == phony.split()
    assert re.findall(r"^([a-z0-9 -]+):(?!=)(?!.*## )", made, re.M) == []


def test_the_version_is_that_of_the_newest_changes() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    number, state = re.findall(r"^## (\S+) \((.+)\)$", CHANGELOG, re.M)[0]
    assert version == (f"{number}.dev0" if state == "unreleased" else number)


def test_all_but_the_newest_changes_are_released_the_newest_first() -> None:
    entries = re.findall(r"^## (\S+) \((.+)\)$", CHANGELOG, re.M)
    numbers = [tuple(int(part) for part in number.split(".")) for number, _ in entries]
    assert numbers == sorted(numbers, reverse=True)
    assert [state for _, state in entries[1:] if not re.fullmatch(r"\d{4}-\d\d-\d\d", state)] == []
