"""The labels that the bench carries are whole, and scoring counts what is found, missed and false."""

import importlib.util
import sys
from collections import Counter
from pathlib import Path

import pytest

from banjia.routes.catalogue import load
from banjia.scan.finding import KINDS

BENCH = Path(__file__).parents[2] / "bench"
MARKS = {"", "optional", "added"}


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("scan_labels", BENCH / "scan_labels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass asks for its module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_every_label_names_a_kind_a_provider_and_lines_in_order(bench):
    known = {*load().ids(), "any"}
    for file in sorted((BENCH / "labels").glob("*.toml")):
        for repository in bench.repositories(file):
            assert len(repository.commit) == 40, repository.name
            assert repository.scope, repository.name
            for label in repository.places:
                where = f"{file.name} {repository.name} {label.path}:{label.line}"
                assert label.kind in KINDS, where
                assert known >= set(label.providers), where
                assert label.mark in MARKS, where
                assert 1 <= label.line <= label.end, where
                assert not label.path.startswith("/"), where


def test_scoring_counts_what_is_found_missed_and_false(bench, tmp_path):
    (tmp_path / "a.py").write_text('import openai\n\nopenai.api_key = os.environ["OPENAI_API_KEY"]\n')
    (tmp_path / "b.py").write_text("import openai\n")
    places = tuple(
        bench.place("a.py", text)
        for text in ("1 import openai", "2 call openai", "3 env anthropic", "3 client any optional")
    )
    whole = bench.Repository("a/b", "0" * 40, "python", ("*",), places)
    listed, kinds = [], Counter()
    count = bench.score(tmp_path, whole, listed, kinds)
    assert (count["labels"], count["found"], count["missed"], count["provider"], count["kind"]) == (3, 2, 1, 1, 2)
    assert count["false"] == 1
    assert sorted(line.split()[0] for line in listed) == ["false", "missed"]
    scoped = bench.Repository("a/b", "0" * 40, "python", ("a.py",), places)
    assert bench.score(tmp_path, scoped, [], Counter())["false"] == 0
