"""The tally is exact: it equals a count from scratch, whatever the order of calls."""

from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banjia.facts.value import Interval
from banjia.ledger.census import Census
from banjia.ledger.recount import recount
from banjia.ledger.reservation import Place, Reservation
from banjia.ledger.subject import Identifier, Person, Persons, YearKey, digests
from banjia.store import people
from banjia.store.store import open_store

KEY = YearKey(2026, b"k" * 32)

declared = st.builds(lambda n: Identifier("subject", f"u{n}"), st.integers(0, 5))
phone = st.builds(lambda n: Identifier("PHONE", f"{n}"), st.integers(0, 7))
card = st.builds(lambda n: Identifier("ID_CN", f"{n}"), st.integers(0, 4))
name = st.builds(
    lambda n, c: Identifier("PERSON", f"n{n}", strong=False, scope=f"c{c}"), st.integers(0, 3), st.integers(0, 1)
)
bare = st.builds(lambda n: Identifier("PERSON", f"n{n}", strong=False), st.integers(0, 3))
classes = st.sampled_from(["ordinary", "ordinary", "sensitive"])


def calls(identifier):
    person = st.builds(Person, st.lists(identifier, min_size=1, max_size=3, unique=True).map(tuple), classes)
    return st.lists(
        st.builds(
            Persons,
            st.lists(person, max_size=3).map(tuple),
            st.lists(classes, max_size=1).map(tuple),
            country=st.sampled_from(["US", "JP"]),
            route=st.just("azure"),
            basis=st.sampled_from(["", "", "", "hr"]),
        ),
        max_size=8,
    )


@pytest.fixture(scope="module")
def memory(tmp_path_factory):
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('census')}/banjia.db")
    yield store
    store.close()


def counted(memory, sequence, group=1):
    """The census after a sequence of calls that are written in groups, checked against a recount after each group."""
    with memory.transaction() as tx:
        for table in ("census", "subject", "person", "exposure", "sighting"):
            tx.run(f"DELETE FROM {table}")
        census = Census(tx, people.claim_census(tx, "acme", 2026))
        for index, persons in enumerate(sequence):
            if index % group == 0:
                census = Census(tx, people.census(tx, "acme", 2026))
            Reservation(census, persons, digests(KEY, persons)).write(Place(1, index, index))
            if index % group == group - 1 or index == len(sequence) - 1:
                census.flush()
                assert census.row == recount(tx, census.row)
        return census.row


def bounds(row):
    return Interval(row.ordinary_low, row.ordinary_high), Interval(row.sensitive_low, row.sensitive_high)


def from_scratch(sequence):
    """The bounds by their definition, for identifiers that are all strong."""
    joined, linked = {}, {}
    everyone = [(call, person) for call in sequence for person in call.people]
    for _, person in everyone:
        for one in person.identifiers:
            union(joined, person.identifiers[0], one)
            union(linked, person.identifiers[0], one)
    for call in sequence:
        for i, j in combinations(range(len(call.people)), 2):
            one, other = call.people[i], call.people[j]
            singular = [
                (a, b)
                for a in one.identifiers
                for b in other.identifiers
                if a.kind == b.kind and a.kind in {"subject", "ID_CN"} and a.value != b.value
            ]
            if not singular:
                union(linked, one.identifiers[0], other.identifiers[0])
    grade, is_declared = {}, set()
    for call, person in everyone:
        top = find(joined, person.identifiers[0])
        mine = 0 if call.basis else 2 if person.data_class == "sensitive" else 1
        grade[top] = max(grade.get(top, 0), mine)
        if any(i.kind == "subject" for i in person.identifiers):
            is_declared.add(top)
    nobody = [c for call in sequence if not call.basis for c in call.unidentified]
    clusters = {}
    for top, g in grade.items():
        if g:
            clusters.setdefault(find(linked, top), []).append((g, top in is_declared))
    ordinary_low = sensitive_low = 0
    for members in clusters.values():
        d1, d2 = members.count((1, True)), members.count((2, True))
        o1, o2 = members.count((1, False)), members.count((2, False))
        here = max(d2, min(1, o2))
        sensitive_low += here
        ordinary_low += max(0, d1 - o2) if d1 else int(o1 > 0 and here == 0)
    highs = [list(grade.values()).count(g) + nobody.count(c) for g, c in ((1, "ordinary"), (2, "sensitive"))]
    return Interval(ordinary_low, highs[0]), Interval(sensitive_low, highs[1])


def find(parents, x):
    while parents.setdefault(x, x) != x:
        x = parents[x]
    return x


def union(parents, a, b):
    parents[find(parents, a)] = find(parents, b)


LAWS = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=100
)


@LAWS
@given(sequence=calls(declared | phone | card))
def test_the_tally_is_that_of_its_definition(memory, sequence):
    assert from_scratch(sequence) == bounds(counted(memory, sequence))


@LAWS
@given(sequence=calls(declared | phone | name | bare))
def test_the_running_tally_equals_a_recount_after_every_call(memory, sequence):
    ordinary, sensitive = bounds(counted(memory, sequence))
    assert ordinary.low <= ordinary.high
    assert sensitive.low <= sensitive.high


@LAWS
@given(sequence=calls(declared | phone | card | name), group=st.integers(2, 8))
def test_the_size_of_groups_does_not_change_the_tally(memory, sequence, group):
    assert counted(memory, sequence) == counted(memory, sequence, group)


