"""The verbs as a person or a program uses them."""

import csv
import io
import json
from datetime import date

import pytest

from banjia.cli import main
from banjia.config.reader import read
from banjia.desk import clock as desk_clock
from banjia.desk.keeping import months_before
from banjia.desk.ledger import checkpoint_file
from banjia.errors import ConfigError
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.subject import Identifier, Person, Persons
from banjia.store.store import open_store

CONFIG = """
store: sqlite:///banjia.db
keys: keys/
gateway: {country: CN}
entity: {id: acme, facts: {actor.establishment: CN}}
elsewhere: {2026: {ordinary: [0, 20], sensitive: 0, by: dpo, on: 2026-02-01}}
apps:
  - {id: helpdesk, keys: [env:KEY], routes: [azure]}
routes:
  - {id: azure, provider: azure_openai, base_url: "https://acme.openai.azure.com", models: {"*": gpt-4o}}
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "banjia.yaml").write_text(CONFIG)
    return tmp_path


@pytest.fixture
def filled(place, clock, monkeypatch):
    """Exports of three people on two routes in March 2026; the desk's clock stands in November."""
    store = open_store("sqlite:///banjia.db")
    journal = Journal.open(
        store, place / "keys", "gateway", clock=clock, terms=Terms(entity="acme", outside=place / "out.txt")
    )
    for name, data_class, route, country in (
        ("u1", "ordinary", "azure", "US"),
        ("u2", "sensitive", "azure", "US"),
        ("u1", "ordinary", "tokyo", "JP"),
        ("u3", "ordinary", "tokyo", "JP"),
    ):
        person = Person((Identifier("subject", name), Identifier("PHONE", f"1380013800{name[1]}")), data_class)
        entry = Entry(
            "decision",
            clock(),
            app="helpdesk",
            route=route,
            country=country,
            abroad=True,
            decision="pass",
            data_class=data_class,
        )
        journal.commit_now(entry, Persons((person,), country=country, route=route))
    journal.note(Entry("decision", clock(), app="=cmd", route="local", decision="pass"))
    journal.close()
    store.close()
    later = desk_clock.datetime(2026, 11, 24, tzinfo=desk_clock.UTC)
    monkeypatch.setattr(desk_clock, "now", lambda: later)
    return place


def said(capsys, *words, code=0):
    assert code == main(["ledger", *words, "--lang", "en"])
    return capsys.readouterr().out


def document(capsys, *words, code=0):
    return json.loads(said(capsys, *words, "--json", code=code))


def test_verify_says_that_a_ledger_is_whole(filled, capsys):
    found = document(capsys, "verify", "--key", "keys/ledger.pub", "--since", "out.txt")
    assert (True, None, []) == (found["ok"], found["first_bad"], found["remarks"])
    assert "the ledger is whole: 2 logs, 7 entries" in said(capsys, "verify")
    assert found == document(
        capsys,
        "verify",
        "--store",
        "sqlite:///banjia.db",
        "--key",
        (filled / "keys/ledger.pub").read_text().strip(),
        "--since",
        "out.txt",
    )


def test_verify_ends_with_1_and_names_the_first_bad_entry(filled, capsys):
    store = open_store("sqlite:///banjia.db")
    with store.transaction() as tx:
        tx.run("UPDATE entry SET body = replace(body, 'helpdesk', 'helpdesc') WHERE log = 1 AND idx = 2")
    store.close()
    found = document(capsys, "verify", code=1)
    assert (False, "gateway/1", 2) == (found["ok"], found["first_bad"]["log"], found["first_bad"]["index"])
    assert "gateway/1 #2" in said(capsys, "verify", code=1)


def test_the_tally_is_the_public_document(filled, capsys):
    found = document(capsys, "tally", "--year", "2026")
    assert ("acme", 2026, [2, 22], [1, 1]) == (found["entity"], found["year"], found["ordinary"], found["sensitive"])
    assert ([2, 2], [1, 1]) == (found["measured"]["ordinary"], found["measured"]["sensitive"])
    assert {"declared": True, "ordinary": [0, 20], "sensitive": [0, 0]} == found["elsewhere"]
    assert {"US", "JP"} == set(found["destinations"])
    assert [1, 1] == found["destinations"]["US"]["sensitive"]
    assert [2, 2] == found["destinations"]["JP"]["routes"]["tokyo"]["ordinary"]
    assert {"clear": {"ordinary": [2, 2], "sensitive": [1, 1]}} == found["measured"]["forms"]


