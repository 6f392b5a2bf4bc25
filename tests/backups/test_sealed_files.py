"""A file of a backup is what was written, or it is refused."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backups.sealed import PIECE, TAG_BYTES, Key, Opened, SealRefused, keys_of, opened, seal

KEY = Key.of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGH")
OTHER = Key.of("HGFEDCBAzyxwvutsrqponmlkjihgfedcba9876543210")
# Random, so that it stays as long as it is: two full pieces and a bit.
PLAIN = __import__("random").Random(1).randbytes(2 * PIECE + 1000)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "base.backup"
    seal(io.BytesIO(PLAIN), path, KEY)
    return path


def content(path: Path, *keys: Key) -> bytes:
    return b"".join(opened(path, keys or [KEY]))


def test_it_is_read_as_it_was_written(file: Path) -> None:
    assert content(file) == PLAIN
    assert Opened(file, [KEY]).readall() == PLAIN
    assert not list(file.parent.glob("*.new"))


@given(st.binary(max_size=3000))
def test_anything_can_be_written(tmp_path_factory: pytest.TempPathFactory, plain: bytes) -> None:
    path = tmp_path_factory.mktemp("sealed") / "any"
    seal(io.BytesIO(plain), path, KEY)
    assert content(path) == plain
    assert len(plain) < 40 or plain not in path.read_bytes()


@pytest.mark.requirement("21 CFR 11.10(c)")
@pytest.mark.parametrize("place", [0, 15, 30, 60, PIECE, 2 * PIECE, -1])
def test_a_flipped_bit_is_refused_wherever_it_is(file: Path, place: int) -> None:
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    with pytest.raises(SealRefused):
        content(file)


@pytest.mark.parametrize("left", [0, 10, 37, 500, PIECE + TAG_BYTES + 37, 2 * (PIECE + TAG_BYTES) + 37])
def test_a_file_that_was_cut_is_refused_even_where_a_piece_ends(file: Path, left: int) -> None:
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(SealRefused, match="is damaged or was changed"):
        content(file)


def test_pieces_in_another_order_are_refused(file: Path) -> None:
    data, size = file.read_bytes(), PIECE + TAG_BYTES
    head = len(data) - (len(data) - 37) if len(data) > 37 else 0
    first, second = data[head : head + size], data[head + size : head + 2 * size]
    file.write_bytes(data[:head] + second + first + data[head + 2 * size :])
    with pytest.raises(SealRefused, match="is damaged or was changed"):
        content(file)


def test_one_file_in_the_place_of_another_is_refused(file: Path) -> None:
    other = file.with_name("000000010000000000000002")
    file.rename(other)
    with pytest.raises(SealRefused, match="000000010000000000000002 is damaged or was changed"):
        content(other)


def test_another_key_is_refused_in_words_that_name_both(file: Path) -> None:
    with pytest.raises(SealRefused) as refusal:
        content(file, OTHER)
    assert str(refusal.value) == (
        f"base.backup was encrypted with the backup key {KEY.id}; BACKUP_KEYS holds {OTHER.id}. Nothing was changed."
    )


def test_after_a_change_of_the_key_the_old_one_still_opens(file: Path) -> None:
    assert content(file, OTHER, KEY) == PLAIN


def test_the_name_of_a_key_gives_nothing_of_it_away() -> None:
    assert KEY.id != OTHER.id
    assert KEY.id == Key(KEY.secret).id
    assert KEY.id.encode() not in KEY.secret and KEY.secret.hex()[:16] != KEY.id


@pytest.mark.parametrize("text", ["", " , ", "short", "a" * 60, "abcabcabc" * 8])
def test_no_key_and_a_weak_one_are_refused(text: str) -> None:
    with pytest.raises(SealRefused, match="BACKUP_KEYS"):
        keys_of(text)


def test_a_write_that_fails_leaves_no_file(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        seal(Broken(), tmp_path / "never", KEY)
    assert list(tmp_path.iterdir()) == []
