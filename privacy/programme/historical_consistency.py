"""What must hold between a historical wording's attestation, its validity and the rows that it stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from privacy.programme.checking import Checking
from privacy.programme.historical import compared
from privacy.yaml_document import Path

Entry = dict[str, Any]


@dataclass(frozen=True)
class _Rows:
    path: Path
    points: frozenset[str]
    #: ISO 8601, so that text compares as dates do.
    starts: str
    ends: str

    def meets(self, other: _Rows) -> bool:
        where = not self.points or not other.points or bool(self.points & other.points)
        return where and self.starts <= other.ends and other.starts <= self.ends


def check(checking: Checking, wordings: Sequence[tuple[Path, Entry]]) -> None:
    """Note every contradiction in and between the historical wordings."""
    for path, wording in wordings:
        if wording.get("historical"):
            _attestation(checking, path, wording)
            _proof(checking, path, wording)
            _periods(checking, path, wording)
    _one_wording_for_a_row(checking, wordings)


def _attestation(checking: Checking, path: Path, wording: Entry) -> None:
    last, attested_on = wording["valid_until"], wording["historical"]["attested_on"]
    if last is None and not checking.is_broken((*path, "valid_until")):
        mend = "Add valid_until, the last day on which it was shown."
        checking.wrong((*path, "valid_until"), "A historical wording has ended.", mend)
    latest = max(filter(None, (wording["valid_from"], last)), default=None)
    if latest and attested_on and attested_on < latest:
        wrong = "Nobody can vouch for days that have not come."
        checking.wrong((*path, "historical", "attested_on"), wrong, f"Put {latest} or later, or end it earlier.")


def _proof(checking: Checking, path: Path, wording: Entry) -> None:
    nowhere_broken = not any(checking.is_broken(place) for place in ((*path, "texts"), (*path, "historical", "scan")))
    if nowhere_broken and not wording["texts"] and not wording["historical"]["scan"]:
        mend = "Add texts, or scan with its sha256 and place."
        checking.wrong((*path, "historical"), "There is neither a text nor a scan to show.", mend)


def _periods(checking: Checking, path: Path, wording: Entry) -> None:
    first, last = wording["valid_from"], wording["valid_until"]
    for place, rows in _stands_for(path, wording):
        for name in ("from", "until"):
            day = rows[name]
            if day and ((first and day < first) or (last and day > last)):
                mend = f"Put a day from {first} to {last}, or leave it out."
                checking.wrong((*place, name), "The wording was not in force then.", mend)
        if rows["from"] and rows["until"] and rows["until"] < rows["from"]:
            wrong = f"It ends before it begins on {rows['from']}."
            checking.wrong((*place, "until"), wrong, "Put a later day, or none.")


def _one_wording_for_a_row(checking: Checking, wordings: Sequence[tuple[Path, Entry]]) -> None:
    seen: dict[tuple[str, str], list[_Rows]] = defaultdict(list)
    for path, wording in wordings:
        for place, entry in _stands_for(path, wording):
            starts, ends = entry["from"] or wording["valid_from"], entry["until"] or wording["valid_until"]
            if not (starts and ends and entry["system"]):
                continue
            rows = _Rows(place, frozenset(compared(point) for point in entry["points"] or [] if point), starts, ends)
            versions = {compared(version) for version in entry["versions"] or [] if version is not None}
            other = next((o for v in sorted(versions) for o in seen[entry["system"], v] if o.meets(rows)), None)
            if other is not None:
                wrong = f"The entry on line {checking.file.line(other.path)} stands for some of these rows too."
                checking.wrong(place, wrong, "Let their versions, points or days differ.")
            for version in versions:
                seen[entry["system"], version].append(rows)


def _stands_for(path: Path, wording: Entry) -> list[tuple[Path, Entry]]:
    entries = (wording.get("historical") or {}).get("stands_for") or []
    return [
        ((*path, "historical", "stands_for", index), entry) for index, entry in enumerate(entries) if entry is not None
    ]
