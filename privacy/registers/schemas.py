"""What the HTTP API takes and gives of the registers."""

from __future__ import annotations

import datetime

import marshmallow
from msgspec import Struct

from privacy.registers.service import MOST_ON_A_PAGE, EntryKind, EntryOutcome, EntryState


class RegisterDraftIn(Struct, forbid_unknown_fields=True):
    """What an entry is to say. It may be whole or not: what is missing is asked for when it is decided."""

    title: str
    #: The name of the colleague who answers for it; whoever writes it where nobody is named.
    owner: str | None = None
    #: Codes of the programme.
    activities: list[str] = []
    purposes: list[str] = []
    processors: list[str] = []
    #: When it took place, and when it is looked at again.
    held_on: datetime.date | None = None
    review_on: datetime.date | None = None
    #: By the codes of the questions of its kind.
    answers: dict[str, str] = {}
    #: Names of those who took part in a training.
    participants: list[str] = []


class RegisterEntryIn(RegisterDraftIn, forbid_unknown_fields=True, kw_only=True):
    """An entry that is to begin."""

    kind: EntryKind


class RegisterChangeIn(RegisterDraftIn, forbid_unknown_fields=True, kw_only=True):
    """What an open entry is to say, whole; `version` is the one that it was read in."""

    version: int


class RegisterAdviceIn(Struct, forbid_unknown_fields=True):
    """The data protection officer's advice (Art. 35(2))."""

    version: int
    advice: str


class RegisterDecisionIn(Struct, forbid_unknown_fields=True):
    """How an entry ends, and why."""

    version: int
    outcome: EntryOutcome
    reason: str


class RegisterConsultationIn(Struct, forbid_unknown_fields=True):
    """What the authority answered, and when (Art. 36(2))."""

    version: int
    on: datetime.date
    answer: str


class RegisterReviewIn(Struct, forbid_unknown_fields=True):
    """That a decided entry stands, until when, and why."""

    version: int
    review_on: datetime.date
    reason: str


class RegisterVersionIn(Struct, forbid_unknown_fields=True):
    """The version that an entry was read in."""

    version: int


class RegisterCancelIn(Struct, forbid_unknown_fields=True):
    """Why an entry is given up."""

    version: int
    reason: str


class RegisterFileOut(Struct):
    """A file of an entry."""

    id: str
    name: str
    media_type: str
    size: int
    #: In hexadecimal.
    sha256: str
    added_at: str
    added_by: str


class RegisteredEntryOut(Struct):
    """An entry of the registers."""

    id: str
    number: str
    kind: EntryKind
    state: EntryState
    outcome: EntryOutcome | None
    title: str
    owner: str
    activities: list[str]
    purposes: list[str]
    processors: list[str]
    held_on: datetime.date | None
    review_on: datetime.date | None
    answers: dict[str, str]
    participants: list[str]
    advice: str | None
    advised_at: str | None
    advised_by: str | None
    #: The authority's (Art. 36(2)).
    authority_advice: str | None
    consulted_on: datetime.date | None
    #: Of the decision, or of what came after it.
    reason: str | None
    created_at: str
    created_by: str
    decided_at: str | None
    decided_by: str | None
    #: The id of the entry of which this is a new version.
    supersedes: str | None
    version: int
    files: list[RegisterFileOut]


class RegisteredEntriesOut(Struct):
    """Entries in the order in which they began."""

    entries: list[RegisteredEntryOut]
    #: What to ask for as `after` next; null where there is nothing more.
    next: str | None


class RegisterQuestionOut(Struct):
    """One question that a kind of entry asks."""

    code: str
    text: str
    #: What a good answer says.
    hint: str
    required: bool
    #: The only possible answers; empty where it is answered in words.
    choices: list[str]


class RegisterQuestionsOut(Struct):
    """The questions of one kind of entry, and how it may end."""

    kind: EntryKind
    questions: list[RegisterQuestionOut]
    outcomes: list[EntryOutcome]


class AuthorisationOut(Struct):
    """That somebody may process personal data (Art. 29, 32(4))."""

    holder: str
    role: str
    scope: str
    given_at: str
    given_by: str
    ends_at: str | None
    revoked_at: str | None


class AuthorisationsOut(Struct):
    """Every authorisation, in the order in which they were given."""

    authorisations: list[AuthorisationOut]


def _one_of(words: type[EntryKind] | type[EntryState], description: str) -> marshmallow.fields.String:
    return marshmallow.fields.String(
        validate=marshmallow.validate.OneOf(list(words)), metadata={"description": description}
    )


RegistersAsked = marshmallow.Schema.from_dict(
    {
        "kind": _one_of(EntryKind, "Only entries of this kind."),
        "state": _one_of(EntryState, "Only entries in this state."),
        "due": marshmallow.fields.String(
            validate=marshmallow.validate.OneOf(["true"]),
            metadata={"description": "Only those that are to be looked at again by today."},
        ),
        "first": marshmallow.fields.Date(metadata={"description": "Only those of this day or later."}),
        "last": marshmallow.fields.Date(metadata={"description": "Only those of this day or earlier."}),
        "after": marshmallow.fields.UUID(metadata={"description": "What the page before gave as `next`."}),
        "limit": marshmallow.fields.Integer(
            load_default=100,
            strict=False,
            validate=marshmallow.validate.Range(1, MOST_ON_A_PAGE),
            metadata={"description": "At most so many."},
        ),
    },
    name="RegistersAsked",
)
RegisterQuestionsAsked = marshmallow.Schema.from_dict(
    {"locale": marshmallow.fields.String(load_default="en", metadata={"description": "pl, en or hr."})},
    name="RegisterQuestionsAsked",
)
RegisterFileAsked = marshmallow.Schema.from_dict(
    {
        "version": marshmallow.fields.Integer(
            required=True, strict=False, metadata={"description": "The version that the entry was read in."}
        )
    },
    name="RegisterFileAsked",
)
