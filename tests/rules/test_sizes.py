"""A look at the largest files, so that a hill is seen while it grows."""

from __future__ import annotations

from tests.rules.source import PACKAGE, ROOT

#: No file of the codebases that read well is longer; most of ours have a third of it.
LARGEST = 500


def test_no_file_grows_into_a_hill() -> None:
    lines = {path.relative_to(ROOT): path.read_text().count("\n") for path in PACKAGE.rglob("*.py")}
    top = sorted(lines.items(), key=lambda item: -item[1])[:5]
    print("largest files:", ", ".join(f"{path} {count}" for path, count in top))
    assert top[0][1] <= LARGEST, top
