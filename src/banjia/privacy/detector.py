"""Detector: one identifier as its file states it: pattern, check, context, class per reading, examples."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

from banjia.errors import ConfigError
from banjia.privacy.checks import CHECKS, Check
from banjia.privacy.span import Reading, SpanClass
from banjia.text import Text

MACROS = {
    # what may stand between a label and its value
    "to": r"""(?:[\s:=#"\x27|>)\]*`\\,]|：|＝|“|”|「|」|【|】|（|\(|）|→|｜|号码|號碼|号|號|编号|是|为|為|叫|账号"""
    r"""|帐号|(?i:number)|(?i:no)\.?|(?i:is)|(?i:id)|码|碼){0,8}""",
    "date": r"""(?:(?:19|20)[0-9]{2} ?(?:年|[-/.]) ?[01]?[0-9] ?(?:月|[-/.]) ?[0-3]?[0-9](?: ?(?:日|号))?"""
    r"""|(?:19|20)[0-9]{2} ?年 ?[01]?[0-9] ?月|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9](?![0-9])"""
    r"""|[0-3]?[0-9][-/.][0-3]?[0-9][-/.](?:(?:19|20)[0-9]{2}|[0-9]{2})(?![0-9])"""
    r"""|(?:[0-3]?[0-9](?:st|nd|rd|th)?(?: of)? )?(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"""
    r"""(?: [0-3]?[0-9](?:st|nd|rd|th)?)?,? (?:19|20)[0-9]{2})""",
}
# Labels of numbers that are nobody's, and what may stand between such a label and its number.
ORDER = (
    r"(?i:order|tracking|invoice|sku|ticket|waybill|txn|trace|batch|serial|build|commit|timestamp|part|model|"
    r"pn)(?i:[ _-]?(?:no|number|id|num))?\.?"
    r"|订单|单号|單號|运单|流水|编号|批次|批号|序列号|交易号|凭证号|发票|快递|物流|工单|合同号|时间戳|条码|型号"
).encode()
ORDER_GAP = re.compile(r"(?:[ \t:=#\"\x27]|：|是|为|号码|编号|号|(?i:no|number|id|num)\.?){0,5}".encode())
ORDER_REACH = 24
_SPLIT_HAN = re.compile(r"[^\x00-\x7f][?*+{]|\[[^\]\\(]*[^\x00-\x7f][^\](]*\]")
NOT_BEFORE = 40  # bytes looked back for a context that forbids
NEAR = 160  # bytes looked around for a context that is needed


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing the identifier.

    `anchor` is found by the multi-pattern pass; the match starts `back` bytes before the anchor's end or, with a `run`,
    where the run of these bytes before that place begins, or, with a `window`, anywhere up to that many bytes before
    the end, and must reach it. Group `v`, where there is one, is the value. `sift` is a rarer anchor, where there is
    one, that every match has too, and `sift_run` a run of bytes there, the second of which ends the anchor: they stand
    in for the anchor where whole logs are looked over.
    """

    type: str
    anchor: bytes
    back: int
    sift: bytes
    sift_back: int
    sift_run: tuple[str, ...]
    run: bytes
    window: int
    ahead: int
    pattern: re.Pattern[bytes]
    value: str | int
    check: Check | None
    order_free: bool  # not where a label of an order, invoice or batch number stands before it
    not_before: re.Pattern[bytes] | None
    near: re.Pattern[bytes] | None
    score: float
    priority: int
    in_context: bool  # what stands around it decides
    guarded: bool


@dataclass(frozen=True, slots=True)
class Detector:
    id: str
    file: str
    title: Text
    current: SpanClass
    strict: SpanClass
    strength: int  # 1 one person for certain ... 9 no key at all
    remove: bool  # never a reversible surrogate
    forms: tuple[Form, ...]
    hits: tuple[tuple[str, str], ...]
    misses: tuple[str, ...]

    def data_class(self, reading: Reading) -> SpanClass:
        return self.strict if reading == "strict" else self.current


@cache
def detectors() -> tuple[Detector, ...]:
    """Every identifier file of the package, by file name."""
    folder = resources.files("banjia.privacy") / "detectors"
    names = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    return tuple(read(name, (folder / name).read_text(encoding="utf-8")) for name in names)


def read(name: str, text: str) -> Detector:
    """One identifier file. Raises ConfigError naming the file and the field."""
    try:
        raw = tomllib.loads(text)
        forms = tuple(_form(raw["id"], int(raw["priority"]), f) for f in raw.get("form", ()))
        return Detector(
            id=raw["id"],
            file=name,
            title=Text(raw["title"]["zh"], raw["title"]["en"]),
            current=raw["current"],
            strict=raw["strict"],
            strength=raw["strength"],
            remove=raw.get("remove", False),
            forms=forms,
            hits=tuple((t, v) for t, v in raw.get("hits", ())),
            misses=tuple(raw.get("misses", ())),
        )
    except (KeyError, tomllib.TOMLDecodeError, re.error) as error:
        raise ConfigError(
            Text("识别器文件读不懂", "the identifier file cannot be read"), where=name, found=f"{error}"
        ) from error


def _form(id_: str, priority: int, raw: dict[str, object]) -> Form:
    pattern = _compile(str(raw["pattern"]))
    not_before = raw.get("not_before")
    near = raw.get("near")
    check = raw.get("check")
    return Form(
        type=id_,
        anchor=str(raw["anchor"]).encode(),
        back=int(str(raw.get("back", 0))),
        sift=str(raw.get("sift", raw["anchor"])).encode(),
        sift_back=int(str(raw.get("sift_back", raw.get("back", 0)))),
        sift_run=tuple(str(c) for c in cast("list[str]", raw.get("sift_run", []))),
        run=str(raw.get("run", "")).encode(),
        window=int(str(raw.get("window", 0))),
        ahead=int(str(raw.get("ahead", 40))),
        pattern=pattern,
        value="v" if "v" in pattern.groupindex else 0,
        check=CHECKS[str(check)] if check else None,
        order_free=bool(raw.get("order_free", False)),
        not_before=_compile(str(not_before)) if not_before else None,
        near=_compile(str(near)) if near else None,
        score=float(str(raw.get("score", 0.9))),
        priority=priority,
        in_context=bool(not_before or near),
        guarded=bool(raw.get("order_free") or not_before or near),
    )


def _compile(source: str) -> re.Pattern[bytes]:
    """Patterns are matched on bytes: outside an alternation a Han character would be taken byte by byte."""
    for name, body in MACROS.items():
        source = source.replace(f"<<{name}>>", body)
    if wrong := _SPLIT_HAN.search(source):
        raise re.error(f"a character beyond ASCII under a quantifier or in a class: {wrong.group()}")
    return re.compile(source.encode(), re.DOTALL)
