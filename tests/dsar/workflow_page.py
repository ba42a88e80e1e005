"""The tables in docs/workflow.md, made from the code. Write them anew with: python -m tests.dsar.workflow_page"""

from __future__ import annotations

from privacy.dsar.vocabulary import Event, Role, State
from privacy.dsar.workflow import RESETS, TRANSITIONS, WANTED
from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "workflow.md"
BEGIN, END = "<!-- made from the table: begin -->\n", "<!-- end -->\n"


def render() -> str:
    """Both tables as they should stand in the page."""
    rows = [
        f"| `{row.event}` | {_listed(row.sources, State)} | `{row.target}` | {_listed(row.roles, Role)} "
        f"| {' '.join(f'`{guard}`' for guard in row.guards)} |"
        for row in sorted(TRANSITIONS, key=lambda row: list(Event).index(row.event))
    ]
    wanted = [f"| `{guard}` | {text} |" for guard, text in WANTED.items()]
    back = [f"| `{event}` | {' '.join(f'`{column}`' for column in columns)} |" for event, columns in RESETS.items()]
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
        ]
    )


def _listed(chosen: frozenset[State] | frozenset[Role], order: type[State] | type[Role]) -> str:
    return " ".join(f"`{one}`" for one in order if one in chosen)


def main() -> None:
    """Write the tables into the page."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(before + BEGIN + render() + END + after)


if __name__ == "__main__":
    main()
