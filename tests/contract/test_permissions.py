"""Least privilege: each function may do what it does, and no more."""

import re

import pytest

from tests.support.sam_template import ROOT, functions, listed, resources, statements

ROLES_OF_FUNCTIONS = {
    name: resources("AWS::IAM::Role")[properties["Role"]["Fn::GetAtt"][0]] for name, properties in functions().items()
}


@pytest.mark.parametrize("function", sorted(functions()))
def test_every_function_has_a_role_of_its_own_and_no_wildcard(function: str) -> None:
    role = ROLES_OF_FUNCTIONS[function]
    assert role["ManagedPolicyArns"] == [{"Ref": "RuntimePolicy"}]
    for statement in statements(role):
        assert all("*" not in action for action in listed(statement["Action"])), statement
        assert "*" not in listed(statement.get("Resource", [])), statement
    others = [other for name, other in ROLES_OF_FUNCTIONS.items() if name != function]
    assert all(other is not role for other in others)


def test_a_star_stands_only_where_aws_has_nothing_else_and_the_template_says_so() -> None:
    text = (ROOT / "template.yaml").read_text().splitlines()
    stars = [place for place, line in enumerate(text) if re.search(r'Resource: "\*"|NotResource', line)]
    assert len(stars) == 2
    for place in stars:
        assert any("AWS has nothing but" in line for line in text[place - 5 : place])


def test_what_reads_cannot_write() -> None:
    actions = {action for one in statements(ROLES_OF_FUNCTIONS["query"]) for action in listed(one["Action"])}
    verbs = {action.partition(":")[2] for action in actions}
    assert verbs == {
        "GetItem", "BatchGetItem", "Query", "GetObject", "GetObjectVersion", "ListBucket", "ListBucketVersions", "ListUsersInGroup",
        "AdminGetUser", "AdminListGroupsForUser", "GetSecretValue", "DescribeSecret",
    }  # fmt: skip


def test_versions_are_listed_of_uploads_only() -> None:
    listing = [
        one
        for role in ROLES_OF_FUNCTIONS.values()
        for one in statements(role)
        if "s3:ListBucketVersions" in listed(one["Action"])
    ]
    assert len(listing) == 5
    for one in listing:
        assert one["Condition"] == {"StringLike": {"s3:prefix": "staging/*"}}


def test_dispatch_may_send_by_the_firms_identity_and_configuration_set_only() -> None:
    """The simulator of SES asks nobody for a right, so what the template grants is read here."""
    role = ROLES_OF_FUNCTIONS["dispatch"]
    [grant] = [one for one in statements(role) if any("ses:" in action for action in listed(one["Action"]))]
    assert listed(grant["Action"]) == ["ses:SendEmail", "ses:SendRawEmail"]
    assert len(grant["Resource"]) == 2
    assert ["identity/" in str(grant["Resource"]), "configuration-set/" in str(grant["Resource"])] == [True, True]


def test_only_dispatch_can_send_by_a_provider() -> None:
    """The webhook takes up the topics that it was told of, and sends nothing."""
    can = {
        (name, action)
        for name, role in ROLES_OF_FUNCTIONS.items()
        for one in statements(role)
        for action in listed(one["Action"])
        if action.startswith(("ses:", "sns:", "sms-voice:"))
    }
    assert {name for name, _ in can} == {"dispatch", "webhook"}
    assert {action for name, action in can if name == "webhook"} == {"sns:ConfirmSubscription"}


def test_who_shows_letters_may_call_the_function_that_makes_them_and_no_other() -> None:
    calls = {
        function: [one["Resource"] for one in statements(role) if "lambda:InvokeFunction" in listed(one["Action"])]
        for function, role in ROLES_OF_FUNCTIONS.items()
    }
    render = [{"Fn::GetAtt": ["RenderFunction", "Arn"]}]
    assert {function: called for function, called in calls.items() if called} == {"command": render, "console": render}
