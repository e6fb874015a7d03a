"""The order of the files of a folder whose tests share one cloud."""

import pytest


def put_in_order(items: list[pytest.Item], folder: str, order: tuple[str, ...]) -> None:
    """The items of that folder come in that order of their files, wherever they stand among others."""
    ours = [place for place, item in enumerate(items) if item.path.parent.name == folder]
    in_order = sorted((items[place] for place in ours), key=lambda item: order.index(item.path.stem))
    for place, item in zip(ours, in_order, strict=True):
        items[place] = item
