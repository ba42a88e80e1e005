"""Style sheets, scripts and fonts: from this service alone, named by what they hold, so that browsers may keep them."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from flask import Blueprint, Response, url_for

from privacy.errors import NotFound
from privacy.http.auth import public

_TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_A_YEAR = "public, max-age=31536000, immutable"
_DIGEST = 16
_BESIDE = re.compile(rb'url\("([\w.-]+)"\)')


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    content: bytes
    media_type: str
    digest: str


def pages_assets() -> Blueprint:
    """The route of all files."""
    blueprint = Blueprint("assets", __name__, url_prefix="/assets")

    @blueprint.get("/<digest>/<path:file>")
    @public
    def served(digest: str, file: str) -> Response:
        found = _all().get(file)
        if found is None or found.digest != digest:
            raise NotFound("There is no such file.")
        response = Response(found.content, mimetype=found.media_type)
        response.headers["Cache-Control"] = _A_YEAR
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return blueprint


def asset(name: str) -> str:
    """The address of a file of a room, `pages/style.css`; raises `KeyError` for one that is not there."""
    return url_for("assets.served", digest=_all()[name].digest, file=name)


@cache
def _all() -> Mapping[str, Asset]:
    plain: dict[str, Asset] = {}
    sheets: dict[str, bytes] = {}
    for room in resources.files("privacy").iterdir():
        folder = room / "assets"
        for file in folder.iterdir() if folder.is_dir() else ():
            name = f"{room.name}/{file.name}"
            if name.endswith(".css"):
                sheets[name] = file.read_bytes()
            elif file.is_file() and not name.endswith(".txt"):
                plain[name] = _asset(name, file.read_bytes())
    return plain | {name: _asset(name, _pointed(name, sheet, plain)) for name, sheet in sheets.items()}


def _pointed(name: str, sheet: bytes, plain: Mapping[str, Asset]) -> bytes:
    """A style sheet, with the files beside it that it names under the addresses at which they are."""
    folder = name.rpartition("/")[0]

    def address(match: re.Match[bytes]) -> bytes:
        file = f"{folder}/{match[1].decode()}"
        return f'url("/assets/{plain[file].digest}/{file}")'.encode()

    return _BESIDE.sub(address, sheet)


def _asset(name: str, content: bytes) -> Asset:
    ending = name[name.rindex(".") :]
    media_type = _TYPES.get(ending) or mimetypes.types_map[ending]
    return Asset(content, media_type, hashlib.sha256(content).hexdigest()[:_DIGEST])
