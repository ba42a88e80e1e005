"""Imports over HTTP: ask for one, send its file, watch it. The work itself is a worker's."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import IO, TypeVar
from uuid import UUID

from flask import Response, current_app, request

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.consent.uploads import engine, service
from privacy.consent.uploads.account import FORMS, JSON, PDF, SVG
from privacy.consent.uploads.failures import RejectsNotFound
from privacy.consent.uploads.receiving import receive
from privacy.consent.uploads.schemas import ImportIn, ImportOut, ImportsOut, ImportWordingOut, WaterfallOut
from privacy.consent.uploads.service import ImportWanted
from privacy.consent.uploads.store import ImportStore
from privacy.consent.uploads.view import ImportView
from privacy.db import session, unit_of_work
from privacy.http.auth import current_actor, require
from privacy.http.blueprint import OCTETS, Blueprint
from privacy.http.failures import NotAcceptable, UnsupportedMediaType
from privacy.http.unit import writes
from privacy.programme import service as programmes

imports = Blueprint("imports", __name__, url_prefix="/api/v1/imports", description="Imports from other tools.")

#: Where the application keeps the folder of files.
IMPORT_STORE = "privacy_import_store"
_CSV = "text/csv"
_PORTION = 65_536

View = TypeVar("View", bound=Callable[..., Response])


@imports.post("")
@require(Permission.IMPORTS_WRITE)
@imports.body(ImportIn)
@writes
@imports.answers(201, ImportOut)
def create(body: ImportIn) -> ImportOut:
    """Ask for an import. It then waits for its file."""
    wording = (body.wording.code, body.wording.version) if body.wording else None
    wanted = ImportWanted(
        body.file_name, body.profile, body.profile_yaml, body.purpose, wording, body.dry_run, body.wordings
    )
    engine.ensure_sensible(wanted)
    return _out(service.create_import(wanted, actor=current_actor()))


@imports.put("/<uuid:import_id>/file")
@require(Permission.IMPORTS_WRITE)
@imports.takes_file("The file as it is: CSV, lines of JSON, plain text, or a ZIP of these.")
@imports.answers(200, ImportOut)
@imports.problems(409)
def upload(import_id: UUID) -> ImportOut:
    """Send the file of an import. It is sealed as it comes, and deleted once it was imported."""
    if request.mimetype != OCTETS:
        raise UnsupportedMediaType(f"Send {OCTETS}.")
    store = _store()
    request.max_content_length = store.longest
    return _out(receive(import_id, lambda: request.stream, store, actor=current_actor()))


@imports.get("")
@require(Permission.IMPORTS_READ)
@imports.answers(200, ImportsOut)
def listed() -> ImportsOut:
    """The newest imports: a client's own, for staff everybody's."""
    return ImportsOut([_out(view) for view in service.imports_of(actor=current_actor())])


@imports.get("/<uuid:import_id>")
@require(Permission.IMPORTS_READ)
@imports.answers(200, ImportOut)
def show(import_id: UUID) -> ImportOut:
    """One import: its state, how far it is, what it did."""
    return _out(service.import_of(import_id, actor=current_actor()))


@imports.get("/<uuid:import_id>/rejects")
@require(Permission.IMPORTS_READ)
@imports.gives_file(_CSV, "The rows that could not be taken, with file, line, field, reason and mend.")
def rejects(import_id: UUID) -> Response:
    """The rows that could not be taken, as CSV, to be corrected and imported again. Kept for 30 days."""
    with unit_of_work():  # Ends the read: on SQLite a slow download would keep every writer out.
        name, key = service.rejects_of(import_id, actor=current_actor())
    try:
        content = _store().open(name, key)
    except FileNotFoundError:
        raise RejectsNotFound("The rejects lie on another server: the imports folder must be shared.") from None
    headers = {"Content-Disposition": f'attachment; filename="rejects-{import_id}.csv"'}
    return Response(_sent(content), mimetype=_CSV, headers=headers)


@imports.get("/<uuid:import_id>/waterfall")
@require(Permission.IMPORTS_READ)
@imports.answers(200, WaterfallOut)
@imports.gives_file(SVG, "The picture.")
@imports.gives_file(PDF, "The page for the board, and the tables behind it.")
@imports.problems(406)
def waterfall(import_id: UUID) -> Response:
    """How the rows become "may contact", as JSON, or by Accept as a picture (SVG) or a document (PDF)."""
    media_type = _acceptable()
    account = service.waterfall_of(import_id, actor=current_actor())
    locale = programmes.current().jurisdiction.locales[0]
    session().close()  # On SQLite an open read would keep every writer out while a document is laid out.
    response = Response(account.rendered(media_type, locale), mimetype=media_type)
    response.vary.add("Accept")
    if media_type != JSON:
        ending = "svg" if media_type == SVG else "pdf"
        response.headers["Content-Disposition"] = f'attachment; filename="waterfall-{import_id}.{ending}"'
    return response


def _acceptable() -> str:
    """The form that is wanted most; without a wish JSON."""
    wanted = request.accept_mimetypes
    found = wanted.best_match(list(FORMS)) if wanted else JSON
    if found is None:
        raise NotAcceptable(f"There is: {', '.join(FORMS)}.")
    return found


def _then_tidy(view: View) -> View:
    """Delete the files whose keys are destroyed, once that is committed."""

    @functools.wraps(view)
    def wrapper(import_id: UUID) -> Response:
        response = view(import_id)
        _store().remove_all(import_id)
        return response

    return wrapper  # type: ignore[return-value]  # the same view for whoever calls it


@imports.delete("/<uuid:import_id>")
@require(Permission.IMPORTS_WRITE)
@_then_tidy
@writes
@imports.answers(200, ImportOut)
def cancel(import_id: UUID) -> ImportOut:
    """Cancel an import, or forget the rejects of one that has ended. What was recorded stays."""
    return _out(service.cancel_import(import_id, actor=current_actor()))


def _store() -> ImportStore:
    store: ImportStore = current_app.extensions[IMPORT_STORE]
    return store


def _sent(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while portion := content.read(_PORTION):
            yield portion


def _out(view: ImportView) -> ImportOut:
    return ImportOut(
        id=str(view.id),
        state=view.state,
        profile=view.profile,
        purpose=view.purpose,
        wording=ImportWordingOut(*view.wording) if view.wording else None,
        dry_run=view.dry_run,
        wordings_tried=view.wordings_tried,
        file_name=view.file_name,
        bytes=view.upload_bytes,
        stage=view.stage,
        done=view.done,
        of=view.of,
        percent=view.percent,
        seconds_left=view.seconds_left,
        counts=dict(view.counts) if view.counts is not None else None,
        problem=view.problem,
        has_rejects=view.has_rejects,
        rejects_deleted_at=_time(view.delete_rejects_at),
        created_at=clock.isoformat(view.created_at),
        uploaded_at=_time(view.uploaded_at),
        started_at=_time(view.started_at),
        finished_at=_time(view.finished_at),
    )


def _time(micros: int | None) -> str | None:
    return None if micros is None else clock.isoformat(micros)
