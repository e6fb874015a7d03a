"""The wiring: what template.yaml promises, the code keeps, and the other way round."""

import importlib
import json
import re
from pathlib import Path

import pytest

from letterbook.contracts.operations import OPERATIONS
from letterbook.domain.access import ROLES
from letterbook.domain.retries import LEASE
from letterbook.environment import Settings
from letterbook.http.openapi import document
from tests.support.aws import WorldForTests
from tests.support.fakes.accounts import known
from tests.support.lambda_client import invoke, sample
from tests.support.sam_template import ROOT, environment, functions, resources, statements, template

QUEUES = resources("AWS::SQS::Queue")
DEAD_LETTERS = {name for name in QUEUES if name.endswith("DeadLetters")}
WORKING = set(QUEUES) - DEAD_LETTERS
ALARMS = resources("AWS::CloudWatch::Alarm")
MAPPINGS = resources("AWS::Lambda::EventSourceMapping")
ROLES_OF_FUNCTIONS = {
    name: resources("AWS::IAM::Role")[properties["Role"]["Fn::GetAtt"][0]] for name, properties in functions().items()
}


def alarms_on(queue: str, metric: str) -> list[str]:
    return [
        name
        for name, alarm in ALARMS.items()
        if alarm["MetricName"] == metric
        and {"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}} in alarm["Dimensions"]
    ]


# ---- queues


@pytest.mark.parametrize("queue", sorted(WORKING))
def test_every_queue_has_a_consumer_with_partial_failures(queue: str) -> None:
    [mapping] = [one for one in MAPPINGS.values() if one["EventSourceArn"] == {"Fn::GetAtt": [queue, "Arn"]}]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    _, cloud, local = mapping["ScalingConfig"]["MaximumConcurrency"]["Fn::If"]
    assert cloud > local >= 2


@pytest.mark.parametrize("queue", sorted(WORKING))
def test_every_queue_has_dead_letters(queue: str) -> None:
    target = QUEUES[queue]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert target in DEAD_LETTERS
    assert QUEUES[target]["MessageRetentionPeriod"] == 14 * 24 * 3600


@pytest.mark.parametrize("queue", sorted(WORKING))
def test_visibility_is_six_times_the_time_out_of_the_consumer(queue: str) -> None:
    [mapping] = [one for one in MAPPINGS.values() if one["EventSourceArn"] == {"Fn::GetAtt": [queue, "Arn"]}]
    consumer = template()["Resources"][mapping["FunctionName"]["Ref"]]["Properties"]
    timeout = consumer.get("Timeout", template()["Globals"]["Function"]["Timeout"])
    assert QUEUES[queue]["VisibilityTimeout"] >= 6 * timeout


@pytest.mark.parametrize("queue", sorted(DEAD_LETTERS))
def test_every_dead_letter_rings(queue: str) -> None:
    [alarm] = alarms_on(queue, "ApproximateNumberOfMessagesVisible")
    assert (ALARMS[alarm]["Threshold"], ALARMS[alarm]["ComparisonOperator"]) == (0, "GreaterThanThreshold")


@pytest.mark.parametrize("queue", sorted(WORKING))
def test_every_queue_rings_when_its_oldest_message_is_too_old(queue: str) -> None:
    assert len(alarms_on(queue, "ApproximateAgeOfOldestMessage")) == 1


@pytest.mark.parametrize("alarm", sorted(ALARMS))
def test_every_alarm_tells_when_it_rings_and_when_it_is_over(alarm: str) -> None:
    assert ALARMS[alarm]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    assert ALARMS[alarm]["OKActions"] == [{"Ref": "AlarmTopic"}]


def test_every_alarm_stands_in_the_operating_guide() -> None:
    guide = (ROOT / "docs/operating.md").read_text()
    # "DispatchErrors, ReceiptsErrors, …": one row for all of them.
    own = {name.removesuffix("Alarm") for name in ALARMS if not name.endswith("ErrorsAlarm")}
    assert {name for name in own if name not in guide} == set()


def test_the_dashboard_shows_every_queue_and_every_function() -> None:
    [dashboard] = resources("AWS::CloudWatch::Dashboard").values()
    shown = set(re.findall(r"\${(\w+)", dashboard["DashboardBody"]["Fn::Sub"]))
    assert shown >= set(QUEUES) | set(resources("AWS::Serverless::Function"))
    json.loads(re.sub(r"\${[^}]*}", "", dashboard["DashboardBody"]["Fn::Sub"]))


@pytest.mark.parametrize("queue", sorted(QUEUES))
def test_every_queue_is_encrypted(queue: str) -> None:
    assert QUEUES[queue]["SqsManagedSseEnabled"] is True


def test_an_event_that_matches_nothing_is_set_aside_before_it_would_be_dead() -> None:
    receipts = importlib.import_module("receipts.handler")
    assert QUEUES["ReceiptsQueue"]["RedrivePolicy"]["maxReceiveCount"] > receipts.LAST_RECEIVE


# ---- the environment


def test_every_variable_of_the_template_is_a_setting_and_every_setting_is_given() -> None:
    given = {name for function in functions() for name in environment(function)}
    assert given == Settings.names()


# ---- the door

ROUTES = resources("AWS::ApiGatewayV2::Route")


def test_everything_under_v1_wants_a_token() -> None:
    for route in ROUTES.values():
        if "/v1/" in route["RouteKey"]:
            assert route["AuthorizationType"] == "JWT"
            assert route["AuthorizerId"] == {"Ref": "TokenAuthorizer"}
        else:
            assert (route["RouteKey"], route["AuthorizationType"]) == ("$default", "NONE")


def test_get_goes_to_the_function_that_only_reads_and_the_rest_to_the_one_that_writes() -> None:
    targets = {route["RouteKey"]: route["Target"]["Fn::Sub"] for route in ROUTES.values()}
    integrations = resources("AWS::ApiGatewayV2::Integration")
    leads = {
        key: integrations[re.search(r"{(\w+)}", target)[1]]["IntegrationUri"]["Fn::GetAtt"][0]  # type: ignore[index]
        for key, target in targets.items()
    }
    assert leads == {
        "GET /v1/{proxy+}": "QueryFunction",
        "ANY /v1/{proxy+}": "CommandFunction",
        "$default": "ConsoleFunction",
    }


def test_the_authorizer_takes_tokens_of_our_pool_and_client_only() -> None:
    [authorizer] = resources("AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["JwtConfiguration"]["Audience"] == [{"Ref": "UserPoolClient"}]
    assert "${UserPool}" in authorizer["JwtConfiguration"]["Issuer"]["Fn::Sub"]


def test_every_operation_is_answered_by_the_function_its_verb_leads_to() -> None:
    for function in ("query", "command"):
        importlib.import_module(f"{function}.handler")
        api = importlib.import_module(f"{function}.api").api
        mine = {one.name for one in OPERATIONS if (one.method == "GET") == (function == "query")}
        assert api.operations == mine


def test_no_two_operations_share_a_name_or_an_address() -> None:
    assert len({one.name for one in OPERATIONS}) == len(OPERATIONS)
    assert len({(one.method, one.path) for one in OPERATIONS}) == len(OPERATIONS)


def test_the_openapi_document_is_what_the_contracts_say() -> None:
    served = json.loads((ROOT / "functions/query/openapi.json").read_text())
    assert served == json.loads(json.dumps(document())), "run `make openapi`"


def test_every_role_has_its_group() -> None:
    groups = resources("AWS::Cognito::UserPoolGroup").values()
    assert [one["GroupName"] for one in sorted(groups, key=lambda one: one["Precedence"])] == list(ROLES)


# ---- what the local cloud drops in silence, so that a green deploy proves nothing about it


def test_the_api_is_throttled_and_its_log_holds_no_path_and_no_query() -> None:
    [stage] = resources("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    logged = stage["AccessLogSettings"]["Format"]
    assert "$context.requestId" in logged
    assert not any(field in logged for field in ("path", "query", "sourceIp", "userAgent"))


def test_the_sweep_runs_alone_each_minute_and_rings_when_it_does_not() -> None:
    assert functions()["sweep"]["EventInvokeConfig"] == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    assert resources("AWS::Events::Rule")["EachMinute"]["ScheduleExpression"] == "rate(1 minute)"
    assert ALARMS["SweepSilentAlarm"]["TreatMissingData"] == "breaching"
    assert functions()["sweep"]["Timeout"] < 60


def test_the_lease_is_longer_than_the_worker_can_live() -> None:
    assert functions()["dispatch"]["Timeout"] < LEASE.total_seconds()


@pytest.mark.parametrize("function", sorted(functions()))
def test_every_function_is_traced_and_its_log_does_not_grow_for_ever(function: str) -> None:
    assert template()["Globals"]["Function"]["Tracing"] == "Active"
    groups = {one["LogGroupName"]["Fn::Sub"]: one for one in resources("AWS::Logs::LogGroup").values()}
    name = functions()[function]["FunctionName"]["Fn::Sub"]
    assert groups[f"/aws/lambda/{name}"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_the_log_of_every_function_stands_under_it() -> None:
    order = list(template()["Resources"])
    for name in resources("AWS::Serverless::Function"):
        assert order[order.index(name) + 1] == name.removesuffix("Function") + "LogGroup"


def test_the_cloud_runs_on_arm_with_the_newest_python() -> None:
    parameters = template()["Parameters"]
    assert parameters["Architecture"]["Default"] == "arm64"
    assert parameters["Runtime"]["Default"] == "python3.13"
    layer = (ROOT / "layers/dependencies/Makefile").read_text()
    assert "ARCHITECTURE ?= aarch64" in layer
    assert "RUNTIME_VERSION ?= 3.13" in layer


def test_signatures_of_events_are_the_newer_ones() -> None:
    assert resources("AWS::SNS::Topic")["EmailEvents"]["SignatureVersion"] == "2"


def test_people_are_made_by_administrators() -> None:
    pool = resources("AWS::Cognito::UserPool")["UserPool"]
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["MfaConfiguration"] == "OPTIONAL"
    client = resources("AWS::Cognito::UserPoolClient")["UserPoolClient"]
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_nobody_writes_a_name_or_an_address_of_their_own() -> None:
    client = resources("AWS::Cognito::UserPoolClient")["UserPoolClient"]
    assert client["WriteAttributes"] == ["locale"]
    assert client["EnableTokenRevocation"] is True


@pytest.mark.parametrize("function", ["query", "console"])
def test_of_what_is_forgotten_by_itself_only_sessions_and_tries_are_open(function: str) -> None:
    """The other keys of that table are idempotency keys, whose results hold what was said."""
    table = {"Fn::GetAtt": ["IdempotencyTable", "Arn"]}
    [grant] = [
        one
        for one in statements(ROLES_OF_FUNCTIONS[function])
        if "ForAllValues:StringLike" in one.get("Condition", {}) and one["Resource"] == table
    ]
    keys = grant["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    assert keys == {"query": ["session#*"], "console": ["session#*", "tries#*"]}[function]


def test_what_makes_letters_keeps_them_and_reads_no_exports() -> None:
    def of_vault(action: str) -> set[str]:
        found = [one["Resource"] for one in statements(ROLES_OF_FUNCTIONS["render"]) if action in one["Action"]]
        return {one["Fn::Sub"].removeprefix("${Vault.Arn}/") for each in found for one in each}

    assert of_vault("s3:GetObject") == {"content/*", "documents/*", "staging/*"}
    assert of_vault("s3:PutObject") == {"content/*", "documents/*"}, (
        "a letter that names what it waited for is kept anew"
    )


def test_only_who_writes_correspondence_signs_links() -> None:
    signing = {
        name
        for name, role in ROLES_OF_FUNCTIONS.items()
        if any(one.get("Resource") == {"Fn::GetAtt": ["LinkSecret", "Id"]} for one in statements(role))
    }
    assert signing == {"command", "console"}


def test_only_pages_of_the_console_put_files_into_the_vault() -> None:
    [rule] = resources("AWS::S3::Bucket")["Vault"]["CorsConfiguration"]["CorsRules"]
    condition, cloud, local = rule["AllowedOrigins"]["Fn::If"]
    assert condition == "IsCloud"
    assert cloud == [
        {"Fn::If": ["HasDomain", {"Fn::Sub": "https://${DomainName}"}, {"Fn::GetAtt": ["HttpApi", "ApiEndpoint"]}]}
    ]
    assert local == {"Ref": "ConsoleOrigins"}


# ---- every function accepts its events

SAMPLES = [
    (path.parent.name, f"{path.parent.name}/{path.name}")
    for path in sorted((ROOT / "events").glob("*/*.json"))
    if path.parent.name in functions()
]


def test_every_function_has_a_sample_event() -> None:
    assert {function for function, _ in SAMPLES} == set(functions())


@pytest.mark.parametrize(("function", "path"), SAMPLES, ids=[path for _, path in SAMPLES])
def test_every_sample_event_is_accepted(world: WorldForTests, function: str, path: str) -> None:
    event = sample(path)
    claims = (
        event.get("requestContext", {}).get("authorizer", {}).get("jwt", {}).get("claims")
        if isinstance(event, dict)
        else None
    )
    if claims:
        known(claims["cognito:username"], "Jane Marsh", "admin", id_=claims["sub"])
    answer = invoke(function, event)
    if isinstance(answer, dict) and "statusCode" in answer:
        # What a provider posted was signed long ago.
        assert answer["statusCode"] in (200, 401, 404, 422)
    elif isinstance(answer, dict) and "batchItemFailures" in answer:
        # Nothing is known of what a sample is about: a receipt waits, an order is done with.
        assert len(answer["batchItemFailures"]) == (1 if function == "receipts" else 0)


def test_events_hold_no_person() -> None:
    """Domains are reserved ones (RFC 2606)."""
    reserved = (".example", ".invalid", ".test", "amazonses.com")
    found = [one for kind in ("json", "eml") for one in Path(ROOT / "events").rglob(f"*.{kind}")]
    # Known answers are as their vendors publish them.
    for path in [one for one in found if one.name != "signatures.json"]:
        for domain in re.findall(r"@([a-z0-9-]+(?:\.[a-z0-9-]+)+)", path.read_bytes().decode("latin-1").lower()):
            assert domain.endswith(reserved), path
