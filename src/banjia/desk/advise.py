"""Desk of the advice: an application's use, the assessments of every way out, and prices, ranked."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from banjia.assess.assessment import ACTION, OPEN, PERMITTED, PROHIBITED, Assessment
from banjia.assess.scope import RouteScope
from banjia.assess.words import verdict
from banjia.desk.assess import Request, Room, gather, one
from banjia.desk.ledger import Place
from banjia.desk.traits import traits_of, volumes_of
from banjia.errors import ConfigError, cause
from banjia.facts.catalogue import load as load_facts
from banjia.facts.fact import Fact
from banjia.facts.profile import Profile, Provenance
from banjia.routes import successor
from banjia.routes.advice.advise import Advice, Option, advise
from banjia.routes.advice.use import Allowed, Use, Verdict
from banjia.routes.catalogue import Catalogue
from banjia.routes.price import Currency, Money, Volume, money
from banjia.routes.provider import Endpoint, Provider
from banjia.text import Lang, Text

SITES = {"cn_mainland": "cn_mainland", "overseas": "intl", "hk": "intl", "self_hosted": "self"}
LEFT_OUT = frozenset({"relay", "foreign_aggregator", "cn_aggregators", "azure_21vianet"})
FEATURES = ("tools", "forced_tools", "images", "json_object", "json_schema", "several_answers", "streams")
MOST_ASKED = 3
LEAST_SHOWN = 3  # options of each old name, however many there are
COLUMNS = ("model", "requests", "input_tokens", "output_tokens")


@dataclass(frozen=True, slots=True)
class Advised:
    advice: Advice
    use: Use
    on: date
    assessed: bool
    rate: Money

    @property
    def exit_code(self) -> int:
        """That of the best option's assessment; 4 where nothing fits."""
        if self.advice.nothing_fits:
            return PROHIBITED
        best = self.advice.options[0].way
        if best.verdict == "indeterminate":
            return OPEN
        return ACTION if best.verdict == "doubtful" or (best.verdict == "conditional" and best.duties) else PERMITTED

    @property
    def ask(self) -> tuple[Fact, ...]:
        """The questions that most of the ways still wait for."""
        ways = {option.way.route: option.way for option in self.advice.options}
        found = Counter(fact for way in ways.values() if way.verdict == "indeterminate" for fact in way.asks)
        return tuple(load_facts()[fact] for fact, _ in found.most_common(MOST_ASKED))

    def to_json(self) -> dict[str, Any]:
        rate = {"usd_cny": self.rate.usd_cny, "certainty": self.rate.sure, "as_of": self.rate.as_of.isoformat()}
        asked = {
            "models": list(self.use.models),
            "features": [name for name in FEATURES if getattr(self.use, name)],
            "longest_input": self.use.longest_input,
            "widths": self.use.widths,
            "volumes": {old: asdict(self.use.volume_of(old)) for old in self.use.models},
        }
        head = {"on": self.on.isoformat(), "assessed": self.assessed, "rate": rate, "use": asked}
        ask = [{"fact": f.id, "question": f.question.as_dict(), "who": f.who} for f in self.ask]
        return {**head, "ask": ask, **self.advice.to_json()}


def use(
    models: Sequence[str],
    *,
    features: frozenset[str] = frozenset(),
    longest_input: int = 0,
    widths: Sequence[str] = (),
    volume: Volume | None = None,
    path: Path | None = None,
) -> Use:
    """What is told on the command line, completed by what the code of the calls shows."""
    named = list(models)
    told = dict(_width(word) for word in widths)
    if path is not None:
        found = traits_of(path)
        named += [m for m in found.models if m not in named]
        features |= found.features
        told = {**found.widths, **told}
    return Use(
        models=tuple(named),
        tools="tools" in features,
        forced_tools="forced_tools" in features,
        images="images" in features,
        json_object="json_object" in features,
        json_schema="json_schema" in features,
        several_answers="several_answers" in features,
        streams="streams" in features,
        longest_input=longest_input,
        widths=told,
        volume=volume or Volume(),
    )


def _width(word: str) -> tuple[str, int]:
    model, mark, number = word.partition("=")
    if not mark or not number.isdigit():
        raise ConfigError(
            Text("--width 应写成 MODEL=N", "--width is written MODEL=N"),
            where="--width",
            expected="text-embedding-ada-002=1536",
            found=word,
        )
    return model, int(number)


def advised(
    use: Use,
    request: Request,
    *,
    currency: Currency = "CNY",
    usd_cny: float | None = None,
    volumes: Path | None = None,
    ledger: int = 0,
) -> Advised:
    """Every way of the catalogue is assessed for the application first; closed ways are named with their lever.

    Volumes come from a CSV, or from so many last days of the ledger.
    """
    room = gather(request)
    if ledger:
        use = with_models(use, volumes_of(Place(config=request.config), ledger))
    if volumes is not None:
        use = with_volumes(use, volumes)
    if not use.models:
        raise ConfigError(
            Text("没有说明现在用的模型", "no model in use was named"),
            where="--model",
            expected="--model gpt-4o-mini, --path DIR",
        )
    rate = money()
    if usd_cny is not None:
        rate = replace_rate(rate, usd_cny, room.on)
    ways = tuple(way(room, provider, site, endpoint) for provider, site, endpoint in places(room.routes, room.on))
    advice = advise(use, ways, routes=room.routes, on=room.on, currency=currency, rate=rate)
    return Advised(advice, use, room.on, bool(room.profile), rate)


