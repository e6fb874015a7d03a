"""What reading something hostile may cost."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

# A hundred times what reading a megabyte costs, on a slow machine too; whatever looks at each part again for each other part
# needs minutes.
_MOST_SECONDS = 10.0


@contextmanager
def bounded_effort() -> Iterator[None]:
    """What is done within is no more work than reading what is given a few times: seconds of this thread alone are counted."""
    begun = time.thread_time()
    yield
    assert time.thread_time() - begun < _MOST_SECONDS
