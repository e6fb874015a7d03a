"""What people are on letters: each says it of themselves, and whoever looks after the settings of everybody."""

from letterbook.domain.access import JobTitle, Permission, Viewer
from letterbook.domain.errors import NotFound
from letterbook.domain.history import AuditEvent
from letterbook.ports import World
from letterbook.use_cases.support.access import actor_of


def own_job_title(world: World, viewer: Viewer) -> str:
    """Nothing for who has none."""
    return world.job_titles.of_user(viewer.id)


def set_job_title(world: World, viewer: Viewer, job_title: JobTitle) -> JobTitle:
    """Letters from now on say it; nothing takes it away. Raises Forbidden, NotFound for a user who is not there."""
    if job_title.user != viewer.id:
        viewer.require(Permission.SETTINGS)
        if job_title.user not in {one.id for one in world.users.all()}:
            raise NotFound("There is no such user.")
    event = AuditEvent(
        about=job_title.user, at=world.now(), actor=actor_of(viewer), event="job title set", note=job_title.title
    )
    world.job_titles.save(job_title, event)
    return job_title
