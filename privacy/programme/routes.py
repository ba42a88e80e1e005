"""The programme over HTTP, read-only: what is processed, why, by whom, and on which texts."""

from __future__ import annotations

from typing import Any

from privacy import clock
from privacy.authz.permissions import Permission
from privacy.errors import NotFound
from privacy.http.auth import require
from privacy.http.blueprint import Blueprint
from privacy.programme import service
from privacy.programme.schemas import (
    HistoricalOut,
    MessageTypesOut,
    NoticesOut,
    ProgrammeOut,
    PurposeOut,
    PurposesOut,
    ScanOut,
    TextOut,
    WordingsOut,
    WordingTextOut,
)
from privacy.programme.types import Historical, Programme, Purpose, TextVersion, WordingVersion

programme_pages = Blueprint("programme", __name__, url_prefix="/api/v1/programme", description="The programme.")


@programme_pages.get("")
@require(Permission.PROGRAMME_READ)
@programme_pages.answers(200, ProgrammeOut)
def whole() -> ProgrammeOut:
    """The programme in force, as the document that was applied."""
    programme = service.current()
    return ProgrammeOut(
        programme.number, clock.isoformat(programme.applied_at), programme.sha256, service.document(programme.number)
    )


@programme_pages.get("/purposes")
@require(Permission.PROGRAMME_READ)
@programme_pages.answers(200, PurposesOut)
def purposes() -> PurposesOut:
    """Every purpose."""
    programme = service.current()
    return PurposesOut(programme.number, [_purpose(p, programme) for p in programme.purposes.values()])


@programme_pages.get("/purposes/<string:code>")
@require(Permission.PROGRAMME_READ)
@programme_pages.answers(200, PurposeOut)
def purpose(code: str) -> PurposeOut:
    """One purpose."""
    programme = service.current()
    if code not in programme.purposes:
        raise NotFound("The programme has no such purpose.")
    return _purpose(programme.purposes[code], programme)


@programme_pages.get("/wordings")
@require(Permission.PROGRAMME_READ)
@programme_pages.answers(200, WordingsOut)
def wordings() -> WordingsOut:
    """Every version of every consent wording, with its texts."""
    programme = service.current()
    return WordingsOut(programme.number, [_wording(w, programme) for w in programme.wordings.values()])


@programme_pages.get("/notices")
@require(Permission.PROGRAMME_READ)
@programme_pages.answers(200, NoticesOut)
def notices() -> NoticesOut:
    """Every version of every information notice, with its texts."""
    programme = service.current()
    return NoticesOut(programme.number, [TextOut(**_text_fields(n, programme)) for n in programme.notices.values()])


@programme_pages.get("/message-types")
@require(Permission.PROGRAMME_READ)
@programme_pages.answers(200, MessageTypesOut)
def message_types() -> MessageTypesOut:
    """Types of messages and the purpose that each serves."""
    programme = service.current()
    return MessageTypesOut(programme.number, {m.code: m.purpose for m in programme.message_types.values()})


def _purpose(purpose: Purpose, programme: Programme) -> PurposeOut:
    return PurposeOut(
        code=purpose.code,
        controllers=list(purpose.controllers),
        brand=purpose.brand,
        purpose_class=purpose.purpose_class.value,
        legal_basis=purpose.legal_basis.value,
        channels=sorted(purpose.channels),
        names=dict(purpose.names),
        descriptions=dict(purpose.descriptions),
        validity=purpose.validity,
        double_opt_in=purpose.double_opt_in,
        least_proof=purpose.least_proof.value,
        explicit=purpose.explicit,
        message_types=[m.code for m in programme.message_types.values() if m.purpose == purpose.code],
    )


def _wording(wording: WordingVersion, programme: Programme) -> WordingTextOut:
    historical = _historical(wording.historical) if wording.historical else None
    return WordingTextOut(**_text_fields(wording, programme), historical=historical)


def _historical(historical: Historical) -> HistoricalOut:
    scan = ScanOut(historical.scan.sha256, historical.scan.place) if historical.scan else None
    return HistoricalOut(historical.attested_by, historical.attested_on.isoformat(), scan)


def _text_fields(text: TextVersion, programme: Programme) -> dict[str, Any]:
    return {
        "code": text.code,
        "version": text.version,
        "valid_from": text.valid_from.isoformat(),
        "valid_until": text.valid_until.isoformat() if text.valid_until else None,
        "in_force": text.in_force(clock.now().astimezone(programme.zone).date()),
        "purposes": sorted(text.purposes),
        "texts": dict(text.texts),
        "sha256": dict(text.digests),
    }
