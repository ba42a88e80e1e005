"""The question that a check asks, as the API and the command line hand it on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from privacy.programme.types import Purpose
from privacy.subjects.service import Naming


@dataclass(frozen=True)
class CheckIn:
    """A question: who, for what, by which channel; `at` asks what was allowed then, as far as was known."""

    naming: Naming
    purpose: Purpose
    channel: str | None = None
    at: int | None = None
    token: str | None = None


@dataclass(frozen=True)
class ListIn:
    """A question about many people."""

    purpose: Purpose
    channel: str | None
    subjects: Sequence[Mapping[str, str]]
    #: Whether the answer is to be signed.
    receipt: bool = False
