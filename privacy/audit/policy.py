"""Which witnesses this installation asks, and how many must cosign a checkpoint before it is shown to anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privacy import clock
from privacy.audit.witnessing import Witness, parse_witnesses
from privacy.errors import InvalidInput

#: As long as a name of a witness may be that is stored.
_LONGEST_NAME = 256
#: How long the witnesses keep to a checkpoint that one of them cosigned and others have not, before they go on.
ROUND = 10 * clock.SECOND


class WitnessesInvalid(InvalidInput):
    """The setting of the witnesses cannot be used."""

    code = "witnesses-invalid"


@dataclass(frozen=True)
class Policy:
    """The witnesses, and how many of them a checkpoint needs."""

    witnesses: tuple[Witness, ...] = ()
    required: int = 0

    @classmethod
    def of(cls, witnesses: str, required: int) -> Policy:
        """The policy of the settings; raises `WitnessesInvalid`."""
        try:
            found = parse_witnesses(witnesses)
        except ValueError as error:
            raise WitnessesInvalid.of("PRIVACY_WITNESSES", str(error)) from None
        if any(len(one.name) > _LONGEST_NAME for one in found):
            raise WitnessesInvalid.of("PRIVACY_WITNESSES", f"A name has at most {_LONGEST_NAME} characters.")
        if not 0 <= required <= len(found):
            raise WitnessesInvalid.of("PRIVACY_WITNESSES_REQUIRED", f"Use a number from 0 to {len(found)}.")
        return cls(found, required)


@dataclass(frozen=True)
class Standing:
    """What of the log is published, and who cosigned what; sizes of checkpoints."""

    #: The newest checkpoint.
    newest: int
    #: Name of a witness -> the newest checkpoint that it cosigned.
    cosigned: Mapping[str, int]
    #: How many cosigned the newest checkpoint that any of them cosigned, and when the last one did (microseconds).
    together: int
    together_at: int


def next_for(witness: str, standing: Standing, policy: Policy, now: int) -> int | None:
    """The size of the checkpoint that the witness is to be asked for now; None where there is nothing to ask.

    The witnesses keep together: one that is done waits for the others up to `ROUND`. If each took what is newest when
    its turn comes, a busy log could have no checkpoint that as many as are required have cosigned.
    """
    mine, furthest = standing.cosigned.get(witness, 0), max(standing.cosigned.values(), default=0)
    waits_for_others = standing.together < policy.required and 0 <= now - standing.together_at < ROUND
    target = furthest if waits_for_others else standing.newest
    return target if target > mine else None


_installed: list[Policy] = [Policy()]


def install(policy: Policy) -> None:
    """Make this the policy of the process. One process serves one installation."""
    _installed[:] = [policy]


def installed() -> Policy:
    """The policy of the process; without witnesses where none was installed."""
    return _installed[0]
