"""The state of consent as it leaves the service: the fold of each purpose and channel, with names instead of places."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from privacy.consent import policy


def readable_facts(stored: bytes) -> dict[str, Any]:
    """Stored facts as JSON; times are microseconds."""
    found = _named(policy.unpack(stored))
    assert isinstance(found, dict)
    return found


def _named(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return {name: _named(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, tuple | list | frozenset):
        return [_named(one) for one in value]
    return str(value) if isinstance(value, UUID) else value
