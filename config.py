"""Deployment settings: one frozen dataclass, the only reader of the environment. Standard library only.

Each field is the setting `PRIVACY_<FIELD IN CAPITALS>`; `docs/configuration.md` explains them. Behaviour follows from
these capabilities; there is no name of an environment to switch on.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "PRIVACY_"
#: Read by the test suite, which starts the service with its own environment.
_TEST_PREFIX = "PRIVACY_TEST"
_HERE = Path(__file__).resolve().parent
_SQLITE = "sqlite"
_DATABASES = {_SQLITE, "postgres", "postgresql", "postgresql+psycopg"}
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_LOG_FORMATS = ("json", "text")
_KEY_PROVIDERS = ("file", "pkcs11", "aws-kms", "shares")
_MAIL_SCHEMES = ("smtps://", "smtp+starttls://", "smtp://", "smtp+plain://")
_ADDRESS = re.compile(r"[^\s@,]+@[^\s@,]+")
_CONTACT_SCHEMES = ("mailto:", "https:", "tel:")
_ORIGIN = re.compile(r"[^\s+]{1,200}")
_WITNESS = re.compile(r"\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+={0,2}\s+https?://\S+")
#: Addresses of these may hold a token, or name somebody.
_NOT_SHOWN = {"audit_sink", "alarm_webhook", "alarm_mail"}
#: What these are by default follows from other settings, or from where the service is installed.
_DERIVED = {"programme", "database_url", "base_url"}
#: How alike an unknown name and a setting are before we call it a typing error.
_TYPO = 0.7


class ConfigInvalid(Exception):
    """The settings cannot be used. Carries every problem, not just the first."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("The settings cannot be used:\n" + "\n".join(f"  - {problem}" for problem in problems))


