"""What a profile makes of some rows, at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from privacy.authz.actors import OPERATOR
from privacy.cli.opening import opened
from privacy.consent import service as consent
from privacy.programme import service as programmes


def rows(profile: str, path: Path, purpose: str | None, wording: str | None) -> list[dict[str, Any]]:
    """The first rows and what would become of them, as JSON; raises `InvalidInput` as an import would."""
    read = consent.profile_at(profile)
    with opened():
        options = consent.ImportOptions.of(purpose, wording)
        found = consent.import_files(path)
        programme = programmes.current()
        return [asdict(row) for row in consent.import_sample(read, found, options, actor=OPERATOR, programme=programme)]


def lines(found: list[dict[str, Any]]) -> Iterator[str]:
    """The same for people."""
    for row in found:
        names = ", ".join(f"{name} {shown}" for name, shown in row["names"].items())
        yield f"{row['file']}:{row['line']}  {names or 'nobody'}"
        for act in row["acts"]:
            yield f"    {_act(act)}"
        if not row["acts"]:
            yield "    says nothing"
        for column, reason, mend in row["complaints"]:
            yield f"    {column + ': ' if column else ''}{reason} {mend}"


def _act(act: dict[str, Any]) -> str:
    purpose = act["purpose"] or ("every marketing purpose" if act["channel"] else "")
    parts = [act["act"], purpose, act["channel"] and f"by {act['channel']}", f"at {act['at']}" if act["at"] else ""]
    parts += [
        act["wording"] and f"on {act['wording']}",
        f"({act['proof']}{', ' + act['point'] if act['point'] else ''})",
    ]
    text = " ".join(part for part in parts if part)
    return f"{text}: without effect, {act['falls']}" if act["falls"] else text
