"""Why there is no receipt of an act in some form."""

from __future__ import annotations

from privacy.errors import Conflict


class NoConsentGiven(Conflict):
    """Kantara's receipt knows only consents given, and this act gave none; ask for another form of it."""

    code = "no-consent-given"
