"""Bundles that were changed, that were made wrong, and archives that two programs could read differently."""

from __future__ import annotations

import copy
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from privacy.audit.privacy_verify import Failed
from privacy.crypto import canonical
from tests.verifier import made
from tests.verifier.made import FOREIGN_KEY, a_statement, b64
from tests.verifier.tampering import (
    ANOTHER_ROOT,
    FORK,
    LOG,
    NONE_TRUSTED,
    NOT_COMMITTED,
    SAYS,
    json_line,
    lines_changed,
    options,
    put,
    resigned,
    verify,
)

#: Changes to an archive after it was signed: (name, change of the entries, place, words).
BUNDLES: list[tuple[str, Callable[[dict[str, bytes]], object], str, str]] = [
    ("a file changed", lambda f: f.update({"summary.html": b"<p>other</p>"}), "summary.html", "was changed"),
    ("a file added", lambda f: f.update({"more.txt": b""}), "more.txt", "not listed"),
    ("a file removed", lambda f: f.pop("summary.html"), "summary.html", "missing from the archive"),
    ("a file renamed", lambda f: f.update({"summary.htm": f.pop("summary.html")}), "summary.html", "missing"),
    ("a text changed", lambda f: f.update({text_of(f): b"Zgadzam sie.\n"}), "texts/", "was changed"),
    ("an event removed", lines_changed("events.jsonl", lambda x: x.pop()), "events.jsonl", "was changed"),
    ("events swapped", lines_changed("events.jsonl", lambda x: x.reverse()), "events.jsonl", "was changed"),
    (
        "a body withheld later",
        json_line("events.jsonl", 0, lambda e: [e.pop("body"), e.pop("salt")]),
        "events.jsonl",
        "was changed",
    ),
    (
        "an object erased later",
        json_line("objects.jsonl", 0, lambda o: o.update(content=None)),
        "objects.jsonl",
        "was changed",
    ),
    ("a decision removed", lines_changed("decisions.jsonl", lambda x: x.pop()), "decisions.jsonl", "was changed"),
    (
        "manifest is not first",
        lambda f: f.update({"manifest.json": f.pop("manifest.json")}),
        "manifest.json",
        "first entry",
    ),
    ("no manifest", lambda f: f.pop("manifest.json"), "manifest.json", "first entry"),
]

#: A change of what the manifest says: (name, change, place, words).
MANIFESTS: list[tuple[str, Callable[[Any], object], str, str]] = [
    (
        "list changed",
        lambda m: m["files"]["summary.html"].update(bytes=1),
        "manifest.json, files",
        "not the one that was signed",
    ),
    ("list shorter", lambda m: m["files"].pop("summary.html"), "manifest.json, files", "not the one that was signed"),
    ("statement of a stranger", put("statement", resigned(FOREIGN_KEY)), "manifest.json, statement", NONE_TRUSTED),
    (
        "statement of another type",
        lambda m: m.update(statement=a_statement("consent-receipt/v1", **SAYS)),
        "manifest.json, statement",
        "another type",
    ),
    ("checkpoint of a stranger", put("checkpoint", resigned(FOREIGN_KEY)), "manifest.json, checkpoint", NONE_TRUSTED),
    (
        "an older checkpoint",
        lambda m: m.update(checkpoint=LOG.checkpoint(9)),
        "events.jsonl line 1, proof",
        ANOTHER_ROOT,
    ),
    (
        "a fork's checkpoint",
        lambda m: m.update(checkpoint=FORK.checkpoint()),
        "events.jsonl line 1, proof",
        ANOTHER_ROOT,
    ),
    ("another format", lambda m: m.update(format="privacy-bundle/v2"), "manifest.json", "'format' is not as"),
    ("a member more", lambda m: m.update(more=1), "manifest.json", "'more'"),
    (
        "a size that is no number",
        lambda m: m["files"].update({"summary.html": 1}),
        "manifest.json, files",
        "not the one that was signed",
    ),
]

