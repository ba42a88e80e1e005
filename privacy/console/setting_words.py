"""What each setting means, in one line; the manual says more."""

from __future__ import annotations

from collections.abc import Mapping

from babel.support import LazyProxy

from privacy.crypto.keyring import KeyUse
from privacy.pages.languages import lazy_gettext as _
from privacy.recovery.service import BackupKind

#: Title of a group, and the settings in it with their meanings.
GROUPS: tuple[tuple[LazyProxy, Mapping[str, LazyProxy]], ...] = (
    (
        _("Where things are kept"),
        {
            "PRIVACY_DATA_DIR": _("folder of keys, uploads and the outbox"),
            "PRIVACY_DATABASE_URL": _("address of the database"),
            "PRIVACY_PROGRAMME": _("file of the programme that the first start loads"),
            "PRIVACY_THEME": _("file with the name, logo and colours of the pages"),
        },
    ),
    (
        _("Serving"),
        {
            "PRIVACY_HOST": _("address to listen on"),
            "PRIVACY_PORT": _("port to listen on"),
            "PRIVACY_BASE_URL": _("address under which others reach the service; links are made from it"),
            "PRIVACY_WORKERS": _("web processes"),
            "PRIVACY_THREADS": _("threads of each process"),
            "PRIVACY_TRUSTED_PROXY_HOPS": _("reverse proxies in front that are believed"),
            "PRIVACY_RATE_LIMIT": _("requests a minute for each key"),
            "PRIVACY_IDEMPOTENCY_DAYS": _("days for which a repeated request gets its first answer"),
            "PRIVACY_LONGEST_UPLOAD": _("bytes that an imported file may have"),
            "PRIVACY_POOL_SIZE": _("database connections of each process"),
            "PRIVACY_TRUST_SQLITE_WAL": _("whether you vouch for this SQLite's write-ahead log"),
        },
    ),
    (
        _("The event log"),
        {
            "PRIVACY_LOG_ORIGIN": _("name of the log in what is signed"),
            "PRIVACY_WITNESSES": _("witnesses who are asked to cosign"),
            "PRIVACY_WITNESSES_REQUIRED": _("how many of them must have cosigned"),
            "PRIVACY_AUDIT_SINK": _("where events are streamed to"),
        },
    ),
    (
        _("Keys"),
        {
            "PRIVACY_KEYS_PROVIDER": _("who keeps the root key"),
            "PRIVACY_ROOT_KEY": _("file of the root key"),
            "PRIVACY_PKCS11_MODULE": _("library of the token"),
            "PRIVACY_PKCS11_TOKEN": _("label of the token"),
            "PRIVACY_PKCS11_KEY": _("label of the key in the token"),
            "PRIVACY_PKCS11_PIN_FILE": _("file with the PIN of the token"),
            "PRIVACY_AWS_KMS_KEY": _("the key at the key service"),
            "PRIVACY_AWS_KMS_ENDPOINT": _("private address of the key service"),
        },
    ),
    (
        _("Backups"),
        {
            "PRIVACY_BACKUP_DIR": _("folder of the backups"),
            "PRIVACY_JOURNAL_DIR": _("folder of what a restore replays"),
            "PRIVACY_BACKUP_DAYS": _("days for which a backup of the data is kept"),
            "PRIVACY_KEY_BACKUP_DAYS": _("days for which a backup of the keys is kept"),
        },
    ),
    (
        _("Messages"),
        {
            "PRIVACY_SMTP_URL": _("relay that takes e-mail; without it e-mail waits"),
            "PRIVACY_SMTP_CA_FILE": _("certificates that the relay's must lead to"),
            "PRIVACY_MAIL_FROM": _("sender of e-mail"),
            "PRIVACY_SMS_GATEWAY": _("description of the gateway for text messages; without it they wait"),
            "PRIVACY_SMS_SECRET": _("secret of that gateway"),
            "PRIVACY_TELL_OF_CHANGES": _("whether people hear of it when somebody else changed their choices"),
            "PRIVACY_QUALITY_PURPOSE": _("purpose by whose consent people are asked whether their data are right"),
        },
    ),
    (
        _("Alarms"),
        {
            "PRIVACY_ALARM_MAIL": _("who is told of alarms by e-mail"),
            "PRIVACY_ALARM_WEBHOOK": _("where alarms are sent to"),
            "PRIVACY_ALARM_WEBHOOK_SECRET_FILE": _("file of the secret that signs them"),
            "PRIVACY_ALARM_WEBHOOK_NETWORKS": _("private networks that they may be sent into"),
            "PRIVACY_ALARM_AGAIN_MINUTES": _("minutes until an alarm is told again"),
            "PRIVACY_ALARM_BACKUP_HOURS": _("hours that the newest backup may be old"),
        },
    ),
    (
        _("Protocols by which others send requests"),
        {
            "PRIVACY_OPENDSR_DOMAIN": _("domain in whose name answers of OpenDSR are signed"),
            "PRIVACY_OPENDSR_CERTIFICATE": _("file of its certificate"),
            "PRIVACY_OPENDSR_KEY": _("file of the key of that certificate"),
            "PRIVACY_DRP_BUSINESS": _("name of the business in the Data Rights Protocol"),
            "PRIVACY_DRP_AGENTS": _("file of the agents that are known"),
        },
    ),
    (
        _("How customers come in"),
        {
            "PRIVACY_PORTAL_SIGN_ON_ISSUER": _("who signs the tokens of customers from a shop"),
            "PRIVACY_PORTAL_SIGN_ON_KEYS": _("public keys of whoever signs them"),
            "PRIVACY_PORTAL_SIGN_ON_IDENTIFIER": _("type of identifier that such a token names"),
            "PRIVACY_PORTAL_OIDC_ISSUER": _("provider at which customers sign in"),
            "PRIVACY_PORTAL_OIDC_CLIENT": _("name of this service at that provider"),
            "PRIVACY_PORTAL_OIDC_SECRET_FILE": _("file of the secret for that provider"),
            "PRIVACY_PORTAL_OIDC_CLAIM": _("claim that names the customer"),
            "PRIVACY_PORTAL_OIDC_IDENTIFIER": _("type of identifier that the claim holds"),
            "PRIVACY_PORTAL_NETWORKS": _("private networks in which those may be"),
        },
    ),
    (
        _("How colleagues sign in"),
        {
            "PRIVACY_STAFF_OIDC_ISSUER": _("provider at which colleagues sign in"),
            "PRIVACY_STAFF_OIDC_CLIENT": _("name of the console at that provider"),
            "PRIVACY_STAFF_OIDC_SECRET_FILE": _("file of the console's secret for that provider"),
            "PRIVACY_STAFF_OIDC_ACR": _("strengths of sign-in that count as a second factor"),
            "PRIVACY_STAFF_OIDC_AMR": _("ways of sign-in that count as a second factor"),
            "PRIVACY_STAFF_OIDC_NETWORKS": _("private networks in which that provider may be"),
        },
    ),
    (
        _("Demonstration"),
        {
            "PRIVACY_DEMO_POSTGRESQL_URL": _("PostgreSQL server for the demonstration"),
            "PRIVACY_DEMO_MARIADB_URL": _("MariaDB server for the demonstration"),
        },
    ),
    (
        _("Logs and what the outside sees"),
        {
            "PRIVACY_LOG_LEVEL": _("from which level messages are logged"),
            "PRIVACY_LOG_FORMAT": _("form of the log of messages"),
            "PRIVACY_SECURITY_CONTACT": _("where weaknesses are reported to"),
            "PRIVACY_API_DOCS": _("whether the description of the API is open"),
            "PRIVACY_METRICS": _("whether figures for monitoring are open"),
        },
    ),
)
KEY_USES: Mapping[KeyUse, LazyProxy] = {
    KeyUse.WRAP: _("wraps the keys of people"),
    KeyUse.INDEX: _("finds people by contact or number"),
    KeyUse.SUPPRESSION: _("recognises who must not be contacted"),
    KeyUse.BACKUP: _("seals backups"),
    KeyUse.SNAPSHOT: _("indexes of snapshots for tills"),
    KeyUse.PAIRWISE: _("references of each client's own"),
    KeyUse.REPEAT: _("recognises what was sent before"),
    KeyUse.SIGN: _("signs the log and receipts"),
}
BACKUP_KINDS: Mapping[BackupKind, LazyProxy] = {
    BackupKind.DATA: _("the data"),
    BackupKind.KEYS: _("the keys"),
}
