"""What the functions did in all the tests before: each may do that."""

from tests.support.firm import Firm


def test_no_function_ever_lacked_a_grant(firm: Firm) -> None:
    """IAM is enforced here. What a function does beside its answer, such as the last step after a commit, fails in silence else."""
    logs = firm.aws("logs")
    for group in logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{firm.endpoints['stack']}-")["logGroups"]:
        lines = [event["message"] for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]]
        assert not [line for line in lines if "AccessDenied" in line], group["logGroupName"]