#: What the service itself may have put wrong, listed and signed: (name, change of the files, place, words).
SIGNED: list[tuple[str, Callable[[Any], object], str, str]] = [
    (
        "a body changed",
        json_line("events.jsonl", 0, lambda e: e["body"].update(action="x.y")),
        "events.jsonl line 1, body",
        NOT_COMMITTED,
    ),
    ("an event twice", lines_changed("events.jsonl", lambda x: x.append(x[0])), "events.jsonl line 7", "twice"),
    (
        "an index moved",
        json_line("events.jsonl", 2, lambda e: e.update(index=5)),
        "events.jsonl line 3, proof",
        ANOTHER_ROOT,
    ),
    ("no last line end", lambda f: f.update({"events.jsonl": f["events.jsonl"][:-1]}), "events.jsonl", "line end"),
    (
        "content changed",
        json_line("objects.jsonl", 1, lambda o: o["content"].update(state="x")),
        "objects.jsonl line 2, content",
        "last event",
    ),
    (
        "content of an earlier event",
        json_line("objects.jsonl", 1, lambda o: o.update(content=LOG.content(6))),
        "objects.jsonl line 2, content",
        "last event",
    ),
    (
        "an object of no event",
        json_line("objects.jsonl", 0, lambda o: o["object"].update(id="x")),
        "objects.jsonl line 1, object",
        "speaks of this object",
    ),
    (
        "content missing without a word",
        json_line("objects.jsonl", 0, lambda o: o.update(content=None)),
        "objects.jsonl line 1, content",
        "says that it was erased",
    ),
    ("a text under another name", lambda f: f.update({f"texts/{'0' * 64}.txt": b"x"}), "texts/000", "its name says"),
    (
        "a decision about another",
        json_line("decisions.jsonl", 0, lambda d: d["subject"].update(email="x")),
        "decisions.jsonl line 1, subject",
        "another subject",
    ),
    (
        "a row turned",
        json_line("decisions.jsonl", 1, lambda d: d["row"].update(allowed=False)),
        "decisions.jsonl line 2, proof",
        "not in the list",
    ),
]


def text_of(files: dict[str, bytes]) -> str:
    return next(name for name in files if name.startswith("texts/"))


def bundle_of(files: dict[str, bytes], manifest: Any) -> dict[str, bytes]:
    return {"manifest.json": json.dumps(manifest).encode(), **files}


@pytest.mark.parametrize(("name", "change", "where", "words"), BUNDLES, ids=[one[0] for one in BUNDLES])
def test_a_bundle_changed_after_it_was_signed(
    name: str, change: Callable[[dict[str, bytes]], object], where: str, words: str, tmp_path: Path
) -> None:
    files = bundle_of(LOG.bundle_files(), LOG.manifest(LOG.bundle_files()))
    change(files)
    _fails(made.zipped(files), where, words, tmp_path)


@pytest.mark.parametrize(("name", "change", "where", "words"), MANIFESTS, ids=[one[0] for one in MANIFESTS])
def test_a_manifest_changed(name: str, change: Callable[[Any], object], where: str, words: str, tmp_path: Path) -> None:
    files = LOG.bundle_files()
    manifest = made.json_copy(LOG.manifest(files))
    change(manifest)
    _fails(made.zipped(bundle_of(files, manifest)), where, words, tmp_path)


@pytest.mark.parametrize(("name", "change", "where", "words"), SIGNED, ids=[one[0] for one in SIGNED])
def test_a_bundle_that_was_made_wrong(
    name: str, change: Callable[[Any], object], where: str, words: str, tmp_path: Path
) -> None:
    files = LOG.bundle_files()
    change(files)
    _fails(made.zipped(bundle_of(files, LOG.manifest(files))), where, words, tmp_path)


def _fails(raw: bytes, where: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Failed) as failed:
        verify(raw, options(), tmp_path)
    assert ", ".join(failed.value.places).startswith(where)
    assert words in failed.value.sentence


def _archive(*entries: tuple[str, bytes], comment: bytes = b"") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in entries:
            archive.writestr(zipfile.ZipInfo(name), raw, zipfile.ZIP_DEFLATED)
        archive.comment = comment
    return written.getvalue()


