"""What the tests import leaves the process as Lambda's is."""

import sys

from tests.support.sam_template import template

# Python's own (sys.setrecursionlimit).
_LIMIT = 1000


def test_reading_the_template_does_not_raise_the_recursion_limit() -> None:
    """What is nested too deep ends there; a library that raises it makes minutes of a moment."""
    assert template()
    assert sys.getrecursionlimit() == _LIMIT
