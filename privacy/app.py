"""Build the application: every room on one Flask app, the upper ones handed to the lower.

Nothing is read from the environment here; the settings come in as one object.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Flask, Response

from privacy import __version__, clock
from privacy.access import service as access
from privacy.audit import service as audit
from privacy.audit.event_routes import DIRECTORY, events
from privacy.audit.routes import audit as log_api
from privacy.audit.routes import log as log_pages
from privacy.authz.actors import Actor
from privacy.breach import service as breach
from privacy.breach.documents.routes import breach_documents
from privacy.breach.routes import breaches
from privacy.breach.telling.routes import breach_communications
from privacy.consent import service as consent
from privacy.consent.answering import CheckEndpoint
from privacy.consent.answering_lists import ListAnswerer
from privacy.consent.receipts.routes import BASE_URL, receipts
from privacy.consent.routes import CHECK, CHECK_LIST, consents
from privacy.consent.shortcut import CheckShortcut
from privacy.consent.uploads.routes import IMPORT_STORE, imports
from privacy.console.installation import EXTENSION as INSTALLATION
from privacy.console.installation import Installation, Setting
from privacy.console.provider import STAFF_OIDC, StaffProvider
from privacy.console.routes import console
from privacy.crypto import keyring
from privacy.crypto.keyring import Keyring
from privacy.crypto.owner_keys import SERVICE_OWNER, load_owner_key
from privacy.crypto.providers.service import provider_of
from privacy.db import DRIVER_ERRORS, Readers, db, engine_options, engine_url, prepare_engine, session, unit_of_work
from privacy.dsar import service as dsar
from privacy.dsar.execution.routes import request_tasks
from privacy.dsar.package.routes import own_requests
from privacy.dsar.protocols.drp_routes import DRP, drp_pages
from privacy.dsar.protocols.opendsr_routes import OPENDSR, OPENDSR_BASE_URL, opendsr_pages
from privacy.dsar.routes import requests
from privacy.erasure import service as erasure
from privacy.erasure.routes import erasures
from privacy.errors import PrivacyError, Unavailable
from privacy.evidence import service as evidence
from privacy.evidence.routes import evidence as bundles
from privacy.http.handlers import render_problem
from privacy.http.headers import security_headers
from privacy.http.operations import FIGURES, Checks
from privacy.http.setup import LIMITER, HttpSettings, install
from privacy.jobs import service as jobs
from privacy.jobs.routes import alarm_pages, job_pages
from privacy.outbox import service as outbox
from privacy.pages import setup as pages
from privacy.pages.languages import locale
from privacy.pages.look import Look, Whose
from privacy.pages.theme import PLAIN as PLAIN_THEME
from privacy.pages.theme import Theme
from privacy.pages.theme import read as read_theme
from privacy.portal.collection.routes import collect, embed
from privacy.portal.entry import OIDC
from privacy.portal.routes import portal
from privacy.portal.sign_on import SIGN_ON, shop_door
from privacy.programme import service as programmes
from privacy.programme.routes import programme_pages
from privacy.quarantine import mending, quarantined
from privacy.recovery import service as recovery
from privacy.registers.routes import registers
from privacy.retention import service as retention
from privacy.retention.forecasts.routes import retention_rules
from privacy.retention.holds.routes import legal_holds
from privacy.retention.runs.routes import disposal_runs
from privacy.retention.upkeep_routes import data_quality, retention_warnings
from privacy.selfservice import service as selfservice
from privacy.subjects import service as subjects
from privacy.subjects.routes import ACTS_WAITING, people

if TYPE_CHECKING:
    from config import Config

READERS = "privacy_readers"
#: What signs statements, and what counts who asked about whom.
SIGNER = "privacy_signer"
ASKED = "privacy_asked"
#: The rooms of the API.
ROOMS = (
    breaches,
    breach_communications,
    breach_documents,
    consents,
    erasures,
    events,
    bundles,
    imports,
    people,
    programme_pages,
    receipts,
    requests,
    own_requests,
    request_tasks,
    legal_holds,
    disposal_runs,
    data_quality,
    retention_warnings,
    retention_rules,
    registers,
    log_api,
    job_pages,
    alarm_pages,
)


def create_app(config: Config) -> Flask:
    """The application for an installation.

    Raises `KeyringUnusable`, `ConfigInvalid`, `WitnessesInvalid`, `SinkInvalid`, `DeliveryInvalid`,
    `AlarmSettingsInvalid`, `ProtocolSettingsInvalid`, `SignOnSettingsInvalid` or `ThemeInvalid` before
    anything is written.
    """
    config.verify()
    _join_rooms(config)
    audit.install_policy(audit.Policy.of(config.witnesses, config.witnesses_required))
    sink = audit.sink_of(config.audit_sink)
    ensure_deliverable(config)
    opendsr_identity = opendsr_identity_of(config)
    drp_business = dsar.DrpBusiness.of(config.drp_business, config.drp_agents)
    keyring.install(Keyring.load(config.keyring_path, provider_of(config.keys)))
    app = Flask(__name__, static_folder=None)
    readers = app.extensions[READERS] = _database(app, config)

    def authenticate(key: str) -> Actor:
        try:
            return access.authenticate(key, readers.get())
        except DRIVER_ERRORS as error:
            readers.drop()
            raise Unavailable("The database cannot be read now; try again.") from error

    settings = HttpSettings(
        base_url=config.base_url,
        data_dir=config.data_dir,
        rate_limit=config.rate_limit,
        trusted_proxy_hops=config.trusted_proxy_hops,
        version=__version__,
        security_contact=config.security_contact,
        api_docs=config.api_docs,
        metrics=config.metrics,
        # What they show says nothing about anybody.
        open_in_quarantine=frozenset({log_api.name, log_pages.name, "assets"}),
    )
    api = install(app, settings, authenticate=authenticate, checks=readiness(app, sink))
    for room in ROOMS:
        api.register_blueprint(room)
    for protocol in (opendsr_pages, drp_pages):
        api.register_blueprint(protocol)
    app.extensions[OPENDSR], app.extensions[DRP] = opendsr_identity, drp_business
    app.extensions[OPENDSR_BASE_URL] = config.base_url
    app.register_blueprint(log_pages)
    pages.install(app, appearance_of(config))
    app.register_blueprint(portal)
    app.register_blueprint(shop_door)
    app.extensions[SIGN_ON], app.extensions[OIDC] = sign_on_of(config), oidc_of(config)
    app.register_blueprint(collect)
    app.register_blueprint(embed)
    app.register_blueprint(console)
    app.extensions[STAFF_OIDC] = staff_provider_of(config)
    app.extensions[INSTALLATION] = installation_of(config)
    app.extensions[IMPORT_STORE] = consent.ImportStore(config.imports_dir, longest=config.longest_upload)
    app.extensions[ACTS_WAITING] = consent.acts_waiting
    app.extensions[BASE_URL], app.extensions[FIGURES] = config.base_url, jobs.figures
    app.extensions[DIRECTORY] = audit.Directory(
        members=lambda subject_id, realm: subjects.one_with(subject_id, realm=realm.value),
        subject_realms=subjects.realms_of,
        principals=access.principals,
        hide_subject=subjects.hide_subject,
        reveal_subject=subjects.reveal_subject,
        hide_act=consent.hide_act,
        reveal_act=consent.reveal_act,
    )
    app.register_error_handler(consent.WrongCode, _wrong_code)
    signer = app.extensions[SIGNER] = audit.Signer()
    asked = app.extensions[ASKED] = consent.AskedCounter(app.app_context)
    endpoint = app.extensions[CHECK] = CheckEndpoint(readers, app.app_context, signer=signer, asked=asked)
    app.extensions[CHECK_LIST] = ListAnswerer(signer, asked)
    app.wsgi_app = CheckShortcut(  # type: ignore[method-assign]  # Flask's documented way to put middleware on
        app.wsgi_app,
        endpoint,
        authenticate=authenticate,
        limiter=app.extensions[LIMITER],
        headers=security_headers(config.base_url),
    )
    return app


def appearance_of(config: Config) -> Look:
    """How the pages of an installation look; raises `ThemeInvalid`."""
    theme = read_theme(Path(config.theme)) if config.theme else PLAIN_THEME
    return Look(
        config.base_url,
        whose=lambda: _themed(_whose(), theme),
        zone=lambda: programmes.current().zone,
        assets=theme.assets,
        logo=theme.logo,
        embedded=theme.embedded,
    )


def _themed(whose: Whose, theme: Theme) -> Whose:
    """Whose the pages are, as the theme says it."""
    language = locale()
    name, phone = theme.name(language) or whose.name, theme.phone or whose.phone
    return Whose(name, phone, whose.email, theme.open_hours(language) if phone else "")


def installation_of(config: Config) -> Installation:
    """What staff may see of how the installation was started: no secret, and no address that may hold one."""
    return Installation(
        settings=tuple(Setting(name, value, is_set) for name, value, is_set in config.shown()),
        warnings=tuple(config.warnings()),
        version=__version__,
        database="sqlite" if config.on_sqlite else "postgresql",
        verified_path=config.verified_path,
        backups_path=config.backups_path,
    )


def sign_on_of(config: Config) -> selfservice.SignOn | None:
    """By whose tokens people come in to their own pages, if by anybody's; raises `SignOnSettingsInvalid`."""
    return selfservice.SignOn.of(
        config.portal_sign_on_issuer,
        config.portal_sign_on_keys,
        config.portal_sign_on_identifier,
        audience=config.base_url,
        allowed=config.sign_on_networks,
    )


