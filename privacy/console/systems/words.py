"""What connections, findings and the marks of the data map are called."""

from __future__ import annotations

from collections.abc import Mapping

from babel.support import LazyProxy

from privacy.pages.languages import lazy_gettext as _
from privacy.programme.types import ConnectorKind, Strategy
from privacy.systems.service import Gap, Level

CONNECTORS: Mapping[ConnectorKind, LazyProxy] = {
    ConnectorKind.SQL: _("database"),
    ConnectorKind.HTTP: _("API"),
    ConnectorKind.OPENDSR: _("OpenDSR protocol"),
    ConnectorKind.MANUAL: _("a person looks after it"),
}
LEVELS: Mapping[Level, tuple[LazyProxy, str]] = {
    Level.OK: (_("works"), "yes"),
    Level.WARNING: (_("warning"), "wait"),
    Level.FAILED: (_("fails"), "late"),
}
GAPS: Mapping[Gap, tuple[LazyProxy, str]] = {
    Gap.NOT_MAPPED: (_("looks personal, is not mapped"), "late"),
    Gap.NOT_JUDGED: (_("looks personal, nobody judged it"), "wait"),
    Gap.TABLE_GONE: (_("mapped table is gone"), "late"),
    Gap.COLUMN_GONE: (_("mapped column is gone"), "late"),
}
STRATEGIES: Mapping[Strategy, LazyProxy] = {
    Strategy.DELETE_ROW: _("the row is deleted"),
    Strategy.NULL: _("emptied"),
    Strategy.CONSTANT: _("overwritten"),
    Strategy.KEEP: _("kept for a statute"),
    Strategy.HASH: _("made a digest of"),
    Strategy.MASK: _("masked"),
}
#: What a connection holds, as the form asks for it.
PARTS: Mapping[str, LazyProxy] = {
    "token": _("Token"),
    "username": _("User name"),
    "password": _("Password"),
    "client_id": _("Client id"),
    "client_secret": _("Client secret"),
    "private_key": _("Private key (PEM)"),
}
#: What was wrong, by the code of a finding or of a failure; others are told by their code.
FINDINGS: Mapping[str, LazyProxy] = {
    "reachable": _("does not answer"),
    "system-unreachable": _("does not answer"),
    "system-refused": _("refuses"),
    "system-not-connected": _("is not connected"),
    "table_missing": _("a mapped table is missing"),
    "field_missing": _("a mapped field is missing"),
    "table_unmapped": _("a table is not described"),
    "type_differs": _("a type is another"),
    "too_long": _("a length is another"),
    "no_index": _("people are searched without an index"),
    "no_primary_key": _("nothing tells rows apart"),
    "no_search": _("people cannot be searched"),
    "filter_ignored": _("a filter is ignored"),
    "not_verifiable": _("signatures cannot be checked"),
    "permission": _("a right is missing"),
    "too_much_power": _("the connection may do too much"),
}
