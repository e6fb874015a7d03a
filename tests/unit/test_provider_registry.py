"""A provider is its spec: nobody but the registry knows its name."""

import ast
import inspect
import re
from collections import Counter
from pathlib import Path

from letterbook.adapters.providers import PROVIDERS, ProviderRoutes
from letterbook.domain.channels import CARRIED
from letterbook.ports import EventSource

ROOT = Path(__file__).parents[2]
VENDORS = "shared/letterbook/adapters/providers/"
# boto3 has a client of that name, for topics and SMS alike.
CLIENT = "shared/letterbook/adapters/aws.py"
NETWORKS = "shared/letterbook/domain/party.py"


def test_what_people_call_them() -> None:
    labels = ProviderRoutes(PROVIDERS, lambda _: False).labels
    assert (labels["ses"], labels["sns"]) == ("Amazon SES", "Amazon SNS")
    assert len({*labels.values()}) == len(labels)


def test_events_that_name_nobody_are_of_one_provider() -> None:
    assert Counter(spec.reports_by for spec in PROVIDERS.values() if spec.reports_by) == Counter(EventSource)
    routes = ProviderRoutes(PROVIDERS, lambda _: False)
    assert {source: routes.reporting_by(source) for source in EventSource} == {
        EventSource.TOPIC: "ses",
        EventSource.LOGS: "sns",
        EventSource.BUS: "sms_voice",
    }


def test_a_provider_carries_what_is_carried() -> None:
    assert {spec.channel for spec in PROVIDERS.values()} == {*CARRIED}


def test_the_page_on_capabilities_names_each() -> None:
    told = (ROOT / "docs" / "capabilities.md").read_text()
    there = " ".join(re.findall(r"^\| E\d+ \|.*\| (.+) \|$", told, re.MULTILINE))
    assert [spec.label for spec in PROVIDERS.values() if spec.label not in there] == []


def test_nobody_else_knows_a_name() -> None:
    named = {
        path.relative_to(ROOT).as_posix()
        for folder in ("shared", "functions")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in {*PROVIDERS}
    }
    own = {Path(inspect.getfile(spec.make)).relative_to(ROOT).parent.as_posix() for spec in PROVIDERS.values()}
    assert own == {VENDORS.rstrip("/")}
    # A network of e-invoices that has a provider of its own bears one name with it.
    assert {one for one in named if not one.startswith(VENDORS)} == {CLIENT, NETWORKS}
