"""API clients: who uses the service by machine, what each may do, and their keys, each shown once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import msgspec
from babel.support import LazyProxy
from flask import Response, url_for

from privacy import clock
from privacy.access import service as access
from privacy.access.failures import ClientNotFound, NameTaken
from privacy.access.service import ClientFacts, KeyFacts
from privacy.audit import service as audit
from privacy.audit.event_routes import directory
from privacy.authz.actors import Realm
from privacy.authz.permissions import CLIENT_SCOPES, Permission
from privacy.console.blueprint import console
from privacy.console.client_words import SCOPES
from privacy.errors import InvalidInput
from privacy.http.auth import current_actor
from privacy.pages.blueprint import needs
from privacy.pages.forms import NO_ERRORS, FormErrors, read_form
from privacy.pages.languages import lazy_gettext
from privacy.pages.rendering import done, render
from privacy.pages.tables import Choice, Column, Kind, as_csv, table
from privacy.programme import service as programmes

_READ, _WRITE = needs(Permission.CLIENTS_READ), needs(Permission.CLIENTS_WRITE, fresh=True)
_AGREE = needs(Permission.CLIENTS_READ, Permission.APPROVALS_GIVE, fresh=True)
_DAYS = 365
_HOURS = 24
#: A key that ends within so many days wants a successor.
_SOON_DAYS = 30
#: What is given a client that people make here and that is for no controller alone.
_EVERY = ""

console.says_after(
    {
        "client-asked": lazy_gettext("The client is there. It gets a key once another person has agreed."),
        "client-agreed": lazy_gettext("You have agreed: it may be given keys from now on."),
        "client-revoked": lazy_gettext("The client is revoked: all its keys ended at this moment."),
        "key-revoked": lazy_gettext("The key ended at this moment."),
    }
)
_STATES: tuple[tuple[str, LazyProxy], ...] = (
    ("well", lazy_gettext("Works")),
    ("soon", lazy_gettext("Its key ends soon")),
    ("keyless", lazy_gettext("Has no key that works")),
    ("revoked", lazy_gettext("Revoked")),
)
_SIGNS: Mapping[str, str] = {"well": "yes", "soon": "wait", "keyless": "late", "revoked": "no"}
_REALMS: Mapping[Realm, LazyProxy] = {
    Realm.LIVE: lazy_gettext("real people"),
    Realm.TEST: lazy_gettext("made-up people only"),
}


class _Client(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    scopes: list[str]
    days: Annotated[int, msgspec.Meta(ge=1, le=730)] = _DAYS
    realm: Realm = Realm.LIVE
    partner: bool = False
    controller: str = _EVERY
    reason: str = ""


class _Rotation(msgspec.Struct, forbid_unknown_fields=True):
    hours: Annotated[int, msgspec.Meta(ge=0, le=720)] = _HOURS
    days: Annotated[int, msgspec.Meta(ge=1, le=730)] = _DAYS


class _Asking(msgspec.Struct, forbid_unknown_fields=True):
    reason: str


def _working(client: ClientFacts) -> list[KeyFacts]:
    now = clock.micros()
    return [key for key in client.keys if key.revoked_at is None and key.expires_at > now]


def _ends(client: ClientFacts) -> int | None:
    return max((key.expires_at for key in _working(client)), default=None)


def _state(client: ClientFacts) -> str:
    if client.revoked_at is not None:
        return "revoked"
    ends = _ends(client)
    if ends is None:
        return "keyless"
    return "soon" if ends < clock.micros() + _SOON_DAYS * clock.DAY else "well"


_CLIENTS: tuple[Column[ClientFacts], ...] = (
    Column(
        "client",
        lazy_gettext("Client"),
        lambda one: one.name,
        link=lambda one: url_for("console.clients_one", client_id=one.id),
    ),
    Column(
        "state",
        lazy_gettext("State"),
        lambda one: dict(_STATES)[_state(one)],
        order=_state,
        sign=lambda one: _SIGNS[_state(one)],
    ),
    Column("scopes", lazy_gettext("May do"), lambda one: len(one.scopes), Kind.NUMBER),
    Column("realm", lazy_gettext("Works on"), lambda one: _REALMS[one.realm], order=lambda one: one.realm.value),
    Column("created", lazy_gettext("Created"), lambda one: one.created_at, Kind.MOMENT),
    Column("ends", lazy_gettext("Newest key ends"), _ends, Kind.MOMENT),
)


@console.page("/clients", guard=_READ, endpoint="clients")
def listed() -> Response:
    """Every client."""
    state = Choice[ClientFacts]("state", lazy_gettext("State"), _STATES, lambda one, wanted: _state(one) == wanted)
    shown = table(lazy_gettext("API clients"), _CLIENTS, access.list_clients(), choices=[state])
    return as_csv(shown, "clients") or render("clients/clients.html", table=shown)


@console.page("/clients/<uuid:client_id>", guard=_READ, endpoint="clients_one")
def one(client_id: UUID, errors: FormErrors = NO_ERRORS) -> Response:
    """One client, with its keys and what it wrote last."""
    client, actor = _client(client_id), current_actor()
    waiting = access.waiting_issue(client)
    asker = access.principals({waiting.requested_by}) if waiting else {}
    return render(
        "clients/client.html",
        client=client,
        state=dict(_STATES)[_state(client)],
        sign=_SIGNS[_state(client)],
        realm=_REALMS[client.realm],
        scopes=[(scope, SCOPES.get(scope, scope)) for scope in client.scopes],
        now=clock.micros(),
        controllers=programmes.current().controllers,
        waiting=waiting,
        asker=asker[waiting.requested_by].name if waiting and waiting.requested_by in asker else "",
        may_issue=access.may_issue(client, actor=actor),
        mine=bool(waiting and waiting.requested_by == actor.id),
        last=_last_written(client_id) if Permission.AUDIT_READ in actor.permissions else None,
        errors=errors,
    )


@console.page("/clients/new", guard=_WRITE, endpoint="clients_new")
def new(errors: FormErrors = NO_ERRORS) -> Response:
    """What a new client may do, and for how long its key lives."""
    own = current_actor().permissions
    return render(
        "clients/new.html",
        errors=errors,
        scopes=[(scope.value, SCOPES.get(scope.value, scope.value), scope in own) for scope in sorted(CLIENT_SCOPES)],
        controllers=programmes.current().controllers,
        days=_DAYS,
        most=730,
    )


@console.form("/clients/new", guard=_WRITE, again=new, endpoint="clients_create")
def create() -> Response:
    """Create a client: with its key, or to wait for another person where it may do more than whoever asks."""
    given, actor = read_form(_Client), current_actor()
    controller = given.controller or None
    if controller is not None and controller not in programmes.current().controllers:
        raise InvalidInput.of("controller", "The programme has no controller of that code.")
    about = {"realm": given.realm, "partner": given.partner, "controller": controller}
    try:
        if set(given.scopes) <= {one.value for one in actor.permissions}:
            return _key_page(
                access.create_client(given.title, given.scopes, actor=actor, expires_in_days=given.days, **about)  # type: ignore[arg-type]  # each of its own kind
            )
        client = access.ask_for_client(given.title, given.scopes, actor=actor, reason=given.reason, **about)  # type: ignore[arg-type]  # each of its own kind
    except NameTaken:
        raise InvalidInput.of("title", "That name is in use.") from None
    except InvalidInput as error:
        raise _in_this_form(error) from None
    return done("console.clients_one", "client-asked", client_id=client.id)


@console.form("/clients/<uuid:client_id>/key", guard=_WRITE, again=one, endpoint="clients_rotate")
def rotate(client_id: UUID) -> Response:
    """A new key, shown once; the present ones go on for the overlap."""
    given = read_form(_Rotation)
    return _key_page(
        access.rotate_key(client_id, actor=current_actor(), overlap_hours=given.hours, expires_in_days=given.days)
    )


@console.form("/clients/<uuid:client_id>/ask", guard=_WRITE, again=one, endpoint="clients_ask")
def ask(client_id: UUID) -> Response:
    """Ask another person to agree that this client gets keys."""
    access.ask_to_issue(client_id, actor=current_actor(), reason=read_form(_Asking).reason)
    return done("console.clients_one", "client-asked", client_id=client_id)


@console.form("/clients/<uuid:client_id>/agree", guard=_AGREE, endpoint="clients_agree")
def agree(client_id: UUID) -> Response:
    """The second person agrees."""
    access.agree_to_issue(client_id, actor=current_actor())
    return done("console.clients_one", "client-agreed", client_id=client_id)


@console.form("/clients/<uuid:client_id>/revoke", guard=_WRITE, endpoint="clients_revoke")
def revoke(client_id: UUID) -> Response:
    """End a client and all its keys at once."""
    access.revoke_client(client_id, actor=current_actor())
    return done("console.clients_one", "client-revoked", client_id=client_id)


@console.form("/clients/<uuid:client_id>/keys/<uuid:key_id>/revoke", guard=_WRITE, endpoint="clients_revoke_key")
def revoke_key(client_id: UUID, key_id: UUID) -> Response:
    """End one key of a client at once."""
    if key_id not in {key.id for key in _client(client_id).keys}:
        raise ClientNotFound
    access.revoke_key(key_id, actor=current_actor())
    return done("console.clients_one", "key-revoked", client_id=client_id)


def _key_page(issued: access.IssuedKey) -> Response:
    answer = render("clients/key.html", issued=issued)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _client(client_id: UUID) -> ClientFacts:
    found = next((one for one in access.list_clients() if one.id == client_id), None)
    if found is None:
        raise ClientNotFound
    return found


def _last_written(client_id: UUID) -> str | None:
    """When the newest event was recorded that this client caused, in ISO 8601. What it only asked leaves none."""
    page = audit.Reader(directory(), current_actor()).newest(audit.EventFilter(actor_id=client_id), limit=1)
    return page.entries[0]["at"] if page.entries else None


def _in_this_form(error: InvalidInput) -> InvalidInput:
    """What the service found wrong, under the names that the fields have here."""
    found: Mapping[str, list[str]] = error.extensions.get("errors") or {}
    names = {"name": "title", "expires_in_days": "days"}
    return InvalidInput(errors={names.get(name, name): texts for name, texts in found.items()}) if found else error
