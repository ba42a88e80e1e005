"""The roles that staff are given, each a set of permissions: data, no code.

The data protection officer sees everything, advises, and approves nothing: an officer who decided would judge their
own decisions (Art. 38(6)).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from privacy.authz.permissions import Permission


class StaffRole(StrEnum):
    """What somebody who works for the controller is there for."""

    CONTROLLER = "controller"  # decides for the controller
    PRIVACY_OFFICE = "privacy_office"  # does the daily work
    DPO = "dpo"  # advises and supervises (Art. 37 to 39)
    AGENT = "agent"  # stands at the counter, or answers the phone
    ADMINISTRATOR = "administrator"  # runs the service, and sees nobody's data
    INSPECTOR = "inspector"  # of an authority or an auditor: reads, for some weeks


#: What shows data or the state of things and changes nothing.
_READING = frozenset(
    {
        Permission.CONSENTS_READ,
        Permission.SUBJECTS_READ,
        Permission.IMPORTS_READ,
        Permission.REQUESTS_READ,
        Permission.PROGRAMME_READ,
        Permission.AUDIT_READ,
        Permission.ERASURES_READ,
        Permission.RETENTION_READ,
        Permission.BREACHES_READ,
        Permission.JOBS_READ,
        Permission.STAFF_READ,
        Permission.REGISTERS_READ,
        Permission.CLIENTS_READ,
    }
)
_SEARCHING = frozenset({Permission.SUBJECTS_SEARCH, Permission.REQUESTS_SEARCH})

ROLES: Mapping[StaffRole, frozenset[Permission]] = MappingProxyType(
    {
        StaffRole.CONTROLLER: _READING
        | _SEARCHING
        | {
            Permission.APPROVALS_GIVE,
            Permission.CONSENTS_ANNUL,
            Permission.EVIDENCE_RECORDS_OPEN,
            Permission.REQUESTS_HANDLE,
            Permission.REQUESTS_DECIDE,
            Permission.RETENTION_HANDLE,
            Permission.RETENTION_APPROVE,
            Permission.BREACHES_REPORT,
            Permission.BREACHES_HANDLE,
            Permission.BREACHES_DECIDE,
            Permission.REGISTERS_HANDLE,
            Permission.REGISTERS_DECIDE,
            Permission.PROGRAMME_WRITE,
        },
        StaffRole.PRIVACY_OFFICE: _READING
        | _SEARCHING
        | {
            Permission.CONSENTS_CHECK,
            Permission.CONSENTS_WRITE,
            Permission.CONSENTS_ANNUL,
            Permission.SUBJECTS_WRITE,
            Permission.SUBJECTS_MERGE,
            Permission.CONTACTS_WRITE,
            Permission.IMPORTS_WRITE,
            Permission.REQUESTS_WRITE,
            Permission.REQUESTS_IDENTIFY,
            Permission.REQUESTS_HANDLE,
            Permission.REQUESTS_DECIDE,
            Permission.EVIDENCE_RECORDS_OPEN,
            Permission.RETENTION_HANDLE,
            Permission.BREACHES_REPORT,
            Permission.BREACHES_HANDLE,
            Permission.REGISTERS_HANDLE,
            Permission.JOBS_RUN,
        },
        # To handle a breach is also to assess it and to give an opinion, which is the officer's own work.
        StaffRole.DPO: _READING
        | _SEARCHING
        | {
            Permission.CONSENTS_CHECK,
            Permission.BREACHES_REPORT,
            Permission.BREACHES_HANDLE,
            Permission.REGISTERS_HANDLE,
            Permission.REGISTERS_ADVISE,
        },
        StaffRole.AGENT: frozenset(
            {
                Permission.SUBJECTS_SEARCH,
                Permission.SUBJECTS_READ,
                Permission.CONSENTS_CHECK,
                Permission.CONSENTS_READ,
                Permission.CONSENTS_WRITE,
                Permission.PROGRAMME_READ,
                Permission.BREACHES_REPORT,
            }
        ),
        StaffRole.ADMINISTRATOR: frozenset(
            {
                Permission.STAFF_READ,
                Permission.STAFF_WRITE,
                Permission.STAFF_APPROVE,
                Permission.JOBS_READ,
                Permission.JOBS_RUN,
                Permission.PROGRAMME_READ,
                Permission.SYSTEMS_WRITE,
                Permission.CLIENTS_READ,
                Permission.CLIENTS_WRITE,
                Permission.BREACHES_REPORT,
            }
        ),
        StaffRole.INSPECTOR: _READING,
    }
)

#: Given by two people, once there are two administrators.
GRAVE = frozenset({StaffRole.CONTROLLER, StaffRole.ADMINISTRATOR})
#: What a data protection officer may not be as well (Art. 38(6)).
NOT_BESIDE_DPO = frozenset({StaffRole.CONTROLLER, StaffRole.PRIVACY_OFFICE, StaffRole.ADMINISTRATOR})
#: What one who does the daily work and decides as well may do, as in a small company.
STAFF_PERMISSIONS = ROLES[StaffRole.CONTROLLER] | ROLES[StaffRole.PRIVACY_OFFICE]
#: What follows from how somebody is taken on: in one role, or as `staff`, who does all that is not the officer's.
TAKEN_ON_AS: Mapping[str, tuple[StaffRole, ...]] = MappingProxyType(
    {
        "staff": (StaffRole.PRIVACY_OFFICE, StaffRole.CONTROLLER),
        **{role.value: (role,) for role in StaffRole if role is not StaffRole.INSPECTOR},
        # Who gets their roles one by one, each with its own reason and end.
        "none": (),
    }
)
