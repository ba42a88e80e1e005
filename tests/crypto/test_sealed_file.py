"""Sealed files: any length comes back whole and from any place, and nothing that was changed opens."""

from __future__ import annotations

import io
import os
import stat
import tracemalloc
import zipfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from privacy.crypto.envelope import SealBroken
from privacy.crypto.sealed_file import FRAME, SealedWriter, open_sealed_file

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
PLACE = "import 1"
SEALED = FRAME + 29
PATTERN = bytes(range(251)) * (3 * FRAME // 251 + 2)
#: Around the bounds of frames, where a mistake of one byte would be.
LENGTHS = st.one_of(
    st.integers(0, 300),
    st.builds(lambda frames, off: max(0, frames * FRAME + off), st.integers(1, 3), st.integers(-2, 2)),
)
a_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(path: Path, content: bytes, portions: list[int] | None = None) -> Path:
    path.unlink(missing_ok=True)
    with SealedWriter(path, KEY, PLACE) as file:
        for portion in portions or []:
            file.write(content[:portion])
            content = content[portion:]
        file.write(content)
    return path


def whole(path: Path, key: bytes = KEY, place: str = PLACE) -> bytes:
    with open_sealed_file(path, key, place) as file:
        return file.read()


def refused(path: Path, key: bytes = KEY, place: str = PLACE) -> None:
    with pytest.raises(SealBroken):
        whole(path, key, place)


@a_folder
@given(length=LENGTHS, portions=st.lists(st.integers(0, FRAME + 1), max_size=4))
def test_what_is_read_is_what_was_written(tmp_path: Path, length: int, portions: list[int]) -> None:
    content = PATTERN[:length]
    path = written(tmp_path / "file", content, portions)
    assert whole(path) == content
    assert path.stat().st_size == 1 + length + 29 * max(1, -(-length // FRAME))


@a_folder
@given(length=LENGTHS, places=st.lists(st.tuples(st.integers(0, 4 * FRAME), st.integers(0, FRAME + 5)), max_size=8))
def test_any_part_is_read_from_anywhere(tmp_path: Path, length: int, places: list[tuple[int, int]]) -> None:
    content = PATTERN[:length]
    with open_sealed_file(written(tmp_path / "file", content), KEY, PLACE) as file:
        for start, count in places:
            assert file.seek(start) == start
            assert file.read(count) == content[start : start + count]
            assert file.tell() == start + len(content[start : start + count])
        assert file.seek(0, os.SEEK_END) == length
        with pytest.raises((ValueError, OSError)):
            file.seek(-1)


@a_folder
@given(length=LENGTHS, data=st.data())
def test_any_flipped_bit_is_found(tmp_path: Path, length: int, data: st.DataObject) -> None:
    path = written(tmp_path / "file", PATTERN[:length])
    sealed = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(sealed)
    refused(path)


@a_folder
@given(length=LENGTHS, data=st.data())
def test_a_file_that_was_cut_or_grew_is_refused_at_once(tmp_path: Path, length: int, data: st.DataObject) -> None:
    path = written(tmp_path / "file", PATTERN[:length])
    sealed = path.read_bytes()
    cut = data.draw(st.one_of(st.integers(0, len(sealed) - 1), st.sampled_from(range(1, len(sealed), SEALED))))
    for changed in (sealed[:cut], sealed + b"x", sealed + sealed[1:]):
        path.write_bytes(changed)
        with pytest.raises(SealBroken):
            open_sealed_file(path, KEY, PLACE)


def test_frames_stay_in_their_order_and_in_their_file(tmp_path: Path) -> None:
    content = PATTERN[: 3 * FRAME]
    sealed = written(tmp_path / "one", content).read_bytes()
    first, second, third = (sealed[1 + n * SEALED : 1 + (n + 1) * SEALED] for n in range(3))
    for frames in (second + first + third, first + first + third, third, first + second, first + third + second):
        (tmp_path / "one").write_bytes(b"\x01" + frames)
        refused(tmp_path / "one")
    (tmp_path / "one").write_bytes(sealed)
    assert whole(tmp_path / "one") == content
    refused(tmp_path / "one", place="import 2")
    refused(tmp_path / "one", key=OTHER_KEY)


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"\x02" * 40, b"\x01" + bytes(28), b"\x01" + bytes(29)])
def test_rubbish_is_refused(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / "file").write_bytes(rubbish)
    refused(tmp_path / "file")


def test_an_unfinished_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), SealedWriter(tmp_path / "file", KEY, PLACE) as file:
        file.write(PATTERN)
        assert [found.name for found in tmp_path.iterdir()] == ["file.new"]
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        SealedWriter(tmp_path / "nowhere" / "file", KEY, PLACE)
    with pytest.raises(FileNotFoundError):
        open_sealed_file(tmp_path / "file", KEY, PLACE)


def test_only_its_owner_may_read_it_and_nothing_of_it_is_plain(tmp_path: Path) -> None:
    path = written(tmp_path / "file", b"anna.nowak@example.com\n" * 10_000)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"nowak" not in path.read_bytes()


def test_an_archive_is_read_where_it_lies(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, os.urandom(FRAME + 7))
    path = written(tmp_path / "file", packed.getvalue())
    with open_sealed_file(path, KEY, PLACE) as file, zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.csv", "b.csv"]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    tracemalloc.start()
    with SealedWriter(tmp_path / "file", KEY, PLACE) as file:
        for _ in range(160):
            file.write(PATTERN)
    with open_sealed_file(tmp_path / "file", KEY, PLACE) as read:
        while read.read(1000):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * FRAME


def test_forked_processes_repeat_no_nonce(tmp_path: Path) -> None:
    """A writer that a fork has copied goes on in both: with counted nonces, two texts would share one."""
    with ProcessPoolExecutor(4, mp_context=get_context("fork")) as pool:
        nonces = [nonce for part in pool.map(_nonces, [tmp_path / str(n) for n in range(8)]) for nonce in part]
    assert len(set(nonces)) == 8 * 4


def _nonces(path: Path) -> list[bytes]:
    sealed = written(path, PATTERN[: 3 * FRAME + 1]).read_bytes()
    return [sealed[2 + n * SEALED : 14 + n * SEALED] for n in range(4)]
