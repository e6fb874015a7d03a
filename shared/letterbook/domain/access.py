"""Who may do what, who may see what, and who may change it. A viewer goes into every query; what it may not see is not there.

Sight is not a right to change. All of it, with the reasons, is docs/decisions/0015-who-may-change-what.md; in short:

    thing                         seen through                            changed through
    ----------------------------  --------------------------------------  -------------------------------------------------
    party, contacts, preferences  its own grant, or a case that it is on  its own grant: `changes_party`
    hold, opt-out                 its party                               set as the party is; weakened by OVERRIDE_HOLD
    case                          its own grant, or its client's          its own grant: `changes_case`; and whoever is put on
                                                                          it or taken off it, through their own
    subject                       its party                               its party's own grant; moved, both parties'
    entry, thread, TODO, and the  its case, or its client; of no case,    who sees it and may write records or send: what they
    document that is announced    its party; restricted ones by right     write belongs to something they may write to
    grant                         GRANTS                                  GRANTS; with `restricted`, READ_RESTRICTED besides

Who sees everybody (`sight` is None) was granted everything. Who only reads, as an auditor does, writes nothing but saved views of
their own: both borders ask `require_writing` of every request that is no GET, before they look at it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from letterbook.domain.errors import Forbidden


class Permission(StrEnum):
    READ = "communications:read"
    READ_ALL = "communications:read_all"
    READ_RESTRICTED = "communications:read_restricted"
    READ_AUDIT = "communications:read_audit"
    SEND = "communications:send"
    URGENT = "communications:urgent"
    OVERRIDE_HOLD = "communications:override_hold"
    RESEND = "communications:resend"
    IGNORE = "communications:ignore"
    RECORDS = "records:write"
    TEMPLATES = "templates:manage"
    SETTINGS = "settings:manage"
    GRANTS = "grants:manage"
    USERS = "users:read"
    EXPORT = "export"


_R = Permission
# Who has none of these only reads.
_WRITING = frozenset({_R.SEND, _R.RESEND, _R.IGNORE, _R.RECORDS, _R.TEMPLATES, _R.SETTINGS, _R.GRANTS})
# In the order of precedence: who is in several groups is shown as the first, and has the rights of all.
ROLES: dict[str, frozenset[Permission]] = {
    "admin": frozenset(Permission),
    "lead": frozenset(
        {_R.READ, _R.READ_ALL, _R.SEND, _R.URGENT, _R.RESEND, _R.IGNORE, _R.RECORDS}
        | {_R.TEMPLATES, _R.EXPORT, _R.GRANTS, _R.USERS}
    ),
    "agent": frozenset({_R.READ, _R.SEND, _R.RESEND, _R.RECORDS}),
    "auditor": frozenset({_R.READ, _R.READ_ALL, _R.READ_RESTRICTED, _R.READ_AUDIT, _R.EXPORT}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One user sees one party or one case; `restricted` opens its restricted entries too."""

    user: str
    party_id: str | None = None
    case_id: str | None = None
    restricted: bool = False

    @property
    def target(self) -> str:
        return self.party_id or self.case_id or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A user's own name for filters; `query` is as it stands in an address."""

    user: str
    name: str
    query: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTitle:
    """What a user is on the firm's letters, such as "Solicitor"; what they may do is their role."""

    user: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleScope:
    """What was granted to a viewer without `read_all`."""

    parties: frozenset[str] = frozenset()
    cases: frozenset[str] = frozenset()

    @classmethod
    def of(cls, grants: Iterable[Grant]) -> "VisibleScope":
        held = tuple(grants)
        return cls(
            parties=frozenset(one.party_id for one in held if one.party_id),
            cases=frozenset(one.case_id for one in held if one.case_id),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """To whom an entry belongs, as far as seeing it goes.

    `candidates` are the parties that it may be of, where nobody has said yet which.
    """

    party_id: str
    client_id: str | None
    case_id: str | None
    restricted: bool
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """`sight` is None for who sees everything. `opened` are the parties and cases granted with their restricted entries."""

    id: str
    name: str
    role: str
    rights: frozenset[Permission]
    sight: VisibleScope | None = VisibleScope()
    unrestricted: frozenset[str] = frozenset()

    def may(self, right: Permission) -> bool:
        return right in self.rights

    def require(self, right: Permission) -> None:
        if right not in self.rights:
            raise Forbidden(f"This needs the right {right}.")

    def require_any(self, *rights: Permission) -> None:
        """One of them is enough."""
        if self.rights.isdisjoint(rights):
            raise Forbidden(f"This needs the right {rights[0]}.")

    def require_writing(self) -> None:
        if self.rights.isdisjoint(_WRITING):
            raise Forbidden("You may read, and write nothing but saved views of your own.")

    def granted_party(self, party_id: str) -> bool:
        return self.sight is None or party_id in self.sight.parties

    def changes_party(self, party_id: str) -> bool:
        """Who sees a party only through a case may write to it there, and change nothing of it."""
        return self.may(Permission.RECORDS) and self.granted_party(party_id)

    def changes_case(self, case_id: str) -> bool:
        return self.may(Permission.RECORDS) and (self.sight is None or case_id in self.sight.cases)

    def sees_case(self, case_id: str, client_id: str | None) -> bool:
        """A case is seen by its own grant, and by one to its client, as its entries are."""
        return self.sight is None or case_id in self.sight.cases or client_id in self.sight.parties

    def sees(self, owned: Ownership) -> bool:
        """An entry is seen with its case or its client; a creditor's entries of other cases stay hidden.

        What may be of several is seen by who was granted each of them.
        """
        return self._in_sight(owned) and (not owned.restricted or self._opens(owned))

    def _in_sight(self, owned: Ownership) -> bool:
        if self.sight is None:
            return True
        if owned.candidates:
            return self.sight.parties.issuperset(owned.candidates)
        if owned.case_id in self.sight.cases or owned.client_id in self.sight.parties:
            return True
        return owned.case_id is None and owned.party_id in self.sight.parties

    def _opens(self, owned: Ownership) -> bool:
        if self.may(Permission.READ_RESTRICTED):
            return True
        if owned.candidates:
            return self.unrestricted.issuperset(owned.candidates)
        alone = owned.party_id if owned.case_id is None else None
        return not self.unrestricted.isdisjoint({alone, owned.client_id, owned.case_id} - {None})


def permissions_of(groups: frozenset[str]) -> tuple[str, frozenset[Permission]]:
    """The role that is shown, and the rights of all the groups; a stranger has neither."""
    roles = [role for role in ROLES if role in groups]
    rights = frozenset(right for role in roles for right in ROLES[role])
    return (roles[0] if roles else "none"), rights
