"""The form inside pages of the controller's sites: what the script shows, as JSON, and where it sends the answers.

Only the origins that the programme names may read and send (CORS), and no cookie takes part, so there is nothing that
another site could make a browser send. What comes in counts as little as what is typed into any open form.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Response, jsonify, request
from msgspec import Meta, Struct

from privacy.db import unit_of_work
from privacy.errors import Conflict, InvalidInput, NotPermitted
from privacy.http.auth import public
from privacy.http.blueprint import read_json
from privacy.http.sources import few
from privacy.pages.languages import LOCALES, speak
from privacy.pages.languages import gettext as _
from privacy.pages.look import look as appearance
from privacy.portal.collection import signals
from privacy.portal.collection.answers import Answers, Once, confirm, take
from privacy.portal.collection.forms import NoSuchForm, ShownForm, ShownPurpose, ShownText
from privacy.portal.collection.reading import CHANGED, SAID, WRONG_CODE, form_of_today, today
from privacy.portal.collection.sentences import sentences
from privacy.programme import service as programmes
from privacy.programme.types import ContactKind
from privacy.subjects.service import AgeClass

_FILES = {"collect.js": "text/javascript", "collect.css": "text/css"}
_AN_HOUR, _A_MINUTE = "public, max-age=3600", "public, max-age=60"
_LONGEST_BODY = 20_000

Code = Annotated[str, Meta(max_length=64)]
Line = Annotated[str, Meta(max_length=320)]


class FormChanged(Conflict):
    """The texts of the form are not those that were shown: show it anew, and ask again."""

    code = "form-changed"


class UnknownOrigin(NotPermitted):
    """The programme does not name the origin of the site that sent this, so it may not use the form."""

    code = "unknown-origin"


class CitedText(Struct, forbid_unknown_fields=True):
    """A text that was shown."""

    code: Code
    version: Code
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Choice(Struct, forbid_unknown_fields=True):
    """The answer to one box."""

    purpose: Code
    answer: Literal["yes", "no"]
    channel: Code | None = None


class Sent(Struct, forbid_unknown_fields=True):
    """What the script sends."""

    once: Once
    locale: Code
    shown: Annotated[list[CitedText], Meta(max_length=50)]
    choices: Annotated[list[Choice], Meta(max_length=200)] = []
    contacts: dict[ContactKind, Line] = {}
    age_class: AgeClass | None = None
    gpc: bool = False


class Confirming(Struct, forbid_unknown_fields=True):
    """The code of a message, and the address that it went to."""

    locale: Code
    email: Line
    code: Annotated[str, Meta(max_length=32)]


embed = Blueprint("embed", __name__)


@embed.get("/embed/1/<file>")
@public
def fetch(file: str) -> Response:
    """The script and its style sheet, at addresses that stay."""
    if file not in _FILES:
        raise NoSuchForm("There is no such file.")
    content, digest = _file(file)
    if file.endswith(".css"):
        content = appearance().embedded(content)
        digest = hashlib.sha256(content).hexdigest()[:32]
    response = Response(content, mimetype=_FILES[file])
    response.headers["Cache-Control"] = _AN_HOUR
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # Integrity of a script from elsewhere is looked at only where it may be read.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(digest)
    response.make_conditional(request)
    return response


@embed.get("/.well-known/gpc.json")
@public
def signal_support() -> Response:
    """That Global Privacy Control is honoured here (its section 4)."""
    return jsonify(gpc=True, lastUpdate="2026-11-22")


@embed.get("/embed/1/points/<point>", provide_automatic_options=False)
@public
def look(point: str) -> Response:
    """What the form shows today; the same for everybody."""
    asked, _programme = form_of_today(point, _language(request.args.get("lang", "")))
    content = msgspec.json.encode(_as_json(asked))
    response = Response(content, mimetype="application/json")
    response.headers["Cache-Control"] = _A_MINUTE
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    response.make_conditional(request)
    return response


@embed.route("/embed/1/points/<point>", methods=["OPTIONS"])
@embed.route("/embed/1/points/<point>/code", methods=["OPTIONS"], endpoint="may_confirm")
@public
def may_send(point: str) -> Response:
    """What a browser asks before it sends from another origin."""
    form_of_today(point, _language(""))
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Allow-Headers"] = "Content-Type"
    response.headers["Access-Control-Max-Age"] = "600"
    return response


@embed.post("/embed/1/points/<point>", provide_automatic_options=False)
@public
@few
def send(point: str) -> Response:
    """Take the answers. Sent twice they count once."""
    sent: Sent = read_json(Sent, max_bytes=_LONGEST_BODY)
    asked, programme = form_of_today(point, _language(sent.locale))
    _ensure_named(asked)
    _ensure_shown(asked, sent)
    with unit_of_work():
        taken = take(asked, _answers(asked, sent), programme, today=today(programme))
    return jsonify(state=taken.said, message=str(SAID[taken.said]), waits=taken.waits)


@embed.post("/embed/1/points/<point>/code", provide_automatic_options=False)
@public
@few
def send_code(point: str) -> Response:
    """Confirm by the code of a message."""
    sent: Confirming = read_json(Confirming, max_bytes=_LONGEST_BODY)
    asked, programme = form_of_today(point, _language(sent.locale))
    _ensure_named(asked)
    with unit_of_work():
        confirmed = confirm(asked, sent.email, sent.code, programme)
    if not confirmed:
        raise InvalidInput.of("code", str(WRONG_CODE))
    return jsonify(state="confirmed", message=str(SAID["confirmed"]), waits=False)


@embed.after_request
def _to_those_named(response: Response) -> Response:
    """Let the sites that the programme names read what the form answers, a problem too."""
    point = programmes.current().collection_points.get((request.view_args or {}).get("point", ""))
    if point is not None:
        response.vary.add("Origin")
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        origin = request.headers.get("Origin")
        if origin is not None and origin in point.origins:
            response.headers["Access-Control-Allow-Origin"] = origin
    return response


def _language(wished: str) -> str:
    """Make the sentences of the answer in that language, or in the programme's own; returns it."""
    language = wished if wished in LOCALES else programmes.current().jurisdiction.locales[0]
    if language in LOCALES:
        speak(language)
    return language


