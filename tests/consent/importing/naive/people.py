"""Who is who: accounts that rows name together, unless that would give one person two customer numbers."""

from __future__ import annotations

from collections.abc import Iterable

from tests.consent.importing.naive.told import Name


class People:
    """The accounts of all rows."""

    def __init__(self, together: Iterable[tuple[Name, ...]]) -> None:
        self._sets: dict[Name, frozenset[Name]] = {}
        for accounts in together:
            joined = frozenset(accounts).union(*(self._sets.get(one, frozenset()) for one in accounts))
            self._sets |= dict.fromkeys(joined, joined)

    def claimed(self, account: Name) -> frozenset[Name]:
        """All that rows ever named with an account, and with those: every no of one counts for all."""
        return self._sets.get(account, frozenset({account}))

    def surely(self, account: Name) -> frozenset[Name]:
        """Those that are surely the same person: a consent of one counts for all."""
        claimed = self.claimed(account)
        numbers = [name for name in claimed if name[0] == "customer_id"]
        return claimed if len(numbers) < 2 else frozenset({account})
