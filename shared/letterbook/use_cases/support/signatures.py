"""Who signs a letter."""

from letterbook.domain.actors import Actor
from letterbook.domain.letter import Signature
from letterbook.ports import World


def signature_of(world: World, author: Actor) -> Signature:
    """Their name as the entry has it, and what they are on letters now."""
    return Signature(name=author.name, role=world.job_titles.of_user(author.id))
