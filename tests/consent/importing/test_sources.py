"""A folder, an archive or one file; archives unpack nothing to the disk and never more than an export holds."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from privacy.consent.importing import sources as room
from privacy.consent.importing.mailchimp import layout_of
from privacy.consent.importing.rejects import Reject, RejectsFile, Why
from privacy.consent.importing.sources import sources
from privacy.errors import InvalidInput


def a_zip(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def content(path: Path) -> dict[str, bytes]:
    found = {}
    for source in sources(path):
        with source.open() as stream:
            found[source.name] = stream.readline()
    return found


def test_a_folder_an_archive_and_a_file_give_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    for name in ("b.csv", "a.CSV", ".hidden.csv", "read me.txt"):
        (folder / name).write_bytes(name.encode())
    expected = {"a.CSV": b"a.CSV", "b.csv": b"b.csv"}
    assert content(folder) == expected
    entries = {"in/b.csv": b"b.csv", "a.CSV": b"a.CSV", "__MACOSX/._b.csv": b"x", "read me.txt": b"x"}
    assert content(a_zip(tmp_path / "export.zip", entries)) == expected
    assert content(folder / "b.csv") == {"b.csv": b"b.csv"}


@pytest.mark.parametrize("name", ["../b.csv", "/b.csv", "a/../../b.csv", "..\\b.csv"])
def test_an_entry_that_points_out_of_the_archive_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="points out"):
        sources(a_zip(tmp_path / "export.zip", {name: b""}))


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="more than an export holds"):
        sources(a_zip(tmp_path / "export.zip", {"subscribed.csv": b"a" * 20_000_000}))


def test_a_bomb_that_lies_about_its_size_unpacks_no_more_than_it_says(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "export.zip", {"subscribed.csv": b"a\n" * 1_000_000})
    packed = path.read_bytes().replace(struct.pack("<I", 2_000_000), struct.pack("<I", 200))
    path.write_bytes(packed)
    (source,) = sources(path)
    with pytest.raises(InvalidInput, match="damaged"), source.open() as stream:
        assert sum(len(line) for line in iter(stream.readline, b"")) <= 200


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="entries"):
        sources(a_zip(tmp_path / "export.zip", {f"{number}.csv": b"" for number in range(room.MOST_ENTRIES + 1)}))


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "export.zip", {"subscribed.csv": os.urandom(10_000)})
    data = bytearray(path.read_bytes())
    data[5_000] ^= 0xFF
    path.write_bytes(data)
    (source,) = sources(path)
    with pytest.raises(InvalidInput, match="damaged"), source.open() as stream:
        list(iter(stream.readline, b""))


@pytest.mark.parametrize(
    ("name", "column", "told"),
    [
        ("subscribed_members_export_0a1b.csv", None, "OPTIN_TIME"),
        ("unsubscribed_members_export.csv", "UNSUB_TIME", "UNSUB_TIME"),
        ("Cleaned-Members.csv", "CLEAN_TIME", "CLEAN_TIME"),
        ("export.csv", "UNSUB_TIME", "UNSUB_TIME"),
        ("export.csv", None, None),
        ("nonsubscribed_members_export.csv", None, None),
        ("non-subscribed.csv", None, None),
    ],
)
def test_a_file_is_known_by_name_or_columns(name: str, column: str | None, told: str | None) -> None:
    layout = layout_of(name, ["Email Address", *([column] if column else [])])
    assert (layout is None) if told is None else (layout is not None and told in layout.columns)


def test_a_name_that_contradicts_the_columns_is_refused() -> None:
    with pytest.raises(InvalidInput, match="different members"):
        layout_of("subscribed.csv", ["Email Address", "UNSUB_TIME"])
    with pytest.raises(InvalidInput, match="different members"):
        layout_of("subscribed_and_cleaned.csv", ["Email Address"])


def test_the_rejects_file_is_private_and_holds_no_formula(tmp_path: Path) -> None:
    rejects = RejectsFile(tmp_path / "imports")
    assert rejects.path is None
    rejects.add(Reject.of("=cmd.csv", 7, "OPTIN_TIME", Why.BAD_TIME))
    rejects.close()
    assert rejects.path is not None
    assert stat.S_IMODE(rejects.path.stat().st_mode) == 0o600
    head, row = rejects.path.read_text().splitlines()
    assert head == "file,line,field,reason,mend"
    assert row.startswith("'=cmd.csv,7,OPTIN_TIME,This is not a time.,")
