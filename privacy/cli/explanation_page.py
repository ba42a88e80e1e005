"""A person explained, as JSON: each act, what it covered, why it has effect or not; each answer and its act."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from privacy import clock
from privacy.authz.actors import OPERATOR
from privacy.consent import service as consent
from privacy.consent.service import Answer, Asked, Effect, Entry, ExplainedAct, ExplainedPerson, Explanation
from privacy.programme.service import Programme
from privacy.subjects import service as subjects
from privacy.subjects.service import Standing


class Page:
    """Writes an explanation with the operator's references and times of both kinds."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.zone: ZoneInfo = programme.zone

    def explanation(self, found: Explanation) -> dict[str, Any]:
        """Everything."""
        return {
            "at": self.time(found.at),
            "zone": self.programme.jurisdiction.zone,
            "asked": self._asked(found.asked),
            "people": [self._person(person) for person in found.people],
        }

    def time(self, micros: int | None) -> dict[str, str] | None:
        """A moment in UTC and as the clocks of the jurisdiction showed it."""
        if micros is None:
            return None
        local = clock.from_micros(micros).astimezone(self.zone)
        return {"utc": clock.isoformat(micros), "local": local.strftime("%Y-%m-%d %H:%M:%S %Z")}

    def _person(self, person: ExplainedPerson) -> dict[str, Any]:
        view = person.view
        return {
            "subject_ref": _ref(view.id),
            "kind": view.kind,
            "members": [_ref(member) for member in view.members],
            "age_class": view.age_class,
            "standing": [str(flag.name).lower() for flag in Standing if flag in view.standing],
            "identifiers": [
                {
                    "subject_ref": _ref(each.subject_id),
                    "type": each.type,
                    "source": each.source,
                    "held_from": self.time(each.held_from),
                    "retired_at": self.time(each.retired_at),
                }
                for each in view.identifiers
            ],
            "contacts": [
                {
                    "subject_ref": _ref(each.subject_id),
                    "kind": each.kind,
                    "masked": each.masked,
                    "source": each.source,
                    "held_from": self.time(each.held_from),
                    "held_until": self.time(each.held_until),
                }
                for each in view.contacts
            ],
            "claims": [
                {
                    "subject_ref": _ref(each.a),
                    "other_ref": _ref(each.b),
                    "source": each.source,
                    "claimed_at": self.time(each.claimed_at),
                    "retired_at": self.time(each.retired_at),
                    "in_dispute": each.in_dispute,
                }
                for each in person.claims
            ],
            "acts": [self._act(act) for act in person.acts],
            "suppressed": [self._entry(entry) for entry in person.suppressed],
            "answers": [self._asked(asked) for asked in person.asked],
        }

    def _act(self, act: ExplainedAct) -> dict[str, Any]:
        view, system = act.view, dict(zip(("system", "point", "method"), act.view.source, strict=True))
        held = [contact.masked for contact, verdict in act.verdicts if contact is not None]
        return {
            "id": consent.hide_act(OPERATOR, view.id),
            "subject_ref": _ref(view.subject_id),
            "act": view.act.value,
            "purpose": view.purpose,
            "channel": view.channel,
            "contact": {act.named.kind: act.named.masked} if act.named else None,
            "covers": consent.plain_words.covers(view, self.programme, act.named.masked if act.named else None, held),
            "claimed_at": self.time(view.claimed_at),
            "precision": _precision(act),
            "earliest": self.time(view.earliest),
            "latest": self.time(view.latest),
            "received_at": self.time(view.received_at),
            "source": system,
            "proof": view.proof,
            "explicit": act.act.explicit if act.act else None,
            "setting": act.act.setting if act.act else None,
            "wording": self._wording(act),
            "notice": {"code": view.notice[0], "version": view.notice[1]} if view.notice else None,
            "has_effect": _has_effect(act),
            "effects": [
                {
                    "contact": {contact.kind: contact.masked} if contact else None,
                    "effect": verdict.effect.value,
                    "why": self._why(act, verdict),
                    "other_act": consent.hide_act(OPERATOR, verdict.by) if verdict.by else None,
                }
                for contact, verdict in act.verdicts
            ],
            "decides": [_place(answer) for answer in act.decides],
            "outweighed_for": [{**_place(answer), "by": consent.hide_act(OPERATOR, by)} for answer, by in act.outlived],
        }

    def _wording(self, act: ExplainedAct) -> dict[str, Any] | None:
        if act.view.wording is None:
            return None
        code, version = act.view.wording
        known = self.programme.wording(code, version) if version else None
        on = clock.from_micros(act.view.earliest).astimezone(self.zone).date()
        return {
            "code": code,
            "version": version,
            "locale": act.view.locale,
            "text_sha256": act.view.text_sha256,
            "in_force": known is not None and known.in_force(on),
        }

    def _why(self, act: ExplainedAct, verdict: consent.Verdict) -> str:
        purpose = self.programme.purposes.get(act.view.purpose)
        until = self.time(verdict.until)
        no_effect = consent.NoEffect(act.view.no_effect) if act.view.no_effect else None
        return consent.plain_words.EFFECTS[verdict.effect].format(
            act=consent.hide_act(OPERATOR, verdict.by) if verdict.by else "",
            until=f", until {until['local']}" if until and verdict.effect is Effect.RELIED_ON else self._on(until),
            proof=act.view.proof,
            least=purpose.least_proof.value if purpose else "",
            no_effect=consent.plain_words.NO_EFFECTS[no_effect] if no_effect else "",
        )

    @staticmethod
    def _on(until: dict[str, str] | None) -> str:
        return f" on {until['local']}" if until else ""

    def _entry(self, entry: Entry) -> dict[str, Any]:
        return {
            "contact": {entry.contact.kind: entry.contact.masked},
            "cause": entry.cause,
            "against": "everything" if entry.everything else "marketing",
            "since": self.time(entry.since),
            "source": entry.source,
            "lifted_at": self.time(entry.lifted_at),
            "outweighed_at": self.time(entry.outweighed_at),
            "stands": entry.stands,
        }

    def _asked(self, asked: Asked) -> dict[str, Any]:
        return {
            "subject_ref": _ref(asked.subject_id) if asked.subject_id else None,
            "contact": {asked.contact.kind: asked.contact.masked} if asked.contact else None,
            "answers": [self._answer(answer) for answer in asked.answers],
        }

    def _answer(self, answer: Answer) -> dict[str, Any]:
        decision = answer.decision
        decisive = decision.give or decision.no
        wording = decision.give.wording if decision.give else None
        return {
            **_place(answer),
            "allowed": decision.allowed,
            "reason": decision.reason.value,
            "why": consent.plain_words.REASONS[decision.reason],
            "decided_by": consent.hide_act(OPERATOR, decisive.act_id) if decisive else None,
            "decided_by_act": decisive.kind if decisive else None,
            "wording": {"code": wording[0], "version": wording[1]} if wording else None,
            "valid_until": self.time(decision.valid_until),
            "may_ask": decision.may_ask,
        }


#: What a consent or other act amounts to something with.
_EFFECTIVE = {
    *(Effect.RELIED_ON, Effect.REPLACED, Effect.STANDS, Effect.CONFIRMS, Effect.LIFTS, Effect.NOTED, Effect.TAKES_OUT),
}


def _has_effect(act: ExplainedAct) -> bool:
    return any(verdict.effect in _EFFECTIVE for _, verdict in act.verdicts)


def _place(answer: Answer) -> dict[str, Any]:
    contact = {answer.contact.kind: answer.contact.masked} if answer.contact else None
    return {"purpose": answer.purpose.code, "channel": answer.channel, "contact": contact}


def _precision(act: ExplainedAct) -> str | None:
    """How precise the claimed time was, as far as the stored interval tells."""
    view = act.view
    if view.claimed_at is None:
        return None
    seconds = (view.latest - view.claimed_at + 1 - (view.claimed_at - view.earliest)) // clock.SECOND
    return _PRECISIONS.get(seconds)


_PRECISIONS = {0: "instant", 1: "second", 60: "minute", 86_400: "day"}


def _ref(subject_id: Any) -> str:
    return subjects.hide_subject(OPERATOR, subject_id)
