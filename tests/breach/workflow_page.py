"""The tables in docs/breaches.md, made from the code. Write them anew with: python -m tests.breach.workflow_page"""

from __future__ import annotations

from privacy.breach.tasks import DONE_BY, OPENED_BY, OPENED_BY_TELLING, TITLES
from privacy.breach.vocabulary import Event, Role, State, TaskCode
from privacy.breach.workflow import RESETS, TRANSITIONS, WANTED
from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "breaches.md"
BEGIN, END = "<!-- made from the table: begin -->\n", "<!-- end -->\n"


def render() -> str:
    """The tables as they should stand in the page."""
    rows = [
        f"| `{row.event}` | {_listed(row.sources, State)} | {f'`{row.target}`' if row.target else 'stays'} "
        f"| {_listed(row.roles, Role)} | {' '.join(f'`{guard}`' for guard in row.guards)} |"
        for row in sorted(TRANSITIONS, key=lambda row: list(Event).index(row.event))
    ]
    wanted = [f"| `{guard}` | {text} |" for guard, text in WANTED.items()]
    back = [f"| `{event}` | {' '.join(f'`{column}`' for column in columns)} |" for event, columns in RESETS.items()]
    tasks = [f"| `{code}` | {TITLES[code]} | {_opened(code)} | {_done(code)} |" for code in TaskCode if TITLES[code]]
    return "\n".join(
        [
            "| event | from | to | by | wants |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            "",
            "| guard | what is said where it does not hold |",
            "| --- | --- |",
            *wanted,
            "",
            "| event | takes back |",
            "| --- | --- |",
            *back,
            "",
            "| task | what is to be done | opened by | done by itself with |",
            "| --- | --- | --- | --- |",
            *tasks,
            "",
        ]
    )


def _opened(code: TaskCode) -> str:
    found = [f"`{step}`, {_hours(codes[code])}" for step, codes in OPENED_BY.items() if code in codes]
    if code in OPENED_BY_TELLING:
        found.append(f"`{Event.DECIDE}` to tell the persons, {_hours(OPENED_BY_TELLING[code])}")
    return "; ".join(found)


def _hours(hours: int | None) -> str:
    if hours is None:
        return "to the authority's clock"
    return f"{hours} h" if hours < 5 * 24 else f"{hours // 24} days"


def _done(code: TaskCode) -> str:
    return " ".join(f"`{event}`" for event, codes in DONE_BY.items() if code in codes)


def _listed(chosen: frozenset[State] | frozenset[Role], order: type[State] | type[Role]) -> str:
    return " ".join(f"`{one}`" for one in order if one in chosen)


def main() -> None:
    """Write the tables into the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(before + BEGIN + render() + END + after)


if __name__ == "__main__":
    main()