@LAWS
@given(sequence=calls(declared | phone | card), data=st.data())
def test_the_order_of_calls_does_not_change_the_tally(memory, sequence, data):
    other = data.draw(st.permutations(sequence))
    assert bounds(counted(memory, sequence)) == bounds(counted(memory, other))


@LAWS
@given(sequence=calls(declared | phone | name))
def test_the_same_calls_again_count_nobody_twice(memory, sequence):
    named = [Persons(c.people, (), c.country, c.route, basis=c.basis) for c in sequence]
    once = counted(memory, named)
    assert bounds(once) == bounds(counted(memory, named + named))


def person(*identifiers, data_class="ordinary"):
    return Person(tuple(Identifier(*i) if isinstance(i, tuple) else i for i in identifiers), data_class)


def weak(value, scope=""):
    return Identifier("PERSON", value, strong=False, scope=scope)


@pytest.mark.parametrize(
    ("why", "sequence", "expected"),
    [
        ("a declared person is exact", [Persons((person(("subject", "u1")),))] * 3, ([1, 1], [0, 0])),
        (
            "a call without an identified person adds one above",
            [Persons(unidentified=("ordinary",))] * 2,
            ([0, 2], [0, 0]),
        ),
        (
            "one sensitive item makes the person sensitive and no longer ordinary",
            [Persons((person(("subject", "u1")),)), Persons((person(("subject", "u1"), data_class="sensitive"),))],
            ([0, 0], [1, 1]),
        ),
        (
            "identifiers found in one call may be one person's",
            [Persons((person(("PHONE", "1")), person(("EMAIL", "a"))))],
            ([1, 2], [0, 0]),
        ),
        (
            "two identity numbers are two people",
            [Persons((person(("ID_CN", "1")), person(("ID_CN", "2"))))],
            ([2, 2], [0, 0]),
        ),
        (
            "a third person stands beside the declared one, or is the same",
            [Persons((person(("subject", "u1")), person(("PHONE", "1"))))],
            ([1, 2], [0, 0]),
        ),
        (
            "a hotline in every call does not make all callers one",
            [Persons((person(("subject", f"u{i}")), person(("PHONE", "95588")))) for i in range(5)],
            ([5, 6], [0, 0]),
        ),
        (
            "an identifier seen with two others joins them",
            [
                Persons((person(("PHONE", "1")),)),
                Persons((person(("EMAIL", "a")),)),
                Persons((person(("PHONE", "1"), ("EMAIL", "a")),)),
            ],
            ([1, 1], [0, 0]),
        ),
        (
            "a bare name is in the upper bound once for a conversation",
            [
                Persons((person(weak("张伟", "c1")),)),
                Persons((person(weak("张伟", "c1")),)),
                Persons((person(weak("张伟", "c2")),)),
            ],
            ([0, 2], [0, 0]),
        ),
        (
            "a name that gets an identifier in its conversation is that person",
            [Persons((person(weak("张伟", "c1")),)), Persons((person(weak("张伟", "c1"), ("PHONE", "1")),))],
            ([1, 1], [0, 0]),
        ),
        (
            "a name does not join two who have identifiers, but they may be one",
            [
                Persons((person(weak("张伟", "c1"), ("PHONE", "1")),)),
                Persons((person(weak("张伟", "c1"), ("PHONE", "2")),)),
            ],
            ([1, 2], [0, 0]),
        ),
        (
            "two names of which one has an identifier are that person",
            [
                Persons((person(weak("张伟", "c1")), person(("PHONE", "1"), weak("Zhang Wei", "c1")))),
                Persons((person(weak("张伟", "c1"), weak("Zhang Wei", "c1")),)),
            ],
            ([1, 1], [0, 0]),
        ),
        (
            "one who joins two others keeps the name that one of them had",
            [
                Persons(
                    (
                        person(("PHONE", "1")),
                        person(("PHONE", "2"), weak("张伟", "c1")),
                        person(("PHONE", "1"), ("PHONE", "2"), weak("张伟", "c1")),
                    )
                )
            ],
            ([1, 1], [0, 0]),
        ),
        (
            "an exempt export does not count towards a line",
            [Persons((person(("subject", "u1"), data_class="sensitive"),), basis="contract")],
            ([0, 0], [0, 0]),
        ),
        (
            "an exempt export does not hide one that is not",
            [
                Persons((person(("subject", "u1"), data_class="sensitive"),), basis="contract"),
                Persons((person(("subject", "u1")),)),
            ],
            ([1, 1], [0, 0]),
        ),
        (
            "two that the caller knows to be different are two",
            [Persons((person(("PHONE", "1")), person(("PHONE", "2"))), may_be_one=())],
            ([2, 2], [0, 0]),
        ),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_who_counts(memory, why, sequence, expected):
    ordinary, sensitive = bounds(counted(memory, sequence))
    assert expected == ([ordinary.low, ordinary.high], [sensitive.low, sensitive.high])


def test_an_identifier_is_digested_under_the_key_of_its_year():
    identifier = Identifier("PHONE", "13800138000")
    assert KEY.digest(identifier) != YearKey(2027, b"j" * 32).digest(identifier)
    assert KEY.digest(identifier) != KEY.digest(Identifier("WECHAT", "13800138000"))
    assert len(KEY.digest(identifier)) == 16
    assert "kkk" not in repr(KEY)
