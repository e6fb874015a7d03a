"""One-time schedules. Times are always UTC, because `at()` without a zone is; a schedule that has run removes itself."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from letterbook.adapters import aws
from letterbook.contracts.queue_messages import DueMessage

if TYPE_CHECKING:
    from mypy_boto3_scheduler.type_defs import CreateScheduleInputTypeDef


class EventBridgeSchedules:
    """See ports.Schedules. A schedule is named by the communication, so asking twice leaves one."""

    def __init__(self, *, group: str, target: str, role: str, dead_letters: str) -> None:
        self._group = group
        self._target, self._role, self._dead_letters = target, role, dead_letters

    def put(self, communication_id: str, at: datetime) -> None:
        client = aws.scheduler()
        schedule: CreateScheduleInputTypeDef = {
            "GroupName": self._group,
            "Name": communication_id,
            "ScheduleExpression": f"at({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S})",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self._target,
                "RoleArn": self._role,
                "Input": DueMessage(communication_id=communication_id).model_dump_json(),
                "DeadLetterConfig": {"Arn": self._dead_letters},
            },
        }
        try:
            client.create_schedule(**schedule)
        except client.exceptions.ConflictException:
            client.update_schedule(**schedule)

    def remove(self, communication_id: str) -> None:
        client = aws.scheduler()
        try:
            client.delete_schedule(GroupName=self._group, Name=communication_id)
        except client.exceptions.ResourceNotFoundException:
            return
