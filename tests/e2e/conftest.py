"""The order of the files, where it matters: all share one cloud."""

import pytest

# The commands of the local cloud stop and start it under the other tests. What shuts users out, and what sends whatever it may,
# leave much behind that the log is looked through for.
_ORDER = ("test_messages", "test_record", "test_openapi", "test_users", "test_local_cloud")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those of this folder come in that order, wherever they stand among others."""
    ours = [place for place, item in enumerate(items) if item.path.parent.name == "e2e"]
    in_order = sorted((items[place] for place in ours), key=lambda item: _ORDER.index(item.path.stem))
    for place, item in zip(ours, in_order, strict=True):
        items[place] = item
