"""Who may use the service: authentication by key, and what other rooms may do with clients, staff and approvals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from privacy import clock
from privacy.access.approvals import (
    OpenApproval,
    Outcome,
    approve,
    open_approval_of,
    open_approvals,
    refuse,
    request_approval,
)
from privacy.access.audited import audited_rows
from privacy.access.clients import (
    ClientFacts,
    IssuedKey,
    agree_to_issue,
    ask_for_client,
    ask_to_issue,
    create_client,
    list_clients,
    may_issue,
    revoke_client,
    revoke_key,
    rotate_key,
    waiting_issue,
)
from privacy.access.failures import OfficerOnly
from privacy.access.grants import (
    MOST_INSPECTOR_DAYS,
    GrantFacts,
    Wanted,
    agree_to_grant,
    ask_for_grant,
    end_grant,
    grant,
    grant_of,
    grants,
    needs_two,
)
from privacy.access.keys import AUTHENTICATE, actor_from_row, digest, is_revoked
from privacy.access.minting import KeyFacts
from privacy.access.principals import principal_named, principals
from privacy.access.rights import EVERY_CONTROLLER
from privacy.access.staff import (
    IssuedStaffKey,
    StaffFacts,
    address_of,
    an_officer,
    create_staff,
    disable_staff,
    is_officer,
    list_staff,
    member,
    officer,
)
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.db import Driver, session
from privacy.errors import NotAuthenticated
from privacy.http import service as http

__all__ = [
    "AUTHENTICATE",
    "EVERY_CONTROLLER",
    "MOST_INSPECTOR_DAYS",
    "ClientFacts",
    "GrantFacts",
    "IssuedKey",
    "IssuedStaffKey",
    "KeyFacts",
    "OfficerOnly",
    "OpenApproval",
    "Outcome",
    "StaffFacts",
    "Wanted",
    "actor_from_row",
    "actor_of",
    "address_of",
    "agree_to_grant",
    "agree_to_issue",
    "an_officer",
    "approve",
    "ask_for_client",
    "ask_for_grant",
    "ask_to_issue",
    "audited_rows",
    "authenticate",
    "create_client",
    "create_staff",
    "digest",
    "disable_staff",
    "end_grant",
    "forget_answers",
    "grant",
    "grant_of",
    "grants",
    "is_officer",
    "is_revoked",
    "list_clients",
    "list_staff",
    "may_issue",
    "member",
    "needs_two",
    "officer",
    "open_approval_of",
    "open_approvals",
    "principal_named",
    "principals",
    "refuse",
    "request_approval",
    "revoke_client",
    "revoke_key",
    "rotate_key",
    "waiting_issue",
]


def authenticate(key: str, driver: Driver | None = None) -> Actor:
    """The actor of a key; raises `NotAuthenticated` for one that is malformed, unknown, expired or revoked alike.

    A short read of its own, of the row itself: nothing is cached, so a revoked key is dead everywhere at once.
    Without a driver connection the session's is used.
    """
    hashed = digest(key)
    if hashed is None:
        raise NotAuthenticated
    return actor_of((driver or Driver.of(session())).rows(AUTHENTICATE, {"key_sha256": hashed}))


def actor_of(rows: Sequence[Sequence[Any]]) -> Actor:
    """The actor of what `AUTHENTICATE` just returned, for who asks it together with more; raises `NotAuthenticated`."""
    actor = actor_from_row(rows[0], clock.micros()) if rows else None
    if actor is None:
        raise NotAuthenticated
    return actor


def forget_answers(before_micros: int, *, actor: Actor) -> int:
    """Delete the stored answers of idempotent requests older than that time and say how many.

    One event where there were any, none where there were none.
    """
    deleted = http.delete_answers(before_micros)
    if deleted:
        content = {"before": clock.isoformat(before_micros), "deleted": deleted}
        audit.record(
            "idempotent_answers.deleted",
            actor=actor,
            object_type="idempotent_answer",
            object_id="all",
            content=content,
            details=content,
        )
    return deleted
