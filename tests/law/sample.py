"""A small pack that is right in every line; tests change it."""

PACK = """\
id = "demo"
title = {zh = "演示", en = "Demo"}
version = "1"
schema = 1
time_zone = "Asia/Shanghai"
joins = "True"
never = ["data.sensitive_pi and not data.personal_info"]

[parameters]
counting_unit = "persons"

[[axis]]
id = "demo_export"
question = {zh = "走哪条路？", en = "Which gate?"}
default = "free"
default_cites = ["rules art. 5(1)(4)"]
applies = "data.leaves_mainland"
otherwise = "no-export"
since = 2022-09-01

[[axis.outcome]]
id = "no-export"
text = {zh = "没有出境", en = "no export"}
verdict = "permitted"

[[axis.outcome]]
id = "free"
text = {zh = "豁免", en = "exempt"}
verdicts = [{when = "data.personal_info", verdict = "conditional"}, {verdict = "permitted"}]

[[axis.outcome]]
id = "contract"
text = {zh = "标准合同", en = "contract"}
verdicts = [
  {when = "export.mechanism == 'none'", verdict = "prohibited"},
  {verdict = "conditional"},
]
"""

LISTS = """\
[[list]]
id = "union"
codes = ["DE", "FR", {code = "HR", from = 2013-07-01}]

[[list]]
id = "wide"
union = ["union"]
codes = [{code = "GB", from = 2021-06-28, until = 2031-12-27}]
"""

STATUTE = """\
# 演示规则 / Rules of the demo

```statute
id = "rules"
level = "departmental-rule"
basis = "statute"
issuer = ["CAC"]
from = 2024-03-22
read = 2026-11-23
sources = [{id = "official", kind = "official", ref = "https://example.invalid/rules"}]
```

## art. 5(1)(4) 小量豁免 / Small numbers

```provision
ref = "art. 5(1)(4)"
topic = "exempt"
```

不足十万人的非敏感个人信息，免予订立标准合同。

Fewer than 100,000 persons without sensitive information: no contract.

## art. 8 标准合同 / Contract

```provision
ref = "art. 8"
confidence = "secondary"
```

达到门槛的，订立标准合同。

From the threshold on, a contract.

```rule
id = "rules.volume.ordinary"
axis = "demo_export"
outcome = "contract"
when = "export.persons_nonsensitive_ytd >= 100_000"
cites = ["rules art. 8"]
row = "X11"
```

```rule
id = "rules.scenario"
axis = "demo_export"
outcome = "free"
when = "export.scenario == 'emergency' and export.scenario_necessary"
defeats = ["rules.volume.*"]
cites = ["rules art. 5(1)(4)"]
```

```duty
id = "notice"
axis = "demo_export"
when = "data.personal_info"
due = "before-use"
met = "export.notice_given"
cites = ["rules arts. 5, 8"]
text = {zh = "告知", en = "Tell people"}
```

```define
id = "demo.many"
when = "export.persons_nonsensitive_ytd >= 1_000_000"
```

```reading
id = "pseudonyms"
question = {zh = "去标识化是否计数？", en = "Do pseudonyms count?"}
options = [
  {id = "count", text = {zh = "计", en = "they count"}, basis = "statute"},
  {id = "not", text = {zh = "不计", en = "they do not"}},
]
default = "count"
```

One person fewer than the line stays exempt.

```case
id = "D1"
on = 2026-06-30
facts = {"data.leaves_mainland" = true, "data.personal_info" = true, "export.persons_nonsensitive_ytd" = 99999, "export.scenario" = "none"}
expect = {demo_export = "free"}
```
"""


def write(folder, *, pack=PACK, statute=STATUTE, lists=LISTS, **more):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.toml").write_text(pack, encoding="utf-8")
    (folder / "rules.md").write_text(statute, encoding="utf-8")
    (folder / "lists.toml").write_text(lists, encoding="utf-8")
    for name, text in more.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder
