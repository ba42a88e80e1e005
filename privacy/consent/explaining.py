"""Explain a person (GDPR Art. 5(2), 15): who they are, what they said, what became of it, what is answered and why.

The answers are those of `check`, by the same code; what became of each act is asked of the decision (`verdicts`). The
page is read in short reads, none of which keeps writers waiting, so it may see an act that came while it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import sqlalchemy as sa

from privacy import clock
from privacy.authz.actors import Actor
from privacy.consent import checking, history, loading, reading, rows
from privacy.consent.acts import ANY, NO_CHANNEL, NOES, Act, ActKind
from privacy.consent.asked import CheckIn
from privacy.consent.checking import CheckOut
from privacy.consent.decision import Node, Question, Situation, decide
from privacy.consent.explained import Answer, Asked, Entry, ExplainedAct, ExplainedPerson, Explanation, Shown
from privacy.consent.loading import Wanted
from privacy.consent.models import Suppression
from privacy.consent.reading import ActView
from privacy.consent.reasons import Reason
from privacy.consent.rows import ActsByPair
from privacy.consent.situation import Suppressed
from privacy.consent.verdicts import Effect, Verdict, Weighing
from privacy.db import Driver, session
from privacy.errors import InvalidInput
from privacy.programme.types import ContactKind, Programme, Purpose, PurposeClass
from privacy.quarantine import ensure_out
from privacy.subjects import service as subjects
from privacy.subjects.service import NO_STANDING, ContactName, Naming, SubjectView

#: Acts whose effect does not depend on others.
_SIMPLE = {ActKind.INFORM: Effect.NOTED, ActKind.LIFT_OBJECTION: Effect.LIFTS}


@dataclass(frozen=True)
class Scope:
    """What is explained: the whole programme, or one purpose, one channel, a past moment."""

    purpose: str | None = None
    channel: str | None = None
    #: As far as was known then, by the programme of that moment; None is now.
    at: int | None = None

    def pairs(self, programme: Programme) -> list[tuple[Purpose, str | None]]:
        """Every purpose and channel meant; raises `InvalidInput` where there is none."""
        purposes = [programme.purpose(self.purpose)] if self.purpose else list(programme.purposes.values())
        if self.channel is not None:
            programme.channel(self.channel)
        every: list[tuple[Purpose, str | None]] = [(p, c) for p in purposes for c in (*sorted(p.channels),) or (None,)]
        found = [(p, c) for p, c in every if self.channel in {None, c}]
        if not found:
            raise InvalidInput.of("channel", "The purpose does not use this channel. Leave one of the two out.")
        return found

    def means(self, view: ActView) -> bool:
        """Whether an act has a bearing on it."""
        known_then = self.at is None or view.received_at <= self.at
        return (
            known_then
            and (self.purpose is None or view.purpose in {self.purpose, ANY})
            and (self.channel is None or view.channel in {self.channel, ANY})
        )


def explain(naming: Naming, *, actor: Actor, programme: Programme, scope: Scope) -> Explanation:
    """Everybody behind a name, explained. Raises `NotFound`, or `InvalidInput` for an unknown purpose or channel."""
    return subjects.steadily(None, lambda _driver: _explain(naming, actor, programme, scope))


def _explain(naming: Naming, actor: Actor, programme: Programme, scope: Scope) -> Explanation:
    waiting = list(subjects.find(naming))
    ensure_out()
    explainer = _Explainer(actor, programme, scope)
    people: list[ExplainedPerson] = []
    seen: set[UUID] = set()
    while waiting:
        subject_id = waiting.pop(0)
        if subject_id not in seen:
            person = explainer.person(subject_id)
            seen.update(person.view.members)
            people.append(person)
            # A contact alone may have said what an answer about an account rests on.
            waiting += subjects.alone_on(contact.id for contact in person.view.contacts)
    return Explanation(tuple(people), explainer.named(naming), scope.at)


class _Explainer:
    """What stays the same for everybody behind a name."""

    def __init__(self, actor: Actor, programme: Programme, scope: Scope) -> None:
        self.actor = actor
        self.programme = programme
        self.scope = scope
        self.pairs = scope.pairs(programme)

    def person(self, subject_id: UUID) -> ExplainedPerson:
        """One person."""
        view = subjects.view(subject_id, realm=self.actor.realm.value)
        return _Person(self, view).explained()

    # Answers.

    def named(self, naming: Naming) -> Asked:
        """What is answered to a check that names somebody so."""
        answers = [answer for purpose, channel in self.pairs for answer in self._answers(naming, purpose, channel)]
        alone = None if naming.by_account else next(iter(naming.contacts.values()), None)
        shown = _of_mask(subjects.mask(alone)) if alone else None
        return Asked(naming.ref if naming.by_account else None, shown, tuple(answers))

    def _answers(self, naming: Naming, purpose: Purpose, channel: str | None) -> list[Answer]:
        driver = Driver.of(session())
        asked = CheckIn(naming, purpose, channel, self.scope.at)
        kind = checking.contact_kind(self.programme, asked)
        if not naming.by_account and kind not in {None, *naming.contacts}:
            return []  # A contact alone says nothing about a channel that needs another one.
        out = checking.check(asked, actor=self.actor, programme=self.programme, driver=driver)
        contact = naming.contacts.get(kind) if kind else None
        answers = self._of_check(out, contact, driver)
        session().close()  # Ends the read, so that no writer waits for the whole page.
        return answers

    def _of_check(self, out: CheckOut, contact: ContactName | None, driver: Driver) -> list[Answer]:
        each = [
            Answer(
                out.purpose, out.channel, _of_mask(subjects.masked_value(driver, holding.id)), decision, holding.index
            )
            for holding, decision in out.decision.contacts
        ]
        if len(each) == 1:
            return each
        reached = out.channel is not None and self.programme.channel(out.channel).contact_kind is not None
        shown, index = (_of_mask(subjects.mask(contact)), contact.index) if contact and reached else (None, None)
        return [Answer(out.purpose, out.channel, shown, out.decision, index), *each]

    # What is known.

    def situation(self, subject_id: UUID, purpose: Purpose, channel: str | None) -> Situation:
        """The people and contacts that a question about a subject concerns."""
        naming = Naming(self.actor.realm, ref=subject_id)
        asked = CheckIn(naming, purpose, channel, self.scope.at)
        kind = checking.contact_kind(self.programme, asked)
        if self.scope.at is not None:
            return history.as_known_at(asked, kind, actor=self.actor, programme=self.programme).situation
        wanted = Wanted(purpose, channel, kind.value if kind else None, ref=subject_id)
        return loading.load(Driver.of(session()), wanted).situation


class _Person:
    """One person on the way to being explained."""

    def __init__(self, explainer: _Explainer, view: SubjectView) -> None:
        self.by = explainer
        self.programme = explainer.programme
        self.scope = explainer.scope
        self.view = view
        self.nodes: dict[UUID, Node] = {
            i: node for i, node in explainer.situation(view.id, *explainer.pairs[0]).nodes.items() if i in view.members
        }
        self.told = self._told()
        self.masks = {contact.id: Shown(contact.kind, contact.masked) for contact in view.contacts}
        self._weighings: dict[tuple[str, str], Weighing] = {}

    def explained(self) -> ExplainedPerson:
        views = [view for view in reading.acts_of(self.view.members) if self.scope.means(view)]
        annulled = {v.refers_to: v.id for v in views if v.act is ActKind.ANNUL and v.refers_to is not None}
        claims = subjects.claims_among(self.view.members)
        suppressed = self._suppressed()
        asked = tuple(self._asked())
        acts = tuple(self._act(view, annulled, asked) for view in views)
        return ExplainedPerson(self.view, tuple(claims), acts, tuple(suppressed), asked)

    def _told(self) -> dict[UUID, ActsByPair]:
        """The acts in each member's fold."""
        driver = Driver.of(session())
        people: dict[UUID, set[UUID]] = {}
        for node in self.nodes.values():
            people.setdefault(node.person, set()).add(node.id)
        known = {} if self.scope.at is None else {"until": self.scope.at}
        return {
            i: rows.load_acts(driver, i, merged=frozenset(people[node.person]), **known)
            for i, node in self.nodes.items()
        }

    # Answers.

    def _asked(self) -> Iterable[Asked]:
        """One table of answers for all accounts that are surely one, and one for each contact alone."""
        seen: set[UUID] = set()
        for subject_id, node in sorted(self.nodes.items()):
            if node.group in seen:
                continue
            seen.add(node.group)
            asked = self.by.named(self._naming(subject_id, node))
            yield replace(asked, subject_id=subject_id)

    def _naming(self, subject_id: UUID, node: Node) -> Naming:
        realm = self.by.actor.realm
        held = next((c for c in self.view.contacts if c.subject_id == subject_id), None)
        if not node.alone or held is None:
            return Naming(realm, ref=subject_id)
        kind = ContactKind(held.kind)
        name = subjects.contact_name(self.programme, realm, kind, subjects.reveal_contact(held.id))
        return Naming(realm, contacts={kind: name})

    # Acts.

    def _act(self, view: ActView, annulled: dict[UUID, UUID], asked: Sequence[Asked]) -> ExplainedAct:
        subject_id, act = self._in_a_fold(view)
        named = self.masks.get(view.contact_id) if view.contact_id else None
        if view.contact_id and named is None:  # A contact of somebody with whom the person was merged.
            named = _of_mask(subjects.masked_value(Driver.of(session()), view.contact_id))
        decides = _decided_by(view, asked) if view.act in NOES and view.id not in annulled else []
        outlived = self._outliving(view, asked) if view.act in NOES and view.id not in annulled else []
        if view.id in annulled:
            verdicts = [Verdict(Effect.ANNULLED, by=annulled[view.id])]
        elif act is None or subject_id is None:
            verdicts = [Verdict(Effect.MERGE_ENDED)]
        elif view.act in NOES:
            verdicts = [Verdict(Effect.OUTLIVED if outlived and not decides else Effect.STANDS)]
        else:
            verdicts = self._of_yes(view, subject_id, act)
        shown = tuple((self._shown(view, verdict.contact), verdict) for verdict in verdicts)
        return ExplainedAct(view, act, named, shown, tuple(decides), tuple(outlived))

    def _outliving(self, view: ActView, asked: Iterable[Asked]) -> list[tuple[Answer, UUID]]:
        """The answers on what a "no" covers that rest on a consent all the same: one that is surely later."""
        index = self._index_of(view)
        return [
            (answer, answer.decision.give.act_id)
            for each in asked
            for answer in each.answers
            if answer.decision.allowed
            and answer.decision.give is not None
            and index in {None, answer.index}
            and loading.bears_on((view.purpose, view.channel), answer.purpose, answer.channel)
            and answer.decision.give.earliest > view.latest
        ]

    def _index_of(self, view: ActView) -> bytes | None:
        weighing = self._weighing(view) if view.contact_id else None
        holdings = weighing.situation.holdings if weighing else ()
        return next((h.index for h in holdings if h.id == view.contact_id), None)

    def _in_a_fold(self, view: ActView) -> tuple[UUID | None, Act | None]:
        """The act as the fold of the one it was recorded on sees it, or of another member."""
        for subject_id in sorted(self.told, key=lambda i: (i != view.subject_id, i)):
            for act in self.told[subject_id].get((view.purpose, view.channel), ()):
                if act.id == view.id:
                    return subject_id, act
        return None, None

    def _of_yes(self, view: ActView, subject_id: UUID, act: Act) -> list[Verdict]:
        if view.act is ActKind.ANNUL:
            return [Verdict(Effect.TAKES_OUT, by=view.refers_to)]
        if view.act in _SIMPLE:
            return [Verdict(_SIMPLE[view.act] if act.no_effect is None else Effect.WITHOUT_EFFECT)]
        weighing = self._weighing(view)
        if weighing is None:
            return [Verdict(Effect.WITHOUT_EFFECT if act.no_effect else Effect.PURPOSE_GONE)]
        if view.act is not ActKind.CONFIRM:
            return weighing.give(subject_id, act)
        confirmed = weighing.confirmed_by(subject_id, act)
        nothing = Effect.CONFIRMS_NOTHING if act.no_effect is None else Effect.WITHOUT_EFFECT
        return [Verdict(Effect.CONFIRMS, by=each) for each in confirmed] or [Verdict(nothing)]

    def _weighing(self, view: ActView) -> Weighing | None:
        """What weighs acts on the act's purpose and channel; None where the programme has no such pair now."""
        purpose = self.programme.purposes.get(view.purpose)
        channel = None if view.channel == NO_CHANNEL else view.channel
        if purpose is None or (channel not in purpose.channels if channel else purpose.channels):
            return None
        if (view.purpose, view.channel) not in self._weighings:
            question = Question(purpose, channel, clock.micros() if self.scope.at is None else self.scope.at)
            situation = self.by.situation(self.view.id, purpose, channel)
            told = {
                i: [acts for pair, acts in pairs.items() if loading.bears_on(pair, purpose, channel)]
                for i, pairs in self.told.items()
                if i in situation.nodes
            }
            self._weighings[view.purpose, view.channel] = Weighing(question, self.programme, situation, told)
        return self._weighings[view.purpose, view.channel]

    def _shown(self, view: ActView, index: bytes | None) -> Shown | None:
        if index is None:
            return None
        holdings = self._weighings[view.purpose, view.channel].situation.holdings
        holding = next(h for h in holdings if h.index == index)
        return self.masks.get(holding.id) or _of_mask(subjects.masked_value(Driver.of(session()), holding.id))

    # Suppression.

    def _suppressed(self) -> Iterable[Entry]:
        """Entries on the contacts that the person holds or held, and whether their own act outweighs them."""
        seen: set[bytes] = set()
        for contact in self.view.contacts:
            driver = Driver.of(session())
            index = subjects.suppression_index_of(driver, self.programme, self.by.actor.realm, contact.id)
            if index in seen:
                continue
            seen.add(index)
            found = session().scalars(
                sa.select(Suppression).where(Suppression.contact_index == index).order_by(Suppression.suppressed_at)
            )
            yield from [self._entry(row, contact) for row in found if self._was_known(row.recorded_at)]

    def _was_known(self, recorded_at: int) -> bool:
        return self.scope.at is None or recorded_at <= self.scope.at

    def _entry(self, row: Suppression, contact: subjects.ContactView) -> Entry:
        lifted = row.lifted_at if row.lifted_at is not None and self._was_known(row.lifted_at) else None
        everything = row.scope == "contact"
        return Entry(
            contact=Shown(contact.kind, contact.masked),
            cause=row.cause,
            everything=everything,
            since=row.suppressed_at,
            recorded_at=row.recorded_at,
            source=row.source,
            lifted_at=lifted,
            outweighed_at=self._outweighed(contact, Suppressed(row.suppressed_at, everything)),
        )

    def _outweighed(self, contact: subjects.ContactView, entry: Suppressed) -> int | None:
        """When the person's own later act took place, where the decision lets it outweigh the entry."""
        pair = _marketing_pair(self.programme, contact.kind)
        if pair is None:
            return None
        situation = self.by.situation(self.view.id, *pair)
        mine = [h for h in situation.holdings if h.subject in self.nodes]
        holding = next((h for h in mine if h.id == contact.id), None)
        if holding is None:
            return None
        alive = {i: replace(node, standing=NO_STANDING) for i, node in situation.nodes.items()}
        only = Situation(alive, {}, mine, {holding.index: [entry]})
        question = Question(*pair, clock.micros(), frozenset(alive), holding.index, account_named=True)
        if decide(question, self.programme, only).reason is Reason.SUPPRESSED:
            return None
        own_acts = (h.own_act_at for h in mine if h.index == holding.index and h.own_act_at is not None)
        return max(own_acts, default=None)


def _decided_by(view: ActView, asked: Iterable[Asked]) -> list[Answer]:
    """The answers that name this very "no"."""
    every = [answer for each in asked for answer in each.answers]
    return [answer for answer in every if answer.decision.no is not None and answer.decision.no.act_id == view.id]


def _marketing_pair(programme: Programme, kind: str) -> tuple[Purpose, str] | None:
    """A marketing purpose and a channel that uses contacts of that kind: what any suppression stops."""
    for purpose in programme.purposes.values():
        for channel in sorted(purpose.channels):
            if purpose.purpose_class is PurposeClass.MARKETING and programme.channel(channel).contact_kind == kind:
                return purpose, channel
    return None


def _of_mask(masked: dict[str, str]) -> Shown:
    ((kind, value),) = masked.items()
    return Shown(kind, value)
