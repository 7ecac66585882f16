"""Surrogates: typed, numbered tokens that stand for personal information and cannot be mistaken for text."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Literal

import msgspec

from banjia.privacy.fake import aliases, fake
from banjia.privacy.marks import CLOSE, NONCE, OPEN, resembles
from banjia.privacy.person import normal
from banjia.privacy.span import NOT_PERSONAL, Span

Lang = Literal["zh", "en"]

NONCE_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
NAMES_ZH = {
    "PERSON": "人名", "PHONE": "电话", "EMAIL": "邮箱", "ADDRESS": "地址", "ID_CN": "身份证号",
    "PASSPORT": "护照号", "PERMIT": "通行证号", "BANK_CARD": "卡号", "SSN": "社保号", "IBAN": "银行账号",
    "DOB": "出生日期", "PLATE": "车牌", "MRN": "病历号", "IP": "网络地址", "MAC": "设备地址", "IMEI": "设备号",
    "GEO": "位置", "WECHAT": "微信号", "QQ": "QQ号", "VIN": "车架号", "MILITARY_ID": "军人证号",
    "SECRET": "密钥", "NATIONAL_ID": "其他证件号", "RESIDENCE_HKMOTW": "居住证号", "PERMANENT_RESIDENT": "永居证号",
}  # fmt: skip
REMOVED = {"zh": "已移除", "en": "removed"}
_NUMBER = re.compile("([0-9]+)[a-z]*·")


class State(msgspec.Struct, frozen=True):
    """What is kept of a conversation, sealed: enough to give the same value the same token again."""

    nonce: str
    tokens: list[tuple[str, str, str]]  # type, surface, token
    fakes: list[tuple[str, str, str]] = []  # likewise


class Surrogates:
    """The map of one request or one conversation."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce
        self.grown = False
        self.seal = b""  # what the store held when this map was read: it is kept only while that stands
        self._tokens: dict[tuple[str, str], str] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts: dict[str, int] = {}
        self._variants: dict[tuple[str, int], int] = {}
        self._fakes: dict[tuple[str, str], str] = {}
        self._faked: dict[tuple[str, str], int] = {}  # type and value -> number of its fake
        self._made: set[str] = set()
        self._used: dict[str, int] = {}  # type -> the last number given
        self.avoid: Sequence[str] = ()  # texts of the request: no fake may stand in them

    @classmethod
    def fresh(cls, texts: Iterable[str]) -> Surrogates:
        """A map whose tokens occur in none of the texts."""
        texts = list(texts)
        while True:
            nonce = "".join(secrets.choice(NONCE_SIGNS) for _ in range(NONCE))
            if not any(resembles(t, nonce) for t in texts):
                return cls(nonce)

    @classmethod
    def load(cls, raw: bytes) -> Surrogates:
        state = msgspec.msgpack.decode(raw, type=State)
        kept = cls(state.nonce)
        kept.seal = sha256(raw).digest()
        for kind, surface, token in state.tokens:
            kept._keep(kind, surface, token)
        for kind, surface, made in state.fakes:
            kept._take(kind, surface, made, kept._used.get(kind, 0) + 1)
        return kept

    def save(self) -> bytes:
        tokens = [(kind, surface, token) for (kind, surface), token in self._tokens.items()]
        fakes = [(kind, surface, made) for (kind, surface), made in self._fakes.items()]
        return msgspec.msgpack.encode(State(self.nonce, tokens, fakes))

    def __len__(self) -> int:
        return len(self._tokens) + len(self._fakes)

    def __bool__(self) -> bool:
        return True

    @property
    def tokens(self) -> bool:
        """Whether any mark stands for something, that a model must be told to copy."""
        return bool(self._tokens)

    @property
    def originals(self) -> dict[str, str]:
        """Token or fake -> what it stands for."""
        found = {alias: surface for (kind, surface), made in self._fakes.items() for alias in aliases(kind, made)}
        found |= {made: surface for (_, surface), made in self._fakes.items()}
        return found | {token: surface for (_, surface), token in self._tokens.items()}

    def token(self, kind: str, surface: str, lang: Lang) -> str:
        """The same surface has the same token; other ways of writing one value have its number and a letter."""
        known = self._tokens.get((kind, surface))
        if known is not None:
            return known
        value = kind, normal(kind, surface)
        number = self._numbers.get(value)
        if number is None:
            number = self._counts.get(kind, 0) + 1
        variant = self._variants.get((kind, number), 0)
        mark = _letters(variant)
        name = NAMES_ZH.get(kind, kind) if lang == "zh" else kind
        token = f"{OPEN}{name}{number}{mark}·{self.nonce}{CLOSE}"
        self._hold(value, surface, token, number)
        self.grown = True
        return token

    def fake(self, kind: str, surface: str, lang: Lang) -> str:
        """A value of the same form that nobody has; a token where there is none."""
        known = self._fakes.get((kind, surface))
        if known is not None:
            return known
        value = kind, normal(kind, surface)
        number = self._faked.get(value)
        at = number or self._used.get(kind, 0) + 1
        made = fake(kind, surface, at, lang)
        while made is not None and (made in self._made or any(made in text for text in self.avoid)):
            at += 1
            made = fake(kind, surface, at, lang)
        if made is None or made == surface:
            return self.token(kind, surface, lang)
        self._take(kind, surface, made, at)
        self.grown = True
        return made

    def _take(self, kind: str, surface: str, made: str, number: int) -> None:
        self._fakes[kind, surface] = made
        self._made.add(made)
        self._faked.setdefault((kind, normal(kind, surface)), number)
        self._used[kind] = max(self._used.get(kind, 0), number)

    def _keep(self, kind: str, surface: str, token: str) -> None:
        found = _NUMBER.search(token)
        self._hold((kind, normal(kind, surface)), surface, token, int(found[1]) if found else 0)

    def _hold(self, value: tuple[str, str], surface: str, token: str, number: int) -> None:
        """`value` is the kind and the one form of what the surface writes."""
        kind = value[0]
        self._tokens[kind, surface] = token
        self._numbers.setdefault(value, number)
        self._counts[kind] = max(self._counts.get(kind, 0), number)
        self._variants[kind, number] = self._variants.get((kind, number), 0) + 1


