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
from privacy.pages.look import look

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

    @classmethod
    def of(cls, content: bytes, media_type: str) -> Asset:
        """A file that is made, or was checked."""
        return cls(content, media_type, hashlib.sha256(content).hexdigest()[:_DIGEST])


def pages_assets() -> Blueprint:
    """The route of all files."""
    blueprint = Blueprint("assets", __name__, url_prefix="/assets")

    @blueprint.get("/<digest>/<path:file>")
    @public
    def served(digest: str, file: str) -> Response:
        found = _all().get(file) or _of_theme().get(file)
        if found is None or found.digest != digest:
            raise NotFound("There is no such file.")
        response = Response(found.content, mimetype=found.media_type)
        response.headers["Cache-Control"] = _A_YEAR
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return blueprint


def asset(name: str) -> str:
    """The address of a file of a room, `pages/style.css`; raises `KeyError` for one that is not there."""
    found = _all().get(name) or _of_theme()[name]
    return url_for("assets.served", digest=found.digest, file=name)


def asset_of(name: str, content: bytes) -> Asset:
    """A file by the ending of its name."""
    ending = name[name.rindex(".") :]
    return Asset.of(content, _TYPES.get(ending) or mimetypes.types_map[ending])


def _of_theme() -> Mapping[str, Asset]:
    """What the looks of this installation add."""
    return look().assets


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
                plain[name] = asset_of(name, file.read_bytes())
    return plain | {name: asset_of(name, _pointed(name, sheet, plain)) for name, sheet in sheets.items()}


def _pointed(name: str, sheet: bytes, plain: Mapping[str, Asset]) -> bytes:
    """A style sheet, with the files beside it that it names under the addresses at which they are."""
    folder = name.rpartition("/")[0]

    def address(match: re.Match[bytes]) -> bytes:
        file = f"{folder}/{match[1].decode()}"
        return f'url("/assets/{plain[file].digest}/{file}")'.encode()

    return _BESIDE.sub(address, sheet)
