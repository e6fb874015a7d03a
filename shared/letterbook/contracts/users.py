"""Users, and the one who asks."""

from letterbook.contracts.fields import Body, MaybeEmptyLine, View
from letterbook.domain.access import JobTitle, Permission


class UserView(View):
    """`job_title` is what stands under their name on letters."""

    id: str
    username: str
    name: str
    role: str
    job_title: str = ""


class JobTitleBody(Body):
    """What they are on letters, such as Solicitor; empty for nothing."""

    job_title: MaybeEmptyLine

    def of(self, user: str) -> JobTitle:
        return JobTitle(user=user, title=self.job_title)


class JobTitleView(View):
    user: str
    job_title: str

    @classmethod
    def of(cls, job_title: JobTitle) -> "JobTitleView":
        return cls(user=job_title.user, job_title=job_title.title)


class MeView(View):
    """What is sent from a mail program with `capture_address` in bcc is logged; null where no domain takes mail in."""

    id: str
    name: str
    role: str
    rights: list[Permission]
    capture_address: str | None = None
    job_title: str = ""