@dataclass(frozen=True)
class Config:
    """Everything that an installation may choose."""

    # Where things are kept
    data_dir: Path = Path("var")
    database_url: str = field(default="", repr=False)
    programme: Path = Path("programme.yml")

    # Serving
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    workers: int = 1
    threads: int = 4
    trusted_proxy_hops: int = 0
    rate_limit: int = 300_000
    idempotency_days: int = 7
    longest_upload: int = 2 * 1024**3

    # Database
    pool_size: int = 8
    trust_sqlite_wal: bool = False

    # The audit log
    log_origin: str = ""
    witnesses: str = ""
    witnesses_required: int = 0
    audit_sink: str = ""

    # Keys
    keys_provider: str = "file"
    root_key: str = ""
    pkcs11_module: str = ""
    pkcs11_token: str = ""
    pkcs11_key: str = "privacy-root"
    pkcs11_pin_file: str = ""
    aws_kms_key: str = ""
    aws_kms_endpoint: str = ""

    # Backups
    backup_dir: str = ""
    journal_dir: str = ""
    backup_days: int = 180
    key_backup_days: int = 30

    # Messages
    smtp_url: str = field(default="", repr=False)
    smtp_ca_file: str = ""
    mail_from: str = ""
    sms_gateway: str = ""
    sms_secret: str = field(default="", repr=False)
    quality_purpose: str = ""
    tell_of_changes: bool = True

    # Alarms
    alarm_mail: str = ""
    alarm_webhook: str = ""
    alarm_webhook_secret_file: str = ""
    alarm_webhook_networks: str = ""
    alarm_again_minutes: int = 240
    alarm_backup_hours: int = 48

    # Protocols by which others send requests
    opendsr_domain: str = ""
    opendsr_certificate: str = ""
    opendsr_key: str = ""
    drp_business: str = ""
    drp_agents: str = ""

    # How customers come in to their own pages beside a code
    portal_sign_on_issuer: str = ""
    portal_sign_on_keys: str = ""
    portal_sign_on_identifier: str = ""
    portal_oidc_issuer: str = ""
    portal_oidc_client: str = ""
    portal_oidc_secret_file: str = ""
    portal_oidc_claim: str = "sub"
    portal_oidc_identifier: str = ""
    portal_networks: str = ""

    # The provider of OpenID Connect at which staff may sign in
    staff_oidc_issuer: str = ""
    staff_oidc_client: str = ""
    staff_oidc_secret_file: str = ""
    staff_oidc_acr: str = ""
    staff_oidc_amr: str = ""
    staff_oidc_networks: str = ""

    # How the pages look
    theme: str = ""

    # Servers in which `privacy demo requests` may make a database
    demo_postgresql_url: str = field(default="", repr=False)
    demo_mariadb_url: str = field(default="", repr=False)

    # Logs and what is shown to the outside
    log_level: str = "INFO"
    log_format: str = "text"
    security_contact: str = ""
    api_docs: bool = True
    metrics: bool = True

    #: Found while reading and not worth a refusal; `privacy doctor` shows them.
    notes: tuple[str, ...] = field(default=(), repr=False, metadata={"setting": False})

    def __post_init__(self) -> None:
        """Fill in what follows from other settings."""
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.data_dir.absolute() / 'privacy.sqlite3'}")
        if not self.base_url:
            host = f"[{self.host}]" if ":" in self.host else self.host
            object.__setattr__(self, "base_url", f"http://{host}:{self.port}")
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read the settings; raises `ConfigInvalid` with everything that is wrong with them."""
        problems, notes = _unknown_names(environ)
        values: dict[str, Any] = {"programme": _default_programme()}
        for name, default in _defaults().items():
            text = environ.get(env_name(name), "").strip()
            if not text:
                continue
            try:
                values[name] = _PARSERS[type(default)](text)
            except ValueError as error:
                problems.append(f"{env_name(name)} {error}.")
        config = cls(**values, notes=tuple(notes))
        problems += config.problems()
        if problems:
            raise ConfigInvalid(problems)
        return config

    @classmethod
    def for_tests(cls, **changes: Any) -> Config:
        """Settings for a test: the defaults, quiet, with the repository's programme."""
        quiet: dict[str, Any] = {"log_level": "WARNING", "threads": 1, "programme": _default_programme()}
        return cls(**(quiet | changes))

    def changed(self, **changes: Any) -> Config:
        """The same settings but for these; the address is derived anew where the port or host changes."""
        if {"host", "port"} & changes.keys() and self.base_url == Config(host=self.host, port=self.port).base_url:
            changes.setdefault("base_url", "")
        return replace(self, **changes)

    @property
    def on_sqlite(self) -> bool:
        """Whether the database is the embedded one."""
        return self.database_url.startswith(_SQLITE)

    @property
    def keyring_path(self) -> Path:
        """The file of the keyring."""
        return self.data_dir / "keyring.json"

    @property
    def keys(self) -> Mapping[str, str]:
        """What the keys' providers need to know; the sealed keys of the installation open with these or not at all."""
        return {
            "provider": self.keys_provider,
            "root_key": self.root_key or str(self.data_dir / "root-key"),
            "pkcs11_module": self.pkcs11_module,
            "pkcs11_token": self.pkcs11_token,
            "pkcs11_key": self.pkcs11_key,
            "pkcs11_pin_file": self.pkcs11_pin_file,
            "aws_kms_key": self.aws_kms_key,
            "aws_kms_endpoint": self.aws_kms_endpoint,
        }

    @property
    def backups_path(self) -> Path:
        """The folder of the backups, those of the data and those of the keys apart from one another."""
        return Path(self.backup_dir) if self.backup_dir else self.data_dir / "backups"

    @property
    def journal_path(self) -> Path:
        """The folder of what a restore replays: outside the database, only ever added to."""
        return Path(self.journal_dir) if self.journal_dir else self.data_dir / "journal"

    @property
    def anchor_path(self) -> Path:
        """The file of the last checkpoint of the audit log, outside the database."""
        return self.data_dir / "log-checkpoint.txt"

    @property
    def verified_path(self) -> Path:
        """The file of the state of the audit log that `privacy audit verify` last found whole."""
        return self.data_dir / "log-verified.json"

    @property
    def imports_dir(self) -> Path:
        """The folder of the sealed files of imports over the API; servers that share imports share it."""
        return self.data_dir / "imports" / "uploads"

    def shown(self) -> list[tuple[str, str | None, bool]]:
        """Every setting that may be shown: its variable, its value, and whether it differs from how it comes.

        None in place of a value that is a secret, may hold one, or names somebody.
        """
        plain = Config(data_dir=self.data_dir, programme=_default_programme(), host=self.host, port=self.port)
        return [
            (
                env_name(one.name),
                None if not one.repr or one.name in _NOT_SHOWN else str(getattr(self, one.name)),
                getattr(self, one.name) != getattr(plain if one.name in _DERIVED else Config, one.name),
            )
            for one in fields(self)
            if one.metadata.get("setting", True)
        ]

    def verify(self) -> None:
        """Raise `ConfigInvalid` with all problems at once; a bad or dangerous setting never starts."""
        problems = self.problems()
        if problems:
            raise ConfigInvalid(problems)

    def problems(self) -> list[str]:
        """Every reason not to start, each with its mend."""
        return [
            *self._range_problems(),
            *self._place_problems(),
            *self._address_problems(),
            *self._log_problems(),
            *self._message_problems(),
            *self._alarm_problems(),
        ]

    def warnings(self) -> list[str]:
        """What is allowed and still worth knowing; for `privacy doctor`."""
        found = list(self.notes)
        if self.on_sqlite and self.workers > 1:
            found.append(
                f"{env_name('workers')} is {self.workers} on SQLite: right, because of the rollback journal, "
                "but writers take turns. Use PostgreSQL for more."
            )
        if self.on_sqlite and self.trust_sqlite_wal:
            found.append(
                f"{env_name('trust_sqlite_wal')} is set: you vouch that this SQLite has the fix of the WAL-reset bug "
                "(3.51.3, 3.50.7, 3.44.6 or a distribution's own)."
            )
        if self.data_dir.is_dir() and stat.S_IMODE(self.data_dir.stat().st_mode) & 0o055:
            found.append(f"Others may list {self.data_dir}. Run: chmod 700 {self.data_dir}")
        if not self.smtp_url:
            found.append(f"{env_name('smtp_url')} is not set: letters by e-mail wait in the outbox.")
        if not self.security_contact:
            found.append(f"{env_name('security_contact')} is not set, so security.txt names nobody to report to.")
        return found

    def _range_problems(self) -> list[str]:
        limits = {
            "port": (1, 65_535),
            "workers": (1, 64),
            "threads": (1, 256),
            "pool_size": (1, 500),
            "trusted_proxy_hops": (0, 5),
            "rate_limit": (1, 1_000_000_000),
            "idempotency_days": (1, 365),
            "longest_upload": (1, 1024**4),
            "backup_days": (1, 3_650),
            "alarm_again_minutes": (5, 10_080),
            "alarm_backup_hours": (0, 10_000),
            # Past it an erased person's key is nowhere: the shred horizon, which erasure certificates promise.
            "key_backup_days": (1, 35),
        }
        found = [
            f"{env_name(name)} is {getattr(self, name)}; it must be from {low} to {high}."
            for name, (low, high) in limits.items()
            if not low <= getattr(self, name) <= high
        ]
        if self.pool_size < self.threads:
            found.append(
                f"{env_name('pool_size')} is {self.pool_size} for {self.threads} threads: some would wait for a "
                f"connection. Set it to {self.threads} or more."
            )
        choices = {"log_level": _LOG_LEVELS, "log_format": _LOG_FORMATS, "keys_provider": _KEY_PROVIDERS}
        return found + [
            f"{env_name(name)} must be one of {', '.join(allowed)}."
            for name, allowed in choices.items()
            if getattr(self, name) not in allowed
        ]

    def _place_problems(self) -> list[str]:
        found = []
        scheme, _, rest = self.database_url.partition("://")
        if scheme not in _DATABASES:
            found.append(f"{env_name('database_url')} must begin with sqlite:/// or postgresql://.")
        elif scheme == _SQLITE and (rest in {"", "/"} or ":memory:" in rest or "mode=memory" in rest):
            found.append(f"{env_name('database_url')} names a database in memory, which would forget everything.")
        if self.data_dir.exists():
            if not self.data_dir.is_dir():
                found.append(f"{env_name('data_dir')} {self.data_dir} is not a folder.")
            elif stat.S_IMODE(self.data_dir.stat().st_mode) & 0o002:
                found.append(
                    f"{env_name('data_dir')} {self.data_dir} may be written by anybody, who could put another keyring "
                    f"there. Run: chmod 700 {self.data_dir}"
                )
        if not self.programme.is_file():
            found.append(f"{env_name('programme')} {self.programme} is not there.")
        return found

    def _address_problems(self) -> list[str]:
        found = []
        try:
            url = urlsplit(self.base_url)
            plain = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
        except ValueError:
            return [f"{env_name('base_url')} cannot be read as an address."]
        if not plain or url.username or url.query or url.fragment or re.search(r"\s", self.base_url):
            found.append(f"{env_name('base_url')} must be like https://privacy.example.com, without a query.")
        elif url.scheme == "http" and not (_is_loopback(url.hostname or "") and _is_loopback(self.host)):
            found.append(
                f"{env_name('host')} is {self.host} and {env_name('base_url')} is not https: keys and personal data "
                f"would cross the network in the clear. Put TLS in front and set {env_name('base_url')} to its address."
            )
        if self.security_contact and not self.security_contact.startswith(_CONTACT_SCHEMES):
            found.append(f"{env_name('security_contact')} must begin with {', '.join(_CONTACT_SCHEMES)} (RFC 9116).")
        return found

    def _log_problems(self) -> list[str]:
        """What can be told of the log's settings without knowing its keys; `create_app` reads the keys themselves."""
        found = []
        # As C2SP signed-note says of names; the form is that of a URL without its scheme.
        if self.log_origin and not (_ORIGIN.fullmatch(self.log_origin) and self.log_origin.isprintable()):
            found.append(
                f"{env_name('log_origin')} must be like privacy.example.com/log, without spaces and plus signs, "
                "and at most 200 characters."
            )
        witnesses = [pair for pair in re.split(r"[,\n]", self.witnesses) if pair.strip()]
        if any(not _WITNESS.fullmatch(pair.strip()) for pair in witnesses):
            found.append(
                f"{env_name('witnesses')} must hold a key and an address for each witness, as in "
                "name+hash+base64 https://host, with commas between witnesses."
            )
        if not 0 <= self.witnesses_required <= len(witnesses):
            found.append(
                f"{env_name('witnesses_required')} is {self.witnesses_required}; it must be from 0 to the number of "
                f"{env_name('witnesses')}, which is {len(witnesses)}."
            )
        return found

    def _message_problems(self) -> list[str]:
        """What can be told of delivery without opening its files; `create_app` reads the rest."""
        found = []
        if self.smtp_url and not self.mail_from:
            found.append(f"{env_name('smtp_url')} is set without {env_name('mail_from')}: who writes the letters?")
        if self.smtp_url and not self.smtp_url.startswith(_MAIL_SCHEMES):
            found.append(f"{env_name('smtp_url')} must begin with one of {', '.join(_MAIL_SCHEMES)}.")
        for name in ("smtp_ca_file", "sms_gateway"):
            if getattr(self, name) and not Path(getattr(self, name)).is_file():
                found.append(f"{env_name(name)} {getattr(self, name)} is not there.")
        return found

    def _alarm_problems(self) -> list[str]:
        """What can be told of alarms without opening the secret; the worker reads that."""
        found = []
        if any(not _ADDRESS.fullmatch(address) for address in self.alarm_addresses):
            found.append(f"{env_name('alarm_mail')} must hold e-mail addresses with commas between them.")
        if self.alarm_webhook:
            try:
                url = urlsplit(self.alarm_webhook)
                plain = url.scheme == "https" and bool(url.hostname) and not url.username and not url.fragment
            except ValueError:
                plain = False
            if not plain:
                found.append(f"{env_name('alarm_webhook')} must be like https://alarms.example.com/privacy.")
            if not Path(self.alarm_webhook_secret_file).is_file():
                found.append(
                    f"{env_name('alarm_webhook')} is set and {env_name('alarm_webhook_secret_file')} names no file "
                    "with the secret that signs."
                )
        for name in ("alarm_webhook_networks", "portal_networks", "staff_oidc_networks"):
            try:
                _networks(getattr(self, name))
            except ValueError:
                found.append(f"{env_name(name)} must hold networks like 10.1.0.0/16, with commas.")
        return found

    @property
    def alarm_addresses(self) -> tuple[str, ...]:
        """Whom alarms are mailed to."""
        return tuple(address.strip() for address in self.alarm_mail.split(",") if address.strip())

    @property
    def alarm_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Private networks that the webhook may lead into; raises ValueError."""
        return _networks(self.alarm_webhook_networks)

    @property
    def sign_on_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Private networks in which the keys and the provider of people's sign-on may be; raises ValueError."""
        return _networks(self.portal_networks)

    @property
    def staff_networks(self) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
        """Private networks in which the provider of staff may be; raises ValueError."""
        return _networks(self.staff_oidc_networks)


