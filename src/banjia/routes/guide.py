"""Guide: one provider as a page for people, written from its file. The documents hold it and a test compares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from banjia.routes import filings, price, region, successor
from banjia.routes.advice.trial import trial
from banjia.routes.advice.use import Use
from banjia.routes.catalogue import Catalogue
from banjia.routes.dialect.operation import Conditional, Op, loss_of
from banjia.routes.dialect.selection import touched
from banjia.routes.example import example
from banjia.routes.lifecycle import life
from banjia.routes.provider import Provider
from banjia.routes.record import Evident
from banjia.text import Lang, Text

OLD_NAMES = ("gpt-3.5-turbo", "gpt-4", "gpt-4o", "gpt-4o-mini", "gpt-4.1", "o3", "gpt-5", "text-embedding-ada-002")
SURE = {
    "doc": Text("厂商文档", "vendor's page"),
    "run": Text("实测", "measured"),
    "peer": Text("第三方", "third party"),
    "mem": Text("**凭记忆**", "**memory**"),
}
LOSS = {"none": Text("无", "none"), "soft": Text("轻", "soft"), "hard": Text("重", "hard")}


def guide(provider: Provider, lang: Lang, *, routes: Catalogue, on: date) -> str:
    """Markdown in one language, as of the day."""
    page = _Page(provider, lang, routes, on)
    parts = (
        page.head, page.config, page.place, page.models, page.limits, page.moving, page.departures, page.errors,
        page.filing, page.data, page.open,
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part()).rstrip() + "\n"


class _Page:
    def __init__(self, provider: Provider, lang: Lang, routes: Catalogue, on: date) -> None:
        self.p = provider
        self.lang = lang
        self.routes = routes
        self.on = on

    def say(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def ground(self, fact: Evident) -> str:
        return SURE[fact.sure].say(self.lang)

    def head(self) -> Iterator[str]:
        p = self.p
        yield f"# {p.name.say(self.lang)}"
        yield ""
        yield self.say(
            f"由 `{p.id}.toml` 生成，截至 {self.on}。标“凭记忆”的事实都没有核对过。",
            f"Written from `{p.id}.toml` as of {self.on}. Facts marked as memory were not checked.",
        )
        if p.aliases:
            yield ""
            yield self.say("也叫：", "Also: ") + ", ".join(f"`{a}`" for a in p.aliases)
        for words in (p.trap, p.note):
            if words is not None:
                yield ""
                yield f"> {words.say(self.lang)}"
        if p.status in ("winding_down", "closed"):
            yield ""
            yield self.say("**正在停止服务，不要新选。**", "**Winding down: do not choose it for new work.**")
        yield ""

    def config(self) -> Iterator[str]:
        p = self.p
        if p.id in ("relay", "foreign_aggregator", "cn_aggregators", "azure_21vianet"):
            return
        yield "## " + self.say("配置", "Configuration")
        yield ""
        if p.closed is not None and p.closed <= self.on:
            yield self.say(
                f"厂商自 {p.closed} 起不再提供接口，没有可用的配置；`banjia routes advise` 给出可以改用的。",
                f"The vendor sells no API since {p.closed}, so there is no configuration; `banjia routes advise` says "
                "what may take its place.",
            )
            yield ""
            return
        yield "```yaml"
        yield from example(p, self.on)
        yield "```"
        yield ""
        if p.key.env:
            names = self.say("、", ", ").join(f"`{e}`" for e in p.key.env)
            yield self.say(
                f"密钥：{names}（变量名{SURE[p.key.sure].zh}）", f"Key: {names} (names: {SURE[p.key.sure].en})"
            )
            if p.key.shape:
                yield self.say("形式：", "Form: ") + f"`{p.key.shape}`"
            if p.key.note:
                yield p.key.note.say(self.lang)
            yield ""
        header = f"`{p.auth.header}: {p.auth.template}`"
        optional = self.say("，可省", ", optional") if p.auth.optional else ""
        yield self.say(f"认证：{header}{optional}", f"Authentication: {header}{optional}")
        yield ""
        yield self.say(
            "从 OpenAI 迁来：应用里的模型名可以不改，由网关的 `models` 映射。",
            "From OpenAI: the application keeps its model names; `models` of the gateway maps them.",
        )
        yield self.say(
            "从 Azure 迁来：网关同样提供 `/openai/deployments/{name}/...`，部署名按模型名映射。",
            "From Azure: `/openai/deployments/{name}/...` is served too; a deployment name is mapped like a model.",
        )
        yield ""

    def place(self) -> Iterator[str]:
        p = self.p
        if not p.endpoints:
            return
        yield "## " + self.say("主机与地点", "Hosts and places")
        yield ""
        yield self.say(
            "| 主机 | 一侧 | 存储 | 推理 | 主机可证明 | 依据 |",
            "| host | side | stored in | computed in | host proves it | ground |",
        )
        yield "|---|---|---|---|---|---|"
        for e in p.endpoints:
            pinned = self.say("是", "yes") if e.pinned else self.say("否，要问", "no, ask")
            note = f"<br>{e.note.say(self.lang)}" if e.note else ""
            name = f"`{e.match}`{note}"
            yield _row(name, p.side_of(e), e.store, ", ".join(e.infer), pinned, self.ground(e))
        yield ""
        rule = region.policy(p, self.on)
        if rule is not None:
            served = self.routes.serves(p, "CN", self.on)
            yield self.say(
                f"厂商对中国内地的答复：{served.answer}（{SURE[served.sure].zh}）",
                f"The vendor's answer for mainland China: {served.answer} ({SURE[served.sure].en})",
            )
            if rule.note is not None:
                yield rule.note.say(self.lang)
            yield ""
        if p.operator is not None:
            names = ", ".join(f"{e.name} ({e.country})" for e in p.operator.entities)
            yield self.say(
                f"运营方：{names}（{SURE[p.operator.sure].zh}）", f"Operator: {names} ({SURE[p.operator.sure].en})"
            )
            yield ""

    def models(self) -> Iterator[str]:
        alive = [
            m for m in self.p.models if life(self.p, m.id, self.on, m.version).state in ("available", "ending-soon")
        ]
        if not alive:
            return
        yield "## " + self.say("模型", "Models")
        yield ""
        yield self.say(
            "| 模型 | 种类 | 上下文 | 输入 | 思考 | 到期 | 价格（每百万 token） | 依据 |",
            "| model | kind | context | input | thinking | ends | price (a million tokens) | ground |",
        )
        yield "|---|---|---|---|---|---|---|---|"
        for m in alive:
            span = life(self.p, m.id, self.on, m.version)
            ends = f"{span.ends}" if span.ends else "-"
            ends += self.say("（来源不一致）", " (sources disagree)") if span.is_contested else ""
            context = f"{m.context:,}" if m.context else "?"
            width = f" {'/'.join(map(str, m.dims))}" if m.dims else ""
            name = f"`{m.id}` {m.version}".rstrip()
            inputs = ", ".join(m.inputs)
            thinking = m.reasoning or "?"
            yield _row(name, m.kind + width, context, inputs, thinking, ends, self._price(m.id), self.ground(m))
        yield ""

    def limits(self) -> Iterator[str]:
        rows = [
            (m.id, m.context, m.max_output, m.max_batch, m.max_tokens)
            for m in self.p.models
            if (m.max_output or m.max_batch or m.max_tokens)
            and life(self.p, m.id, self.on, m.version).state in ("available", "ending-soon")
        ]
        if self.p.is_engine:
            return
        yield "## " + self.say("限制", "Limits")
        yield ""
        if rows:
            yield self.say(
                "| 模型 | 上下文 | 答案至多 | 向量：每次条数 | 向量：每条词元 |",
                "| model | context | longest answer | vectors: inputs a call | vectors: tokens an input |",
            )
            yield "|---|---|---|---|---|"
            for name, *numbers in rows:
                yield _row(f"`{name}`", *(f"{n:,}" if n else "-" for n in numbers))
            yield ""
        yield self.say(
            "每分钟的请求数和词元数随账户等级而定，见厂商控制台；超出时的错误见下。"
            "应用自己的上限用 `limits` 和 `budget`。",
            "Requests and tokens a minute go by the account's tier: see the vendor's console; what is answered beyond "
            "them stands under errors. `limits` and `budget` set the application's own.",
        )
        yield ""

    def _price(self, model: str) -> str:
        found = []
        for offer in price.offers(self.p.id):
            row = next((r for r in offer.rows if r.model == model), None)
            if row is not None and row.tokens is not None and row.tokens.input is not None:
                out = "" if row.tokens.output is None else f" / {row.tokens.output:g}"
                memory = "" if row.sure != "mem" else self.say("，凭记忆", ", memory")
                found.append(f"{row.tokens.input:g}{out} {offer.currency} ({offer.site}, {row.as_of}{memory})")
        return "<br>".join(found) or "-"

    def moving(self) -> Iterator[str]:
        lines = [line for old in OLD_NAMES for line in self._stand_ins(old)]
        if not lines:
            return
        yield "## " + self.say("旧名称 → 这里的模型", "Old names and what stands in for them here")
        yield ""
        yield self.say(
            "以流式、工具调用、json_schema 的应用为例；向量模型以原宽度为例。",
            "For an application that streams, calls tools and asks for json_schema; for vectors, of the old width.",
        )
        yield ""
        yield self.say("| 旧名称 | 先看 | 模拟 | 失去 |", "| old name | look first at | emulated | lost |")
        yield "|---|---|---|---|"
        yield from lines
        yield ""
        yield self.say(
            "质量没有测量过；请用 `banjia routes advise` 比较。",
            "Quality is not measured; compare with `banjia routes advise`.",
        )
        yield ""

    def _stand_ins(self, old: str) -> Iterator[str]:
        stand = successor.of(old)
        if stand is None:
            return
        use = Use((old,), tools=True, json_schema=True, streams=True, widths={old: 1536})
        for candidate in dict.fromkeys(c.model for c in successor.candidates(stand) if c.provider == self.p.id):
            model = self.p.model(candidate)
            if model is not None:
                tried = trial(use, old, self.p, model, thinks=stand.thinking == "wanted")
                emulated, lost = (
                    "<br>".join(t.say(self.lang) for t in texts) or "-" for texts in (tried.emulated, tried.lost)
                )
                yield _row(f"`{old}`", f"`{candidate}`", emulated, lost)

    def departures(self) -> Iterator[str]:
        rows = [
            row
            for op in (*self.p.dialect.request, *self.p.dialect.answer, *self.p.dialect.catalogue)
            for row in self._rows(op)
        ]
        if not rows:
            return
        yield "## " + self.say("与 OpenAI 的不同", "Departures from OpenAI")
        yield ""
        yield self.say(
            "| 操作 | 字段 | 模型 | 损失 | 不处理时 | 依据 | 说明 |",
            "| operation | field | models | loss | untouched | ground | note |",
        )
        yield "|---|---|---|---|---|---|---|"
        yield from rows
        yield ""

    def _rows(self, op: Op) -> Iterator[str]:
        if isinstance(op, Conditional):
            tests = " & ".join(
                filter(None, (t.path or ("thinking" if t.thinking is not None else "") for t in op.when))
            )
            yield self._row(op, tests)
            return
        inside = getattr(op, "path", "") or getattr(op, "from_", "") or ", ".join(getattr(op, "fields", ()))
        yield self._row(op, inside if isinstance(inside, str) and inside else next(iter(touched(op)), ""))

    def _row(self, op: Op, where: str) -> str:
        name = str(type(op).__struct_config__.tag)
        models = ", ".join(f"`{m}`" for m in op.models) or "*"
        note = op.note.say(self.lang) if op.note else ""
        upstream = {"refuses": self.say("拒绝", "refused"), "ignores": self.say("忽略", "ignored"), "unknown": "?"}[
            op.upstream
        ]
        loss = LOSS[loss_of(op)].say(self.lang)
        return _row(name, f"`{where}`", models, loss, upstream, self.ground(op), note)

    def errors(self) -> Iterator[str]:
        rules = self.p.dialect.errors
        if rules:
            yield "## " + self.say("错误", "Errors")
            yield ""
            yield self.say(
                "| 厂商给出 | 应用看到 | 重试 | 依据 |", "| the vendor sends | the application sees | retry | ground |"
            )
            yield "|---|---|---|---|"
            for rule in rules:
                w = rule.when
                parts = [*map(str, w.http), *w.code, *(f"{c}*" for c in w.code_prefix), *w.type, *w.message]
                parts += [f"{w.path}={v}" for v in w.value] + ([f"{w.path}!={w.not_[0]}"] if w.not_ else [])
                retry = self.say("是", "yes") if rule.retry else self.say("否", "no")
                seen = f"{rule.to.http} {rule.to.code or rule.to.type}"
                yield _row(", ".join(parts), seen, retry, self.ground(rule))
            yield ""
        for signal in self.p.dialect.safety:
            yield (
                self.say("内容检查：", "Content check: ")
                + f"{signal.signal.say(self.lang)} ({SURE[signal.sure].say(self.lang)})"
            )
        if self.p.dialect.safety:
            yield ""
        if self.p.limits:
            yield self.say("限流：", "Limits: ") + self.p.limits.say(self.lang)
            yield ""

    def filing(self) -> Iterator[str]:
        f = self.p.filing
        if not f.rows and f.note is None:
            return
        yield "## " + self.say("备案", "Filing")
        yield ""
        yield filings.load().about.caution.say(self.lang)
        yield ""
        for row in f.rows:
            yield f"- {row.number}: {row.entity} ({row.register} {row.seq})"
        yield ""
        party = {"yes": self.say("是", "yes"), "no": self.say("否", "no"), "unknown": self.say("不清楚", "unknown")}[
            f.filer_is_party
        ]
        yield self.say(
            f"备案单位是否为合同方：{party}。编号都是建议，确认后才能展示。",
            f"Filer is the contract party: {party}. Numbers are proposals until confirmed.",
        )
        if f.note:
            yield f.note.say(self.lang)
        yield ""

    def data(self) -> Iterator[str]:
        if not self.p.assurances:
            return
        yield "## " + self.say("数据使用（厂商说法）", "Use of data (as the vendor says)")
        yield ""
        for a in self.p.assurances:
            extra = f" — {a.not_answered.say(self.lang)}" if a.not_answered else ""
            yield f"- {a.topic}: {a.says.say(self.lang)} ({SURE[a.sure].say(self.lang)}){extra}"
        yield ""

    def open(self) -> Iterator[str]:
        if self.p.open:
            yield "## " + self.say("有待用真实密钥核对", "To be probed with a real key")
            yield ""
            for question in self.p.open:
                yield f"- {question.say(self.lang)}"
            yield ""


def _row(*cells: str) -> str:
    """A line of a table; what would break it is escaped."""
    return "| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |"


def pages(routes: Catalogue, on: date) -> Iterable[tuple[str, Lang, str]]:
    """(id, language, page) of every provider."""
    for provider in routes.providers.values():
        for lang in ("en", "zh"):
            yield provider.id, lang, guide(provider, lang, routes=routes, on=on)
