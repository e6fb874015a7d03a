"""Tests, by kind; and what they share."""

import os

# As in Lambda, where there is always a region when a function is loaded.
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-2")
