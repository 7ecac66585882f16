"""The keys of a ledger can be changed while gateways run; nothing is lost, and each signature is held to its time."""

import json
import stat
from contextlib import suppress

import pytest

from banjia.desk import keeping
from banjia.desk.ledger import Place
from banjia.errors import StoreError
from banjia.ledger import rotation
from banjia.ledger.chain import read_chain, sealed
from banjia.ledger.checkpoint import Checkpoint, Verifier, create_signer, later_file, notes, read_signer, signing_file
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal
from banjia.ledger.rotation import rotate
from banjia.ledger.verify import latest, verify
from banjia.store import log as rows
from banjia.store import ring
from banjia.store.keys import Keys
from banjia.store.vault import Vault


def public(keys_dir):
    return Verifier.parse((keys_dir / "ledger.pub").read_text())


def fill(journal, clock, count=5):
    for _ in range(count):
        journal.commit_now(Entry("decision", clock(), app="helpdesk", decision="pass"))


@pytest.fixture
def place(store, keys_dir):
    return Place(store=store.url, keys=keys_dir, entity="acme")


def test_a_running_gateway_signs_with_the_new_key_from_its_next_entry(store, journal, keys_dir, clock):
    fill(journal, clock)
    before = public(keys_dir)
    old, new = rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    fill(journal, clock)
    assert (before, public(keys_dir)) == (old, new)
    heads = dict(latest(store))
    assert new.opened(heads[journal.origin])
    assert not old.opened(heads[journal.origin])


@pytest.mark.parametrize("kept", ["first", "second", "third", None])
def test_a_copy_of_any_key_of_the_chain_verifies_the_whole_ledger(store, keys_dir, clock, kept):
    copies = {}
    outside = []
    for name in ("first", "second", "third"):
        journal = Journal.open(store, keys_dir, "gateway", clock=clock)
        fill(journal, clock)
        outside += [note for _, note in latest(store)]
        journal.close()
        copies[name] = public(keys_dir)
        if name != "third":
            rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    report = verify(store, copies.get(kept), outside)
    assert report.ok, [f.say("en") for f in report.faults]
    assert str(copies["third"]) == report.key
    assert len(outside) == report.outside


def test_a_key_of_nobody_does_not_verify(store, journal, keys_dir, clock, tmp_path):
    rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    stranger = create_signer(Keys(tmp_path / "other"), "banjia-0").verifier
    assert not verify(store, stranger).ok


def test_what_the_old_key_signs_afterwards_is_not_believed(store, journal, keys_dir, clock):
    fill(journal, clock)
    old, _ = rotate(store, Keys(keys_dir), clock(), "ops", "it may have leaked")
    fill(journal, clock)
    assert verify(store).ok
    leaked = read_signer(Keys(keys_dir), old.name)
    row = next(x for x in _logs(store) if x.origin == journal.origin)
    opened = public(keys_dir).opened(row.head)
    with store.transaction() as tx:
        tx.run("UPDATE log SET head = ? WHERE id = ?", leaked.signed(opened), row.id)
    report = verify(store)
    assert [(journal.origin, row.size)] == [(f.log, f.index) for f in report.faults]
    forged = leaked.signed(Checkpoint(journal.origin, row.size + 5, b"\0" * 32))
    assert not verify(store, None, [forged]).ok


def test_a_chain_that_the_old_key_has_not_signed_is_broken(store, journal, keys_dir, clock):
    rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    assert verify(store).ok
    with store.transaction() as tx:
        index = rotation.rotations(tx)[0].index
        tx.run("DELETE FROM checkpoint WHERE log = 0 AND size = ?", index + 1)
    assert [("log 0", index)] == [(f.log, f.index) for f in verify(store).faults]


