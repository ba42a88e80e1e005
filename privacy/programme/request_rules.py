"""How each type of request is handled, as dated data: proof, approvals, time to think, limits of a package."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from privacy.programme.duration import Duration
from privacy.programme.vocabulary import CaseType, ProofLevel


@dataclass(frozen=True)
class RequestRule:
    """How requests of one type are handled, since a day."""

    code: CaseType
    valid_from: date
    #: The least proof of identity before anything is done.
    proof: ProofLevel
    #: How many people must agree: 1, whoever grants it; 2, another one as well.
    approvals: int
    #: Hours between the approval and the first effect, in which the person can still stop it.
    cooling_off_hours: int
    #: The most rows of one table that one person is expected to have; beyond it two people must agree.
    most_rows: int
    #: Days for which a finished package can be fetched, and how often.
    package_days: int
    package_downloads: int
    #: How long the file of an ended request is kept, counted from its end.
    file_kept: Duration


_USUAL = RequestRule(
    CaseType.ACCESS,
    date.min,
    ProofLevel.CONTROL,
    approvals=1,
    cooling_off_hours=0,
    most_rows=10_000,
    package_days=30,
    package_downloads=5,
    file_kept=Duration.parse("P3Y"),
)

#: Where no rule is in force, as in a programme that was applied before there were any. Who objects is asked for no more
#: proof than a withdrawal needs: nobody is harmed by less processing (Art. 11, 12(2)). An erasure cannot be undone.
#: What others ask for is somebody's decision, and a disclosure that of two.
DEFAULT_REQUEST_RULES = {
    **{case_type: replace(_USUAL, code=case_type) for case_type in CaseType},
    CaseType.ERASURE: replace(_USUAL, code=CaseType.ERASURE, cooling_off_hours=72),
    CaseType.OBJECTION: replace(_USUAL, code=CaseType.OBJECTION, proof=ProofLevel.NONE),
    CaseType.AUTHORITY_LETTER: replace(_USUAL, code=CaseType.AUTHORITY_LETTER, proof=ProofLevel.DECIDED),
    CaseType.DISCLOSURE: replace(_USUAL, code=CaseType.DISCLOSURE, proof=ProofLevel.DECIDED, approvals=2),
}


def request_rule(rules: Iterable[RequestRule], case_type: CaseType, on: date) -> RequestRule:
    """The newest rule about that type that is in force on that day."""
    in_force = (rule for rule in rules if rule.code is case_type and rule.valid_from <= on)
    return max(in_force, key=lambda rule: rule.valid_from, default=DEFAULT_REQUEST_RULES[case_type])
