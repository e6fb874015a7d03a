"""The order of the files, where it matters: all share one cloud."""

import pytest

from tests.support.order import put_in_order

# The commands of the local cloud stop and start it under the other tests. What shuts users out, and what sends whatever it may,
# leave much behind that the log is looked through for.
_ORDER = (
    "test_messages",
    "test_correspondence",
    "test_mail_that_comes_in",
    "test_console_that_is_true",
    "test_record",
    "test_exports",
    "test_providers",
    "test_chorus_pro",
    "test_peppol",
    "test_post",
    "test_openapi",
    "test_grants",
    "test_users",
    "test_local_cloud",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    put_in_order(items, "e2e", _ORDER)
