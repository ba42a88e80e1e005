"""The waterfall of an import as it is kept with it: counts only, so it may stay as long as the import does.

The picture and the document are made of it when they are asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from privacy.consent.importing.report import as_json, as_pdf, as_svg
from privacy.consent.importing.running import Import
from privacy.consent.importing.waterfall import Waterfall
from privacy.consent.importing.waterfall_pages import Occasion
from privacy.consent.uploads.models import ConsentImport
from privacy.consent.uploads.view import opened

JSON, SVG, PDF = "application/json", "image/svg+xml", "application/pdf"


@dataclass(frozen=True)
class Account:
    """A waterfall, and what it is of."""

    waterfall: Waterfall
    occasion: Occasion

    def rendered(self, media_type: str, locale: str) -> bytes:
        """As one of `FORMS`, in the nearest language that there is."""
        return FORMS[media_type](self, locale)


#: How each form is made, by media type; the first is the one for whoever does not say.
FORMS: Mapping[str, Callable[[Account, str], bytes]] = {
    JSON: lambda account, _locale: as_json(account.waterfall, account.occasion),
    SVG: lambda account, locale: as_svg(account.waterfall, account.occasion, locale),
    PDF: lambda account, locale: as_pdf(account.waterfall, account.occasion, locale),
}


def kept(waterfall: Waterfall, of: Import) -> str:
    """The text to keep of an import that has ended."""
    made_with = {"profile": of.profile.name, "programme": of.translator.programme.number}
    return json.dumps(made_with | waterfall.as_dict(), separators=(",", ":"))


def account_of(row: ConsentImport) -> Account | None:
    """The account of an import; None where it has none."""
    if row.waterfall is None:
        return None
    told = json.loads(row.waterfall)
    name = opened(row, "name_enc")
    occasion = Occasion(
        profile=told["profile"],
        files=[] if name is None else [name],
        at=row.finished_at or row.created_at,
        programme=told["programme"],
        dry_run=row.dry_run,
    )
    return Account(Waterfall.from_dict(told), occasion)
