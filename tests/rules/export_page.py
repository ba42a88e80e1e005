"""docs/export.md, made from the list of exported tables and the models: python -m tests.rules.export_page"""

from __future__ import annotations

import re
from functools import cache

from privacy import schema
from privacy.crypto.sealed_columns import sealed_columns
from privacy.evidence import service as evidence
from privacy.evidence.exported_rows import ExportedRows
from privacy.evidence.exported_tables import EXPORTED, NOT_EXPORTED
from privacy.jobs import service as jobs
from tests.rules.source import PACKAGE, ROOT

PAGE = ROOT / "docs" / "export.md"
_HEAD = """# Exporting everything

`privacy export FOLDER` writes all that the service holds, in the clear and in open formats: to move to another
system, to keep what must be kept when the service ends, or to hand everything to an authority. It needs a new folder;
where others can read the folder around it, it asks for `--yes`. The event `evidence.exported` says who took how much,
and it is recorded first. Nothing stands under the folder's name before all of it is written and on the disk; what an
export that was killed has left is removed by the next one. Exporting takes no lock and little memory, whatever there
is.

It is refused (`people-erased`) where somebody was erased while it ran: start it again.

## Verifying it

    python3 -I privacy_verify.py FOLDER --key KEY

on any machine, with the log's key as its owner gave it ([verifying](verifying.md)). The program shows that every file
is the one that was signed, that the log is whole, that each row which the log tells of is what the log committed to,
and that none of those rows is missing. A row that changed while the export was written may stand as it was before or
after. The files that no event commits to are proven by the signature alone: the log says nothing of them.

## The format `privacy-export/v1`

* Files of rows: UTF-8, one JSON object a line, in order of the key. Ids are UUIDs, times whole microseconds since
  1970 (UTC), bytes hexadecimal, truth `true` and `false` (or 1 and 0 inside `content`, as the log hashed it).
* `{"row": {...}}` is a row of which no event speaks by itself.
* `{"object": {"type", "id"}, "content": {...}, "row": {...}}` is one that the log vouches for: SHA-256 of the
  canonical JSON (RFC 8785) of `content` stands in the last event about that object, and `row` holds what `content`
  does not say.
* A sealed column is opened and stands under its name without `_enc`; `null` where its key is gone.
* `manifest.json`: `format`; `files` with `sha256` and `bytes` of each; `vouched`, by file the type of object and the
  actions after which a row is gone; `rows_from`, the length of the log when the first row was read; `statement`, a
  signed statement `export/v1` whose `export_sha256` is that of the canonical JSON of `{files, vouched, rows_from}`.
* `log/`: an [exported log](evidence.md) with bodies. `programme/N.yml`: each version of the programme, which `privacy
  programme apply` reads, with the wordings and notices. `privacy_verify.py`, `README.txt`.
* The receipt of an act is made of the act, the wording and notice that it cites and its event; nothing else is stored
  of it.

## Files of rows
"""
_COLUMN = re.compile(r"((?:^    #: .*\n)*)^    (\w+): Mapped\[", re.MULTILINE)
_CLASS = re.compile(r'__tablename__ = "(\w+)"')
_PLAIN = {
    "id": "Id of the row",
    "subject_id": "The person, a line of `people.jsonl`",
    "realm": "`live`, or `test` for what test keys made",
    "key_version": "Version of the key that sealed the row's values",
    "source": "Where it came from",
    "purpose": "Code of the purpose",
    "channel": "Code of the channel",
    "state": "Where it stands",
}


def render() -> str:
    """The page as it should be."""
    schema.load_models()
    evidence.install(jobs.audited_rows())  # As the application does.
    parts = [_HEAD]
    for one in evidence.exported_tables():
        rows = "".join(f"| `{column}` | {_said(one, column)} |\n" for column in one.columns)
        vouched = f" The log vouches for it as `{one.vouched.object_type}`." if one.vouched else ""
        head = f"\n### `{one.exported.file}`\n\n{one.exported.holds}.{vouched}\n\n"
        parts.append(f"{head}| field | what it says |\n| --- | --- |\n{rows}")
    left_out = "".join(f"| `{table}` | {why} |\n" for table, why in sorted(NOT_EXPORTED.items()))
    parts.append(f"\n## What is not exported\n\n| table | why |\n| --- | --- |\n{left_out}")
    assert len(EXPORTED) + 2 == len(parts)
    return "".join(parts)


def _said(one: ExportedRows, column: str) -> str:
    for sealed in sealed_columns():
        if sealed.table is one.table and sealed.name == f"{column}_enc":
            return sealed.sealed.holds[0].upper() + sealed.sealed.holds[1:]
    comment = _comments().get((one.exported.table, column))
    if comment:
        return comment.rstrip(".")
    if column in _PLAIN:
        return _PLAIN[column]
    words = column.removesuffix("_at").removesuffix("_id").replace("_", " ")
    return f"When: {words}" if column.endswith("_at") else words[0].upper() + words[1:]


@cache
def _comments() -> dict[tuple[str, str], str]:
    """What the models say of their columns: the lines before each that begin with `#:`."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = _CLASS.split(path.read_text("utf-8"))
        for table, text in zip(parts[1::2], parts[2::2], strict=True):
            for comment, column in _COLUMN.findall(text):
                told = " ".join(line.strip().removeprefix("#:").strip() for line in comment.splitlines())
                found.setdefault((table, column), told.replace("|", "\\|"))
    return found


def main() -> None:
    """Write the page."""
    PAGE.write_text(render())


if __name__ == "__main__":
    main()
