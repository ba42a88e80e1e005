"""The report of an import: what each of its forms says, who can read it, and that it is the same every time."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

from privacy.consent.importing.report import Entry, Occasion, RowsFiles, table_lines, write_report
from privacy.consent.importing.waterfall import WHOLE_ROWS, By, Step, Waterfall
from privacy.consent.importing.waterfall_texts import words

AT = 1_795_290_000_000_000  # 2026-11-21T19:40Z
OCCASION = Occasion("crm", ["zgody_1.csv", "zgody_2.csv"], AT, programme=7, dry_run=True)
SECRETS = ("ewa.łoś@example.com", "+48 600 100 200")
SOURCES = ("sklep stacjonarny", "infolinia", *SECRETS)


def a_waterfall(steps: dict[Step, int]) -> Waterfall:
    """So many entries at each step, from several sources."""
    made = Waterfall()
    for step, count in steps.items():
        for number in range(count):
            if step in WHOLE_ROWS:
                made.add_row(step)
                continue
            made.add_row()
            source = SOURCES[number % len(SOURCES)]
            made.add(step, "offers", "email", source, f"klauzula {number % 3}", 2019 + number % 4)
    made.permissions_before, made.permissions_gained, made.permissions_lost = 1_200, 340, 56
    made.permissions_after = 1_484
    made.repeats = made.count(Step.MAY_CONTACT) // 3
    return made


SOME = {Step.BROKEN: 3, Step.WITHDRAWN: 1_500, Step.NO_WORDING: 14, Step.MAY_CONTACT: 2_345}
EVERY = {step: 40 + number for number, step in enumerate(Step)}


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "report"
    write_report(a_waterfall(EVERY), folder, occasion=OCCASION, locale="pl")
    return folder


def pages(folder: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO((folder / "waterfall.pdf").read_bytes())).pages]


def test_the_report_is_readable_by_its_owner_only(report: Path) -> None:
    files = sorted(path.name for path in report.iterdir())
    assert files == ["waterfall.json", "waterfall.pdf", "waterfall.svg"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in report.iterdir()} == {0o600}
    assert stat.S_IMODE(report.stat().st_mode) == 0o700


def test_the_json_is_the_whole_account(report: Path) -> None:
    found = json.loads((report / "waterfall.json").read_text())
    assert (found["profile"], found["at"], found["programme"]) == ("crm", "2026-11-21T19:40:00Z", 7)
    assert (found["files"], found["dry_run"]) == (["zgody_1.csv", "zgody_2.csv"], True)
    assert found["rows"]["total"] == found["total"] == sum(EVERY.values())
    assert {fall["step"]: fall["count"] for fall in found["steps"]} == {
        step.value: count for step, count in EVERY.items() if step is not Step.MAY_CONTACT
    }
    assert found["permissions"] == {"before": 1_200, "after": 1_484, "gained": 340, "lost": 56}
    per_step: dict[str, int] = {}
    for cell in found["counts"]:
        per_step[cell["step"]] = per_step.get(cell["step"], 0) + cell["count"]
    assert per_step == {step.value: count for step, count in EVERY.items()}


@pytest.mark.parametrize("locale", ["pl", "en"])
def test_the_first_page_has_every_step_with_its_count_and_meaning(locale: str, tmp_path: Path) -> None:
    write_report(a_waterfall(EVERY), tmp_path, occasion=OCCASION, locale=locale)
    language = words(locale)
    first, *others = pages(tmp_path)
    lines = first.splitlines()
    joined = " ".join(lines)
    for step, count in EVERY.items():
        text = language.steps[step]
        assert text.title in lines
        assert lines[lines.index(text.title) + 1] == str(count)
        assert f"{text.title}: {text.sentence}" in joined
    for fact in ("crm", "zgody_1.csv, zgody_2.csv", "7", "2026-11-21 19:40 UTC", language.phrase("dry_run")):
        assert fact in joined
    for number in (1_200, 1_484, 340, 56):
        assert language.number(number).replace("\u00a0", " ") in joined.replace("\u00a0", " ")
    rest = " ".join(others)
    assert all(language.tables[by] in rest for by in By)
    assert all(label in rest for label in ("sklep stacjonarny", "klauzula 2", "2022", "offers · email"))


def test_the_picture_has_the_same_numbers_as_the_data(report: Path) -> None:
    root = ElementTree.parse(report / "waterfall.svg").getroot()
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    for step, count in EVERY.items():
        assert texts[texts.index(words("pl").steps[step].title) + 1] == str(count)
    (description,) = (text.text for text in root.iter("{http://www.w3.org/2000/svg}desc"))
    assert description is not None
    assert f"Zgoda wycofana: {EVERY[Step.WITHDRAWN]};" in description


def test_nothing_of_a_person_is_in_any_form(report: Path) -> None:
    texts = ["\n".join(pages(report)), (report / "waterfall.svg").read_text(), (report / "waterfall.json").read_text()]
    texts.append("\n".join(table_lines(a_waterfall(EVERY))))
    assert "to nie kod" in texts[0]
    assert not any(secret in text for text in texts for secret in SECRETS)


def test_the_same_counts_at_the_same_time_are_the_same_files(report: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_report(a_waterfall(EVERY), other, occasion=OCCASION, locale="pl")
    for path in report.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes()


def test_an_earlier_report_is_replaced_and_a_link_not_followed(report: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text("untouched")
    (report / "waterfall.svg").unlink()
    (report / "waterfall.svg").symlink_to(target)
    os.chmod(report / "waterfall.json", 0o644)
    paths = write_report(a_waterfall(SOME), report, occasion=OCCASION)
    assert target.read_text() == "untouched"
    assert not any(path.is_symlink() for path in paths)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert sorted(path.name for path in report.iterdir()) == sorted(path.name for path in paths)


def test_an_import_without_rows_has_a_report_too(tmp_path: Path) -> None:
    write_report(Waterfall(), tmp_path, occasion=OCCASION)
    assert len(pages(tmp_path)) == 1
    assert table_lines(Waterfall()) == [
        "Rows: 0, of which unreadable: 0, saying nothing: 0, with entries: 0 (0 entries)",
        "0  –  All entries",
        "0  –  May contact",
        "Permissions: 0 before, 0 after: 0 gained, 0 lost",
    ]


def test_the_table_shows_only_steps_that_occur() -> None:
    assert table_lines(a_waterfall(SOME)) == [
        "Rows: 3,862, of which unreadable: 3, saying nothing: 0, with entries: 3,859 (3,859 entries)",
        "3,862  100.0%  All entries",
        "    3    0.1%  Cannot be read",
        "1,500   38.8%  Withdrawn",
        "   14    0.4%  No wording",
        "2,345   60.7%  May contact",
        "Permissions: 1,200 before, 1,484 after: 340 gained, 56 lost",
    ]
    polish = table_lines(a_waterfall(SOME), "pl-PL")
    assert polish[1] == "3\u00a0862  100,0%  Wszystkie wpisy"


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 10, "0.0%"), (1, 1_000_000, "< 0.1%"), (999_999, 1_000_000, "> 99.9%"), (5, 5, "100.0%"), (0, 0, "–")],
)
def test_a_share_hides_neither_the_few_nor_the_last(part: int, whole: int, expected: str) -> None:
    assert words("en").share(part, whole) == expected


def test_each_step_has_its_rows_in_a_file(tmp_path: Path) -> None:
    rows = RowsFiles(tmp_path / "report")
    rows.add(Step.BROKEN, Entry("zgody_1.csv", 7, detail="The row is too long."))
    for line in (2, 3):
        rows.add(
            Step.EXPIRED, Entry("=cmd.csv", line, "offers", "sms", SECRETS[0], "-2+3", 2019, "Valid for 24 months.")
        )
    rows.close()
    assert [path.name for path in rows.paths] == ["01-broken.csv", "16-expired.csv"]
    with rows.paths[1].open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == [
            ["file", "line", "purpose", "channel", "source", "wording", "year", "detail"],
            ["'=cmd.csv", "2", "offers", "sms", "(not a code)", "'-2+3", "2019", "Valid for 24 months."],
            ["'=cmd.csv", "3", "offers", "sms", "(not a code)", "'-2+3", "2019", "Valid for 24 months."],
        ]
    with rows.paths[0].open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream))[1] == ["zgody_1.csv", "7", "", "", "", "", "", "The row is too long."]
    assert {stat.S_IMODE(path.stat().st_mode) for path in rows.paths} == {0o600}
    assert stat.S_IMODE(rows.paths[0].parent.stat().st_mode) == 0o700


def test_rows_of_an_earlier_report_are_not_left_in_the_folder(tmp_path: Path) -> None:
    first = RowsFiles(tmp_path)
    first.add(Step.MINOR, Entry("a.csv", 2))
    first.close()
    (tmp_path / "steps" / "notes.txt").write_text("mine")
    second = RowsFiles(tmp_path)
    second.add(Step.EXPIRED, Entry("a.csv", 2))
    second.close()
    assert sorted(path.name for path in (tmp_path / "steps").iterdir()) == ["16-expired.csv", "notes.txt"]


def test_every_step_can_have_its_file_at_once(tmp_path: Path) -> None:
    rows = RowsFiles(tmp_path)
    for line in range(2, 202):
        for step in Step:
            rows.add(step, Entry("a.csv", line))
    rows.close()
    assert [path.name[:2] for path in rows.paths] == [f"{number:02}" for number in range(1, len(Step) + 1)]
    assert all(path.read_text().count("\n") == 201 for path in rows.paths)
