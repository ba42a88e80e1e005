"""Files of the registers: told by their bytes, named safely, sealed in portions, and only while nothing is decided."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from privacy.authz.actors import OPERATOR
from privacy.db import new_id, session
from privacy.registers import service as registers
from privacy.registers.file_types import safe_name, type_of
from privacy.registers.models import RegisterFilePart
from privacy.registers.service import (
    LARGEST_FILE,
    EntryClosed,
    EntryFileNotFound,
    EntryKind,
    EntryOutcome,
    EntryView,
    FileNotTaken,
    FileTooLarge,
)
from tests.consent.desk import lay_programme
from tests.erasure.test_erasing import verified
from tests.registers.office import begun, colleague, done

PDF = b"%PDF-1.7\n" + b"x" * 2_500_000


def zipped(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def office_document(entry: str, *more: str, types: bool = True) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in [*(["[Content_Types].xml"] if types else []), entry, *more]:
            archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.fixture
def entry(context: Flask) -> EntryView:
    """A training under the example programme."""
    assert context.name
    lay_programme()
    colleague("jan")
    return begun(EntryKind.TRAINING, held_on=date(2020, 1, 1))


def added(one: EntryView, name: str, content: bytes) -> EntryView:
    return done(lambda: registers.add_file(one.id, one.version, name, content, actor=OPERATOR))


@pytest.mark.usefixtures("in_force")
def test_a_file_comes_out_as_it_went_in(entry: EntryView, tmp_path: Path) -> None:
    one = added(entry, "../Lista obecności.pdf", PDF)
    [file] = one.files
    assert (file.name, file.media_type, file.size) == ("Lista obecności.pdf", "application/pdf", len(PDF))
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    parts = list(session().scalars(sa.select(RegisterFilePart)))
    assert [part.number for part in parts] == [1, 2, 3]
    assert not any(b"xxxxxxxx" in bytes(part.content_enc) for part in parts)
    opened = registers.open_file(one.id, file.id, realm=OPERATOR.realm)
    assert b"".join(opened.parts) == PDF
    assert verified(tmp_path) == ()


@pytest.mark.usefixtures("in_force")
def test_the_same_file_twice_is_one_and_a_removed_one_is_gone(entry: EntryView, tmp_path: Path) -> None:
    one = added(added(entry, "a.txt", b"a list"), "b.txt", b"a list")
    [file] = one.files
    one = done(lambda: registers.remove_file(one.id, one.version, file.id, actor=OPERATOR))
    assert one.files == ()
    assert session().scalars(sa.select(RegisterFilePart)).all() == []
    with pytest.raises(EntryFileNotFound):
        registers.open_file(one.id, file.id, realm=OPERATOR.realm)
    with pytest.raises(EntryFileNotFound):
        registers.open_file(one.id, new_id(), realm=OPERATOR.realm)
    session().rollback()
    assert added(one, "a.txt", b"a list").files != ()
    assert verified(tmp_path) == ()


@pytest.mark.usefixtures("in_force")
def test_a_decided_entry_keeps_its_files_as_they_are(entry: EntryView) -> None:
    one = added(entry, "a.txt", b"a list")
    one = done(lambda: registers.decide(one.id, one.version, EntryOutcome.HELD, reason="held", actor=OPERATOR))
    with pytest.raises(EntryClosed):
        added(one, "b.txt", b"another list")
    with pytest.raises(EntryClosed):
        done(lambda: registers.remove_file(one.id, one.version, one.files[0].id, actor=OPERATOR))


@pytest.mark.usefixtures("in_force")
@pytest.mark.parametrize("content", [b"", b"%PDF-" + b"x" * LARGEST_FILE])
def test_a_file_has_a_size(entry: EntryView, content: bytes) -> None:
    with pytest.raises(FileTooLarge):
        added(entry, "a.pdf", content)


@pytest.mark.parametrize(
    ("content", "name", "ending"),
    [
        (b"%PDF-1.4 x", "a.exe", ".pdf"),
        (b"\x89PNG\r\n\x1a\n....", "a.pdf", ".png"),
        (b"\xff\xd8\xff\xe0....", "a", ".jpg"),
        (office_document("word/document.xml"), "a.zip", ".docx"),
        (office_document("xl/workbook.xml"), "a.docx", ".xlsx"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "a.odt", ".odt"),
        ("imię;nazwisko\n".encode(), "Lista.CSV", ".csv"),
        ("imię i nazwisko\r\n".encode("cp1250"), "lista.txt", ".txt"),
    ],
)
def test_what_a_file_is_its_bytes_tell(content: bytes, name: str, ending: str) -> None:
    assert type_of(content, name).ending == ending


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02",
        b"PK\x03\x04 and no more",
        zipped(a=b"a"),
        zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        zipped(mimetype=b"application/vnd.oasis.opendocument.text", bomb=b"\x00" * 300_000_000),
        office_document("word/document.xml", types=False),
        office_document("word/document.xml", "word/vbaProject.bin"),
        office_document("xl/workbook.xml", "xl/embeddings/oleObject1.bin"),
        b"<html><script>alert(1)</script>",
        b'  <svg onload="x()"/>',
        b"text\x00with a zero",
        b"GIF89a\x01\x02",
    ],
)
def test_what_is_of_no_kind_or_has_a_program_is_not_taken(content: bytes) -> None:
    with pytest.raises(FileNotTaken):
        type_of(content, "list.pdf")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\Users\\Jan\\lista.xlsx", "lista.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.txt"),
        ("a\r\nSet-Cookie: x=1", "aSet-Cookie_ x=1.txt"),
        ("...", "file.txt"),
        ("", "file.txt"),
        ("x" * 500, "x" * 116 + ".txt"),
        ('<b>"a"</b>.txt', "b_.txt"),
        ("Zażółć gęślą.txt", "Zażółć gęślą.txt"),
    ],
)
def test_a_name_is_safe_wherever_it_is_saved(name: str, safe: str) -> None:
    assert safe_name(name, type_of(b"text", "a.txt")) == safe