def test_a_tally_without_a_config_is_open_above(filled, capsys, monkeypatch, tmp_path_factory):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    found = document(capsys, "tally", "--year", "2026", "--store", f"sqlite:///{filled}/banjia.db")
    assert ("acme", [2, None], [1, None]) == (found["entity"], found["ordinary"], found["sensitive"])
    assert "open" in said(capsys, "tally", "--year", "2026", "--store", f"sqlite:///{filled}/banjia.db")
    empty = document(capsys, "tally", "--year", "2025", "--store", f"sqlite:///{filled}/banjia.db")
    assert ([0, None], {}) == (empty["ordinary"], empty["destinations"])


def test_entries_are_exported_by_whole_days(filled, capsys):
    lines = said(capsys, "export", "--from", "2026-03-01", "--to", "2026-03-01").splitlines()
    records = [json.loads(line) for line in lines]
    assert ["open", *["decision"] * 5, "close"] == [r["kind"] for r in records]
    assert {"ordinary": 1} == records[1]["persons"]
    assert records[1]["at"].startswith("2026-03-01T00:00:00.")
    assert "" == said(capsys, "export", "--from", "2026-02-27", "--to", "2026-02-28")


def test_a_table_for_a_spreadsheet_holds_no_formula(filled, capsys):
    rows = list(
        csv.DictReader(
            io.StringIO(said(capsys, "export", "--from", "2026-03-01", "--to", "2026-03-01", "--format", "csv"))
        )
    )
    assert 7 == len(rows)
    assert "'=cmd" == rows[5]["app"]


def test_a_parquet_file_holds_every_entry(filled, capsys):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    words = ("export", "--from", "2026-03-01", "--to", "2026-03-01", "--format", "parquet")
    assert "" == said(capsys, *words, "-o", "out.parquet")
    table = parquet.read_table(filled / "out.parquet")
    assert 7 == table.num_rows
    assert ["open", "decision", "decision", "decision", "decision", "decision", "close"] == table.column(
        "kind"
    ).to_pylist()
    assert not (filled / "out.parquet.part").exists()


def test_parquet_goes_into_a_pipe_and_never_to_a_terminal(filled, capfdbinary, monkeypatch):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    words = ["ledger", "export", "--from", "2026-03-01", "--to", "2026-03-01", "--format", "parquet"]
    capfdbinary.readouterr()
    assert main(words) == 0
    assert parquet.read_table(io.BytesIO(capfdbinary.readouterr().out)).num_rows == 7
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(words) == 1
    out, err = capfdbinary.readouterr()
    assert out == b""
    assert b"-o FILE" in err


def test_what_of_one_person_went_where(filled, capsys):
    found = document(capsys, "subject", "u1")
    assert [("JP", "tokyo"), ("US", "azure")] == sorted(
        (x["country"], x["route"]) for x in found["years"][0]["exports"]
    )
    assert 2 == len(found["entries"])
    assert found["years"] == document(capsys, "subject", "+86 138-0013-8001")["years"]
    assert [] == document(capsys, "subject", "+86 138-0013-8001", "--kind", "subject")["years"]
    assert [] == document(capsys, "subject", "nobody")["years"]
    assert 4 == len([x for x in said(capsys, "subject", "u1", "--export").splitlines() if "tokyo" in x or "azure" in x])


def test_who_is_not_found_is_told_how_to_ask(filled, capsys):
    assert "not by name" in said(capsys, "subject", "张伟")


@pytest.mark.parametrize(("words", "where"), [(("u1", "--kind", "IDCARD"), "ID_CN"), ((" ",), "ID")])
def test_a_kind_that_does_not_exist_and_nobody_are_errors(filled, capsys, words, where):
    assert 1 == main(["ledger", "subject", *words, "--lang", "en"])
    assert where in capsys.readouterr().err


def test_erasing_a_person_leaves_proof_and_count(filled, capsys):
    before = document(capsys, "tally", "--year", "2026")
    assert {"id": "u1", "erased_years": 1} == document(capsys, "subject", "u1", "--erase")
    assert [] == document(capsys, "subject", "u1")["entries"]
    assert [] == document(capsys, "subject", "+86 138-0013-8001")["years"]
    after = document(capsys, "tally", "--year", "2026")
    assert before["measured"]["ordinary"][1] == after["measured"]["ordinary"][1]
    assert [1, 2] == after["measured"]["ordinary"]
    assert document(capsys, "verify", "--since", "out.txt")["ok"]
    assert {"id": "u1", "erased_years": 0} == document(capsys, "subject", "u1", "--erase")


