"""A look at the largest files, so that a hill is seen while it grows."""

from __future__ import annotations

from pathlib import Path

from tests.rules.source import PACKAGE, ROOT

#: No file of the codebases that read well is longer; most of ours have a third of it.
LARGEST = 500
#: One file on purpose: it is copied to machines that have nothing else, and read there from top to bottom.
ALONE = {Path("privacy/audit/privacy_verify.py")}


def test_no_file_grows_into_a_hill() -> None:
    lines = {path.relative_to(ROOT): path.read_text().count("\n") for path in PACKAGE.rglob("*.py")}
    assert lines.keys() >= ALONE
    top = sorted(lines.items(), key=lambda item: -item[1])[:5]
    hills = [path for path, count in lines.items() if count > LARGEST and path not in ALONE]
    print("largest files:", ", ".join(f"{path} {count}" for path, count in top))
    assert not hills, hills
