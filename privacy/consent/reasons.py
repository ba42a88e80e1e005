"""Why a check is answered as it is: a closed, documented list in order of protection (design: "Decision")."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why. A closed list; where several hold the most protective is named, in this order."""

    CHANNEL_NOT_ALLOWED = "channel_not_allowed"
    DECEASED = "deceased"
    SUPPRESSED = "suppressed"
    OBJECTED = "objected"
    RESTRICTED = "restricted"
    ERASURE_PENDING = "erasure_pending"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    MINOR = "minor"
    SHARED_CONTACT = "shared_contact"
    INSUFFICIENT_PROOF = "insufficient_proof"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    REQUESTED = "requested"
    CONTACT_UNKNOWN = "contact_unknown"
    NO_RECORD = "no_record"
    OTHER_LEGAL_BASIS = "other_legal_basis"
    GIVEN = "given"

    @property
    def allows(self) -> bool:
        """Whether this reason is a yes."""
        return self in {Reason.GIVEN, Reason.OTHER_LEGAL_BASIS}

    @property
    def rank(self) -> int:
        """Lower is more protective."""
        return _RANKS[self]


_RANKS = {reason: rank for rank, reason in enumerate(Reason)}
