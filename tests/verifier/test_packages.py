"""Packages of a person's data: what was changed after they were signed, or never was signed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from privacy.audit.privacy_verify import Failed
from tests.verifier import made
from tests.verifier.made import FOREIGN_KEY, a_statement
from tests.verifier.tampering import LOG, NONE_TRUSTED, options, put, resigned, verify

ROWS = "data/shop/customers.json"
#: (name, change of the files, place, words).
FILES: list[tuple[str, Callable[[dict[str, bytes]], object], str, str]] = [
    ("a figure changed", lambda f: f.update({ROWS: f[ROWS].replace(b"1.5", b"2.5")}), ROWS, "it was changed"),
    ("a byte more", lambda f: f.update({ROWS: f[ROWS] + b" "}), ROWS, "it was changed"),
    ("a file less", lambda f: f.pop(ROWS), ROWS, "missing from the archive"),
    ("a file more", lambda f: f.update({"data/shop/orders.json": b"{}"}), "data/shop/orders.json", "not listed"),
    ("no manifest", lambda f: f.pop("manifest.json"), "manifest.json", "first entry"),
    ("a manifest that is a list", lambda f: f.update({"manifest.json": b"[]"}), "manifest.json", "not a JSON object"),
]
#: (name, change of the manifest, place, words).
MANIFESTS: list[tuple[str, Callable[[Any], object], str, str]] = [
    ("list shorter", lambda m: m["files"].pop(ROWS), "manifest.json, files", "not the one that was signed"),
    ("a list of files as a list", lambda m: m.update(files=[]), "manifest.json", "of another type"),
    ("signed by a stranger", put("statement", resigned(FOREIGN_KEY)), "manifest.json, statement", NONE_TRUSTED),
    (
        "the statement of a bundle",
        lambda m: m.update(statement=a_statement("bundle/v1", files_sha256="0" * 64)),
        "manifest.json, statement",
        "another type",
    ),
    ("a member more", lambda m: m.update(more=1), "manifest.json", "'more'"),
    ("of another version", lambda m: m.update(format="privacy-package/v2"), "manifest.json", "'format' is not as"),
]


def packed(files: dict[str, bytes]) -> dict[str, bytes]:
    return {"manifest.json": json.dumps(LOG.package_manifest(files)).encode(), **files}


def fails(raw: bytes, where: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Failed) as failed:
        verify(raw, options(), tmp_path)
    assert ", ".join(failed.value.places).startswith(where)
    assert words in failed.value.sentence


def test_a_package_says_what_holds_and_what_is_not_proven(tmp_path: Path) -> None:
    evidence = verify(LOG.package(), options(), tmp_path)
    assert evidence.kind == "package"
    assert "It answers the request 2026/000123 (access)" in evidence.steps
    [unproven] = evidence.unproven
    assert unproven.startswith("That nothing else is held")


@pytest.mark.parametrize(("name", "change", "where", "words"), FILES, ids=[one[0] for one in FILES])
def test_a_package_changed_after_it_was_signed(
    name: str, change: Callable[[dict[str, bytes]], object], where: str, words: str, tmp_path: Path
) -> None:
    files = packed(LOG.package_files())
    change(files)
    fails(made.zipped(files), where, words, tmp_path)


@pytest.mark.parametrize(("name", "change", "where", "words"), MANIFESTS, ids=[one[0] for one in MANIFESTS])
def test_a_manifest_changed(name: str, change: Callable[[Any], object], where: str, words: str, tmp_path: Path) -> None:
    files = LOG.package_files()
    manifest = made.json_copy(LOG.package_manifest(files))
    change(manifest)
    fails(made.zipped({"manifest.json": json.dumps(manifest).encode(), **files}), where, words, tmp_path)