def _field(raw: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    at = raw.index(mark) + offset
    return raw[:at] + value + raw[at + len(value) :]


PLAIN = _archive(("manifest.json", b"{}" * 50))
ARCHIVES = {
    "data before": (b"PK\3\4" + PLAIN, "does not stand where it says"),
    "data after": (PLAIN + b"x", "data follow it"),
    "a comment": (_archive(("a", b"x"), comment=b"hello"), "data follow it"),
    "nothing but its end": (b"PK\5\6" + bytes(18), "first entry is not manifest.json"),
    "an absolute path": (_archive(("manifest.json", b"{}"), ("/etc/passwd", b"")), "not a plain path"),
    "a path upwards": (_archive(("manifest.json", b"{}"), ("a/../../b", b"")), "not a plain path"),
    "a folder": (_archive(("manifest.json", b"{}"), ("a/", b"")), "not a plain path"),
    "a drive": (_archive(("manifest.json", b"{}"), ("C:x", b"")), "not a plain path"),
    "names that differ in case": (_archive(("a", b"1"), ("A", b"2")), "occurs twice"),
    "encrypted": (_field(PLAIN, b"PK\1\2", 8, b"\1\0"), "encrypted"),
    "another method": (_field(PLAIN, b"PK\1\2", 10, b"\x0c\0"), "packed in a way"),
    "a bomb": (_archive(("manifest.json", bytes(5_000_000))), "grows too much"),
    "a size that is not true": (_field(PLAIN, b"PK\1\2", 24, struct.pack("<I", 99)), "disagree"),
    "a checksum that is not true": (_field(PLAIN, b"PK\1\2", 16, b"\0\0\0\0"), "disagree"),
    "a header with another name": (_field(PLAIN, b"PK\3\4", 30, b"M"), "disagree"),
    "an entry that the directory puts elsewhere": (_field(PLAIN, b"PK\1\2", 42, b"\1\0\0\0"), "does not begin where"),
    "damaged data": (_field(PLAIN, b"PK\3\4", 43, b"\xff\xff"), "can't be unpacked"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_two_programs_could_read_differently_is_refused(name: str, tmp_path: Path) -> None:
    raw, words = ARCHIVES[name]
    _fails(raw, "", words, tmp_path)


def test_a_name_twice_in_an_archive_is_refused(tmp_path: Path) -> None:
    raw = _archive(("a", b"1"), ("b", b"2"))
    _fails(raw.replace(b"b", b"a"), "entry 2 of the archive", "occurs twice", tmp_path)


def test_an_entry_that_the_directory_does_not_list_is_refused(tmp_path: Path) -> None:
    one, both = _archive(("a", b"1")), _archive(("a", b"1"), ("b", b"2"))
    hidden = both[: both.index(b"PK\1\2")] + one[one.index(b"PK\1\2") : -22]
    start = both.index(b"PK\1\2")
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(hidden) - start, start, 0)
    _fails(hidden + end, "", "data that belong to no entry", tmp_path)


def test_data_behind_the_end_of_a_packed_entry_are_refused(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=-15)
    data = packer.compress(b"{}") + packer.flush() + b"hidden"
    sizes = struct.pack("<3I", zlib.crc32(b"{}"), len(data), 2)
    local = b"PK\3\4" + struct.pack("<5H", 20, 0, 8, 0, 0) + sizes + struct.pack("<2H", 1, 0) + b"a" + data
    directory = (
        b"PK\1\2" + struct.pack("<6H", 20, 20, 0, 8, 0, 0) + sizes + struct.pack("<5H2I", 1, 0, 0, 0, 0, 0, 0) + b"a"
    )
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, len(directory), len(local), 0)
    _fails(local + directory + end, "entry 1 of the archive, a", "do not agree", tmp_path)


def test_an_archive_written_as_a_stream_verifies(tmp_path: Path) -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation

    files, written = LOG.bundle_files(), Stream()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in bundle_of(files, LOG.manifest(files)).items():
            archive.writestr(name, raw)
    assert verify(written.getvalue(), options(), tmp_path).kind == "bundle"


def test_what_was_erased_shows_as_erased_and_the_rest_holds(tmp_path: Path) -> None:
    erasing = copy.deepcopy(LOG)
    erasing.bodies[7]["action"] = "consent.erased"
    commitment = made.hmac_of(erasing.salts[7], canonical.encode(erasing.bodies[7]))
    erasing.leaves[7]["commitment"] = b64(commitment)
    erasing.encoded = [canonical.encode(leaf) for leaf in erasing.leaves]
    erasing.subtrees = made.tree(erasing.encoded)
    files = erasing.bundle_files()
    json_line("objects.jsonl", 1, lambda one: one.update(content=None))(files)
    evidence = verify(made.zipped(bundle_of(files, erasing.manifest(files))), options(), tmp_path)
    assert "2 objects are as their last events committed to; 1 of them erased" in evidence.steps
    assert any("at index 3" in one for one in evidence.unproven)
