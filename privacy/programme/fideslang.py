"""Words of Fideslang, the open language in which Fides writes data sets: keys, data types, masking strategies."""

from __future__ import annotations

from collections.abc import Mapping

from privacy.programme.data_map import Strategy

#: Keys below it are about people; `system` is the other root of Fideslang's categories.
PERSONAL_ROOT = "user"
ROOTS = frozenset({PERSONAL_ROOT, "system"})

DATA_TYPES = ("string", "integer", "float", "boolean", "object_id", "object")
#: After a data type: a list of such values.
LIST = "[]"

#: Fides' names of identities that have another name here.
_IDENTITIES = {"phone_number": "phone"}

#: What a masking strategy of Fides leaves. Ciphers and random texts are promised no more than a hash: as pseudonyms.
_MASKING = {"null_rewrite": Strategy.NULL, "string_rewrite": Strategy.CONSTANT}


def root(category: str) -> str:
    """The first part of a category's key."""
    return category.split(".", 1)[0]


def derived(category: str) -> bool:
    """Whether the key says that such data were inferred, not provided by the person (as `user.derived` once did)."""
    return "derived" in category.split(".")


def nearest(category: str, known: Mapping[str, str]) -> str | None:
    """What belongs to the key itself or, where nothing does, to the nearest key above it."""
    key = category
    while key not in known and "." in key:
        key = key.rsplit(".", 1)[0]
    return known.get(key)


def identity(name: str) -> str:
    """The contact kind or identifier type that Fides' name of an identity stands for."""
    return _IDENTITIES.get(name, name)


def strategy(masking: str) -> Strategy:
    """What a masking strategy of Fides does, in our words."""
    return _MASKING.get(masking, Strategy.HASH)
