"""What the console's function may do at AWS, and which routes of the API it stands before."""

import pytest

from letterbook.domain.party import Party
from tests.support.aws import WorldForTests
from tests.support.console_client import ConsoleClient
from tests.support.sam_template import resources
from tests.support.steps import a_party


@pytest.fixture
def own(world: WorldForTests) -> Party:
    return a_party(world, name="Otto Own", email="otto@mailbox.example", mobile=None)


# ---- what the function may do


def may(role: str) -> set[tuple[str, str]]:
    """(action, resource), of the role's own policy."""
    found: set[tuple[str, str]] = set()
    for policy in resources("AWS::IAM::Role")[role]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            actions, on = statement["Action"], statement["Resource"]
            for action in actions if isinstance(actions, list) else [actions]:
                found |= {(action, repr(one)) for one in (on if isinstance(on, list) else [on])}
    return found


def test_the_console_checks_what_command_checks() -> None:
    """It writes by the same use cases, in the same transactions."""
    checks = {one for one in may("CommandRole") if one[0] == "dynamodb:ConditionCheckItem"}
    assert checks
    assert checks <= may("ConsoleRole")


def test_the_console_may_nothing_that_neither_query_nor_command_may() -> None:
    tables = {one for one in may("ConsoleRole") if one[0].startswith("dynamodb:") and "Idempotency" not in one[1]}
    more = tables - may("QueryRole") - may("CommandRole")
    assert not more
    rest = {one[0] for one in may("ConsoleRole")} - {one[0] for one in (*may("QueryRole"), *may("CommandRole"))}
    assert not rest


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_of_the_api_that_no_route_knows_is_answered_as_the_api_answers(
    world: WorldForTests, method: str
) -> None:
    answer = ConsoleClient().ask(method, "/v1/communications/%0A/resend")
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json["code"] == "not_found"
