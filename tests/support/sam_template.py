"""template.yaml as data, so that tests use what is deployed and not a copy of it."""

from copy import deepcopy
from functools import cache
from typing import Any

from boto3.session import Session
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local.environment import ROOT as ROOT
from local.template import read


@cache
def template() -> dict[str, Any]:
    """The template with its loops and CloudFormation's short forms written out: `{"Ref": ...}`, `{"Fn::GetAtt": [...]}`."""
    return read()


@cache
def transformed() -> dict[str, Any]:
    """The resources that CloudFormation is asked for: those of `template()`, and what SAM makes of its own types."""
    given = deepcopy(template())
    # In place of the code, which is packed and uploaded before a template is transformed.
    for properties in (
        given["Globals"]["Function"],
        *(one.get("Properties", {}) for one in given["Resources"].values()),
    ):
        properties.update({key: "s3://bucket/key" for key in ("CodeUri", "ContentUri") if key in properties})
    made = Translator({}, Parser(), boto_session=Session(region_name="eu-west-2")).translate(given, {})
    resources: dict[str, Any] = made["Resources"]
    return resources


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """The properties of every resource of a type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template()["Resources"].items()
        if resource["Type"] == kind
    }


def functions() -> dict[str, dict[str, Any]]:
    """The functions by the name of their folder."""
    found = resources("AWS::Serverless::Function")
    return {properties["Handler"].partition(".")[0]: properties for properties in found.values()}


def environment(function: str) -> dict[str, Any]:
    """The variables that the template gives one function of its own."""
    own: dict[str, Any] = functions()[function].get("Environment", {}).get("Variables", {})
    return own


def table_definition(logical: str) -> dict[str, Any]:
    """What boto3's create_table takes to make a table as the template describes it."""
    properties = resources("AWS::DynamoDB::Table")[logical]
    wanted = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
    return {name: properties[name] for name in wanted if name in properties}


def statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    written = [one for policy in role.get("Policies", []) for one in policy["PolicyDocument"]["Statement"]]
    either = [branch for one in written for branch in (one["Fn::If"][1:] if "Fn::If" in one else [one])]
    return [one for one in either if "Effect" in one]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
