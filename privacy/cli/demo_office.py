"""What `privacy up --demo` has beside its people: colleagues who can sign in, two connected systems, letters that came.

Everything goes the way that real colleagues and letters go. Passwords and the secrets of their apps lie in a file of
the demo, since nobody who looks around has an authenticator at hand.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from config import Config
from privacy import clock
from privacy.access import service as access
from privacy.access.sign_in import service as sign_in
from privacy.access.sign_in.service import OpenedSession
from privacy.authz.actors import OPERATOR
from privacy.authz.roles import StaffRole
from privacy.cli import demo_shop
from privacy.cli.demo_people import Person
from privacy.cli.installation import write_private
from privacy.consent import service as consent
from privacy.db import unit_of_work
from privacy.dsar import service as dsar
from privacy.dsar.schemas import RequestIn
from privacy.errors import Conflict
from privacy.http.reading import decode
from privacy.programme import service as programmes
from privacy.systems import service as systems

_FOLDER, _COLLEAGUES = "demo", "colleagues.json"
#: Account name, what its holder is there for, and the role.
_STAFF = (
    ("ewa", "does the daily work", StaffRole.PRIVACY_OFFICE),
    ("jan", "decides for the controller", StaffRole.CONTROLLER),
    ("iwona", "data protection officer: sees everything, approves nothing", StaffRole.DPO),
    ("adam", "runs the service, sees nobody's data", StaffRole.ADMINISTRATOR),
    ("ola", "at the counter and on the phone", StaffRole.AGENT),
)
#: Letters that came before: what each asks, how many days ago, and by which of the demo's people.
_LETTERS = (("access", 24, 5), ("rectification", 9, 8), ("erasure", 3, 11))


class DemoNotHere(Conflict):
    """No demo was started on this installation: `privacy up --demo` makes it."""

    code = "demo-not-here"


#: Systems of the example that no demo can have on this machine.
_ELSEWHERE = frozenset({"crm", "mailing"})


@dataclass(frozen=True)
class Colleague:
    """Somebody who can sign in to the console."""

    name: str
    what: str
    role: str
    password: str = field(repr=False)
    #: Of the app that shows codes, in hexadecimal digits.
    secret: str = field(repr=False)

    def code(self) -> str:
        """What the app shows now (RFC 6238); each works once."""
        shown = TOTP(bytes.fromhex(self.secret), 6, SHA1(), 30)  # noqa: S303  # what apps speak
        return shown.generate(clock.micros() // clock.SECOND).decode()


def mail_folder(config: Config) -> Path:
    """Where the letters of the demo go."""
    return config.data_dir / _FOLDER / "mail"


def colleagues(config: Config) -> list[Colleague]:
    """Who can sign in; raises `DemoNotHere`."""
    try:
        kept = (config.data_dir / _FOLDER / _COLLEAGUES).read_text()
    except FileNotFoundError:
        raise DemoNotHere from None
    return [Colleague(**one) for one in json.loads(kept)]


def open_office(config: Config, everybody: Iterable[Person]) -> None:
    """Make what is missing, in an open application context; once made it stays as it is."""
    folder = config.data_dir / _FOLDER
    if (folder / _COLLEAGUES).exists():
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    known = list(everybody)
    _leave_out_systems()
    _connect(folder, known)
    _receive(known)
    hired = [asdict(hire(config, *one)[0]) for one in _STAFF]
    write_private(folder / _COLLEAGUES, json.dumps(hired, indent=1) + "\n")


def _leave_out_systems() -> None:
    """A second version of the programme, whose systems are all here: else every request would wait for the others."""
    content = dict(programmes.read(programmes.export().encode()).content)
    content["systems"] = [one for one in content["systems"] if one["code"] not in _ELSEWHERE]
    content["data_sets"] = [one for one in content["data_sets"] if one["fides_key"] not in _ELSEWHERE]
    covering = content["retention_rules"]
    content["retention_rules"] = [one for one in covering if not _ELSEWHERE & set(_systems_of(one))]
    document = programmes.read(json.dumps(content).encode())
    with unit_of_work():
        programmes.apply(document, actor=OPERATOR, purpose_in_use=consent.purpose_in_use)


def _systems_of(rule: Mapping[str, Any]) -> Iterable[str]:
    found: Iterable[str] = rule.get("covers", {}).get("systems", ())
    return found


def _connect(folder: Path, everybody: list[Person]) -> None:
    """The shop and its billing, each a database of its own."""
    programme = programmes.current()
    for system, rows in demo_shop.bought(everybody, clock.now().date()).items():
        file = (folder / f"{system}.sqlite3").absolute()
        file.unlink(missing_ok=True)
        demo_shop.make(file, programme, system, rows)
        with unit_of_work():
            systems.put_connection(system, {"url": f"sqlite:///{file}"}, actor=OPERATOR)


def _receive(everybody: list[Person]) -> None:
    zone = programmes.current().zone
    for kind, days, number in _LETTERS:
        if number > len(everybody):
            continue
        who = everybody[number - 1]
        name, street, town = who.postal_address.split(", ")
        given: dict[str, Any] = {
            "type": kind,
            "intake": "letter",
            "subject": {"customer_id": who.customer_id},
            "name": name,
        }
        given |= {"received_at": (clock.now() - timedelta(days=days)).isoformat(), "address": [street, town]}
        if kind == "rectification":
            given["corrections"] = [{"what": "city", "right": "Gdynia"}]
        with unit_of_work():
            dsar.receive(decode(json.dumps(given).encode(), RequestIn).received(zone), actor=OPERATOR)


def hire(config: Config, name: str, what: str, role: StaffRole) -> tuple[Colleague, OpenedSession]:
    """Take somebody on, who begins at once: with a password, an app that shows codes, and a first session."""
    password = secrets.token_urlsafe(12)
    with unit_of_work():
        made = access.create_staff(name, f"{name}@jarzebina.example", actor=OPERATOR, role=role.value)
    with unit_of_work():
        invitation = sign_in.invite(made.id, actor=OPERATOR, base_url=config.base_url)
    with unit_of_work():
        attempt = sign_in.begin_invitation(name, password, None)
    phc = sign_in.hash_password(password)
    with unit_of_work():
        token = sign_in.give_invitation(attempt, name, invitation.code, phc)
    found = sign_in.enrolling(token)
    if token is None or found is None:
        raise DemoNotHere("The invitation of a demo's colleague did not work.")
    hired = Colleague(name, what, role.value, password, found.secret.hex())
    with unit_of_work():
        enrolled = sign_in.enrol(token, hired.code(), "demo", "privacy up --demo")
    if enrolled is None:
        raise DemoNotHere("The app of a demo's colleague did not work.")
    return hired, enrolled.opened
