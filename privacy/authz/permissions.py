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
    PROGRAMME_READ = "programme:read"
    #: Staff only: second signature under what another person asked for.
    APPROVALS_GIVE = "approvals:give"


#: What a machine key may be given.
CLIENT_SCOPES = frozenset(Permission) - {Permission.APPROVALS_GIVE}
#: What staff may do until roles come with their sign-in.
STAFF_PERMISSIONS = frozenset(Permission)
