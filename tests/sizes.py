"""How hard the tests try, in one table: `make test`, continuous integration, `make soak`.

Chosen by PRIVACY_TEST_SIZE. A test that loops asks for its figure by name, so that nobody has to look for loops.
"""

from __future__ import annotations

import os

NAMES = ("test", "ci", "soak")
CHOSEN = os.environ.get("PRIVACY_TEST_SIZE", "test")

SIZES: dict[str, tuple[int, int, int]] = {
    # name: test, ci, soak
    "examples": (50, 200, 5_000),  # Hypothesis examples of a property
    "examples_database": (10, 30, 500),  # the same where each example writes to a database
    "steps": (20, 50, 200),  # steps of a stateful Hypothesis run
    "races": (20, 200, 10_000),  # concurrent writers started at a barrier
    "kills": (3, 10, 500),  # kill -9 while writing
    "companies": (2, 6, 100),  # invented companies whose seven exports go in
    "people": (40, 100, 300),  # how many people such a company knows
    "stale_rows": (40, 1_000, 10_000),  # rows of an export, a fifth of them older than a live withdrawal
    "customers": (60, 1_000, 1_000_000),  # how many of a real company's customers
    "nonces": (20_000, 100_000, 1_000_000),
    "requests": (100, 500, 20_000),  # requests of a load or fuzz test
}


def size(name: str) -> int:
    """The figure for this run."""
    return SIZES[name][NAMES.index(CHOSEN)]
