"""What can go wrong with keys and approvals."""

from __future__ import annotations

from privacy.errors import Conflict, NotFound, NotPermitted


class ClientNotFound(NotFound):
    """There is no such client."""

    code = "client-not-found"


class StaffNotFound(NotFound):
    """There is no such member of staff."""

    code = "staff-not-found"


class KeyNotFound(NotFound):
    """There is no such key."""

    code = "key-not-found"


class NameTaken(Conflict):
    """That name is in use."""

    code = "name-taken"


class ClientRevoked(Conflict):
    """The client is revoked; make a new one."""

    code = "client-revoked"


class ScopeExceedsOwn(NotPermitted):
    """Nobody can give a key more than they may do themselves."""

    code = "scope-exceeds-own"


class MachineMayNotMint(NotPermitted):
    """A machine key cannot make or change keys."""

    code = "machine-may-not-mint"


class OperatorOnly(NotPermitted):
    """Only the operator of the server can do this."""

    code = "operator-only"


class StaffOnly(NotPermitted):
    """An action for two people needs two members of staff."""

    code = "staff-only"


class ApprovalNotFound(NotFound):
    """There is no such approval."""

    code = "approval-not-found"


class SelfApproval(NotPermitted):
    """Whoever asked for an action cannot approve it."""

    code = "self-approval"


class ApprovalMismatch(Conflict):
    """The approval was asked for another action, or for other details of it."""

    code = "approval-mismatch"


class ApprovalExpired(Conflict):
    """The approval was not given in time; ask again."""

    code = "approval-expired"


class ApprovalUsed(Conflict):
    """The approval was decided already; each is good for one action."""

    code = "approval-used"