def test_a_rotation_that_a_stranger_enters_is_found(store, keys_dir, clock, tmp_path):
    journal = Journal.open(store, keys_dir, "gateway", clock=clock)
    fill(journal, clock)
    journal.close()
    mine = create_signer(Keys(tmp_path / "mine"), "banjia-00000000", later_file("banjia-00000000"))
    with store.transaction() as tx:
        registry = read_chain(tx, 0)
        known = rows.meta(tx, "ledger_key")
        body = {"key": str(mine.verifier), "previous": known, "heads": {}, "by": "x", "reason": "y"}
        entry = sealed(0, registry.size, "00", clock(), rotation.KIND, body)
        after = registry.appended(tx, mine, [entry])
        rows.add_checkpoint(tx, 0, after.size, after.head)
        rows.set_meta(tx, "ledger_key", str(mine.verifier))
    assert not verify(store).ok


@pytest.mark.parametrize("lost", ["key", "previous", "heads"])
def test_a_damaged_rotation_is_named(store, journal, keys_dir, clock, lost):
    rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    with store.transaction() as tx:
        index, body = rows.bodies_of(tx, 0, rotation.KIND)[0]
        changed = json.dumps({k: v for k, v in json.loads(body).items() if k != lost})
        tx.run("UPDATE entry SET body = ? WHERE log = 0 AND idx = ?", changed, index)
    assert not verify(store).ok


def test_a_rotation_cut_off_before_it_is_entered_leaves_the_old_key_in_office(
    store, journal, keys_dir, clock, monkeypatch
):
    fill(journal, clock)
    before = public(keys_dir)

    def killed(*_):
        raise RuntimeError

    monkeypatch.setattr(rotation.rows, "set_meta", killed)
    with suppress(RuntimeError):
        rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    monkeypatch.undo()
    fill(journal, clock)
    assert before == public(keys_dir)
    assert verify(store, before).ok
    rotate(store, Keys(keys_dir), clock(), "ops", "again")
    assert verify(store, before).ok


def test_a_rotation_cut_off_after_it_was_entered_is_whole(store, journal, keys_dir, clock, monkeypatch):
    before = public(keys_dir)

    def killed(*_):
        raise RuntimeError

    monkeypatch.setattr(rotation, "publish", killed)
    with suppress(RuntimeError):
        rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    monkeypatch.undo()
    fill(journal, clock)
    other = Journal.open(store, keys_dir, "gateway", clock=clock)
    other.close()
    assert verify(store, before).ok


def test_a_gateway_without_the_new_key_file_refuses_and_says_which(store, journal, keys_dir, clock):
    fill(journal, clock)
    _, new = rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    (keys_dir / later_file(new.name)).rename(keys_dir / "away")
    with pytest.raises(StoreError):
        fill(journal, clock, 1)
    assert not journal.healthy()
    (keys_dir / "away").rename(keys_dir / later_file(new.name))
    fill(journal, clock)
    assert verify(store).ok


def test_keys_are_for_their_owner_alone_and_old_ones_can_go_at_once(store, journal, keys_dir, clock, place):
    first = journal._signer.name
    keeping.rotate_signing(place, "ops", "leaked", destroy=True)
    fill(journal, clock)
    assert not (keys_dir / "ledger.key").exists()
    second = journal._signer.name
    keeping.rotate_signing(place, "ops", "leaked", destroy=True)
    fill(journal, clock)
    keys = Keys(keys_dir)
    assert first != second
    assert not keys.exists(later_file(second))
    assert keys.exists(signing_file(keys, journal._signer.name))
    assert {0o600} == {stat.S_IMODE(p.stat().st_mode) for p in keys_dir.glob("*.key")}
    assert verify(store).ok


def test_sealed_values_outlive_a_change_of_their_key(store, journal, keys_dir, place):
    vault = Vault.open(store, Keys(keys_dir))
    vault.put("map", "old", b"before", until=2**60)
    told = keeping.rotate_vault(place, "ops", "yearly", destroy=False)
    vault.put("map", "new", b"after", until=2**60)
    for each in (vault, Vault.open(store, Keys(keys_dir))):
        assert [b"before", b"after"] == [each.get("map", n, at=0) for n in ("old", "new")]
    assert {"old": "", "new": told["new"]} == _under(store)
    assert ["vault.key", f"vault-{told['new']}.key"] == told["in_use"]