def oidc_of(config: Config) -> selfservice.Oidc | None:
    """By which provider people sign in to their own pages, if by any; raises `SignOnSettingsInvalid`."""
    return selfservice.Oidc.of(
        config.portal_oidc_issuer,
        config.portal_oidc_client,
        config.portal_oidc_secret_file,
        claim=config.portal_oidc_claim,
        identifier=config.portal_oidc_identifier,
        back=f"{config.base_url}/portal/account/back",
        allowed=config.sign_on_networks,
    )


def staff_provider_of(config: Config) -> StaffProvider | None:
    """At which provider staff sign in, if at any; raises `SignOnSettingsInvalid`."""
    return StaffProvider.of(
        config.staff_oidc_issuer,
        config.staff_oidc_client,
        config.staff_oidc_secret_file,
        levels=config.staff_oidc_acr,
        methods=config.staff_oidc_amr,
        back=f"{config.base_url}/console/sign-in/provider/back",
        allowed=config.staff_networks,
    )


def _whose() -> Whose:
    """The first controller of the programme; nobody where that cannot be read, since a page of an error says it too."""
    try:
        programme = programmes.current()
    except (PrivacyError, sa.exc.SQLAlchemyError, *DRIVER_ERRORS):
        return Whose()
    controller = next(iter(programme.controllers.values()))
    return Whose(controller.name, controller.phone or "", controller.email)