def env_name(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def setting_names() -> list[str]:
    """The environment variable of every setting."""
    return [env_name(name) for name in _defaults()]


def _defaults() -> dict[str, Any]:
    return {entry.name: entry.default for entry in fields(Config) if entry.metadata.get("setting", True)}


def example_programme() -> Path:
    """The example of a programme: the repository's, else the one inside the installed package."""
    places = (_HERE / "programme.yml", _HERE / "privacy" / "programme.example.yml")
    return next((place for place in places if place.is_file()), places[0])


def _default_programme() -> Path:
    """The programme here, else the example."""
    here = Path("programme.yml")
    return here if here.is_file() or not example_programme().is_file() else example_programme()


def _unknown_names(environ: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Names with our prefix that are no setting: likely typing errors are problems, the rest is worth a note."""
    known = {name.removeprefix(PREFIX): name for name in setting_names()}
    problems, notes = [], []
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name.startswith(_TEST_PREFIX) or name in known.values():
            continue
        near = difflib.get_close_matches(name.removeprefix(PREFIX), known, n=1, cutoff=_TYPO)
        if near:
            problems.append(f"{name} is no setting. Did you mean {known[near[0]]}?")
        else:
            notes.append(f"{name} is no setting and is not read.")
    return problems, notes


def _networks(listed: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text.strip()) for text in listed.split(",") if text.strip())


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _parse_int(text: str) -> int:
    # int() would also take "1_0", "+7" and digits of other scripts.
    if not re.fullmatch(r"-?[0-9]{1,12}", text, re.ASCII):
        raise ValueError("must be a whole number")
    return int(text)


def _parse_bool(text: str) -> bool:
    words = {"1": True, "true": True, "0": False, "false": False}
    if text.lower() not in words:
        raise ValueError("must be 1 or 0")
    return words[text.lower()]


_PARSERS: dict[type, Callable[[str], Any]] = {
    str: str,
    int: _parse_int,
    bool: _parse_bool,
    type(Path()): lambda text: Path(text).expanduser(),
}
