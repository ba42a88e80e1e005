"""Record consent acts (GDPR Art. 7): the one way in for the API, imports and pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from privacy import clock
from privacy.audit import service as audit
from privacy.authz.actors import Actor
from privacy.claims import Claim
from privacy.consent import acts, policy, proof, rows
from privacy.consent.acts import ANY, NO_CHANNEL, NOES, Act, ActKind, Interval, NoEffect, Timing
from privacy.consent.confirmation import Redeemed, redeem, request_message
from privacy.consent.decision import Decision, Holding, Node, Question, Reason, Situation, decide
from privacy.consent.loading import means_any
from privacy.consent.policy import Facts
from privacy.crypto import blind_index, canonical, keyring
from privacy.db import Driver, as_uuid, new_id, session
from privacy.errors import InvalidInput
from privacy.programme.types import ContactKind, Programme, ProofGrade, Setting
from privacy.subjects import service as subjects
from privacy.subjects.service import AgeClass, ContactRow, Enlisted, Naming, Standing, SubjectRow

#: How long IP address and user agent are kept: long enough to look into a dispute about the form.
NETWORK_EVIDENCE_KEPT = 90 * clock.DAY
_ACTIONS = {
    ActKind.REQUEST: "consent.requested",
    ActKind.GIVE: "consent.given",
    ActKind.CONFIRM: "consent.confirmed",
    ActKind.REFUSE: "consent.refused",
    ActKind.WITHDRAW: "consent.withdrawn",
    ActKind.OBJECT: "consent.objected",
    ActKind.LIFT_OBJECTION: "consent.objection_lifted",
    ActKind.INFORM: "consent.informed",
    ActKind.INVALIDATE: "consent.invalidated",
    ActKind.ANNUL: "consent.annulled",
}


@dataclass(frozen=True)
class Source:
    """The system, place and manner in which an act was collected."""

    system: str
    point: str | None = None
    method: str | None = None
    timing: Timing = Timing()
    proof: ProofGrade | None = None
    setting: Setting | None = None


@dataclass(frozen=True)
class Cited:
    """A text that an act cites, and what of it was shown."""

    code: str
    version: str | None = None
    locale: str | None = None


@dataclass(frozen=True)
class ActIn:
    """An act as it comes in, for one person and one purpose over one or more channels."""

    naming: Naming
    act: ActKind
    source: Source
    #: None: all that the act may mean (only for a "no").
    purpose: str | None = None
    #: None: every channel (only for a "no"), or a purpose that has none.
    channels: Sequence[str] | None = None
    claim: Claim | None = None
    #: False for a row of a history file that should have a date and has none.
    dated: bool = True
    wording: Cited | None = None
    notice: Cited | None = None
    text_sha256: str | None = None
    explicit: bool = False
    age_class: AgeClass | None = None
    #: The parent or representative who acted, and by what mandate.
    by: Naming | None = None
    mandate: str | None = None
    #: One-time code of a double opt-in message.
    code: str | None = None
    #: The source's own name for this act: the same name again from the same actor is the same act again.
    once: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)
    #: IP address and user agent, kept for a short time.
    network: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """One act on one channel as it was recorded, and what the person's consent there is now."""

    id: UUID
    purpose: str
    channel: str
    contact: ContactRow | None
    decision: Decision
    effective: bool
    no_effect: str | None
    #: Whether it had been recorded before; then nothing was written.
    known: bool


@dataclass(frozen=True)
class Recorded:
    """The outcome of one request."""

    subject_id: UUID
    records: list[Record]
    version: int
    committed_at: int


@dataclass
class _Target:
    """One row to write: on whom, for which pair, on which contact."""

    subject: SubjectRow
    purpose: str
    channel: str
    contact: ContactRow | None


