"""What a client may do, by the scope that allows it."""

from __future__ import annotations

from collections.abc import Mapping

from babel.support import LazyProxy

from privacy.pages.languages import lazy_gettext as _

SCOPES: Mapping[str, LazyProxy] = {
    "audit:read": _("read the event log"),
    "breaches:report": _("report that something happened"),
    "consents:annul": _("annul acts of consent"),
    "consents:check": _("ask whether somebody may be contacted"),
    "consents:read": _("read acts of consent"),
    "consents:write": _("record acts of consent"),
    "contacts:write": _("tell of bounces and complaints"),
    "imports:read": _("read what was imported"),
    "imports:write": _("import files"),
    "jobs:read": _("see jobs and alarms"),
    "programme:read": _("read the programme"),
    "requests:identify": _("vouch that somebody signed in"),
    "requests:read": _("read the requests that it opened"),
    "requests:write": _("open requests of data subjects"),
    "retention:read": _("read retention rules and runs"),
    "subjects:merge": _("merge people"),
    "subjects:read": _("look people up"),
    "subjects:write": _("add and change people"),
}