def test_an_incident_names_persons_classes_and_deadlines(filled, capsys):
    found = document(capsys, "incident", "--from", "2026-03-01", "--to", "2026-03-01", "--route", "azure")
    assert {"ordinary": [1, 1], "sensitive": [1, 1]} == found["persons"]
    assert (2, ["US"]) == (found["entries"], found["countries"])
    due = {x["cite"]: (x["by"], x["confidence"]) for x in found["report"]}
    assert (None, "text") == due["pipl art. 57"]
    assert ("2026-11-24T04:00Z", "secondary") == due["incident-reporting-2025 time limits"]
    words = said(capsys, "incident", "--from", "2026-03-01", "--to", "2026-03-01", "--route", "azure")
    assert "detected, through this gateway" in words
    assert (
        0 == document(capsys, "incident", "--from", "2020-03-01", "--to", "2020-03-01", "--route", "azure")["entries"]
    )


def test_an_incident_of_a_route_that_does_not_exist_is_no_quiet_span(filled, capsys):
    assert 1 == main(["ledger", "incident", "--from", "2026-03-01", "--to", "2026-03-01", "--route", "azur"])
    assert "azure" in capsys.readouterr().err


def test_who_was_erased_since_still_makes_the_incident_a_grave_one(filled, capsys):
    words = ("incident", "--from", "2026-03-01", "--to", "2026-03-01", "--route", "azure")
    before = document(capsys, *words)
    for name in ("u1", "u2"):
        document(capsys, "subject", name, "--erase")
    after = document(capsys, *words)
    assert [0, 0] == after["persons"]["sensitive"]
    assert 0 == before["entries_with_erased_persons"] < after["entries_with_erased_persons"]
    assert [d["cite"] for d in before["report"]] == [d["cite"] for d in after["report"]]


def test_a_checkpoint_printed_today_is_good_for_tomorrow(filled, capsys):
    (filled / "kept.txt").write_text(said(capsys, "checkpoint"))
    assert 2 == document(capsys, "verify", "--since", "kept.txt")["outside_checkpoints"]
    assert ["gateway/0", "gateway/1"] == [x["origin"] for x in document(capsys, "checkpoint")]


@pytest.fixture
def old(filled, monkeypatch):
    def at(year, month):
        later = desk_clock.datetime(year, month, 24, tzinfo=desk_clock.UTC)
        monkeypatch.setattr(desk_clock, "now", lambda: later)

    return at


def test_retention_drops_what_is_old_enough_and_keeps_the_proof(filled, old, capsys):
    assert {"logs": 1} == document(capsys, "retain", "--dry-run")["by_rule"]
    assert 1 == document(capsys, "retain")["dropped"]
    assert 0 == document(capsys, "retain")["dropped"]
    old(2029, 4)
    assert {"personal": 4} == document(capsys, "retain")["by_rule"]
    assert [] == document(capsys, "subject", "u1")["entries"]
    found = document(capsys, "verify", "--since", "out.txt")
    assert found["ok"]
    assert 5 == sum(log["dropped"] for log in found["logs"])
    assert {"dropped": True} == {
        k: v
        for k, v in json.loads(
            said(capsys, "export", "--from", "2026-03-01", "--to", "2026-03-01").splitlines()[1]
        ).items()
        if k == "dropped"
    }


def test_a_hold_keeps_what_retention_would_drop(filled, old, capsys):
    said(capsys, "hold", "case-7", "--by", "counsel", "--reason", "litigation", "--route", "azure")
    assert ["case-7"] == [h["name"] for h in document(capsys, "hold")]
    old(2029, 4)
    found = document(capsys, "retain")
    assert ({"logs": 1, "personal": 2}, 2) == (found["by_rule"], found["held"])
    said(capsys, "hold", "case-7", "--by", "counsel", "--release")
    assert 2 == document(capsys, "retain")["dropped"]
    assert document(capsys, "verify")["ok"]


