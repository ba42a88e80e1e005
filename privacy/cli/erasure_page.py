"""An erasure as the command line prints it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from privacy.erasure.service import ErasureView


def page(seen: ErasureView) -> dict[str, Any]:
    """One erasure as JSON."""
    from privacy import clock

    return {
        "id": str(seen.id),
        "erased_at": clock.isoformat(seen.erased_at),
        "shred_by": clock.isoformat(seen.shred_by),
        "deleted": dict(seen.deleted),
        "remains": [dict(entry) for entry in seen.remains],
    }


def account_lines(deleted: Mapping[str, int], remains: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What goes and what remains, in words."""
    from privacy.erasure import service as erasure

    english = erasure.words(["en"])
    yield f"{english.phrase('deleted')}:"
    for table, rows in sorted(deleted.items()):
        yield f"  {rows:>6}  {english.table(table)}"
    yield f"{english.phrase('remains')}:"
    for entry in remains:
        yield f"  {english.remains(entry)}"
