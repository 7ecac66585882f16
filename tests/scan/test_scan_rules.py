"""Every rule finds its own hits and leaves its own misses alone."""

import pytest

from banjia.errors import ConfigError
from banjia.scan.file import scan_file
from banjia.scan.prefilter import Prefilter
from banjia.scan.rule import Rule, Sample, read_rule, rules
from banjia.scan.tree import settled

HITS = [(rule, sample) for rule in rules().all for sample in rule.hits]
MISSES = [(rule, sample) for rule in rules().all for sample in rule.misses]
MODULES = [(rule, module) for rule in rules().of("sdk") for module in rule.sdk.modules]
# Libraries for much else: only another word beside the import tells that a model is meant.
COMMON = frozenset({"boto3", "aioboto3", "Microsoft.ML.Tokenizers"})
IMPORTS = {
    "python": ("import {0}\n", "from {0} import a\n", "from {1} import {2}\n"),
    "java": ("import {0}.A;\n",),
    "kotlin": ("import {0}.A\n",),
    "go": ('import "{0}"\n',),
    "csharp": ("using {0};\n",),
    "php": ("use {0}\\A;\n",),
    "ruby": ('require "{0}"\n',),
    "rust": ("use {0}::a;\n",),
    "typescript": ('import a from "{0}";\n',),
}


def name(value: Rule | Sample) -> str:
    return value.id if isinstance(value, Rule) else value.file


@pytest.fixture(scope="module")
def prefilter():
    return Prefilter(rules())


@pytest.mark.parametrize(("rule", "sample"), HITS, ids=name)
def test_a_rule_finds_its_hits(rule, sample, prefilter):
    found = settled({sample.file: scan_file(sample.file, sample.code)})
    own = {f"{finding.line} {finding.kind} {finding.provider}" for finding in found if finding.rule.startswith(rule.id)}
    assert set(sample.finds) <= own
    assert rule.id in prefilter.ids(sample.code.encode())


@pytest.mark.parametrize(("rule", "sample"), MISSES, ids=name)
def test_a_rule_leaves_its_misses_alone(rule, sample):
    found = settled({sample.file: scan_file(sample.file, sample.code)})
    assert [] == [finding for finding in found if finding.rule.startswith(rule.id)]


@pytest.mark.parametrize(("rule", "module"), MODULES, ids=lambda value: getattr(value, "id", value))
def test_a_program_that_imports_a_library_of_a_rule_is_read(rule, module, prefilter):
    language = next(language for language in IMPORTS if language in rule.languages)
    whole = module.replace("*", "a").replace(":", ".").replace(".", {"php": "\\", "rust": "::"}.get(language, "."))
    folder, _, last = whole.rpartition(".")
    programs = [form.format(whole, folder or whole, last) for form in IMPORTS[language]]
    assert module in COMMON or any(rule.id in prefilter.ids(program.encode()) for program in programs)


@pytest.mark.parametrize("rule", rules().all, ids=name)
def test_a_rule_has_literals_hits_and_misses(rule):
    assert rule.literals
    assert rule.hits
    assert rule.misses


def test_both_prefilters_find_the_same_words():
    fast, slow = Prefilter(rules()), Prefilter(rules(), fast=False)
    for rule in rules().all:
        for sample in (*rule.hits, *rule.misses):
            data = sample.code.upper().encode()
            assert slow.words(data) == fast.words(data)


@pytest.mark.parametrize(
    "text",
    [
        "id: [",
        "- a list",
        "id: a\nmatch: sdk\nliterals: [x]\nprovider: openai\ntext: {zh: a, en: b}",
        "id: a\nmatch: guess\nliterals: [x]\nprovider: openai\ntext: {zh: a, en: b}",
        "id: a\nmatch: model\nkind: thing\nliterals: [x]\nprovider: openai\ntext: {zh: a, en: b}",
        "id: a\nmatch: model\nkind: model\npattern: '('\nliterals: [x]\nprovider: openai\ntext: {zh: a, en: b}",
    ],
)
def test_a_wrong_rule_file_is_an_error_that_names_the_file(text):
    with pytest.raises(ConfigError) as caught:
        read_rule(text, where="mine.yml")
    assert "mine.yml" == caught.value.where
