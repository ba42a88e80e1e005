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
    #: Staff only: to apply another programme; to connect systems; to see and to change who uses the API.
    PROGRAMME_WRITE = "programme:write"
    SYSTEMS_WRITE = "systems:write"
    CLIENTS_READ = "clients:read"
    CLIENTS_WRITE = "clients:write"
    AUDIT_READ = "audit:read"
    #: Staff only: certificates of erasure, and what outlives erased people, for a named case and by two.
    ERASURES_READ = "erasures:read"
    EVIDENCE_RECORDS_OPEN = "evidence-records:open"
    #: Retention rules, holds and runs. Staff only: to prepare them, and to agree to a run.
    RETENTION_READ = "retention:read"
    RETENTION_HANDLE = "retention:handle"
    RETENTION_APPROVE = "retention:approve"
    #: Anybody, a machine too, says that something happened; staff only handle breaches and decide about them.
    BREACHES_REPORT = "breaches:report"
    BREACHES_READ = "breaches:read"
    BREACHES_HANDLE = "breaches:handle"
    BREACHES_DECIDE = "breaches:decide"
    #: The registers of accountability, staff only: the officer advises, the controller decides (GDPR Art. 38(6)).
    REGISTERS_READ = "registers:read"
    REGISTERS_HANDLE = "registers:handle"
    REGISTERS_ADVISE = "registers:advise"
    REGISTERS_DECIDE = "registers:decide"
    #: Jobs and alarms. Staff only: to run one now, and to acknowledge an alarm.
    JOBS_READ = "jobs:read"
    JOBS_RUN = "jobs:run"
    #: Staff only: second signature under what another person asked for.
    APPROVALS_GIVE = "approvals:give"
    #: Staff only: to look for a person; to see who works here and what they may do, to change it, to agree to a change.
    SUBJECTS_SEARCH = "subjects:search"
    STAFF_READ = "staff:read"
    STAFF_WRITE = "staff:write"
    STAFF_APPROVE = "staff:approve"


#: What a machine key may be given.
CLIENT_SCOPES = frozenset(Permission) - {
    Permission.APPROVALS_GIVE,
    Permission.ERASURES_READ,
    Permission.EVIDENCE_RECORDS_OPEN,
    Permission.REQUESTS_HANDLE,
    Permission.REQUESTS_DECIDE,
    Permission.REQUESTS_SEARCH,
    Permission.RETENTION_HANDLE,
    Permission.RETENTION_APPROVE,
    Permission.BREACHES_READ,
    Permission.BREACHES_HANDLE,
    Permission.BREACHES_DECIDE,
    Permission.REGISTERS_READ,
    Permission.REGISTERS_HANDLE,
    Permission.REGISTERS_ADVISE,
    Permission.REGISTERS_DECIDE,
    Permission.PROGRAMME_WRITE,
    Permission.SYSTEMS_WRITE,
    Permission.CLIENTS_READ,
    Permission.CLIENTS_WRITE,
    Permission.JOBS_RUN,
    Permission.SUBJECTS_SEARCH,
    Permission.STAFF_READ,
    Permission.STAFF_WRITE,
    Permission.STAFF_APPROVE,
}
#: What a person does for themselves: acts of consent, requests, and to be known by a proof.
PERSON_PERMISSIONS = frozenset(
    {Permission.CONSENTS_WRITE, Permission.CONSENTS_READ, Permission.REQUESTS_WRITE, Permission.REQUESTS_IDENTIFY}
)
