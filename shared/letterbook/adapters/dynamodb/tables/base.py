"""What all tables have: their name is a setting, and they share one connection."""

from threading import Lock
from typing import ClassVar

from pynamodb.connection import TableConnection
from pynamodb.models import Model

from letterbook.adapters import aws
from letterbook.environment import settings

# Several threads of one sweep may come to a table first.
_CONNECTING = Lock()


class Table(Model):
    """A model whose table is named by the setting `NAME`, and which shares one connection with all others.

    pynamodb makes a client for each model: 20 ms of every cold start apiece.
    """

    NAME: ClassVar[str]

    @classmethod
    def _get_connection(cls) -> TableConnection:
        cls.Meta.table_name = getattr(settings(), cls.NAME)
        with _CONNECTING:
            table = super()._get_connection()
            shared = aws.dynamodb()
            if table.connection is not shared:
                if table.table_name not in shared._tables:  # noqa: SLF001 - it has no other way to tell
                    shared.add_meta_table(table.get_meta_table())
                table.connection = shared
        return table

    @classmethod
    def connection(cls) -> TableConnection:
        """For requests that no method of a model makes. It follows the settings."""
        return cls._get_connection()