def places(routes: Catalogue, on: date) -> list[tuple[Provider, str, Endpoint | None]]:
    """Each provider once for each side it sells on; engines stand as one: own weights."""
    found: list[tuple[Provider, str, Endpoint | None]] = []
    for provider in routes.providers.values():
        if provider.id in LEFT_OUT or (provider.closed is not None and on >= provider.closed):
            continue
        if provider.is_engine:
            if provider.id == "self_hosted":
                found.append((provider, "self", provider.endpoints[0]))
            continue
        seen: set[str] = set()
        for endpoint in provider.endpoints:
            side = provider.side_of(endpoint)
            site = "overseas" if provider.side == "overseas" else SITES.get(side, "")
            if site and site not in seen and (endpoint.closed is None or on < endpoint.closed):
                seen.add(site)
                found.append((provider, site, endpoint))
    return found


def way(room: Room, provider: Provider, site: str, endpoint: Endpoint | None) -> Allowed:
    facts = Profile.read({"provider": provider.id}, Provenance("advised", "routes advise"))
    scope = RouteScope(f"{provider.id}@{site}", "", facts, endpoint)
    if not room.profile:
        return Allowed(provider.id, site, "not-assessed", scope.id)
    answer = one(room, scope)
    worst: Verdict = answer.worst  # type: ignore[assignment]  # a verdict of the law
    return Allowed(
        provider.id,
        site,
        _verdict(answer),
        scope.id,
        _lever(answer),
        worst=worst,
        duties=len(answer.duties.unmet),
        asks=tuple(m.fact for m in answer.missing[:MOST_ASKED]),
    )


