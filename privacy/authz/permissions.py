"""Permissions, which are also the scopes of machine keys."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """One thing that an actor may be allowed to do."""

    CONSENTS_CHECK = "consents:check"
    CONSENTS_WRITE = "consents:write"
    CONSENTS_READ = "consents:read"
    CONSENTS_ANNUL = "consents:annul"
    SUBJECTS_READ = "subjects:read"
    SUBJECTS_WRITE = "subjects:write"
    SUBJECTS_MERGE = "subjects:merge"
    CONTACTS_WRITE = "contacts:write"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"
    #: Requests of data subjects. A machine opens them, says that its user signed in, and reads what it opened itself.
    REQUESTS_WRITE = "requests:write"
    REQUESTS_IDENTIFY = "requests:identify"
    REQUESTS_READ = "requests:read"
    #: Staff only: to handle and to decide requests; to find them by person and read what they hold.
    REQUESTS_HANDLE = "requests:handle"
    REQUESTS_DECIDE = "requests:decide"
    REQUESTS_SEARCH = "requests:search"
    PROGRAMME_READ = "programme:read"
    AUDIT_READ = "audit:read"
    #: Staff only: certificates of erasure, and what outlives erased people, for a named case and by two.
    ERASURES_READ = "erasures:read"
    EVIDENCE_RECORDS_OPEN = "evidence-records:open"
    #: Staff only: second signature under what another person asked for.
    APPROVALS_GIVE = "approvals:give"


#: What a machine key may be given.
CLIENT_SCOPES = frozenset(Permission) - {
    Permission.APPROVALS_GIVE,
    Permission.ERASURES_READ,
    Permission.EVIDENCE_RECORDS_OPEN,
    Permission.REQUESTS_HANDLE,
    Permission.REQUESTS_DECIDE,
    Permission.REQUESTS_SEARCH,
}
#: What staff may do until roles come with their sign-in.
STAFF_PERMISSIONS = frozenset(Permission)