def _join_rooms(config: Config) -> None:
    """Hand the upper rooms to the lower ones."""
    erasure.install(
        erasure.Terms(
            backup_days=config.backup_days,
            key_backup_days=config.key_backup_days,
            idempotency_days=config.idempotency_days,
        ),
        upper=[
            erasure.Eraser("selfservice", selfservice.forget_people),
            erasure.Eraser("dsar", dsar.forget_subjects, before=dsar.requests_of, needs=dsar.with_open_request),
            erasure.Eraser("breach", breach.forget_subjects, before=breach.breaches_of),
            erasure.Eraser("retention", retention.forget_people),
        ],
        ensure=[retention.ensure_not_held],
    )
    outbox.install(
        audit.record_message, breach.note_message, undelivered=[consent.record_refusal, dsar.note_undelivered]
    )
    consent.tell_of_bounces(breach.note_bounce)
    evidence.install(jobs.audited_rows())


def _database(app: Flask, config: Config) -> Readers:
    """Open the database; what only reads gets connections of its own."""
    url = engine_url(config.database_url)
    options = engine_options(url, pool_size=config.pool_size, trust_sqlite_wal=config.trust_sqlite_wal)
    wal = bool(options.get("execution_options", {}).get("privacy_wal"))
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=options)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        recovery.look(config.journal_path)
        # A server forks after this: no connection may be shared.
        db.session.remove()
        db.engine.dispose()
    return Readers(url, wal=wal)


