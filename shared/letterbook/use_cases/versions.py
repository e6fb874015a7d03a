"""What can be amended carries a version, and an amendment may say which one it amends."""

from letterbook.domain.errors import Outdated


def next_version(present: int, expected: int | None) -> int:
    """Raises Outdated when the caller amends a version that is not the present one."""
    if expected is not None and expected != present:
        raise outdated()
    return present + 1


def outdated() -> Outdated:
    return Outdated("It was changed since you read it: read it again and apply your change to that.")
