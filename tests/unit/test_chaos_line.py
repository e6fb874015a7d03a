"""Who is on the line in `make chaos` strikes at the steps that are meant, and says so."""

from tests.chaos.line import PROVIDER, Deed, EachStep, Fault, Request, Series, call_of

ID = "com_01M8J5EX0X1XDP3A2R719EEDNB"
_SIGNED = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-2/{}/aws4_request, SignedHeaders=host, Signature=0"


def request(call: str, *, function: str = "dispatch", body: bytes = b"") -> Request:
    return Request(function, 1, call, body, "/")


def called(service: str, *, target: str = "", body: bytes = b"", method: str = "POST", path: str = "/") -> str:
    headers = {"Authorization": _SIGNED.format(service), "X-Amz-Target": target}
    return call_of(method, path, headers, body)


def test_each_step_is_struck_before_and_after_once() -> None:
    fault = EachStep("dispatch", Deed.DIE_BEFORE, Deed.DIE_AFTER)
    write = request("dynamodb PutItem communications")
    assert [fault.meets(write) for _ in range(3)] == [Deed.DIE_BEFORE, Deed.DIE_AFTER, None]
    assert fault.struck == 2


def test_after_a_step_that_changes_nothing_is_before_the_next() -> None:
    fault = EachStep("dispatch", Deed.DIE_BEFORE, Deed.DIE_AFTER)
    for call in ("dynamodb GetItem communications", "s3 GET content", "secretsmanager GetSecretValue"):
        assert [fault.meets(request(call)) for _ in range(2)] == [Deed.DIE_BEFORE, None]


def test_other_functions_are_left_alone() -> None:
    assert EachStep("sweep", Deed.DIE_BEFORE, Deed.DIE_AFTER).meets(request(PROVIDER)) is None


def test_a_fault_strikes_so_often_and_only_what_is_meant() -> None:
    fault = Fault(Deed.CUT_AFTER, lambda one: one.call == PROVIDER, times=2)
    assert fault.meets(request("sqs SendMessage email")) is None
    assert not fault.met
    assert [fault.meets(request(PROVIDER)) for _ in range(3)] == [Deed.CUT_AFTER, Deed.CUT_AFTER, None]
    assert fault.met


def test_a_series_strikes_one_request_after_the_other() -> None:
    series = Series((Deed.CUT_BEFORE, None, Deed.CUT_AFTER), lambda one: one.call == PROVIDER)
    assert series.meets(request("sqs SendMessage email")) is None
    assert [series.meets(request(PROVIDER)) for _ in range(2)] == [Deed.CUT_BEFORE, None]
    assert not series.met
    assert series.meets(request(PROVIDER)) is Deed.CUT_AFTER
    assert series.met
    assert series.struck == 2
    assert series.meets(request(PROVIDER)) is None


def test_the_claim_and_the_outcome_are_different_steps() -> None:
    def written(event: str) -> str:
        body = (
            b'{"TransactItems": [{"Put": {"TableName": "letterbook-local-CommunicationsTable-1A"}}, {"Put": '
            b'{"TableName": "letterbook-local-HistoryTable-2B", "Item": {"row": {"S": "{\\"event\\":\\"'
            + event.encode()
            + b'\\"}"}}}}]}'
        )
        return called("dynamodb", target="DynamoDB_20120810.TransactWriteItems", body=body)

    assert written("claimed") == "dynamodb TransactWriteItems communications history (claimed)"
    assert written("taken") == "dynamodb TransactWriteItems communications history (taken)"


def test_the_provider_is_known_by_its_call() -> None:
    assert called("ses", path="/v2/email/outbound-emails") == PROVIDER


def test_an_object_is_named_by_its_place() -> None:
    assert called("s3", method="PUT", path=f"/vault/content/{ID}") == "s3 PUT content"


def test_a_request_tells_the_entries_it_is_about() -> None:
    made = f"com_{'Z' * 26}"
    assert request(PROVIDER, body=f'{{"Value": "{ID}"}} {{"id": "{made}"}}'.encode()).ids == {ID, made}