def ensure_deliverable(config: Config) -> None:
    """Tell of a setting that cannot be used at the start, not by the first letter or alarm."""
    ways_of(config)
    alarm_webhook_of(config)


def ways_of(config: Config) -> outbox.Ways:
    """How messages leave an installation; raises `DeliveryInvalid`."""
    return outbox.Ways.of(
        smtp_url=config.smtp_url,
        smtp_ca_file=config.smtp_ca_file,
        mail_from=config.mail_from,
        sms_gateway=config.sms_gateway,
        sms_secret=config.sms_secret,
    )


def opendsr_identity_of(config: Config) -> dsar.OpenDsrIdentity | None:
    """In whose name answers of OpenDSR are signed, if anybody's; raises `ProtocolSettingsInvalid`."""
    return dsar.OpenDsrIdentity.of(config.opendsr_domain, config.opendsr_certificate, config.opendsr_key)


def alarm_webhook_of(config: Config) -> jobs.Webhook | None:
    """Where an installation sends its alarms, if anywhere; raises `AlarmSettingsInvalid`."""
    return jobs.Webhook.of(config.alarm_webhook, config.alarm_webhook_secret_file, config.alarm_networks)


def readiness(app: Flask, sink: audit.Sink | None) -> Checks:
    """What `/readyz` asks, by name."""

    def in_context(question: Callable[[], object]) -> bool:
        with app.app_context():
            return bool(question())

    checks = {
        "quarantine": lambda: in_context(lambda: bool(session().connection()) and not quarantined()),
        "database": lambda: in_context(_database_writes),
        "schema": lambda: in_context(_schema_is_current),
        "keys": lambda: in_context(lambda: load_owner_key(session(), keyring.installed(), SERVICE_OWNER)),
        "programme": lambda: in_context(programmes.current),
        "log": lambda: in_context(audit.is_published),
        "journal": lambda: in_context(lambda: recovery.journal_is_current(clock.micros())),
        "witnesses": lambda: in_context(audit.is_witnessed),
    }
    if sink is not None:
        checks["sink"] = lambda: in_context(lambda: audit.sink_is_current(sink, clock.micros()))
    return checks


def _schema_is_current() -> bool:
    from privacy import schema  # noqa: PLC0415  # Alembic is slow to import, and nothing else here needs it

    return schema.current(db.engine) == schema.head()


class _Undo(Exception):
    """Takes a probe's write back."""


def _database_writes() -> bool:
    """Whether a write would go through: one is made and taken back."""
    try:
        with mending(), unit_of_work() as current:
            current.execute(sa.text("UPDATE data_subject SET version = version WHERE 1 = 0"))
            raise _Undo
    except _Undo:
        return True


def _wrong_code(error: consent.WrongCode) -> Response:
    """A wrong confirmation code counts, although what it was sent with was rolled back."""
    if error.pending:
        with unit_of_work():
            consent.count_wrong_code(error.pending)
    return render_problem(error)
