"""How much a run measures: the whole, or a small part that shows in a minute that everything works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """Numbers of people, seconds and repetitions."""

    #: People behind `check_http`, and the two sizes that `check_growth` compares.
    people: int
    few: int
    many: int
    #: Length of one measured stretch, and how often it is repeated; the median counts.
    seconds: float
    rounds: int
    #: Rounds of `check_growth`, which compares two figures that differ by a few per cent.
    growth_rounds: int
    #: Numbers of clients.
    check_clients: tuple[int, ...]
    record_clients: tuple[int, ...]
    #: Lines of one `record_batch` request.
    batch_lines: int
    #: Rows of each export of `import_rows`, and how often.
    import_rows: int
    import_rounds: int
    #: Rows of the exports of `import_memory`, and people whom one of them repeats.
    memory_rows: int
    memory_people: int
    #: Rows of the imports beside which live acts are recorded, and seconds of each stretch.
    live_rows: int
    live_seconds: float
    #: Events that `audit_log` sequences, and leaves among which it proves.
    log_leaves: int
    #: Two lengths of the log that `audit_verify` verifies.
    leaves: tuple[int, int]
    #: Two numbers of owners whose keys `rotate_kek` wraps anew.
    owners: tuple[int, int]
    #: People whom `erase_subject` erases, among `few` others.
    erased: int
    #: Fields of each round of `field_roundtrip`.
    fields: int
    #: Two sizes of the database that `backup` backs up, in rows of some 250 bytes.
    backup_rows: tuple[int, int]
    #: Requests one after the other of `dsar_access_chinook` and `dsar_erasure_chinook`.
    request_rounds: int
    #: Requests that are approved at once.
    requests_at_once: int
    #: Rows of other people that `traversal_growth` compares.
    other_rows: tuple[int, ...]
    #: Customers of each table of `retention_run`, of whom a tenth is due.
    customers: int
    #: Consent acts that `consent_statistics` tells of.
    acts: int


FULL = Size(
    log_leaves=1_000_000,
    people=100_000,
    few=10_000,
    many=1_000_000,
    seconds=3.0,
    rounds=3,
    growth_rounds=6,
    check_clients=(1, 16),
    record_clients=(1, 8, 16),
    batch_lines=4_000,
    import_rows=20_000,
    import_rounds=1,
    memory_rows=5_000_000,
    memory_people=20_000,
    live_rows=100_000,
    live_seconds=10.0,
    leaves=(200_000, 1_000_000),
    owners=(50_000, 200_000),
    erased=300,
    fields=50_000,
    backup_rows=(20_000, 400_000),
    request_rounds=7,
    requests_at_once=8,
    other_rows=(10_000, 100_000, 1_000_000, 10_000_000),
    customers=1_000_000,
    acts=10_000_000,
)
SMALL = Size(
    log_leaves=5_000,
    people=1_000,
    few=500,
    many=2_000,
    seconds=0.4,
    rounds=1,
    growth_rounds=2,
    check_clients=(1, 16),
    record_clients=(1, 16),
    batch_lines=200,
    import_rows=40,
    import_rounds=1,
    memory_rows=5_000,
    memory_people=20,
    live_rows=3_000,
    live_seconds=0.4,
    leaves=(1_000, 3_000),
    owners=(1_500, 6_000),
    erased=20,
    fields=1_000,
    backup_rows=(500, 5_000),
    request_rounds=1,
    requests_at_once=2,
    other_rows=(1_000, 5_000),
    customers=5_000,
    acts=5_000,
)


def chosen(environ: Mapping[str, str]) -> Size:
    """The size that PRIVACY_BENCH_SIZE asks for: `full`, or `small`."""
    return {"full": FULL, "small": SMALL}[environ.get("PRIVACY_BENCH_SIZE", "full")]
