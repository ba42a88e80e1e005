"""The row of one act: what it cites, when it happened, what makes it the same act again. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import acts, proof
from privacy.consent.acts import ANY, NO_CHANNEL, Interval, NoEffect
from privacy.consent.intake import ActIn
from privacy.crypto import blind_index, canonical, keyring
from privacy.db import new_id
from privacy.programme.types import ContactKind, Programme
from privacy.subjects.service import ContactRow, SubjectRow


@dataclass
class Target:
    """One row to write: on whom, for which pair, on which contact."""

    subject: SubjectRow
    purpose: str
    channel: str
    contact: ContactRow | None


@dataclass(frozen=True)
class Receipt:
    """What all rows of one request share."""

    given: ActIn
    programme: Programme
    actor: Actor
    #: When the act happened, fixed now for good.
    timed: Interval
    received: int
    #: The parent or representative who acted.
    by_id: UUID | None = None

    @property
    def repeatable(self) -> bool:
        """Whether the act can come again: without a date or a name of its own each receipt is another act."""
        return self.given.claim is not None or self.given.once is not None or not self.given.dated


def values_of(receipt: Receipt, target: Target) -> dict[str, Any]:
    """The columns of the act; a wording or notice without a version is the one in force on its day."""
    given, programme = receipt.given, receipt.programme
    on = _day(receipt.timed.earliest, programme)
    text = _shown(given, programme, target.purpose, on)
    notice = given.notice
    in_force = programme.notice_in_force(notice.code, on) if notice and notice.version is None else None
    act_id = new_id()
    key = target.subject.key
    age = given.age_class or target.subject.age_class
    evidence = msgspec.json.encode(dict(given.evidence)) if given.evidence else None
    place = [target.purpose, target.channel, target.contact.kind if target.contact else None]
    no_effect = receipt.timed.no_effect or _pair_unknown(programme, target) or text.no_effect
    return {
        "id": act_id,
        "subject_id": target.subject.id,
        "act": given.act.value,
        "purpose": target.purpose,
        "channel": target.channel,
        "contact_id": target.contact.id if target.contact else None,
        "claimed_at": given.claim.start if given.claim else None,
        "earliest": receipt.timed.earliest,
        "latest": receipt.timed.latest,
        "received_at": receipt.received,
        "wording_code": text.code,
        "wording_version": text.version,
        "locale": text.locale,
        "text_sha256": text.text_sha256,
        "notice_code": notice.code if notice else None,
        "notice_version": in_force.version if in_force else notice.version if notice else None,
        "source_system": given.source.system,
        "source_point": given.source.point,
        "source_method": given.source.method,
        "proof": given.proof.value,
        "setting": given.setting.value,
        "explicit": given.explicit,
        "age_class": str(age) if age else None,
        "by_subject_id": receipt.by_id,
        "mandate": given.mandate,
        "refers_to": None,
        "no_effect": no_effect.value if no_effect and given.act in acts.YESES else None,
        "repeat_index": _repeat_index(receipt, text, place, subject_id=target.subject.id, act_id=act_id),
        "recorded_by": receipt.actor.id,
        "evidence_enc": key.seal("consent_act", "evidence_enc", act_id, evidence) if evidence else None,
        "key_version": key.version,
    }


def _shown(given: ActIn, programme: Programme, purpose: str, on: date) -> proof.Shown:
    cited = given.wording
    return proof.shown(
        programme,
        given.act,
        purpose,
        on,
        code=cited.code if cited else None,
        version=cited.version if cited else None,
        locale=cited.locale if cited else None,
        text_sha256=given.text_sha256,
    )


def _pair_unknown(programme: Programme, target: Target) -> NoEffect | None:
    if target.purpose == ANY or target.channel in {ANY, NO_CHANNEL}:
        return None
    known = target.channel in programme.purpose(target.purpose).channels
    return None if known else NoEffect.PAIR_UNKNOWN


def repeat_index_of(receipt: Receipt, channel: str, kind: ContactKind | None) -> bytes:
    """The index of a repeatable act that names no reference, before anybody is looked up.

    `kind` is that of the contact which the act is recorded on, None for one on the account.
    """
    given, programme = receipt.given, receipt.programme
    purpose = given.purpose or ANY
    text = _shown(given, programme, purpose, _day(receipt.timed.earliest, programme))
    return _repeat_index(receipt, text, [purpose, channel, kind.value if kind else None], subject_id=None, act_id=None)


def _repeat_index(
    receipt: Receipt, text: proof.Shown, place: list[str | None], *, subject_id: UUID | None, act_id: UUID | None
) -> bytes:
    """What makes an act the same act again: the source's own name for it, or who, what, when, where, on which text."""
    given, naming = receipt.given, receipt.given.naming
    if given.once is not None:
        named = ["once", str(receipt.actor.id), given.once, *place]
        return blind_index.of_repeat(keyring.installed(), canonical.encode(named))
    who = sorted((a.type.code, a.normal.key) for a in naming.accounts)
    contacts = sorted((kind.value, c.normal.key) for kind, c in naming.contacts.items())
    content = {
        "realm": naming.realm.value,
        "ref": str(naming.ref),
        "accounts": [list(pair) for pair in who],
        "contacts": [list(pair) for pair in contacts],
        "subject": str(subject_id) if naming.ref else None,
        "contact": place[2],
        "act": [given.act.value, *place[:2]],
        "claim": [given.claim.start, given.claim.width] if given.claim else None,
        # Without a claimed time each receipt is an act of its own.
        "receipt": None if receipt.repeatable else str(act_id),
        "source": [given.source.system, given.source.point, given.source.method, given.proof.value],
        # What was wrong the first time and is sent again mended is another act.
        "text": [text.code, text.version, text.locale, text.text_sha256, given.explicit],
        "person": [given.age_class.value if given.age_class else None, given.setting.value],
        "by": str(receipt.by_id),
    }
    return blind_index.of_repeat(keyring.installed(), canonical.encode(content))


def _day(micros: int, programme: Programme) -> date:
    return clock.from_micros(micros).astimezone(programme.zone).date()
