"""Ends of spans of sorted keys. DynamoDB's BETWEEN includes both its ends; ours leave the upper one out."""

# Sorts behind everything that an id or a clue can hold.
LAST = "~"


def just_before(key: str) -> str:
    """The end of a span that holds all that sorts before `key`, and not `key` itself."""
    return f"{key[:-1]}{chr(ord(key[-1]) - 1)}{LAST}"