def record(given: ActIn, *, actor: Actor, programme: Programme, now: int | None = None) -> Recorded:
    """Record one act in the open unit of work. A repeat changes nothing and answers with the first.

    A "no" is always accepted. A `give` that cannot count is kept without effect and says why. Raises `InvalidInput`
    for an unknown purpose or channel, `WrongCode` for a confirmation code, `NotFound` for an unknown reference.
    """
    received = clock.micros() if now is None else now
    check_shape(given, programme)
    current = session()
    current.flush()
    driver = Driver.of(current)
    redeemed = None
    if given.act is ActKind.CONFIRM and given.code is not None:
        redeemed = redeem(given.naming, given.purpose or "", given.code, received)
        given = _of_redeemed(given, redeemed)
    timed = acts.interval(given.act, given.claim, received, given.source.timing, dated=given.dated)
    held_from = given.claim.start if given.claim is not None else received
    enlisted = subjects.enlist(
        driver, programme, given.naming, actor=actor, source=given.source.system, held_from=min(held_from, received)
    )
    if redeemed is not None:
        enlisted.held |= {ContactKind(c.kind): c for c in enlisted.contacts if c.id == redeemed.contact_id}
    writer = _Writer(driver, programme, given, enlisted, actor, timed, received)
    records = [writer.write(target) for target in writer.targets()]
    writer.finish()
    leading = enlisted.leading
    return Recorded(leading.id, records, enlisted.head(leading).version, received)


def _of_redeemed(given: ActIn, redeemed: Redeemed) -> ActIn:
    """A confirmation by code belongs to the request that sent the code, whoever typed it in."""
    return replace(
        given,
        naming=Naming(given.naming.realm, ref=redeemed.subject_id),
        channels=(redeemed.channel,),
        source=replace(given.source, proof=ProofGrade.OWN_ACT),
    )


def check_shape(given: ActIn, programme: Programme) -> None:
    """Raise `InvalidInput` where purpose, channels and act do not go together."""
    says_no = given.act in NOES
    if given.act is ActKind.ANNUL:
        raise InvalidInput.of("act", "An act is annulled by two people: see /api/v1/consents/annul.")
    for channel in given.channels or ():
        programme.channel(channel)
    if given.channels is not None and (not given.channels or len(set(given.channels)) < len(given.channels)):
        raise InvalidInput.of("channels", "Name each channel once, or leave the field out.")
    if given.purpose is None:
        if not says_no:
            raise InvalidInput.of("purpose", "Name the purpose; only a withdrawal, refusal or objection may name none.")
        return
    purpose = programme.purpose(given.purpose)
    if purpose.channels and given.channels is None and not says_no and given.act is not ActKind.LIFT_OBJECTION:
        raise InvalidInput.of("channels", f"Name one or more of: {', '.join(sorted(purpose.channels))}.")


