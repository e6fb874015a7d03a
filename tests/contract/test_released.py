"""What a release made on AWS stays there: logical ids, types, names and keys."""

import json
from copy import deepcopy

from tests.support.released import FILE, lost, resources


def test_nothing_that_was_released_is_deleted() -> None:
    gone = lost(json.loads(FILE.read_text()), resources())
    assert not gone, (
        "The next deployment deletes this on AWS, with all it holds (what is retained is left behind, and an empty one takes its "
        "place):\n"
        + "\n".join(gone)
        + "\nKeep logical id, type, name and keys as they were. Where it really shall go, run "
        "`make released`, and say in the changelog what is deleted."
    )


def test_what_is_gone_or_other_is_named_and_what_is_new_is_not() -> None:
    released = resources()
    now = deepcopy(released)
    del now["EmailQueue"]
    now["WorkTable"]["KeySchema"] = [{"AttributeName": "due", "KeyType": "HASH"}]
    now["Vault"]["BucketName"] = "vault"
    now["AlarmTopic"]["Type"] = "AWS::SQS::Queue"
    now["InboundRule"]["Condition"] = "IsCloud"
    now["Another"] = {"Type": "AWS::SQS::Queue", "Condition": None}
    assert lost(released, now) == [
        "AlarmTopic (AWS::SNS::Topic): Type was AWS::SNS::Topic",
        "EmailQueue (AWS::SQS::Queue): is gone",
        "InboundRule (AWS::SES::ReceiptRule): Condition was TakesMail",
        "Vault (AWS::S3::Bucket): BucketName was None",
        "WorkTable (AWS::DynamoDB::Table): KeySchema was [{'AttributeName': 'id', 'KeyType': 'HASH'}]",
    ]


def test_what_keeps_something_is_watched() -> None:
    """Of each of these an emptied one would be a loss: the tables, the buckets, the queues, the people, what signs."""
    kinds = [kept["Type"] for kept in resources().values()]
    assert kinds.count("AWS::DynamoDB::Table") >= 9
    assert kinds.count("AWS::S3::Bucket") >= 2
    assert kinds.count("AWS::SQS::Queue") >= 12
    assert "AWS::Cognito::UserPool" in kinds
    assert "AWS::SecretsManager::Secret" in kinds
    # What SAM makes of its own types counts: providers post to this address.
    assert resources()["WebhookFunctionUrl"]["Type"] == "AWS::Lambda::Url"