def test_the_old_key_goes_with_the_last_value_that_it_sealed(store, journal, keys_dir, place):
    vault = Vault.open(store, Keys(keys_dir))
    vault.put("map", "short", b"x", until=1)
    told = keeping.rotate_vault(place, "ops", "yearly", destroy=False)
    assert ["vault.key"] == told["destroyed"]
    assert not (keys_dir / "vault.key").exists()
    vault.put("map", "c", b"y", until=2**60)
    assert b"y" == Vault.open(store, Keys(keys_dir)).get("map", "c", at=0)


def test_with_destroy_all_is_sealed_anew(store, journal, keys_dir, place, monkeypatch):
    monkeypatch.setattr(keeping, "RENEWED_AT_ONCE", 3)
    vault = Vault.open(store, Keys(keys_dir))
    for n in range(10):
        vault.put("map", f"c{n}", b"%d" % n, until=2**60)
    told = keeping.rotate_vault(place, "ops", "it leaked", destroy=True)
    assert ["vault.key"] == told["destroyed"]
    again = Vault.open(store, Keys(keys_dir))
    assert [b"%d" % n for n in range(10)] == [again.get("map", f"c{n}", at=0) for n in range(10)]
    assert [b"%d" % n for n in range(10)] == [vault.get("map", f"c{n}", at=0) for n in range(10)]


def test_a_value_that_does_not_open_keeps_its_key(store, journal, keys_dir, place):
    vault = Vault.open(store, Keys(keys_dir))
    vault.put("map", "c", b"x", until=2**60)
    with store.transaction() as tx:
        tx.run("UPDATE expiring SET name = 'moved'")
    told = keeping.rotate_vault(place, "ops", "it leaked", destroy=True)
    assert [] == told["destroyed"]
    assert (keys_dir / "vault.key").exists()


def test_a_vault_key_made_and_never_turned_to_changes_nothing(store, journal, keys_dir):
    vault = Vault.open(store, Keys(keys_dir))
    vault.put("map", "c", b"x", until=2**60)
    ring.made(Keys(keys_dir))
    assert b"x" == Vault.open(store, Keys(keys_dir)).get("map", "c", at=0)


def test_a_process_that_lacks_the_new_vault_key_stores_nothing(store, journal, keys_dir, place, tmp_path):
    vault = Vault.open(store, Keys(keys_dir))
    told = keeping.rotate_vault(place, "ops", "yearly", destroy=False)
    file = keys_dir / f"vault-{told['new']}.key"
    file.rename(tmp_path / "away")
    with pytest.raises(StoreError, match=file.name):
        vault.put("map", "c", b"x", until=2**60)
    with pytest.raises(StoreError, match=file.name):
        Vault.open(store, Keys(keys_dir))
    assert {} == _under(store)


def test_both_changes_are_told_by_the_ledger(store, journal, keys_dir, clock, place):
    keeping.rotate_vault(place, "ops", "yearly", destroy=False)
    keeping.rotate_signing(place, "dpo", "staff left", destroy=False)
    with store.snapshot() as tx:
        found = [json.loads(r[0]) for r in tx.rows("SELECT body FROM entry WHERE kind = 'key-rotated' ORDER BY at")]
    assert "ops" == found[0]["more"]["by"]
    assert ("dpo", "staff left") == (found[1]["by"], found[1]["reason"])
    assert verify(store).ok


def test_notes_kept_outside_from_both_times_hold(store, journal, keys_dir, clock, tmp_path):
    fill(journal, clock)
    early = "".join(note for _, note in latest(store))
    old, _ = rotate(store, Keys(keys_dir), clock(), "ops", "yearly")
    fill(journal, clock)
    late = "".join(note for _, note in latest(store))
    assert verify(store, old, [*notes(early), *notes(late)]).ok


def _logs(store):
    with store.snapshot() as tx:
        return rows.logs(tx)


def _under(store):
    with store.snapshot() as tx:
        return {n: ring.id_of(bytes(v)) for n, v in tx.rows("SELECT name, value FROM expiring")}
