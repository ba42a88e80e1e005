"""What kind of file something is, by its own bytes and not by its name, and a name that is safe everywhere. Pure."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from privacy.registers.failures import FileNotTaken


@dataclass(frozen=True)
class FileType:
    """A kind of file that is kept."""

    media_type: str
    #: How a name of it ends.
    ending: str


PDF = FileType("application/pdf", ".pdf")
PNG = FileType("image/png", ".png")
JPEG = FileType("image/jpeg", ".jpg")
DOCX = FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
XLSX = FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")
ODT = FileType("application/vnd.oasis.opendocument.text", ".odt")
CSV = FileType("text/csv", ".csv")
TXT = FileType("text/plain", ".txt")

_MAGIC = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_OFFICE = (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX))
#: What office documents may hold and nobody should open unasked: programs, and other files inside.
_ACTIVE = re.compile(r"(?i)(vbaproject|macrosheets|activex|/embeddings/.*\.(bin|exe)|basic/)")
_MOST_ENTRIES = 10_000
#: As much as a document may become when it is unpacked, and so many times its size: more is a bomb.
_MOST_UNPACKED, _MOST_TIMES = 500_000_000, 200
_LONGEST_NAME = 120
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


def type_of(content: bytes, name: str) -> FileType:
    """What kind of file it is; raises `FileNotTaken`. Of two kinds of text the name tells which."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _document(content)
    return _text(content, name)


def safe_name(name: str, kind: FileType) -> str:
    """A name without a folder, control signs or signs that turn the direction, with the ending of its kind."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    stem = _UNSAFE.sub("_", plain).strip(" .")
    if "." in stem:
        stem = stem.rpartition(".")[0].strip(" .")
    return f"{stem[: _LONGEST_NAME - len(kind.ending)] or 'file'}{kind.ending}"


def _document(content: bytes) -> FileType:
    """An office document: a zip file whose entries say which. Nothing of it is unpacked but its type's few bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            unpacked = sum(one.file_size for one in entries)
            if len(entries) > _MOST_ENTRIES or unpacked > min(_MOST_UNPACKED, _MOST_TIMES * len(content) + 1_000_000):
                raise FileNotTaken
            names = {one.filename for one in entries}
            if any(_ACTIVE.search(one) for one in names):
                raise FileNotTaken("The document has a program in it. Save it without macros and try again.")
            if "mimetype" in names:
                with archive.open("mimetype") as said:
                    return _open_document(said.read(100))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError):
        raise FileNotTaken from None
    for entry, kind in _OFFICE:
        if entry in names and "[Content_Types].xml" in names:
            return kind
    raise FileNotTaken


def _open_document(said: bytes) -> FileType:
    if said.strip() == ODT.media_type.encode():
        return ODT
    raise FileNotTaken


def _text(content: bytes, name: str) -> FileType:
    if b"\x00" in content:
        raise FileNotTaken
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Polish and Croatian files of old programs; every byte is a letter there, so control signs tell text apart.
        text = content.decode("cp1250", errors="replace")
    if any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text):
        raise FileNotTaken
    if text.lstrip()[:1] == "<":
        raise FileNotTaken("A page or drawing that a browser would run is not kept; save it as PDF.")
    return CSV if name.lower().endswith(CSV.ending) else TXT
