"""CSV as spreadsheets open it, with no cell that one would run as a formula (ASVS 5.0, 1.2.10). Knows no Flask."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

#: Excel takes a file without it for the code page of its country.
BOM = "\ufeff"
#: What another program could take for the end of a cell.
_ENDS = re.compile(r"([;\t\r\n])")
#: What a program may pass over before it looks for a formula.
_PASSED_OVER = "\\s\\x00-\\x1f\\x7f-\\x9f\\u00ad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff\"'"
#: Where a formula begins, the wide forms of its signs too, and the signs that Excel takes for a minus.
_FORMULA = re.compile(f"[{_PASSED_OVER}]*[=+\\-@＝＋－＠﹢﹣﹫﹦−]")
_CONTROL = ("\t", "\r", "\0")
Cell = str | int | None


def inert(text: str) -> str:
    """A text that no spreadsheet runs: an apostrophe stands before what would be a formula."""
    parts = _ENDS.split(text)
    safe = "".join(f"'{part}" if _FORMULA.match(part) else part for part in parts)
    if safe.startswith(_CONTROL) or (_FORMULA.match(text) and not safe.startswith("'")):
        return f"'{safe}"
    return safe


def csv_file(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as a file in UTF-8. A number is no formula, whatever its sign; nothing is an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
    return (BOM + out.getvalue()).encode(errors="replace")
