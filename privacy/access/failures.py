"""What can go wrong with keys and approvals."""

from __future__ import annotations

from privacy.errors import Conflict, NotFound, NotPermitted, TooManyRequests


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


class GrantNotFound(NotFound):
    """There is no such authorisation."""

    code = "grant-not-found"


class SelfGrant(NotPermitted):
    """Nobody gives rights to themselves, or agrees to their own."""

    code = "self-grant"


class GrantNeedsTwo(Conflict):
    """Two people give this role: one asks for it, another agrees."""

    code = "grant-needs-two"


class RolesConflict(Conflict):
    """A data protection officer advises and decides nothing (Art. 38(6)): the roles do not go together."""

    code = "roles-conflict"


class GrantEnded(Conflict):
    """The authorisation is over; give a new one."""

    code = "grant-ended"


class LastAdministrator(Conflict):
    """Somebody has to remain who may give rights. Give them to somebody else first."""

    code = "last-administrator"


class SelfDisabling(NotPermitted):
    """Nobody ends their own access: ask a colleague who gives rights."""

    code = "self-disabling"


class SessionNotFound(NotFound):
    """There is no such session of yours."""

    code = "session-not-found"


class TooManyAttempts(TooManyRequests):
    """Too many attempts to sign in; wait a little."""

    code = "too-many-attempts"


class FactorNotFound(NotFound):
    """There is no such second factor of yours."""

    code = "factor-not-found"


class LastFactor(Conflict):
    """One second factor must remain. Add another first."""

    code = "last-factor"


class WrongFactor(NotPermitted):
    """The code is wrong, was used before, or came too late."""

    code = "wrong-factor"


class PasskeyTaken(Conflict):
    """The passkey is in use already. Remove it there first, or make another."""

    code = "passkey-taken"


class PasskeysNotOffered(NotFound):
    """Passkeys do not work at the address of this installation. They need a name, and https but on this machine."""

    code = "passkeys-not-offered"


class AccountTaken(Conflict):
    """The account is linked to a colleague already. Unlink it there first."""

    code = "account-taken"


class AccountNotFound(NotFound):
    """There is no such linked account of yours."""

    code = "account-not-found"


class RecoveryNotAsked(Conflict):
    """The colleague has to ask for it first, at the sign-in: with one administrator, they are the second person."""

    code = "recovery-not-asked"


class RecoveryNeedsTwo(Conflict):
    """Two administrators recover a colleague: one asks for it, another agrees."""

    code = "recovery-needs-two"


class OfficerOnly(NotPermitted):
    """Only the data protection officer does this: a member of staff with the role dpo."""

    code = "officer-only"