def pseudonymised(
    text: str,
    spans: Sequence[Span],
    surrogates: Surrogates,
    removed: frozenset[str],
    *,
    lang: Lang,
    fakes: bool = False,
) -> str:
    """The text with a token or a fake for each span; what may not be restored is removed."""
    new = surrogates.fake if fakes else surrogates.token
    return replaced(
        text,
        {
            s: gone(s.type, lang) if s.type in removed else new(s.type, text[s.start : s.end], lang)
            for s in spans
            if s.type not in NOT_PERSONAL
        },
    )


def masked(text: str, spans: Sequence[Span], *, lang: Lang) -> str:
    """The text with the kind in place of each span; there is no way back."""
    return replaced(text, {s: gone(s.type, lang) for s in spans if s.type not in NOT_PERSONAL})


def gone(kind: str, lang: Lang) -> str:
    name = NAMES_ZH.get(kind, kind) if lang == "zh" else kind
    return f"{OPEN}{name} {REMOVED[lang]}{CLOSE}"


def replaced(text: str, new: Mapping[Span, str]) -> str:
    parts: list[str] = []
    at = 0
    for span in sorted(new, key=lambda s: s.start):
        parts += (text[at : span.start], new[span])
        at = span.end
    return "".join([*parts, text[at:]])


def language(text: str) -> Lang:
    """The language of a text's tokens: Chinese as soon as it has a Han character."""
    return "zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en"


def _letters(variant: int) -> str:
    """Nothing for the first, then b, c ... z, and on with two letters."""
    if variant == 0:
        return ""
    signs = ""
    while variant:
        variant, rest = divmod(variant, 26)
        signs = chr(97 + rest) + signs
    return signs
