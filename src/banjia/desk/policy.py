"""Desk of the policy: compile, compare, approve; which policy is in force, and who said so. The clock is read here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import msgspec

from banjia.assess.words import verdict
from banjia.config.lifetime import Lifetime, lifetimes
from banjia.config.reader import read as read_config
from banjia.desk import clock
from banjia.errors import RouteError
from banjia.policy.change import Change, changes, held, opens
from banjia.policy.closure import Closure, shut
from banjia.policy.file import decode, read
from banjia.policy.policy import Band, Cell, Policy
from banjia.store.setting import Approval, Setting, approval_of, approve, get_setting, put, put_setting
from banjia.store.store import Store, Transaction, open_store
from banjia.text import Lang, Text

IN_FORCE = "policy.in-force"
PROPOSED = "policy.proposed"
COMPILED = "policy.compiled"  # the last one that was brought, before any closure
CLOSED = "policy.closed"  # an operator's closure of the routes abroad
TEXT_OF = "policy.text/"

WORDS = {
    "opens": Text("放开", "opens"),
    "closes": Text("关闭", "closes"),
    "loosens": Text("放宽处理", "loosens"),
    "tightens": Text("收紧处理", "tightens"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The policy that decides now, and the one that waits for approval, if any.

    `outdated`: what the policy opens stays shut, since a policy of a later day has closed it.
    """

    policy: Policy
    waiting: Policy | None = None
    outdated: bool = False


def compile_policy(
    config_path: Path, *, on: date | None = None, gate: bool = False, keep_ended: bool = False
) -> tuple[Policy, tuple[Text, ...]]:
    """The table for one config and day, and what is to be said of applications that may use no route.

    With `gate`, open facts that close every route of an application are an error.
    """
    from banjia.desk.compile import compile_config

    compiled = compile_config(config_path, on=on or clock.today(), keep_ended=keep_ended)
    if gate:
        compiled.require_open()
    return compiled.policy, tuple(blocked.say() for blocked in compiled.blocked)


def adopt(store: Store, policy: Policy, *, auto: bool, by: str) -> Standing:
    """Bring a policy into force: what it closes at once, what it opens when its hash is approved.

    The first policy of a store has nothing to be compared with: starting the gateway on it is its approval. A policy of
    an earlier day's law opens nothing that the law of a later day has closed, approved or not. While an operator's
    closure stands, every policy is brought with the routes abroad shut.
    """
    _keep(store, policy, by)
    _put(store, COMPILED, policy.hash, by)
    if (closure := closure_of(store)) is not None:
        policy = shut(policy, closure)
        _keep(store, policy, by)
    before = in_force(store)
    if before is None:
        return Standing(_put_in_force(store, policy, by))
    if before.hash == policy.hash:
        _put(store, PROPOSED, "", by)
        return Standing(before)
    outdated = policy.law_date < min(before.law_date, clock.today()) and opens(before, policy)
    if outdated:
        between = held(before, policy)
        _put(store, PROPOSED, "", by)
        return Standing(_put_in_force(store, replace(between, law_date=before.law_date), by), outdated=True)
    if auto or approval_of(store, policy.hash) is not None or not opens(before, policy):
        _put(store, PROPOSED, "", by)
        return Standing(_put_in_force(store, policy, by))
    between = held(before, policy)
    _keep(store, between, by)
    _put(store, PROPOSED, policy.hash, by)
    return Standing(_put_in_force(store, between, by), policy)


def closure_of(store: Store) -> Closure | None:
    """The operator's closure that holds now."""
    setting = get_setting(store, CLOSED)
    return msgspec.json.decode(setting.value, type=Closure) if setting is not None and setting.value else None


def compiled(store: Store) -> Policy | None:
    """The policy that was brought last, as it was before any closure."""
    setting = get_setting(store, COMPILED)
    return _kept(store, setting.value) if setting is not None and setting.value else None


def in_force(store: Store) -> Policy | None:
    setting = get_setting(store, IN_FORCE)
    return _kept(store, setting.value) if setting is not None and setting.value else None


def proposed(store: Store) -> Policy | None:
    setting = get_setting(store, PROPOSED)
    return _kept(store, setting.value) if setting is not None and setting.value else None


def approve_hash(config_path: Path, hash: str, *, by: str, reason: str) -> Policy:  # noqa: A002
    """Approve a policy that was proposed. Raises RouteError where the store has no policy of that hash."""
    with_store = open_store(read_config(config_path).store)
    try:
        policy = _find(with_store, hash)
        approve(with_store, Approval(policy.hash, by, reason, _at()))
    finally:
        with_store.close()
    return policy


def ending(config_path: Path, on: date | None = None) -> list[Lifetime]:
    """The models of the config that have ended, or whose end is near."""
    from banjia.routes.catalogue import load as load_routes

    found = lifetimes(read_config(config_path), load_routes(), on or clock.today())
    return [m for m in found if m.stops or m.ends_soon]


