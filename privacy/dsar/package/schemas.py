"""What the HTTP API takes and gives of a person's own session, of packages and of their review."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from privacy.dsar.package.redaction import Verdict, Why
from privacy.dsar.vocabulary import CaseType, Outcome, State, TaskState


class CodeIn(Struct, forbid_unknown_fields=True):
    """A one-time code, as it was received."""

    code: str


class StopIn(Struct, forbid_unknown_fields=True):
    """What a letter said about how an erasure is stopped."""

    #: The reference, like 2026/000123.
    number: str
    code: str


class StoppedOut(Struct):
    """The erasure was stopped."""

    state: State


class CodeAskedOut(Struct):
    """The answer to whoever asks for a code: always the same."""

    detail: str


class AccountIn(Struct, forbid_unknown_fields=True):
    """The account that the controller's own sign-on has signed in, by its identifier."""

    subject: dict[str, str]


class SessionOut(Struct):
    """A session of a quarter of an hour. The token is shown once."""

    token: str
    expires_at: str


class OwnStepOut(Struct):
    """One step of a request, without who took it."""

    event: str
    state: State
    at: str


class OwnFateOut(Struct):
    """What became of a field that was not simply deleted."""

    table: str
    field: str
    strategy: str
    #: The last day on which it is kept.
    until: str | None
    statute: str | None


class OwnSystemOut(Struct):
    """What came of a request in one system."""

    system: str
    name: str
    state: TaskState
    #: Rows.
    found: int
    deleted: int
    changed: int
    done_at: str | None
    fates: list[OwnFateOut]
    #: Why something was not done there, where a person decided so.
    reason: str | None


class PackageOut(Struct):
    """The package that answers a request."""

    made_at: str
    expires_at: str
    #: In bytes.
    size: int
    downloads: int
    most_downloads: int
    #: Whether it can be fetched.
    there: bool


class OwnRequestOut(Struct):
    """A request as its person sees it."""

    number: str
    type: CaseType
    state: State
    outcome: Outcome | None
    received_at: str
    due_on: str
    steps: list[OwnStepOut]
    systems: list[OwnSystemOut]
    package: PackageOut | None


class ReviewItemOut(Struct):
    """A field of a row that is about somebody else too."""

    ref: str
    system: str
    table: str
    field: str
    row: int
    values: list[Any]
    why: Why
    verdict: Verdict | None


class ReviewOut(Struct):
    """What is to be looked at before the package is handed out."""

    undecided: int
    items: list[ReviewItemOut]


class ReviewDecisionIn(Struct, forbid_unknown_fields=True):
    """What is decided about some of the items, and why."""

    items: list[str]
    verdict: Verdict
    reason: str
    version: int | None = None


class ReviewDecidedOut(Struct):
    """How many items were decided about."""

    decided: int
