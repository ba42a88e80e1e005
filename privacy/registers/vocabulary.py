"""The closed word lists of the registers: what is registered, how it may end, and what each kind asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry is about. Authorisations are read from the grants of access, and are no entries."""

    TRAINING = "training"  # Art. 32(4), 39(1)(b)
    AUDIT = "audit"  # Art. 24(1), 39(1)(b)
    DPIA = "dpia"  # Art. 35
    LIA = "lia"  # Art. 6(1)(f)
    PROCESSOR_CHECK = "processor_check"  # Art. 28(1)
    POLICY = "policy"  # Art. 24(2)
    SECURITY_TEST = "security_test"  # Art. 32(1)(d)
    TRANSFER_ASSESSMENT = "transfer_assessment"  # Art. 46; CJEU C-311/18


class EntryState(StrEnum):
    """Where an entry stands."""

    OPEN = "open"
    CONSULTING = "consulting"  # the authority is asked first (Art. 36)
    DECIDED = "decided"  # it is not edited any more; another version may supersede it
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


class EntryOutcome(StrEnum):
    """How an entry ended."""

    HELD = "held"
    COMPLIANT = "compliant"
    SHORTCOMINGS = "shortcomings"
    SERIOUS_SHORTCOMINGS = "serious_shortcomings"
    ACCEPTABLE = "acceptable"
    WITH_MEASURES = "with_measures"
    CONSULT_AUTHORITY = "consult_authority"
    NOT_CARRIED_OUT = "not_carried_out"
    ADOPTED = "adopted"
    PASSED = "passed"
    PASSED_WITH_SAFEGUARDS = "passed_with_safeguards"
    FAILED = "failed"


class Risk(StrEnum):
    """What is left of a risk after the measures; the answer to the question `residual_risk`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


RESIDUAL_RISK = "residual_risk"
SAFEGUARDS = "safeguards"


@dataclass(frozen=True)
class Rules:
    """What one kind of entry asks for."""

    #: The first letters of its numbers.
    prefix: str
    outcomes: frozenset[EntryOutcome]
    #: Questions that must be answered before the decision, then those that may be.
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    #: Whether the data protection officer is heard first (Art. 35(2)).
    advice: bool = False
    #: Whether it is decided by the controller, and so not by the officer (Art. 38(3), 38(6)).
    controller_decides: bool = False
    #: Whether the names of those who took part are written down.
    participants: bool = False
    #: Whether it is about processors of the programme, at least one.
    processors: bool = False

    @property
    def questions(self) -> tuple[str, ...]:
        """Every question in order."""
        return (*self.required, *self.optional)


_CHECKED = frozenset({EntryOutcome.COMPLIANT, EntryOutcome.SHORTCOMINGS, EntryOutcome.SERIOUS_SHORTCOMINGS})
_TESTED = frozenset({EntryOutcome.PASSED, EntryOutcome.PASSED_WITH_SAFEGUARDS, EntryOutcome.FAILED})
_MEASURED = frozenset({EntryOutcome.ACCEPTABLE, EntryOutcome.WITH_MEASURES, EntryOutcome.NOT_CARRIED_OUT})

RULES: Mapping[EntryKind, Rules] = {
    EntryKind.TRAINING: Rules(
        "T", frozenset({EntryOutcome.HELD}), ("programme",), ("trainer", "test"), participants=True
    ),
    EntryKind.AUDIT: Rules("A", _CHECKED, ("scope", "findings"), ("recommendations",)),
    EntryKind.DPIA: Rules(
        "DPIA",
        _MEASURED | {EntryOutcome.CONSULT_AUTHORITY},
        # Art. 35(7)(a), (b), (c), (d).
        ("description", "necessity", "risks", "measures", RESIDUAL_RISK),
        ("why_needed", "interest", "people_asked"),
        advice=True,
        controller_decides=True,
    ),
    EntryKind.LIA: Rules(
        "LIA",
        _TESTED,
        ("purpose", "necessity", "nature", "expectations", "impact", "balance"),
        (SAFEGUARDS,),
        controller_decides=True,
    ),
    EntryKind.PROCESSOR_CHECK: Rules(
        "P", _CHECKED, ("guarantees", "agreement"), ("subprocessors", "recommendations"), processors=True
    ),
    EntryKind.POLICY: Rules(
        "POL", frozenset({EntryOutcome.ADOPTED}), ("scope",), ("changes",), controller_decides=True
    ),
    EntryKind.SECURITY_TEST: Rules("S", _CHECKED, ("scope", "method", "findings"), ("recommendations",)),
    EntryKind.TRANSFER_ASSESSMENT: Rules(
        "TIA", _TESTED, ("transfer", "tool", "law"), (SAFEGUARDS,), controller_decides=True
    ),
}
