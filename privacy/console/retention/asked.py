"""What the address of a page asks for."""

from __future__ import annotations

from uuid import UUID

from flask import request


def asked_id(name: str) -> UUID | None:
    """An id that the address names; None where it names none, or nothing that is one."""
    try:
        return UUID(request.args[name]) if name in request.args else None
    except ValueError:
        return None
