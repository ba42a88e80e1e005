"""Random histories of acts over few identifiers, and their way through the service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import strategies as st

from privacy.clock import SECOND
from privacy.consent.service import DEVICE, ActIn, Claim, Source, Timing
from tests.consent.desk import Desk, clock_at, micros
from tests.consent.oracle import Said

ACCOUNTS = ("C1", "C2", "K1", "K2")
EMAILS = ("a", "b")
START = micros("2026-03-01T00:00+00:00")
#: After the last act of any history.
END = START + 40 * 86_400 * SECOND

#: Seconds around which acts crowd, so that intervals meet, touch and overlap.
_seconds = st.builds(
    lambda day, minute, second: day * 86_400 + minute * 60 + second,
    st.integers(0, 6),
    st.integers(0, 9),
    st.sampled_from([0, 0, 1, 30, 59]),
)
_naming = st.one_of(
    st.tuples(st.just(()), st.sampled_from(EMAILS)),
    st.tuples(
        st.sampled_from([("C1",), ("C2",), ("K1",), ("K2",), ("C1", "K1"), ("C2", "K1"), ("C2", "K2")]),
        st.one_of(st.none(), st.sampled_from(EMAILS)),
    ),
)


@st.composite
def acts(draw: st.DrawFn) -> Said:
    """One act."""
    accounts, email = draw(_naming)
    kind = draw(st.sampled_from(["give"] * 4 + ["withdraw", "withdraw", "refuse", "object", "lift_objection"]))
    claimed = draw(st.one_of(st.none(), _seconds))
    late = draw(st.sampled_from([0, 0, 1, 60, 7_200, 86_400, 5 * 86_400, -60, -400]))
    return Said(
        kind=kind,
        accounts=accounts,
        email=email,
        received=max(0, (draw(_seconds) if claimed is None else claimed) + late),
        claimed=claimed,
        width=draw(st.sampled_from([1, 1, 60, 86_400])),
        device=draw(st.booleans()) and kind in ("give", "withdraw"),
        everything=kind in ("withdraw", "object") and draw(st.booleans()),
    )


def _content(said: Said) -> tuple[Any, ...]:
    """What makes an act the same act again: a repeat keeps the first receipt, so histories have none by chance."""
    receipt = said.received if said.claimed is None else None
    return said.kind, said.accounts, said.email, said.claimed, said.width, said.everything, receipt


histories = st.lists(acts(), min_size=1, max_size=9, unique_by=_content)


def who(tag: str, accounts: Sequence[str], email: str | None) -> dict[str, str]:
    """The identifiers of one history's people."""
    named = {{"C": "customer_id", "K": "loyalty_card"}[name[0]]: f"{name}-{tag}" for name in accounts}
    return named | ({"email": f"{email}.{tag}@example.com"} if email else {})


def act_in(desk: Desk, tag: str, said: Said) -> ActIn:
    """One act as it comes in."""
    claim = None if said.claimed is None else Claim(START + said.claimed * SECOND, said.width * SECOND)
    fields: dict[str, Any] = {"purpose": None, "channels": None} if said.everything else {}
    timing = DEVICE if said.device else Timing()
    source = Source("till" if said.device else "shop", "checkout", "web_form", timing=timing)
    return desk.act_in(who(tag, said.accounts, said.email), said.kind, claim=claim, source=source, **fields)


def tell(desk: Desk, tag: str, said: Said) -> None:
    """Record one act, received when it says."""
    with clock_at(START + said.received * SECOND):
        desk.record_many([act_in(desk, tag, said)])


def tell_all(desk: Desk, tag: str, history: Iterable[Said]) -> None:
    """Record acts in the order given, whenever each was received."""
    for said in history:
        tell(desk, tag, said)
