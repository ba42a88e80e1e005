"""The meaning of exports read by hand, by the rules of their documentation. Shares no code with the service."""

from tests.consent.importing.naive.audience import addresses, read
from tests.consent.importing.naive.rules import Rules
from tests.consent.importing.naive.world import Key, World

__all__ = ["Key", "Rules", "World", "addresses", "read"]