def _ensure_named(asked: ShownForm) -> None:
    """Raise `UnknownOrigin` unless a site that the programme names sends this, or a page of ours."""
    origin = request.headers.get("Origin")
    if origin not in asked.point.origins and urlsplit(origin or "").netloc != request.host:
        raise UnknownOrigin


def _ensure_shown(asked: ShownForm, sent: Sent) -> None:
    """Raise `FormChanged` unless exactly the texts of today were shown."""
    seen = {(text.code, text.version, text.sha256) for text in sent.shown}
    wanted = {(text.code, text.version, text.sha256) for text in _texts(asked)}
    if seen != wanted:
        raise FormChanged(str(CHANGED))


def _texts(asked: ShownForm) -> list[ShownText]:
    return [*(wording for wording, _purposes in asked.wordings), asked.notice]


def _answers(asked: ShownForm, sent: Sent) -> Answers:
    known = {(one.purpose.code, channel.code) for one, channel in asked.boxes()}
    choices = {(choice.purpose, choice.channel): choice.answer == "yes" for choice in sent.choices}
    if not choices.keys() <= known or len(choices) < len(sent.choices):
        raise InvalidInput.of("choices", _("The form does not ask this, or it was answered twice."))
    if not sent.contacts.keys() <= set(asked.contacts):
        raise InvalidInput.of("contacts", _("The form does not ask for this."))
    return Answers(
        contacts={kind: value.strip() for kind, value in sent.contacts.items() if value.strip()},
        choices=choices,
        age_class=sent.age_class,
        signal=sent.gpc or signals.is_on(request.headers.getlist(signals.HEADER)),
        once=sent.once,
    )


def _as_json(asked: ShownForm) -> dict[str, Any]:
    return {
        "code": asked.point.code,
        "kind": asked.point.kind.value,
        "locale": asked.locale,
        "kiosk": asked.point.kiosk,
        "controllers": [{"name": one.name, "privacy_url": one.privacy_url} for one in asked.controllers],
        "contacts": [kind.value for kind in asked.contacts],
        "asks_age": asked.asks_age,
        "confirms": asked.confirms,
        "say": sentences(asked),
        "wordings": [
            {**_text(wording), "purposes": [_purpose(one) for one in purposes]} for wording, purposes in asked.wordings
        ],
        "notice": _text(asked.notice),
    }


def _purpose(one: ShownPurpose) -> dict[str, Any]:
    return {
        "code": one.purpose.code,
        "name": one.name,
        "description": one.description,
        "gpc": one.told_by_signal,
        "channels": [{"code": channel.code, "name": channel.name} for channel in one.channels],
    }


def _text(text: ShownText) -> dict[str, str]:
    return {
        "code": text.code,
        "version": text.version,
        "locale": text.locale,
        "sha256": text.sha256,
        "text": text.text,
    }


@cache
def _file(name: str) -> tuple[bytes, str]:
    content = (resources.files("privacy.portal.collection") / "embedded" / name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:32]
