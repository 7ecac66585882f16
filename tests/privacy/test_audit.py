"""Looking back over logs: counted exactly, whatever the table, the order and the number of processes."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import date

import pytest

from banjia.desk.privacy import _at_home
from banjia.errors import ConfigError
from banjia.privacy.audit import Batch, Count, Mention, Tally, evidence, sample, years
from banjia.privacy.audit_run import Gap, run
from banjia.privacy.log_file import files
from banjia.privacy.log_row import sent

LINES = {"ordinary": (2, 3), "sensitive": (1,)}
PHONES = [f"1381234{n:04}" for n in range(1000, 1009)]


def mention(*keys, day=date(2026, 3, 1), to="api.example.com", sensitive=False, weak=b""):
    return Mention(day, to, tuple(k.encode() for k in keys), weak, sensitive)


def counted(*mentions):
    tally = Tally()
    for m in mentions:
        tally.add(Batch(1, [m], {}, {}))
    return years(tally, LINES)


def openai(tmp_path, phones, name="log.jsonl"):
    path = tmp_path / name
    rows = [
        {
            "created": 1767225600 + i * 86400,
            "url": "https://api.openai.com/v1/chat/completions",
            "body": {"messages": [{"role": "user", "content": f"电话{p}"}]},
            "response": {"choices": [{"message": {"content": "13900001111"}}]},
        }
        for i, p in enumerate(phones)
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return path


def test_two_keys_seen_together_later_are_one_person():
    [year] = counted(mention("a"), mention("b"), mention("a", "b"))
    assert (1, 1) == (year.ordinary.lower, year.ordinary.upper)


def test_a_person_counts_once_in_each_year():
    assert [1, 1] == [y.ordinary.lower for y in counted(mention("a"), mention("a", day=date(2027, 1, 1)))]


def test_a_bare_name_and_nobody_raise_the_upper_bound_only():
    [year] = counted(mention("a"), mention(weak=b"n"), mention(weak=b"n"), mention())
    assert (1, 3) == (year.ordinary.lower, year.ordinary.upper)


def test_sensitive_content_moves_the_person_to_the_sensitive_count():
    [year] = counted(mention("a"), mention("a", sensitive=True))
    assert (0, 1) == (year.ordinary.lower, year.sensitive.lower)


def test_the_day_of_crossing_does_not_depend_on_the_order_of_rows():
    days = [date(2026, 5, 3), date(2026, 1, 9), date(2026, 2, 2)]
    [year] = counted(*(mention(str(d), day=d) for d in days))
    assert [
        {"class": "ordinary", "line": 2, "on": "2026-02-02"},
        {"class": "ordinary", "line": 3, "on": "2026-05-03"},
    ] == year.crossed


def test_only_what_was_sent_counts(tmp_path):
    state = run([openai(tmp_path, PHONES[:3])])
    assert (3, {"PHONE": 3}) == (len(state.tally.groups), state.tally.types)


def test_several_processes_count_the_same(tmp_path):
    path = openai(tmp_path, PHONES * 60)
    one, two = run([path]), run([path], jobs=2)
    assert (9, 540) == (len(one.tally.groups), one.tally.rows) == (len(two.tally.groups), two.tally.rows)


def test_a_stopped_run_goes_on_and_counts_nothing_twice(tmp_path):
    path, state_file = openai(tmp_path, PHONES[:4]), tmp_path / "state"
    run([path], state_file=state_file)
    assert 0o600 == state_file.stat().st_mode & 0o777
    more = openai(tmp_path, PHONES[:6], "more.jsonl")
    again = run([path, more], state_file=state_file)
    assert (6, 10) == (len(again.tally.groups), again.tally.rows)


def test_the_state_holds_no_identifier(tmp_path):
    state_file = tmp_path / "state"
    run([openai(tmp_path, PHONES)], state_file=state_file)
    assert not any(p.encode() in state_file.read_bytes() for p in PHONES)


def test_a_state_of_another_reading_is_refused(tmp_path):
    state_file = tmp_path / "state"
    run([openai(tmp_path, PHONES[:1])], state_file=state_file)
    with pytest.raises(ConfigError, match="--reading current"):
        run([openai(tmp_path, PHONES[:1])], state_file=state_file, reading="strict")


def test_litellm_and_one_api_tables_are_read(tmp_path):
    lite = tmp_path / "spend.csv.gz"
    with gzip.open(lite, "wt", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["request_id", "startTime", "model", "api_base", "messages", "response"])
        messages = json.dumps([{"role": "user", "content": f"电话{PHONES[0]}"}])
        table.writerow(["r1", "2026-03-01 18:00:00", "gpt-4o", "https://x.openai.azure.com/v1", messages, "{}"])
    one = tmp_path / "logs.csv"
    one.write_text(
        f"id,created_at,model_name,channel,content\n1,1772330400,gpt-4o,7,电话{PHONES[1]}\n", encoding="utf-8"
    )
    [year] = years(run(files([str(tmp_path)])).tally, LINES)
    assert {"x.openai.azure.com", "7"} == set(year.destinations)
    assert ["2026-03-01", "2026-03-02"] == list(year.days)


def test_parquet_and_zstd_are_read(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    zstandard = pytest.importorskip("zstandard")
    parquet.write_table(
        pyarrow.table({"prompt": [f"电话{PHONES[0]}"], "timestamp": [1772330400000]}), tmp_path / "a.parquet"
    )
    line = json.dumps({"prompt": f"电话{PHONES[1]}"}).encode()
    (tmp_path / "b.jsonl.zst").write_bytes(zstandard.compress(line + b"\n" + line))
    assert (2, 3) == ((s := run(files([str(tmp_path)]))).tally.groups.__len__(), s.tally.rows)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (1772330400, date(2026, 3, 1)),
        (1772330400000, date(2026, 3, 1)),
        ("1772330400", date(2026, 3, 1)),
        ("2026-03-01T17:00:00Z", date(2026, 3, 2)),
        ("2026-03-01", date(2026, 3, 1)),
        ("soon", None),
    ],
)
def test_days_are_those_of_the_year_that_is_counted(value, day):
    assert day == sent({"created_at": value}, "x:1").day


@pytest.mark.parametrize("names", [True, False])
def test_a_line_that_is_no_json_stops_nothing_and_is_told(tmp_path, names):
    path = tmp_path / "bad.jsonl"
    good = '{"time": "2026-03-01", "prompt": "电话13912345678"}\n'
    path.write_text(good + '{"prompt": "13800138000\n' + good + "{13700137001\n", encoding="utf-8")
    for _ in range(2):  # the second run goes on after the first
        state = run([path], names=names, state_file=tmp_path / "state")
        assert (2, Gap(2, 2, 4)) == (state.tally.rows, state.gaps[str(path)])


def test_samples_show_no_value():
    assert "138******00" == sample("PHONE", "13812341000")
    assert "王*" == sample("PERSON", "王芳")
    assert "********" == sample("SECRET", "sk-abcdef")


def test_the_evidence_changes_with_the_files():
    assert evidence([("a", "1")], Tally()) != evidence([("a", "2")], Tally())


DAMAGED = {
    "cut.jsonl.gz": gzip.compress(b'{"text": "13912345678"}\n' * 1000)[:60],
    "plain.jsonl.gz": b'{"text": "13912345678"}\n',
    "plain.jsonl.zst": b'{"text": "13912345678"}\n',
    "plain.csv.zst": b"text\n13912345678\n",
    "short.parquet": b"PAR1xx",
}


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("name", list(DAMAGED))
def test_a_file_that_is_damaged_is_told_and_the_others_are_counted(tmp_path, name, names):
    path, whole = tmp_path / name, tmp_path / "whole.jsonl"
    path.write_bytes(DAMAGED[name])
    whole.write_text('{"prompt": "13912345678"}\n', encoding="utf-8")
    state = run([path, whole], names=names)
    assert [str(path)] == list(state.gaps)
    assert state.gaps[str(path)].broken
    assert 1 == len(state.tally.groups)


def test_rows_before_the_place_where_a_file_breaks_off_are_counted(tmp_path):
    path = tmp_path / "cut.jsonl.gz"
    rows = b"".join(b'{"prompt": "%d"}\n' % (13912345678 + 7 * n) for n in range(4000))
    path.write_bytes(gzip.compress(rows)[:-200])
    state = run([path], names=False)
    assert 0 < len(state.tally.groups) < 4000
    assert state.gaps[str(path)].broken


def test_who_was_sent_to_endpoints_at_home_alone_is_in_no_count_of_the_year(tmp_path):
    path = tmp_path / "log.jsonl"
    rows = [("api.deepseek.com", "13912345678"), ("api.openai.com", "13912345679"), ("api.deepseek.com", "13912345679")]
    path.write_text(
        "".join(
            json.dumps(
                {"time": "2026-02-03", "url": f"https://{host}/v1", "prompt": f"门诊号{number[3:]} 电话{number}"}
            )
            + "\n"
            for host, number in rows
        ),
        encoding="utf-8",
    )
    [year] = years(run([path]).tally, {"sensitive": (1,)}, lambda place: place == "api.deepseek.com")
    assert Count(1, 1) == year.sensitive
    assert {"api.deepseek.com": Count(2, 2), "api.openai.com": Count(1, 1)} == year.destinations == year.grave
    assert ["2026-02-03"] == [c["on"] for c in year.crossed]


def test_the_report_knows_which_destinations_are_at_home():
    assert [True, True, False, False, False] == [
        _at_home(place) for place in ("api.deepseek.com", "deepseek", "api.openai.com", "qwen", "gpt-4o")
    ]