def test_the_key_of_a_year_that_is_over_can_be_destroyed(filled, old, capsys):
    words = ("forget-year", "--year", "2026", "--by", "dpo", "--reason", "three years are over")
    assert main(["ledger", *words, "--lang", "en"]) == 1
    assert "not over" in capsys.readouterr().err
    old(2030, 1)
    assert document(capsys, *words)["destroyed"]
    assert not (filled / "keys" / "subjects-2026.key").exists()
    assert [2026] == document(capsys, "subject", "u1")["unreadable_years"]
    assert [2, 2] == document(capsys, "tally", "--year", "2026")["measured"]["ordinary"]
    assert document(capsys, "verify")["ok"]
    assert main(["ledger", *words]) == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["verify", "--store", "sqlite:///missing.db"], "no such store"),
        (["verify", "--key", "missing.pub"], "cannot be read"),
        (["verify", "--since", "banjia.yaml"], "holds no checkpoint"),
        (["verify", "--key", "banjia.yaml"], "not a public key"),
        (["tally", "--year", "2026", "--store", "mysql://x"], "not an address of a store"),
        (["hold", "x", "--by", "me"], "names who and why"),
        (["hold", "x", "--by", "me", "--release"], "no such hold"),
        (["forget-year", "--year", "2020", "--by", "me", "--reason", "x"], "no key of that year"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(filled, capsys, words, expected):
    assert 1 == main(["ledger", *words, "--lang", "en"])
    captured = capsys.readouterr()
    assert expected in captured.err
    assert "" == captured.out
    assert not (filled / "missing.db").exists()


def test_the_demo_of_one_changed_byte(filled, capsys):
    """One byte of the file itself, as somebody with a hex editor would change it."""
    data = bytearray((filled / "banjia.db").read_bytes())
    data[data.index(b'"app":"helpdesk"') + 8] ^= 1
    (filled / "copy.db").write_bytes(data)
    found = document(capsys, "verify", "--store", "sqlite:///copy.db", code=1)
    assert "gateway/1" == found["first_bad"]["log"]
    assert document(capsys, "verify")["ok"]


def test_months_are_counted_back_to_a_day_that_exists():
    day = desk_clock.date
    assert day(2026, 2, 28) == months_before(day(2026, 8, 31), 6)
    assert day(2023, 11, 24) == months_before(day(2026, 11, 24), 36)
    assert day(2025, 12, 31) == months_before(day(2026, 6, 30).replace(month=7, day=31), 7)


@pytest.mark.parametrize(("written", "expected"), [(None, None), ("out.txt", "out.txt")])
def test_the_config_names_the_file_for_checkpoints(place, written, expected):
    if written:
        (place / "banjia.yaml").write_text(CONFIG + f"checkpoints: {written}\n")
    found = checkpoint_file(read(place / "banjia.yaml"))
    assert expected == (found.name if found else None)


def test_a_file_for_checkpoints_that_is_none_is_refused(place):
    (place / "banjia.yaml").write_text(CONFIG + "checkpoints: [a]\n")
    with pytest.raises(ConfigError, match="must be text"):
        checkpoint_file(read(place / "banjia.yaml"))


def test_the_tally_warns_with_the_lines_of_the_policy_in_force(filled, capsys):
    from banjia.desk.policy import adopt
    from banjia.policy.policy import Band, Cell, Policy
    from banjia.text import Text

    def cell(decision, band):
        return Cell(
            "desk", "", "azure", "*", "ordinary", band, decision, "conditional", True, "allow", "r", Text("一", "one")
        )

    cells = (cell("pass", Band((0, 25), (0, None))), cell("refuse", Band((25, None), (0, None))))
    policy = Policy("acme", date(2026, 11, 24), None, (("cn", "1"),), "sha256:law", (), cells)
    store = open_store("sqlite:///banjia.db")
    adopt(store, policy, auto=True, by="test")
    store.close()
    found = document(capsys, "tally", "--year", "2026")
    assert [25] == found["lines"]["ordinary"]
    assert [("first-sensitive", None), ("near", 25)] == [(w["kind"], w["line"]) for w in found["warnings"]]
    assert "88 % of the line of 25" in said(capsys, "tally", "--year", "2026")
    assert [] == document(capsys, "tally", "--year", "2025")["warnings"]


def test_the_deadlines_of_an_incident_run_from_when_it_was_known(filled, capsys):
    words = ("incident", "--from", "2026-03-01", "--to", "2026-03-07", "--route", "azure")
    found = document(capsys, *words, "--known", "2026-03-08T10:00")
    assert "2026-03-08T02:00:00Z" == found["known"][:19] + "Z"
    assert "2026-03-08T06:00Z" in [r["by"] for r in found["report"]]
    assert found["seconds"] >= 0