def with_volumes(use: Use, file: Path) -> Use:
    """Volumes by model from a CSV with the columns model, requests, input_tokens, output_tokens."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            Text("读不了用量文件", "the file of volumes cannot be read"), where=str(file), found=cause(error)
        ) from error
    found: dict[str, Volume] = {}
    for number, row in enumerate(rows, start=2):
        try:
            counts = [int(row[c]) for c in COLUMNS[1:]]
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                Text("用量文件的一行读不懂", "a line of the volumes cannot be read"),
                where=f"{file.name}:{number}",
                expected=",".join(COLUMNS),
                found=",".join(str(v) for v in row.values()),
            ) from error
        if min(counts) < 0 or not row["model"]:
            raise ConfigError(
                Text("用量文件的一行不合理", "a line of the volumes makes no sense"),
                where=f"{file.name}:{number}",
                expected=",".join(COLUMNS),
                found=",".join(str(v) for v in row.values()),
            )
        before = found.get(row["model"], Volume())
        found[row["model"]] = Volume(
            before.requests + counts[0], before.input_tokens + counts[1], before.output_tokens + counts[2]
        )
    return with_models(use, found)


def with_models(use: Use, volumes: Mapping[str, Volume]) -> Use:
    """The models that were used, each with its own volume."""
    models = tuple(dict.fromkeys([*use.models, *volumes]))
    return replace(use, models=models, volumes={**use.volumes, **volumes})


def replace_rate(rate: Money, usd_cny: float, on: date) -> Money:
    if not 0.1 < usd_cny < 1000:
        raise ConfigError(
            Text("汇率不合理", "not an exchange rate"), where="--rate", expected="6.75", found=str(usd_cny)
        )
    return Money(usd_cny=usd_cny, sure="run", as_of=on, stale_after_days=rate.stale_after_days, blend=rate.blend)


def text(answer: Advised, lang: Lang, *, most: int = 12) -> str:
    """The ranking for people. What is not measured, not confirmed or from memory says so in its line."""
    advice = answer.advice
    out = [*_first(answer, lang), _rate(answer).say(lang)]
    if not answer.assessed:
        out.append(_UNASSESSED.say(lang))
    each = max(LEAST_SHOWN, most // max(1, len(answer.use.models)))
    for old in answer.use.models:
        found = advice.of(old)
        out += ["", _needs(answer.use, old).say(lang)]
        if not found:
            out.append("  " + advice.nothing().say(lang))
        for number, option in enumerate(found[:each], start=1):
            out += _option(number, option, lang)
        if len(found) > each:
            rest = len(found) - each
            out.append(Text(f"……还有 {rest} 项（--json）", f"... {rest} more (--json)").say(lang))
    if advice.closed:
        out.append("")
        names = ", ".join(w.route + (f" ({w.lever})" if w.lever else "") for w in advice.closed)
        out.append(
            Text(f"已关闭（括号内为可打开它的条件）：{names}", f"closed (in brackets what would open it): {names}").say(
                lang
            )
        )
    out += [Text(f"不认识的模型：{m}", f"unknown model: {m}").say(lang) for m in advice.unknown]
    return "\n".join(out)


def table(answer: Advised) -> str:
    """The same as CSV, one option a line."""
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["for", "provider", "site", "model", "verdict", "quality", "emulated", "lost", "state", "ends", "filing",
         "price_per_month", "currency", "price_as_of", "price_certainty"]
    )  # fmt: skip
    for o in answer.advice.options:
        price = o.cost.to_json()
        writer.writerow(
            [o.old, o.way.provider, o.way.site, o.model, o.way.verdict, "not measured",
             "; ".join(t.en for t in o.trial.emulated), "; ".join(t.en for t in o.trial.lost), o.life.state,
             o.life.ends or "", o.filing.reading, price["amount"], price["currency"], price["as_of"],
             price["certainty"]]
        )  # fmt: skip
    return out.getvalue()


def _first(answer: Advised, lang: Lang) -> Sequence[str]:
    """What to look at first; where no way is settled, what to answer first."""
    said = answer.advice.say().say(lang)
    if answer.exit_code != OPEN:
        return [said]
    asked = [f"  {fact.question.say(lang)}  [{fact.id}]" for fact in answer.ask]
    return [_UNSETTLED.say(lang), *asked, said]


def _said(way: Allowed) -> Text:
    """The verdict of one way; of an open one also the gravest that is still possible."""
    found = NOT_ASSESSED if way.verdict == "not-assessed" else verdict(way.verdict)
    if way.verdict == "indeterminate" and way.worst:
        worst = verdict(way.worst)
        found += Text(f"，最坏是{worst.zh}", f", at worst {worst.en}")
    return found


def _option(number: int, option: Option, lang: Lang) -> Sequence[str]:
    def words(texts: Sequence[Text]) -> str:
        return ("；" if lang == "zh" else "; ").join(t.say(lang) for t in texts)

    said, cost = _said(option.way).say(lang), option.cost.say().say(lang)
    lines = [f"{number:>2}. {option.model} @ {option.way.route}  [{said}]  {cost}"]
    for label, texts in (
        (Text("保留", "kept"), option.trial.kept),
        (Text("模拟", "emulated"), option.trial.emulated),
        (Text("改变", "changed"), option.trial.changed),
        (Text("失去", "lost"), option.trial.lost),
        (Text("未知", "not known"), option.trial.unknown),
    ):
        if texts:
            lines.append(f"    {label.say(lang)}: {words(texts)}")
    filing = option.filing.say()
    quality = Text("质量未测量", "quality not measured")
    memory = Text("部分事实凭记忆", "some facts from memory")
    ending = [Text("厂商正在停止", "the vendor is winding down")] if option.winding_down else []
    tail = [
        *ending,
        option.effort,
        option.life.say(),
        filing,
        quality,
        *([memory] if option.trial.rests_on_memory else []),
    ]
    return [*lines, f"    {words(tail)}"]


def _needs(use: Use, old: str) -> Text:
    """One old name and what is asked of whatever takes its place."""
    stand = successor.of(old)
    chat = stand is None or stand.work != "embedding"
    wanted = [name for name in FEATURES if chat and getattr(use, name)]
    wanted += [f"{use.widths[old]} dims"] if old in use.widths else []
    volume = use.volume_of(old)
    tokens = f"{volume.requests:,} / {volume.input_tokens:,} / {volume.output_tokens:,}" if volume.requests else ""
    month_zh = f"；每月 {tokens}（次/输入/输出）" if tokens else ""
    month_en = f"; a month {tokens} (calls/in/out)" if tokens else ""
    said = f" [{', '.join(wanted)}]" if wanted else ""
    return Text(f"替代 {old}{said}{month_zh}", f"in place of {old}{said}{month_en}")


def _rate(answer: Advised) -> Text:
    rate = answer.rate
    memory = Text("，凭记忆，请用 --rate 给出当日汇率", ", from memory: give the day's with --rate")
    words = Text(f"按 1 USD = {rate.usd_cny} CNY 换算", f"converted at 1 USD = {rate.usd_cny} CNY")
    return words + memory if rate.sure == "mem" else words


def _verdict(answer: Assessment) -> Verdict:
    return answer.verdict  # type: ignore[return-value]  # the verdicts of the law and `indeterminate`


def _lever(answer: Assessment) -> str:
    best = next(iter(answer.levers), None)  # cheapest first
    return f"{best.fact} = {best.after}" if best else ""


NOT_ASSESSED = Text("未评估", "not assessed")
_UNSETTLED = Text("事实未定，没有一条路线有定论；先回答：", "no way is settled while facts are open; answer first:")
_UNASSESSED = Text(
    "没有事实，路线未经评估；用 --config 或 --fact 给出", "no facts: the ways are not assessed; give --config or --fact"
)
