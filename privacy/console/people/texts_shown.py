"""Which texts a person was shown, and when: what Art. 7(1) and Art. 14 ask to be able to show. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from privacy.consent.service import ActView


@dataclass(frozen=True)
class TextShown:
    """A version of a text in a language."""

    #: `wording` or `notice`.
    kind: str
    code: str
    version: str | None
    locale: str | None
    #: When an act first named it, and last.
    first: int
    last: int


def texts_of(acts: Iterable[ActView]) -> list[TextShown]:
    """Every text that acts name, the newest first."""
    found: dict[tuple[str, str, str | None, str | None], list[int]] = {}
    for act in acts:
        for kind, cited in (("wording", act.wording), ("notice", act.notice)):
            if cited is not None:
                found.setdefault((kind, *cited, act.locale), []).append(act.earliest)
    texts = [TextShown(*key, first=min(times), last=max(times)) for key, times in found.items()]
    return sorted(texts, key=lambda one: (-one.last, one.kind, one.code))
