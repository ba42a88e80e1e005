"""How hard the tests try, in one table: `make test`, continuous integration, `make soak`.

Chosen by PRIVACY_TEST_SIZE. A test that loops asks for its figure by name, so that nobody has to look for loops.
"""

from __future__ import annotations

import os

NAMES = ("test", "ci", "soak")
CHOSEN = os.environ.get("PRIVACY_TEST_SIZE", "test")

SIZES: dict[str, tuple[int, int, int]] = {
    # name: test, ci, soak
    "examples": (50, 120, 5_000),  # Hypothesis examples of a property
    "examples_database": (10, 20, 500),  # the same where each example writes to a database
    "steps": (20, 30, 200),  # steps of a stateful Hypothesis run
    "races": (20, 100, 10_000),  # concurrent writers started at a barrier
    "kills": (3, 6, 500),  # kill -9 while writing
    "root_key_kills": (8, 20, 1_000),  # kill -9 before so many lines of a move of the keyring
    "log_units": (10, 25, 1_000),  # transactions of each of the 16 processes that write to the log
    "companies": (2, 4, 100),  # invented companies whose seven exports go in
    "people": (40, 60, 300),  # how many people such a company knows
    "stale_rows": (40, 400, 10_000),  # rows of an export, a fifth of them older than a live withdrawal
    "customers": (60, 400, 1_000_000),  # how many of a real company's customers
    "honest_evidence": (40, 150, 10_000),  # logs whose honest evidence of every kind must verify
    "honest_operations": (60, 200, 10_000),  # operations of all sorts with which the log must be whole
    "nonces": (40_000, 100_000, 1_000_000),  # values sealed by 8 forked workers
    "requests": (100, 300, 20_000),  # requests of a load or fuzz test
    "restored": (8, 60, 500),  # people erased, and as many who withdraw, between a backup and its restore
    "restore_kills": (2, 5, 100),  # kill -9 of a restore, each time further on
    "kill_places": (8, 20, 1_000),  # places of its program at which a backup, or a journal's writer, is killed
    "dates": (500, 1_000, 20_000),  # instants of which every due day is computed a second time
    "exported_leaves": (1_000, 1_000, 200_000),  # leaves of an exported log, then four times as many
    "connector_faults": (13, 26, 156),  # faults of connectors at every step of an erasure
    "made_up_requests": (15, 20, 10_000),  # requests of nobody in particular, while somebody waits who is known
    "colliding_people": (20, 40, 1_000),  # people who are told apart by little, and none is taken for another
    "collisions": (20, 30, 1_000),  # the same with packages, of which none holds a word about another
    "periods": (100, 400, 10_000),  # periods of a job that three schedulers do, stopped and with jumping clocks
    "held_runs": (1, 2, 12),  # rounds of disposal runs with a legal hold placed at each of their steps
    "expiring": (300, 2_000, 100_000),  # consents that expire in the same second
    "holds": (60, 200, 5_000),  # legal holds placed at each step of a deletion: no held row goes
    "affected": (24, 60, 5_000),  # people who are told of a breach by workers that are killed
    "warned_at_once": (15, 30, 2_000),  # people whom four workers warn at once
    "exported_acts": (150, 150, 20_000),  # acts of a whole export, then four times as many more
    "scanned_links": (6, 12, 100),  # links of letters that mail scanners open before the human does
    "due_rows": (400, 2_000, 500_000),  # rows of one table that a forecast counts
}


def size(name: str) -> int:
    """The figure for this run."""
    return SIZES[name][NAMES.index(CHOSEN)]
