"""Whatever stands in the config, the gateway takes it or says where and what is wrong; it never falls over."""

from __future__ import annotations

import copy
import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banjia.config.document import parse
from banjia.config.lifetime import require_alive
from banjia.config.place import place
from banjia.config.reader import config
from banjia.errors import BanjiaError, ConfigError
from banjia.gateway.provided import check_options
from banjia.routes.catalogue import load

DAY = date(2026, 11, 24)
WHOLE = """
store: sqlite:///banjia.db
keys: keys/
gateway: {country: CN, facts: {}}
entity: {id: acme, facts: {actor.establishment: CN}}
elsewhere: {2026: {ordinary: [0, 20], sensitive: 0, by: dpo, on: 2026-11-01}}
limits: {in_flight: 100, body_bytes: 1000000, drain: 5}
privacy: {detect: true, reading: current, names: false}
timeouts: {connect: 1, first_byte: 60, idle: 20, keep_alive: 20}
checkpoints: outside.txt
auto_approve: false
treatment: {abroad: {ordinary: mask, sensitive: home}}
labels: {explicit: auto, implicit: "on"}
apps:
  - id: helpdesk
    keys: [env:HELPDESK_KEY]
    facts: {data.personal_info: false}
    purposes: {talk: {export.scenario: none}}
    routes: [local, far]
    treatment: {abroad: home}
    labels: {explicit: "off", shown_by_app: footer}
    limits: {in_flight: 5, requests_per_minute: 60, tokens_per_minute: 1000}
    budget: {tokens_per_day: 1000, tokens_per_month: 20000}
    moderation: {keywords: [words.txt], url: "http://127.0.0.1:9/check"}
    rollout: {route: far, percent: 5, max_errors: 0.1, max_seconds: 8, window: 50}
    embeddings: {space: self_hosted/e5}
    hard_loss: refuse
    from: gpt-4o
    fallback: true
    privacy: {allow_unreadable: true}
routes:
  - id: local
    provider: vllm
    base_url: http://10.0.0.5:8000/v1
    key: env:LOCAL_KEY
    channel: none
    weight: 3
    retries: 2
    timeouts: {first_byte: 30}
    limits: {connections: 10, answer_bytes: 1000}
    headers: {x-team: a}
    models: {gpt-4o: [{model: m, until: 2026-12-31}, {model: n, from: 2027-01-01}], "*": o}
  - id: far
    provider: openai
    base_url: https://api.openai.com/v1
    proxy: http://10.0.0.9:3128
    auth: bearer
    overrides: [{reason: measured, until: 2027-01-01, models: [x], without: [n]}]
    models: {gpt-4o: gpt-4o}
attestations: [{duty: notice, apps: [helpdesk], routes: [far], by: dpo, on: 2026-10-01, until: 2027-09-30}]
acceptances: [{route: far, apps: [helpdesk], by: dpo, on: 2026-10-01, reason: why}]
readings: [{reading: r, option: o, reason: why, by: dpo}]
packs: [cn]
"""
BASE = parse(Path("banjia.yaml"), WHOLE).data


def judged(path, data) -> None:
    text = data if isinstance(data, str) else yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
    found = config(parse(path / "banjia.yaml", text))
    place(found, load())
    check_options(found, DAY)
    require_alive(found, load(), DAY)


def paths(node, at=()):
    yield at
    for key, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from paths(child, (*at, key))


def changed(path, value, *, drop=False):
    data = copy.deepcopy(BASE)
    if not path:
        return value
    holder = data
    for step in path[:-1]:
        holder = holder[step]
    if drop:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return data


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("config")
    (path / "words.txt").write_text("secret\n")
    return path


def test_the_config_that_is_tried_is_a_good_one(folder):
    judged(folder, WHOLE)


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=12)
    | st.dates()
    | st.sampled_from(
        ["*", "env:", "file:nowhere", "http://", "https://[::", "http://169.254.1.1/", "\x00", "a/../b", "0"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(list(paths(BASE))), ODD)
def test_any_value_anywhere_is_taken_or_refused_in_words(folder, path, value):
    try:
        judged(folder, changed(path, value))
    except BanjiaError as error:
        assert error.say("zh") and error.say("en")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(list(paths(BASE))[1:]))
