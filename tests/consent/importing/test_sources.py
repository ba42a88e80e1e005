"""A folder, an archive or one file; archives unpack nothing to the disk and never more than an export holds."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.consent.importing import sources as room
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
    for name in ("b.csv", "a.CSV", ".hidden.csv", "picture.png", "Thumbs.db"):
        (folder / name).write_bytes(name.encode())
    (folder / "inner.csv").mkdir()
    expected = {"a.CSV": b"a.CSV", "b.csv": b"b.csv"}
    assert content(folder) == expected
    entries = {"in/b.csv": b"b.csv", "a.CSV": b"a.CSV", "__MACOSX/._b.csv": b"x", "read me.pdf": b"x", "in/": b""}
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


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_common_packing_is_read(method: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w", method) as archive:
        archive.writestr("a.csv", b"Email Address\r\n")
    assert content(tmp_path / "export.zip") == {"a.csv": b"Email Address\r\n"}


def test_an_encrypted_archive_is_refused_with_the_mend(tmp_path: Path) -> None:
    path = a_zip(tmp_path / "export.zip", {"a.csv": b"a"})
    data = path.read_bytes()
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(signature) + at
        data = data[:place] + b"\x01" + data[place + 1 :]
    path.write_bytes(data)
    with pytest.raises(InvalidInput, match="Unpack it first"):
        sources(path)


def test_a_name_of_control_characters_fits_a_line(tmp_path: Path) -> None:
    (source,) = sources(a_zip(tmp_path / "export.zip", {"a\n\x1b[31m" + "x" * 300 + ".csv": b""}))
    assert source.name == ("a??[31m" + "x" * 300)[:100]


def test_what_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path / "nothing.csv", tmp_path / "pipe.csv"):
        with pytest.raises(InvalidInput, match="Name a folder, a ZIP archive or a file"):
            sources(path)
    assert sources(tmp_path) == []


@given(rubbish=st.binary(max_size=300), at=st.integers(0, 400))
def test_no_bytes_break_the_reading_of_archives(
    rubbish: bytes, at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = a_zip(tmp_path_factory.mktemp("zip") / "export.zip", {"tajne.csv": b"tajne,haslo\n" * 20, "b.csv": b"x"})
    data = path.read_bytes()
    path.write_bytes(data[:at] + rubbish + data[at + len(rubbish) :])
    told = ""
    try:
        for source in sources(path):
            with source.open() as stream:
                assert sum(len(line) for line in iter(lambda: stream.readline(100), b"")) <= 10_000
    except InvalidInput as error:
        told = str(error)
    assert "tajne" not in told


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


def test_the_rejects_file_is_private_and_holds_no_formula(tmp_path: Path) -> None:
    rejects = RejectsFile(tmp_path / "imports")
    assert rejects.path is None
    rejects.add(Reject.of("=cmd.csv", 7, [("OPTIN_TIME", Why.BAD_TIME)], "+48600100200,now", "Phone,OPTIN_TIME"))
    rejects.close()
    assert rejects.path is not None
    assert stat.S_IMODE(rejects.path.stat().st_mode) == 0o600
    head, row = rejects.path.read_text().splitlines()
    assert head == "file,line,field,reason,mend,row,header"
    assert row.startswith("'=cmd.csv,7,OPTIN_TIME,This is not a time.,")
    assert row.endswith(""","'+48600100200,now","Phone,OPTIN_TIME\"""")
