"""Audience exports that the tests make themselves, with the dirt of real ones; and where a real one may lie."""

from __future__ import annotations

import csv
import io
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.rules.source import ROOT

REAL = ROOT.parent / "shared" / "data" / "exports" / "mailchimp"
COMMON = [
    *(
        "Email Address",
        "First Name",
        "Last Name",
        "Phone Number",
        "Birthday",
        "MEMBER_RATING",
        "OPTIN_TIME",
        "OPTIN_IP",
    ),
    *("CONFIRM_TIME", "CONFIRM_IP", "LATITUDE", "LONGITUDE", "GMTOFF", "DSTOFF", "TIMEZONE", "CC", "REGION"),
    *("LAST_CHANGED", "LEID", "EUID", "NOTES", "TAGS"),
]
#: A fresh clone has no real export. Where nothing may be skipped, a test of it is then not part of the run.
EXPORTS = ["self-made", *(["real"] if REAL.is_dir() or os.environ.get("PRIVACY_TESTS_NO_SKIP") != "1" else [])]
KINDS = {
    "subscribed": COMMON,
    "unsubscribed": [*COMMON, "UNSUB_TIME", "UNSUB_CAMPAIGN_TITLE", "UNSUB_REASON"],
    "cleaned": [*COMMON, "CLEAN_TIME", "CLEAN_REASON"],
}
_FIRST = ("Bartłomiej", "Katarzyna", "Wawrzyniec", "Aleksandra", "Żaneta", "Jo")
_LAST = ("Brzęczyszczykiewicz", "Kowalczykowa", "O'Shaughnessy", "Łabędzka-Wiśniewska", "Ng")
_TIMES = (
    "2022-09-23 03:29:27",
    "2023-05-31 23:30:00",
    "2024-08-11 12:07:33",
    "2026-03-17 06:08:36",
    "2026-03-17 06:08:37",
)
_FUTURE = "2031-01-16 09:45:24"


@dataclass
class Export:
    """Rows by kind of file, each the values of some columns."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def subscribed(self, email: str, optin: str = "", confirm: str = "", **more: str) -> Export:
        return self._row("subscribed", email, OPTIN_TIME=optin, CONFIRM_TIME=confirm, **more)

    def unsubscribed(self, email: str, at: str = "", **more: str) -> Export:
        return self._row("unsubscribed", email, UNSUB_TIME=at, **more)

    def cleaned(self, email: str, at: str = "", **more: str) -> Export:
        return self._row("cleaned", email, CLEAN_TIME=at, **more)

    def _row(self, kind: str, email: str, **values: str) -> Export:
        self.rows[kind].append({"Email Address": email, **values})
        return self

    def text(self, kind: str) -> str:
        out = io.StringIO(newline="")
        writer = csv.DictWriter(out, KINDS[kind], restval="")
        writer.writeheader()
        writer.writerows(self.rows[kind])
        return out.getvalue()

    def write(self, folder: Path, kinds: Sequence[str] = tuple(KINDS), encoding: str = "utf-8") -> Path:
        folder.mkdir(exist_ok=True)
        for kind in kinds:
            (folder / f"{kind}_members_export.csv").write_text(self.text(kind), encoding=encoding, newline="")
        return folder


def a_dirty_export(addresses: int, seed: int = 1) -> Export:
    """Addresses in any of the files, several times, in all spellings, with and without dates, some in the future."""
    chance = random.Random(seed)
    made = Export()
    for number in range(addresses):
        local, domain = f"osoba.numer{number:04}", chance.choice(("example.org", "poczta.example"))
        for _ in range(chance.choice((1, 1, 2, 3))):
            email = chance.choice((f"{local}@{domain}", f"{local}@{domain}".upper(), f"  {local}@{domain} "))
            person = _person(chance)
            if chance.random() < 0.6:
                optin = chance.choice((*_TIMES, "", "", _FUTURE))
                made.subscribed(email, optin, chance.choice((*_TIMES, "", "", "", _FUTURE)), **person)
            if chance.random() < 0.3:
                made.unsubscribed(email, chance.choice((*_TIMES, "", _FUTURE)), **person)
            if chance.random() < 0.15:
                made.cleaned(email, chance.choice((*_TIMES, "", _FUTURE)), **person)
    return made


def _person(chance: random.Random) -> dict[str, str]:
    digits = "".join(chance.choice("0123456789") for _ in range(9))
    return {
        "First Name": chance.choice(_FIRST),
        "Last Name": chance.choice(_LAST),
        "Phone Number": chance.choice(("", f"+48{digits}", f"+48 {digits[:3]} {digits[3:6]} {digits[6:]}", digits)),
        "OPTIN_IP": f"198.51.{chance.randrange(100, 255)}.{chance.randrange(100, 255)}",
        "NOTES": chance.choice(("", 'Rozmowa, prosi o kontakt "po 16"', "dwie\nlinie", "=HYPERLINK(1)")),
        "TAGS": chance.choice(("", '"VIP","Gazetka"')),
    }


def an_export(which: str, folder: Path) -> Path:
    """The folder of one of `EXPORTS`; skips where the real one isn't."""
    if which == "self-made":
        return a_dirty_export(120).write(folder)
    if not REAL.is_dir():
        pytest.skip("the real export is not here (../shared/data/exports/mailchimp); the self-made one is tested")
    return REAL
