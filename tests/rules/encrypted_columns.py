"""docs/encrypted-columns.md, made from the models. Write it anew with: python -m tests.rules.encrypted_columns"""

from __future__ import annotations

from privacy import schema
from privacy.crypto.sealed_columns import SERVICE, SealedColumn, sealed_columns
from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "encrypted-columns.md"
_HEAD = """# Encrypted columns

Every column that is sealed, made from the models by `python -m tests.rules.encrypted_columns`. A sealed value is
bound to its table, its column, its row and the version of its owner's key: moved anywhere else it does not open. The
formats and the limits of each key are in [decision 4](decisions/0004-envelope-and-indexes.md).

*Whose key* names the column that holds the owner: the key of that person (or of that other owner) in `owner_key`.
What belongs to nobody is sealed with the service's own key. Whose key is destroyed can be read by nobody, also in
copies.

| table | column | what it holds | why | whose key | bound to | version in |
| --- | --- | --- | --- | --- | --- | --- |
"""
_TAIL = """
## Keys that are wrapped

| where | what | wrapped by | bound to |
| --- | --- | --- | --- |
| `owner_key.wrapped_enc` | the key of one owner | the key encryption key that `wrapped_by` names | owner and version |
| `keyring.json` | the service's own keys | the provider's root key (`PRIVACY_KEYS_PROVIDER`) | ring, use and number |

## Sealed files

In frames of 64 KiB, each bound to the file's place and to its own number, the last one marked: a file that was cut,
joined or put in another's place does not open.

| what | under |
| --- | --- |
| upload and rejects of an import over the API (`imports/uploads`) | a key of the file's own, in `owner_key` |
| a backup of the data (`backups/data`) | a key of the backup's own, wrapped by the ring's backup key |
| a backup of the keys (`backups/keys`) | a key of the backup's own, wrapped by the provider's root key |

## Columns that are not encrypted

Keyed indexes (`*_bidx`, `contact_index`, `repeat_index`, `fingerprint`) can't be turned back without the key. Every
other column that could hold text or bytes is listed with the reason why it may be plain in
`tests/rules/test_personal_data.py`, and a test refuses one that is not.
"""


def render() -> str:
    """The page as it should be."""
    schema.load_models()
    return _HEAD + "".join(f"| {' | '.join(_cells(column))} |\n" for column in sealed_columns()) + _TAIL


def _cells(column: SealedColumn) -> list[str]:
    told = column.sealed
    owner = "the service's" if told.owner == SERVICE else f"`{told.owner}`"
    return [
        f"`{column.table.name}`",
        f"`{column.name}`",
        told.holds,
        told.why,
        owner,
        f"`{told.row}`",
        f"`{told.version}`",
    ]


def main() -> None:
    """Write the page."""
    PAGE.write_text(render())


if __name__ == "__main__":
    main()
