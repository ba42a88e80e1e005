"""The seven exports of an invented company, and where those of a real one may lie."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.consent.importing import made_crm, made_others
from tests.consent.importing.made_people import people
from tests.consent.importing.moving import Files
from tests.rules.source import ROOT
from tests.sizes import size

_REAL = ROOT.parent / "shared" / "data" / "exports"
#: A fresh clone has no real exports. Where nothing may be skipped, a test of them is then not part of the run.
COMPANIES = [
    *(str(seed) for seed in range(size("companies"))),
    *(["real"] if _REAL.is_dir() or os.environ.get("PRIVACY_TESTS_NO_SKIP") != "1" else []),
]
_NAMES = re.compile(rb"[\w.+-]+@[\w.-]+|\b9770\d{8}\b")


def a_company(folder: Path, count: int, seed: int) -> Files:
    """Exports of so many people, many of them in several tools, which disagree about some."""
    folder.mkdir(parents=True, exist_ok=True)
    known = people(count, seed)
    return Files(
        {
            "mailchimp": made_others.mailchimp(folder / "audience", known, seed),
            "hubspot": made_others.hubspot(folder / "hubspot-contacts.csv", known, seed),
            "crm": made_crm.a_dirty_export(folder / "crm-klienci.csv", known, seed),
            "tills": made_others.tills(folder / "pos-events.ndjson", known, seed),
            "suppression": made_others.suppression(folder / "suppression-list.txt", known, seed),
        }
    )


def the_company(which: str, folder: Path) -> Files:
    """The exports of one of `COMPANIES`; skips where the real ones aren't."""
    if which != "real":
        return a_company(folder, size("people"), int(which))
    if not _REAL.is_dir():
        pytest.skip("the real exports are not here (../shared/data/exports); self-made ones are tested")
    return _part_of_the_real_one(folder)


def _part_of_the_real_one(folder: Path) -> Files:
    """Some customers, with whatever the other tools know of the same addresses and cards."""
    customers = (_REAL / "crm-klienci.csv").read_bytes().splitlines(keepends=True)
    step = max(1, len(customers) // size("customers"))
    known = {name.lower() for line in customers[1::step] for name in _NAMES.findall(line)}

    def concerns(line: bytes) -> bool:
        return any(name.lower() in known for name in _NAMES.findall(line)) or step == 1

    audience = folder / "audience"
    audience.mkdir(parents=True)
    for path in (_REAL / "mailchimp").glob("*.csv"):
        _copy(path, audience / path.name, concerns)
    names = {
        "hubspot": "hubspot-contacts.csv",
        "crm": "crm-klienci.csv",
        "tills": "pos-events.ndjson",
        "suppression": "suppression-list.txt",
    }
    return Files(
        {"mailchimp": audience}
        | {profile: _copy(_REAL / name, folder / name, concerns) for profile, name in names.items()}
    )


def _copy(path: Path, to: Path, concerns: Callable[[bytes], bool]) -> Path:
    """The first line, which may be a header, and those that concern the people chosen."""
    first, *rest = path.read_bytes().splitlines(keepends=True)
    to.write_bytes(b"".join([first, *filter(concerns, rest)]))
    return to