def standing(config_path: Path) -> tuple[Policy | None, Policy | None, Closure | None]:
    """(in force, waiting for approval, an operator's closure) of the config's store."""
    store = open_store(read_config(config_path).store)
    try:
        return in_force(store), proposed(store), closure_of(store)
    finally:
        store.close()


def load(word: str, config_path: Path) -> Policy:
    """A policy by file name, or by its hash in the store (`in-force` and `proposed` name those two)."""
    path = Path(word)
    if path.is_file():
        return read(path)
    store = open_store(read_config(config_path).store)
    try:
        found = {"in-force": in_force, "proposed": proposed}.get(word)
        policy = found(store) if found is not None else _find(store, word, or_file=True)
    finally:
        store.close()
    if policy is None:
        raise RouteError(Text("存储里没有这份策略", "the store has no such policy"), where=word)
    return policy


def difference(old: Policy, new: Policy) -> list[Change]:
    return changes(old, new)


def change_lines(found: Iterable[Change], lang: Lang) -> list[str]:
    lines = []
    for change in found:
        cell = change.cell
        answer = change.after if change.kind in {"opens", "closes"} else None
        rule = answer.rule if answer else f"{change.before.treatment} -> {change.after.treatment}"
        where = "  ".join(filter(None, (place_of(cell), band_of(cell.band, lang))))
        lines.append(f"{WORDS[change.kind].say(lang)}  {where}  {rule}".rstrip())
    return lines


def cell_lines(policy: Policy, lang: Lang) -> list[str]:
    head = Text(
        f"{policy.law_date} 的法律，有效至 {policy.expires or '法律或配置变化'}，{policy.hash}",
        f"law of {policy.law_date}, valid until {policy.expires or 'law or config change'}, {policy.hash}",
    )
    lines = [head.say(lang)]
    for c in policy.cells:
        mark = Text("放行", "pass  ") if c.decision == "pass" else Text("拒绝", "refuse")
        where = "  ".join(filter(None, (place_of(c), band_of(c.band, lang))))
        treatment = f"  {c.treatment}" if c.decision == "pass" else ""
        lines.append(f"{mark.say(lang)}  {where}: {verdict(c.verdict).say(lang)}{treatment}  {c.rule}")
    return lines


def place_of(cell: Cell) -> str:
    purpose = f"/{cell.purpose}" if cell.purpose else ""
    return f"{cell.app}{purpose}  {cell.route}  {cell.model}  {cell.data_class}"


def band_of(band: Band, lang: Lang) -> str:
    """The tallies of the year that a cell holds for; nothing where it holds for all."""
    found = []
    for name, (low, high) in ((Text("一般", "ordinary"), band.ordinary), (Text("敏感", "sensitive"), band.sensitive)):
        if (low, high) == (0, None):
            continue
        span = f"≥ {low:,}" if high is None else f"{low:,}" if high - 1 == low else f"{low:,} – {high - 1:,}"
        found.append(f"{name.say(lang)} {span}")
    return ("，" if lang == "zh" else ", ").join(found)


def _find(store: Store, hash: str, *, or_file: bool = False) -> Policy:  # noqa: A002
    full = hash if hash.startswith("sha256:") else f"sha256:{hash}"
    policy = _kept(store, full)
    if policy is None:
        wanted = Text("`banjia policy show` 列出的摘要", "a hash that `banjia policy show` lists")
        also = Text("策略文件、in-force、proposed，或", "a policy file, in-force, proposed, or ")
        raise RouteError(
            Text("没有这个文件，存储里也没有这份策略", "no such file, and the store has no such policy")
            if or_file
            else Text("存储里没有这份策略", "the store has no such policy"),
            where=hash,
            expected=also + wanted if or_file else wanted,
            remedy=Text("先编译，或让网关读到它", "compile it, or let the gateway see it first"),
        )
    return policy


def _kept(store: Store, hash: str) -> Policy | None:  # noqa: A002
    setting = get_setting(store, TEXT_OF + hash)
    return decode(setting.value.encode(), where=hash) if setting is not None else None


def _keep(store: Store, policy: Policy, by: str) -> None:
    """Each policy that ever decided stays readable: the ledger's entries name it by hash."""
    if get_setting(store, TEXT_OF + policy.hash) is None:
        _put(store, TEXT_OF + policy.hash, policy.encode().decode(), by)


def put_in_force(tx: Transaction, policy: Policy, by: str, at: int) -> None:
    """Within a transaction; the policy's text is kept with it."""
    put(tx, Setting(TEXT_OF + policy.hash, policy.encode().decode(), by, at))
    put(tx, Setting(IN_FORCE, policy.hash, by, at))


def _put_in_force(store: Store, policy: Policy, by: str) -> Policy:
    with store.transaction() as tx:
        put_in_force(tx, policy, by, _at())
    return policy


def _put(store: Store, name: str, value: str, by: str) -> None:
    put_setting(store, Setting(name, value, by, _at()))


def _at() -> int:
    return int(clock.now().timestamp() * 1000)
