"""Which backups need a key, by what their manifests say. The recovery room, above this one, reads those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from privacy.crypto.keyring import KeyUse


@dataclass(frozen=True)
class Backup:
    """What matters here of a backup."""

    id: str
    #: `data` or `keys`.
    kind: str
    #: When it is deleted (microseconds).
    ends_at: int
    #: The numbers of each use in the ring when it was made.
    numbers: Mapping[str, Sequence[int]]
    #: The number of the backup key that seals it; None where the provider's root key does.
    sealed_by: int | None

    def needs(self, use: KeyUse, number: int) -> bool:
        """Whether it is opened with that key, or holds owners' keys that are under it.

        One of the data is sealed with a backup key; older indexes in it are made anew when it is restored. One of the
        keys is sealed by the provider, and has in it the ring as it was then.
        """
        if self.kind == "data":
            return use is KeyUse.BACKUP and number == self.sealed_by
        return use is KeyUse.WRAP and number in self.numbers.get(use.value, ())