class _Writer:
    """Writes the rows of one request."""

    def __init__(
        self,
        driver: Driver,
        programme: Programme,
        given: ActIn,
        enlisted: Enlisted,
        actor: Actor,
        timed: Interval,
        received: int,
    ) -> None:
        self.driver = driver
        self.programme = programme
        self.given = given
        self.enlisted = enlisted
        self.actor = actor
        self.timed = timed
        self.received = received
        self.proof = given.source.proof or proof.grade(given.source.method)
        self.setting = given.source.setting or proof.setting(given.source.method)
        self.work = list(enlisted.work)
        self.wrote = bool(enlisted.work)
        self.by_id: UUID | None = None
        if given.by is not None:
            self.by_id = self._representative(given.by)
        #: Facts as this request leaves them.
        self.facts: dict[tuple[UUID, str, str], Facts] = {}

    def _representative(self, naming: Naming) -> UUID:
        other = subjects.enlist(
            self.driver,
            self.programme,
            naming,
            actor=self.actor,
            source=self.given.source.system,
            held_from=self.received,
        )
        self.work += other.work
        return other.leading.id

    # What to write.

    def targets(self) -> list[_Target]:
        """The rows of the request: one for each channel, on the account named, or on each contact's own person."""
        purpose = self.given.purpose or ANY
        if self.given.channels is not None:
            channels = list(self.given.channels)
        elif self.given.purpose is not None and not self.programme.purpose(self.given.purpose).channels:
            channels = [NO_CHANNEL]
        else:
            channels = [ANY]
        return [target for channel in channels for target in self._on_channel(purpose, channel)]

    def _on_channel(self, purpose: str, channel: str) -> list[_Target]:
        kind = self.programme.channels[channel].contact_kind if channel not in {ANY, NO_CHANNEL} else None
        contact = self.enlisted.held.get(kind) if kind else None
        if self.given.naming.by_account:
            # Naming no purpose means every contact of that kind: a "no" covers all that it may mean.
            return [_Target(self.enlisted.leading, purpose, channel, None if purpose == ANY else contact)]
        if contact is not None:
            return [_Target(self.enlisted.family[contact.subject_id], purpose, channel, contact)]
        return [_Target(subject, purpose, channel, None) for subject in self.enlisted.named]

    def write(self, target: _Target) -> Record:
        """Write one row, unless it was written before."""
        values = self._values(target)
        questions = [(rows.FACTS, self._pair(target, target.subject.id))]
        dated = self.given.claim is not None or self.given.once is not None or not self.given.dated
        if dated:
            questions.append((rows.REPEATED, {"repeat_index": values["repeat_index"]}))
        found = self.driver.rows_of(questions)
        self._remember(found[0])
        if dated and found[1]:
            return self._known(target, as_uuid(found[1][0][0]))
        self._insert(target, values)
        decision = self._judge(target)
        return self._record(target, values, decision)

    def _values(self, target: _Target) -> dict[str, Any]:
        given, day = self.given, self._day(self.timed.earliest)
        cited = given.wording
        text = proof.shown(
            self.programme,
            given.act,
            target.purpose,
            day,
            code=cited.code if cited else None,
            version=cited.version if cited else None,
            locale=cited.locale if cited else None,
            text_sha256=given.text_sha256,
        )
        no_effect = self.timed.no_effect or self._pair_unknown(target) or text.no_effect
        act_id = new_id()
        evidence = msgspec.json.encode(dict(given.evidence)) if given.evidence else None
        key = target.subject.key
        age = given.age_class or target.subject.age_class
        return {
            "id": act_id,
            "subject_id": target.subject.id,
            "act": given.act.value,
            "purpose": target.purpose,
            "channel": target.channel,
            "contact_id": target.contact.id if target.contact else None,
            "claimed_at": given.claim.start if given.claim else None,
            "earliest": self.timed.earliest,
            "latest": self.timed.latest,
            "received_at": self.received,
            "wording_code": text.code,
            "wording_version": text.version,
            "locale": text.locale,
            "text_sha256": text.text_sha256,
            "notice_code": given.notice.code if given.notice else None,
            "notice_version": given.notice.version if given.notice else None,
            "source_system": given.source.system,
            "source_point": given.source.point,
            "source_method": given.source.method,
            "proof": self.proof.value,
            "setting": self.setting.value,
            "explicit": given.explicit,
            "age_class": str(age) if age else None,
            "by_subject_id": self.by_id,
            "mandate": given.mandate,
            "refers_to": None,
            "no_effect": no_effect.value if no_effect and given.act in acts.YESES else None,
            "repeat_index": self._repeat_index(target, text, act_id),
            "recorded_by": self.actor.id,
            "evidence_enc": key.seal("consent_act", "evidence_enc", act_id, evidence) if evidence else None,
            "key_version": key.version,
        }

    def _pair_unknown(self, target: _Target) -> NoEffect | None:
        if target.purpose == ANY or target.channel in {ANY, NO_CHANNEL}:
            return None
        known = target.channel in self.programme.purpose(target.purpose).channels
        return None if known else NoEffect.PAIR_UNKNOWN

    def _repeat_index(self, target: _Target, text: proof.Shown, act_id: UUID) -> bytes:
        """What makes an act the same act again: who, what, when by the claim, where, and on which text.

        Without a claimed time each receipt is an act of its own.
        """
        given, naming = self.given, self.given.naming
        if given.once is not None:
            place = [target.purpose, target.channel, target.contact.kind if target.contact else None]
            named = ["once", str(self.actor.id), given.once, *place]
            return blind_index.of_repeat(keyring.installed(), canonical.encode(named))
        who = sorted((a.type.code, a.normal.key) for a in naming.accounts)
        contacts = sorted((kind.value, c.normal.key) for kind, c in naming.contacts.items())
        undated = given.claim is None and given.dated
        content = {
            "realm": naming.realm.value,
            "ref": str(naming.ref),
            "accounts": [list(pair) for pair in who],
            "contacts": [list(pair) for pair in contacts],
            "subject": str(target.subject.id) if naming.ref else None,
            "contact": target.contact.kind if target.contact else None,
            "act": [given.act.value, target.purpose, target.channel],
            "claim": str(act_id) if undated else [given.claim.start, given.claim.width] if given.claim else None,
            "source": [given.source.system, given.source.point, given.source.method, self.proof.value],
            "text": [text.code, text.version, text.locale, given.explicit],
            "by": str(self.by_id),
        }
        return blind_index.of_repeat(keyring.installed(), canonical.encode(content))

    # Writing.

    def _insert(self, target: _Target, values: Mapping[str, Any]) -> None:
        self.wrote = True
        act_id, key = values["id"], target.subject.key
        self.work.append((rows.INSERT_ACT, values))
        also = self._also(target.subject)
        self.work += [(rows.INSERT_ALSO, {"subject_id": s.id, "act_id": act_id, "via": via}) for s, via in also]
        if self.given.network:
            body = key.seal("network_evidence", "body_enc", act_id, msgspec.json.encode(dict(self.given.network)))
            self.work.append(
                (
                    rows.INSERT_NETWORK,
                    {
                        "act_id": act_id,
                        "subject_id": target.subject.id,
                        "body_enc": body,
                        "key_version": key.version,
                        "delete_after": self.received + NETWORK_EVIDENCE_KEPT,
                    },
                )
            )
        _, event = audit.prepare(
            _ACTIONS[self.given.act],
            actor=self.actor,
            object_type="consent_act",
            object_id=act_id,
            content=rows.content_of(values),
            subject_id=target.subject.id,
            details={"purpose": target.purpose, "channel": target.channel},
            key=key,
        )
        self.work += event
        if self.given.act is ActKind.REQUEST:
            self._send()  # The confirmation below stands on the act.
            confirmation = request_message(
                self.programme,
                self.given.naming,
                target.subject,
                target.contact,
                act_id=act_id,
                purpose=target.purpose,
                channel=target.channel,
                locale=values["locale"],
                now=self.received,
            )
            if confirmation is not None:
                session().add(confirmation)
        self._own_act(target, values)
        self._fold(target, values, also)

    def _own_act(self, target: _Target, values: Mapping[str, Any]) -> None:
        """The person's own later consent on a contact outweighs older entries on the suppression list."""
        contact = target.contact
        if contact is None or values["no_effect"] or self.proof is not ProofGrade.OWN_ACT:
            return
        if self.given.act in {ActKind.GIVE, ActKind.CONFIRM} and (contact.own_act_at or 0) < self.timed.earliest:
            contact.own_act_at = self.timed.earliest
            self.work.append((subjects.UPDATE_CONTACT, subjects.contact_values(contact)))

    def _also(self, subject: SubjectRow) -> list[tuple[SubjectRow, str]]:
        """Other subjects into whose fold the act enters: named with it, or merged with one that was."""
        if not self.given.naming.by_account:
            return []
        linking = {a.index for a in self.given.naming.accounts if a.type.links}
        named = [
            (s, "named" if s.identifier in linking or s.identifier is None else "beside")
            for s in self.enlisted.named
            if s is not subject
        ]
        clusters = {s.cluster_id for s in self.enlisted.named}
        people = {s.person_id for s in self.enlisted.named}
        merged = [
            (s, "merged")
            for s in self.enlisted.family.values()
            if s.person_id in people and s.cluster_id not in clusters
        ]
        return named + merged

    def _fold(self, target: _Target, values: Mapping[str, Any], also: list[tuple[SubjectRow, str]]) -> None:
        for subject in [target.subject, *(s for s, _ in also)]:
            key = (subject.id, target.purpose, target.channel)
            if key not in self.facts:
                self._remember(self.driver.rows(rows.FACTS, self._pair(target, subject.id)))
            act = self._act(values, subject.id, also)
            known = self.facts.get(key, policy.NOTHING)
            facts = policy.extend(known, act)
            if facts is None:
                facts = self._refold(subject, target, act)
            self.facts[key] = facts
            saved = {"subject_id": subject.id, "purpose": target.purpose, "channel": target.channel}
            self.work.append((rows.SAVE_FACTS, {**saved, "facts": policy.pack(facts)}))

    def _refold(self, subject: SubjectRow, target: _Target, act: Act) -> Facts:
        """All acts of the pair, those of this request included: the pending statements are sent first."""
        self._send()
        merged = frozenset(s.id for s in self.enlisted.family.values() if s.person_id == subject.person_id)
        loaded = rows.load_acts(self.driver, subject.id, until=self.received, merged=merged)
        return policy.fold([*loaded.get((target.purpose, target.channel), []), act])

    def _act(self, values: Mapping[str, Any], subject_id: UUID, also: list[tuple[SubjectRow, str]]) -> Act:
        row = tuple(values[column.key] for column in rows.ACT_COLUMNS)
        act, _ = rows.act_of(row, subject_id, [(s.id, via) for s, via in also])
        return act

    def finish(self) -> None:
        """Count the person's version up and send what is pending."""
        if self.wrote:
            for head in {self.enlisted.head(subject).id for subject in self.enlisted.named}:
                self.enlisted.family[head].version += 1
                self.work.append((subjects.BUMP_VERSION, {"row_id": head}))
        self._send()

    def _send(self) -> None:
        self.driver.run_all(self.work)
        self.work = []

    # What the person's consent is now.

    def _pair(self, target: _Target, subject_id: UUID) -> dict[str, Any]:
        return {"subject_id": subject_id, "purpose": target.purpose, "channel": target.channel}

    def _remember(self, found: Sequence[tuple[Any, ...]]) -> None:
        for subject_id, purpose, channel, packed in found:
            self.facts.setdefault((as_uuid(subject_id), purpose, channel), policy.unpack(bytes(packed)))

    def _judge(self, target: _Target) -> Decision | None:
        """What the act leaves the person's consent at, apart from others who share the contact."""
        if target.purpose == ANY or target.channel == ANY:
            return None
        family = self.enlisted.family
        nodes = {
            s.id: Node(
                s.id,
                s.person_id,
                s.cluster_id,
                s.group_id,
                Standing(s.standing),
                AgeClass(s.age_class) if s.age_class else None,
            )
            for s in family.values()
        }
        wanted = self.programme.purpose(target.purpose)
        facts: dict[UUID, list[Facts]] = {}
        for (subject_id, purpose, channel), known in self.facts.items():
            meant = purpose == target.purpose or (purpose == ANY and means_any(wanted))
            if meant and channel in {target.channel, ANY}:
                facts.setdefault(subject_id, []).append(known)
        holdings = [
            Holding(c.id, c.subject_id, c.index, c.held_from, c.held_until, c.ended == "reassigned", c.own_act_at)
            for c in self.enlisted.contacts
            if c.subject_id in family
        ]
        question = Question(
            wanted,
            None if target.channel == NO_CHANNEL else target.channel,
            self.received,
            accounts=frozenset({target.subject.id}),
            contact=target.contact.index if target.contact else None,
            account_named=True,
        )
        return decide(question, self.programme, Situation(nodes, facts, holdings))

    def _record(self, target: _Target, values: Mapping[str, Any], decision: Decision | None) -> Record:
        answer = decision or Decision(_REASON_OF_NO.get(self.given.act, Reason.NO_RECORD))
        says_yes = self.given.act in {ActKind.GIVE, ActKind.CONFIRM}
        effective = values["no_effect"] is None and (
            not says_yes or answer.allowed or answer.reason is Reason.REQUESTED
        )
        why = values["no_effect"] or (None if effective else answer.reason.value)
        return Record(values["id"], target.purpose, target.channel, target.contact, answer, effective, why, known=False)

    def _known(self, target: _Target, act_id: UUID) -> Record:
        answer = self._judge(target) or Decision(_REASON_OF_NO.get(self.given.act, Reason.NO_RECORD))
        return Record(act_id, target.purpose, target.channel, target.contact, answer, True, None, known=True)

    def _day(self, micros: int) -> date:
        return clock.from_micros(micros).astimezone(self.programme.zone).date()


_REASON_OF_NO = {
    ActKind.REFUSE: Reason.REFUSED,
    ActKind.WITHDRAW: Reason.WITHDRAWN,
    ActKind.OBJECT: Reason.OBJECTED,
    ActKind.INVALIDATE: Reason.INSUFFICIENT_PROOF,
}