def test_any_field_may_be_missing(folder, path):
    try:
        judged(folder, changed(path, None, drop=True))
    except BanjiaError as error:
        assert error.where


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("apps", 0, "limits"), {"rpm": 60}, r"apps\[0\].limits.rpm: .*did you mean requests_per_minute"),
        (
            ("apps", 0, "limits"),
            {"in_flight": "x"},
            r"limits.in_flight: .*at least 1; found 'x'; for instance in_flight:",
        ),
        (("apps", 0, "limits"), {"in_flight": True}, "limits.in_flight"),
        (("apps", 0, "moderation"), True, r"apps\[0\].moderation: a mapping is expected.*\{keywords: .*url: "),
        (("apps", 0, "moderation"), {}, "nothing to check by"),
        (("apps", 0, "moderation"), {"keywords": ["nowhere.txt"]}, r"moderation.keywords\[0\]: .*cannot be read"),
        (("apps", 0, "rollout", "route"), "farr", r"rollout.route: .*expected local \| far.*did you mean far"),
        (("apps", 0, "rollout", "percent"), 101, r"rollout.percent: .*from 0 to 100"),
        (("apps", 0, "rollout", "max_errors"), 2, r"rollout.max_errors: .*from 0 to 1"),
        (("apps", 0, "rollout", "window"), 0, r"rollout.window: .*from 1 to 10000"),
        (("apps", 0, "hard_loss"), "refused", r"hard_loss: .*warn \| refuse.*did you mean refuse"),
        (("apps", 0, "labels"), {"explicit": "maybe"}, r"labels.explicit: .*auto \| off \| on"),
        (("apps", 0, "treatment"), {"abroad": "masked"}, r"treatment.abroad: .*did you mean mask"),
        (("apps", 0, "privacy"), {"allow_unreadable": "yes"}, r"privacy.allow_unreadable: .*true \| false"),
        (("apps", 0, "fallback"), "no", r"apps\[0\].fallback: .*true \| false"),
        (("privacy", "reading"), "strictt", r"privacy.reading: .*current \| strict.*did you mean strict"),
        (("routes", 0, "retries"), 1.5, r"routes\[0\].retries: .*from 0 to 10; found 1.5"),
        (("routes", 0, "retries"), -1, r"routes\[0\].retries"),
        (("routes", 0, "weight"), float("nan"), r"routes\[0\].weight"),
        (("routes", 0, "timeouts"), [1], r"routes\[0\].timeouts: a mapping"),
        (("routes", 0, "headers"), {"host": "x"}, r"routes\[0\].headers.host"),
        (("routes", 0, "proxy"), 5, r"routes\[0\].proxy: .*a text"),
        (("routes", 1, "overrides"), {"a": 1}, r"routes\[1\].overrides: a list"),
        (("routes", 1, "overrides", 0, "reason"), "", r"overrides\[0\].reason: an override needs a reason"),
        (("routes", 1, "auth"), "basic", r"routes\[1\].auth: .*bearer \| api-key"),
        (("limits", "drain"), "long", r"limits.drain: .*a number"),
    ],
)
def test_a_wrong_setting_says_its_line_what_was_expected_and_what_to_do(folder, path, value, said):
    data = changed(path, value)
    text = yaml.safe_dump(data, sort_keys=False)
    with pytest.raises(BanjiaError, match=said) as raised:
        judged(folder, text)
    line = int(re.match(r"banjia\.yaml:(\d+) ", raised.value.where)[1])
    name = str(next(p for p in reversed(path) if isinstance(p, str)))
    near = "\n".join(text.splitlines()[max(0, line - 4) : line + 3])
    assert name in near or str(value) in near


def test_what_another_program_calls_it_is_known(folder):
    with pytest.raises(ConfigError, match="did you mean tokens_per_minute"):
        judged(folder, changed(("apps", 0, "limits"), {"tpm": 1}))
