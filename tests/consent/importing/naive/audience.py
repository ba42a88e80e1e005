"""The meaning of an audience export read by hand: shares no code with the import."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

_ALMOST_A_SECOND = timedelta(microseconds=999_999)


def read(folder: Path, received: datetime) -> dict[str, str]:
    """The expected reason for each address, were all files received at that moment."""
    rows: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for path in folder.glob("*.csv"):
        kind = path.name.split("_")[0]
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                rows[row["Email Address"].strip().lower()][kind].append(row)
    return {address: _reason(kinds, received) for address, kinds in rows.items()}


def _reason(kinds: dict[str, list[dict[str, str]]], received: datetime) -> str:
    gives: list[datetime] = []
    confirms: list[datetime] = []
    for row in kinds["subscribed"]:
        optin, confirm = _time(row["OPTIN_TIME"]), _time(row["CONFIRM_TIME"])
        gives += [at for at in [optin or confirm] if at is not None and at <= received]
        confirms += [at for at in [confirm] if at is not None and at <= received]
    noes = [_no(row["UNSUB_TIME"], received) for row in kinds["unsubscribed"]]
    bounces = [_no(row["CLEAN_TIME"], received) for row in kinds["cleaned"]]
    # Anybody may type in an address; only who confirms it shows that it works again.
    if bounces and not (confirms and max(confirms) > max(bounces)):
        return "suppressed"
    standing = [give for give in gives if all(give > no for no in noes)]
    if any(confirm >= give for give in standing for confirm in confirms):
        return "given"
    if standing:
        return "requested"
    return "withdrawn" if noes else "no_record"


def _no(text: str, received: datetime) -> datetime:
    at = _time(text)
    return received if at is None else min(at + _ALMOST_A_SECOND, received)


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def addresses(folder: Path, kind: str) -> set[str]:
    """The addresses in one kind of file."""
    with (folder / f"{kind}_members_export.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {row["Email Address"].strip().lower() for row in csv.DictReader(stream)}
