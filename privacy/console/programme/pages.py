"""The programme in force as people read it, its versions, and each of them as the file that it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, url_for

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.console.blueprint import console
from privacy.console.programme import words
from privacy.console.programme.changes import shown_changes
from privacy.console.programme.showing import Showing, called
from privacy.errors import NotFound
from privacy.legal_time import days
from privacy.pages.blueprint import needs
from privacy.pages.languages import gettext, lazy_gettext
from privacy.pages.rendering import download, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes
from privacy.programme.service import VersionFacts

_READ = needs(Permission.PROGRAMME_READ)


@dataclass(frozen=True)
class _Entry:
    """One line of a section's table."""

    section: str
    key: str
    name: str
    version: str | None
    valid_from: date | None
    valid_until: date | None
    standing: str


_STANDINGS = (
    ("in_force", lazy_gettext("In force")),
    ("to_come", lazy_gettext("To come")),
    ("over", lazy_gettext("Over")),
)
_SIGNS = {"in_force": "yes", "to_come": "wait", "over": "no"}
_NAME = Column[_Entry](
    "called",
    lazy_gettext("Name"),
    lambda one: one.name,
    link=lambda one: url_for("console.programme_entry", section=one.section, entry_key=one.key),
)
_CODE = Column[_Entry]("code", lazy_gettext("Code"), lambda one: one.key)
_VALIDITY: tuple[Column[_Entry], ...] = (
    Column("version", lazy_gettext("Version"), lambda one: one.version),
    Column("from", lazy_gettext("In force from"), lambda one: one.valid_from, Kind.DAY),
    Column("until", lazy_gettext("In force until"), lambda one: one.valid_until, Kind.DAY),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: dict(_STANDINGS)[one.standing],
        order=lambda one: one.standing,
        sign=lambda one: _SIGNS[one.standing],
    ),
)
_VERSIONS: tuple[Column[VersionFacts], ...] = (
    Column(
        "number",
        lazy_gettext("Version"),
        lambda one: one.number,
        Kind.NUMBER,
        link=lambda one: url_for("console.programme_version", version_number=one.number),
    ),
    Column("applied", lazy_gettext("Applied"), lambda one: one.applied_at, Kind.MOMENT),
    Column("digest", lazy_gettext("Fingerprint (SHA-256)"), lambda one: one.sha256[:16]),
)


@console.page("/programme", guard=_READ, endpoint="programme")
def overview() -> Response:
    """What the programme in force has, section by section."""
    programme = programmes.current()
    showing = Showing(programmes.document(programme.number))
    counts = [(name, words.SECTIONS[name], len(showing.entries(name))) for name in programmes.SECTIONS]
    return render("programme/overview.html", programme=programme, sections=[one for one in counts if one[2]])


@console.page("/programme/sections/<section>", guard=_READ, endpoint="programme_section")
def section_page(section: str) -> Response:
    """The entries of one section."""
    title, showing = _section(section)
    entries = showing.entries(section)
    if not programmes.SECTIONS[section].many:
        return _entry_page(section, title, showing, entries[0]) if entries else _empty(section, title)
    today = days.day_of(clock.micros(), programmes.current().zone)
    lines = [_line(section, entry, today) for entry in entries]
    dated = any(line.valid_from for line in lines)
    state = Choice[_Entry]("state", lazy_gettext("State"), _STANDINGS, lambda one, wanted: one.standing == wanted)
    shown = table(
        title,
        (_NAME, _CODE, *(_VALIDITY if dated else ())),
        lines,
        choices=[state] if dated else [],
        section=section,
    )
    answer = as_csv(shown, section)
    return answer or render("programme/section.html", title=title, section=section, table=shown)


@console.page("/programme/sections/<section>/<path:entry_key>", guard=_READ, endpoint="programme_entry")
def entry_page(section: str, entry_key: str) -> Response:
    """One entry, with every field that says something."""
    title, showing = _section(section)
    key_of = programmes.SECTIONS[section].key_of
    found = next((one for one in showing.entries(section) if key_of(one) == entry_key), None)
    if found is None:
        raise NotFound
    return _entry_page(section, title, showing, found)


@console.page("/programme/versions", guard=_READ, endpoint="programme_versions")
def versions() -> Response:
    """Every version that was applied."""
    shown = table(lazy_gettext("Versions of the programme"), _VERSIONS, programmes.versions())
    return as_csv(shown, "programme-versions") or render("programme/versions.html", table=shown)


@console.page("/programme/versions/<int:version_number>", guard=_READ, endpoint="programme_version")
def version_page(version_number: int) -> Response:
    """What one version changed of the one before."""
    found = next((one for one in programmes.versions() if one.number == version_number), None)
    if found is None:
        raise NotFound
    changes = shown_changes(programmes.changes_of(version_number), brief=True)
    return render("programme/version.html", version=found, changes=changes, latest=programmes.current_number())


@console.page("/programme/versions/<int:version_number>/file", guard=_READ, endpoint="programme_file")
def file_of(version_number: int) -> Response:
    """One version as YAML, which reads back to the same."""
    if all(one.number != version_number for one in programmes.versions()):
        raise NotFound
    content = programmes.export(version_number).encode()
    return download(content, "application/yaml; charset=utf-8", f"programme-{version_number}.yml")


def _section(section: str) -> tuple[str, Showing]:
    if section not in programmes.SECTIONS:
        raise NotFound
    return str(words.SECTIONS[section]), Showing(programmes.document(programmes.current_number()))


def _entry_page(section: str, title: str, showing: Showing, entry: Mapping[str, Any]) -> Response:
    many = programmes.SECTIONS[section].many
    name = called(entry) if many else title
    facts = showing.entry(section, entry)
    version = f" {entry['version']}" if many and entry.get("version") else ""
    return render(
        "programme/entry.html", title=title, section=section, heading=f"{name}{version}", facts=facts, many=many
    )


def _empty(section: str, title: str) -> Response:
    shown = table(title, (_NAME,), [], section=section)
    return render("programme/section.html", title=title, section=section, table=shown)


def _line(section: str, entry: Mapping[str, Any], today: date) -> _Entry:
    valid_from, valid_until = _day(entry.get("valid_from")), _day(entry.get("valid_until"))
    standing = "in_force"
    if valid_from is not None and valid_from > today:
        standing = "to_come"
    elif valid_until is not None and valid_until < today:
        standing = "over"
    key = programmes.SECTIONS[section].key_of(entry)
    version = entry.get("version")
    return _Entry(section, key, called(entry) or gettext("no name"), version, valid_from, valid_until, standing)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
