"""Files of a backup: compressed, then encrypted so that a changed, cut or exchanged one is refused.

The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizar: Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance, 2015) over AES-256-GCM: pieces are numbered, the last one is marked, and each file has a key of its
own, derived by HKDF from the backup's key, a random salt and the name of the file.
"""

import io
import os
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"EDC backup 1\n"
ID_BYTES, SALT_BYTES, TAG_BYTES = 8, 16, 16
PIECE = 1 << 20
SHORTEST_KEY, FEWEST_CHARACTERS = 40, 12
NAME = "BACKUP_KEYS"
HOW_TO_MAKE = "for example of `openssl rand -hex 32`"


class SealRefused(Exception):
    """Why a backup is not taken or not restored, in words for the operator."""


@dataclass(frozen=True)
class Key:
    """One key of the environment; its `id` tells it from others and gives nothing of it away."""

    secret: bytes

    @classmethod
    def of(cls, text: str) -> "Key":
        if len(text) < SHORTEST_KEY or len(set(text)) < FEWEST_CHARACTERS:
            raise SealRefused(f"{NAME}: a key is random and {SHORTEST_KEY} characters or longer, {HOW_TO_MAKE}.")
        return cls(text.encode())

    @property
    def id(self) -> str:
        return self._derived(b"", b"id", ID_BYTES).hex()

    def of_file(self, salt: bytes, name: str) -> AESGCM:
        return AESGCM(self._derived(salt, b"file " + name.encode(), 32))

    def _derived(self, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(SHA256(), length, salt, b"edc backup " + info).derive(self.secret)


def keys_of(text: str) -> Sequence[Key]:
    """The keys of BACKUP_KEYS, with commas: the first one encrypts, all of them decrypt."""
    keys = [Key.of(part.strip()) for part in text.split(",") if part.strip()]
    if not keys:
        raise SealRefused(f"{NAME} is not set: the key that encrypts backups, {HOW_TO_MAKE}.")
    return keys


class SealedFile:
    """Writes a file whole or not at all: there is none of that name before `close`."""

    def __init__(self, path: Path, key: Key) -> None:
        salt = os.urandom(SALT_BYTES)
        self._path, self._unfinished = path, path.with_name(path.name + ".new")
        self._header = MAGIC + bytes.fromhex(key.id) + salt
        self._cipher, self._count = key.of_file(salt, path.name), 0
        self._packed, self._waiting = zlib.compressobj(1), bytearray()
        self._file: IO[bytes] = self._unfinished.open("wb")
        self._file.write(self._header)

    def write(self, data: bytes) -> None:
        self._waiting += self._packed.compress(data)
        while len(self._waiting) > PIECE:
            self._emit(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def close(self) -> None:
        self._waiting += self._packed.flush()
        while len(self._waiting) > PIECE:
            self._emit(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        self._emit(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._unfinished.replace(self._path)
        flush_folder(self._path.parent)

    def abandon(self) -> None:
        self._file.close()
        self._unfinished.unlink(missing_ok=True)

    def _emit(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._count, last), piece, self._header))
        self._count += 1


def seal(source: IO[bytes], path: Path, key: Key) -> None:
    """Encrypt what `source` gives into the file."""
    sealed = SealedFile(path, key)
    try:
        while data := source.read(PIECE):
            sealed.write(data)
        sealed.close()
    except BaseException:
        sealed.abandon()
        raise


def opened(path: Path, keys: Sequence[Key]) -> Iterator[bytes]:
    """What was written into the file, piece by piece. Raises Refused where it is not whole and as it was written."""
    with path.open("rb") as file:
        header = file.read(len(MAGIC) + ID_BYTES + SALT_BYTES)
        if len(header) < len(MAGIC) + ID_BYTES + SALT_BYTES or not header.startswith(MAGIC):
            raise damaged(path)
        key = _key_of(header[len(MAGIC) :][:ID_BYTES].hex(), path, keys)
        unpacked = zlib.decompressobj()
        for piece in _pieces(file, header, key.of_file(header[-SALT_BYTES:], path.name), path):
            yield unpacked.decompress(piece)
        yield unpacked.flush()


def _key_of(key_id: str, path: Path, keys: Sequence[Key]) -> Key:
    for key in keys:
        if key.id == key_id:
            return key
    known = ", ".join(key.id for key in keys)
    raise SealRefused(
        f"{path.name} was encrypted with the backup key {key_id}; {NAME} holds {known}. Nothing was changed."
    )


def _pieces(file: IO[bytes], header: bytes, cipher: AESGCM, path: Path) -> Iterator[bytes]:
    count, piece = 0, file.read(PIECE + TAG_BYTES)
    while piece:
        following = file.read(PIECE + TAG_BYTES)
        try:
            yield cipher.decrypt(_nonce(count, not following), piece, header)
        except InvalidTag:
            raise damaged(path) from None
        count, piece = count + 1, following
    if not count:
        raise damaged(path)


def damaged(path: Path) -> SealRefused:
    return SealRefused(
        f"{path.name} is damaged or was changed: it is not what was written. Nothing was restored from it."
    )


def _nonce(count: int, last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([last])


class Opened(io.RawIOBase):
    """The same as a file to read from, for whoever wants one."""

    def __init__(self, path: Path, keys: Sequence[Key]) -> None:
        self._pieces, self._left = opened(path, keys), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        count = min(len(buffer), len(self._left))
        buffer[:count], self._left = self._left[:count], self._left[count:]
        return count

    def drain(self) -> None:
        """Read to the end: whoever stopped before has not seen whether the file was whole."""
        self._left = memoryview(b"")
        for _ in self._pieces:
            pass


def flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_key_id(text: str) -> bool:
    return bool(re.fullmatch(f"[0-9a-f]{{{2 * ID_BYTES}}}", text))
