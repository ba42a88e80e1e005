"""The table in docs/errors.md, made from the classes. Write it anew with: python -m tests.rules.error_catalogue"""

from __future__ import annotations

import importlib
import pkgutil

import privacy
from privacy.errors import PrivacyError, catalogue
from tests.rules.source import ROOT

PAGE = ROOT / "docs" / "errors.md"
BEGIN, END = "<!-- made from the classes: begin -->\n", "<!-- end -->\n"
#: A module that starts something when it is imported.
_NOT_IMPORTED = ("privacy.wsgi", "privacy.__main__")


def load_everything() -> None:
    """Import the whole service, so that every error class is known."""
    for module in pkgutil.walk_packages(privacy.__path__, "privacy."):
        if not module.name.startswith(_NOT_IMPORTED):
            importlib.import_module(module.name)


def classes() -> list[type[PrivacyError]]:
    """Every error class of the service, by code; abstract ones begin with an underscore."""
    load_everything()
    ours = {cls for cls in catalogue() if cls.__module__.startswith("privacy.") and not cls.__name__.startswith("_")}
    return sorted(ours, key=lambda cls: cls.code)


def render() -> str:
    """The table as it should stand in the page."""
    from privacy.http.problems import status_of

    rows = [f"| `{cls.code}` | {status_of(cls)} | {cls.exit_code} | {cls.title()} |" for cls in classes()]
    return "\n".join(["| code | status | exit | meaning |", "| --- | --: | --: | --- |", *rows, ""])


def main() -> None:
    """Put the table into the page."""
    before, rest = PAGE.read_text().split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}{render()}{END}{after}")


if __name__ == "__main__":
    main()
