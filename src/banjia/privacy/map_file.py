"""Map files: the way back of texts that were redacted by hand, sealed under a key file of its own."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from banjia.errors import ConfigError
from banjia.privacy.surrogate import Surrogates
from banjia.store.whole import write_whole
from banjia.text import Text

KEY_BYTES, NONCE_BYTES = 32, 12
BOUND = b"banjia map 1"


def save(path: Path, key_path: Path, surrogates: Surrogates) -> None:
    """Seal the map; the key is made where there is none yet."""
    key = _key(key_path) if key_path.exists() else _new_key(key_path)
    nonce = os.urandom(NONCE_BYTES)
    _write(path, nonce + AESGCM(key).encrypt(nonce, surrogates.save(), BOUND))


def load(path: Path, key_path: Path) -> Surrogates:
    """Raises ConfigError where the map or its key is missing, wrong or altered."""
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise ConfigError(Text("对照表读不到", "the map cannot be read"), where=str(path), found=str(error)) from error
    try:
        return Surrogates.load(AESGCM(_key(key_path)).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], BOUND))
    except (InvalidTag, ValueError) as error:
        raise ConfigError(
            Text("对照表打不开：密钥不对，或内容被改动", "the map does not open: wrong key, or it was altered"),
            where=str(path),
            remedy=Text(f"用写它时的密钥 {key_path}", f"use the key it was written with, {key_path}"),
        ) from error


def _key(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise ConfigError(
            Text("对照表的密钥读不到", "the key of the map cannot be read"), where=str(path), found=str(error)
        ) from error


def _new_key(path: Path) -> bytes:
    key = os.urandom(KEY_BYTES)
    _write(path, key.hex().encode())
    return key


def _write(path: Path, content: bytes) -> None:
    write_whole(path, content, mode=0o600)
