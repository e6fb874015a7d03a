"""The operations of this function."""

from letterbook.bootstrap import world
from letterbook.http.api import Api

api = Api(world)
