"""Checkpoints: the size and root of one log, as a note signed with Ed25519.

The form is that of C2SP's signed-note and tlog-checkpoint, so that other tools can read and witness them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from banjia.errors import StoreError
from banjia.store.keys import Keys
from banjia.text import Text, same

KEY_FILE = "ledger.key"
PUBLIC_FILE = "ledger.pub"
_ED25519 = b"\x01"
_SIGNATURE = re.compile(r"— (\S+) (\S+)\Z")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint | None:
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not re.fullmatch(r"0|[1-9]\d*", lines[1]):
            return None
        root = _decoded(lines[2])
        return cls(lines[0], int(lines[1]), root) if root is not None and len(root) == 32 else None


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with its name, written `name+hash+key` as signed-note has it."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.key).decode()}"

    @classmethod
    def parse(cls, text: str, *, where: str = "--key") -> Verifier:
        name, _, rest = text.strip().partition("+")
        key = _decoded(rest.partition("+")[2])
        if name and key is not None and len(key) == 33 and key[:1] == _ED25519:
            verifier = cls(name, key[1:])
            if str(verifier) == text.strip():
                return verifier
        raise StoreError(
            Text("不是台账的公钥", "not a public key of a ledger"),
            where=where,
            expected=same("name+hash+key"),
            found=same(text.strip()[:80]),
            remedy=Text(f"用 keys 目录里的 {PUBLIC_FILE}", f"use {PUBLIC_FILE} of the keys directory"),
        )

    def opened(self, note: str) -> Checkpoint | None:
        """The checkpoint of a note that this key has signed, else None."""
        text, mark, signatures = note.rpartition("\n\n")
        found = [_SIGNATURE.match(line) for line in signatures.removesuffix("\n").split("\n")]
        if not mark or not note.endswith("\n") or not all(found):
            return None
        text += "\n"
        for signature in found:
            blob = _decoded(signature[2]) if signature and signature[1] == self.name else None
            if blob is None or blob[:4] != self.id:
                continue
            try:
                Ed25519PublicKey.from_public_bytes(self.key).verify(blob[4:], text.encode())
            except InvalidSignature:
                continue
            return Checkpoint.parse(text)
        return None


@dataclass(frozen=True, slots=True)
class Signer:
    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def signed(self, checkpoint: Checkpoint) -> str:
        text = checkpoint.text()
        signature = self.verifier.id + self.key.sign(text.encode())
        return f"{text}\n— {self.name} {base64.b64encode(signature).decode()}\n"


def create_signer(keys: Keys, name: str, file: str = KEY_FILE) -> Signer:
    """A new key in the keys directory."""
    signer = Signer(name, Ed25519PrivateKey.generate())
    keys.create(file, signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return signer


def read_signer(keys: Keys, name: str) -> Signer:
    file = signing_file(keys, name)
    content = keys.read(file)
    try:
        key = load_pem_private_key(content, None)
    except (ValueError, TypeError) as error:
        raise _not_a_key(keys, file) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise _not_a_key(keys, file)
    return Signer(name, key)


def signing_file(keys: Keys, name: str) -> str:
    """Where the key of that name lies: the first key of a store has no name in its file's."""
    own = later_file(name)
    return own if keys.exists(own) else KEY_FILE


def later_file(name: str) -> str:
    """The file of a key that took the place of another."""
    return f"ledger-{name.removeprefix('banjia-')}.key"


def notes(text: str) -> Iterator[str]:
    """The signed notes of a file that holds one after another."""
    lines: list[str] = []
    signed = False
    for line in text.removesuffix("\n").split("\n"):
        is_signature = bool(_SIGNATURE.match(line))
        if signed and not is_signature:
            yield "\n".join(lines) + "\n"
            lines, signed = [], False
        if lines or line:
            lines.append(line)
            signed = is_signature
    if lines:
        yield "\n".join(lines) + "\n"


def _decoded(text: str) -> bytes | None:
    """None also where unused bits are set: one signature has one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def _not_a_key(keys: Keys, file: str) -> StoreError:
    return StoreError(
        Text("签名密钥文件内容不对", "the file does not hold a signing key"),
        where=str(keys.folder / file),
        expected="Ed25519, PKCS8, PEM",
        remedy=Text("从备份恢复该文件", "restore the file from its backup"),
    )
