"""The tree agrees with the definitions of RFC 6962, written down a second time without any cleverness."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from banjia.ledger.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    consistent,
    includes,
    inclusion_proof,
    leaf_hash,
    root,
)

# the inputs and roots that the reference logs of certificate transparency publish for their own tests
INPUTS = [
    bytes.fromhex(x)
    for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [leaf_hash(x) for x in INPUTS]

leaves_of = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def naive_root(leaves):
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m, leaves, complete):
    if m == len(leaves):
        return [] if complete else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], complete), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def test_the_roots_are_those_of_the_reference_logs():
    assert ROOTS == [root(LEAVES[:n]).hex() for n in range(1, 9)]
    assert sha256(b"").digest() == EMPTY_ROOT == root([])


@given(leaves_of)
def test_the_root_is_that_of_the_definition(leaves):
    assert naive_root(leaves) == root(leaves)


@given(leaves_of, st.data())
def test_a_frontier_grows_in_any_groups_to_one_root(leaves, data):
    frontier, rest = Frontier(), leaves
    while rest:
        n = data.draw(st.integers(0, len(rest)))
        frontier, rest = frontier.extended(rest[:n]), rest[n:]
        if n == 0:
            frontier, rest = frontier.extended(rest), []
    assert naive_root(leaves) == frontier.root
    assert frontier == Frontier.decode(len(leaves), frontier.encode())
    assert (
        Frontier.decode(len(leaves) + 1, frontier.encode()) is None
        or len(leaves).bit_count() == (len(leaves) + 1).bit_count()
    )


@given(leaves_of, st.data())
def test_an_inclusion_proof_is_that_of_the_definition_and_proves_one_leaf(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_proof(leaves, index)
    assert naive_path(index, leaves) == path
    top = root(leaves)
    assert includes(top, len(leaves), index, leaves[index], path)
    assert not includes(top, len(leaves), index, leaf_hash(b"other"), path)
    assert not includes(top, len(leaves), len(leaves), leaves[index], path)
    assert not includes(leaf_hash(b"other"), len(leaves), index, leaves[index], path)
    for i in range(len(path)):
        bad = [*path[:i], bytes([path[i][0] ^ 1, *path[i][1:]]), *path[i + 1 :]]
        assert not includes(top, len(leaves), index, leaves[index], bad)
    assert not includes(top, len(leaves), index, leaves[index], [*path, leaf_hash(b"more")])
    if path:
        assert not includes(top, len(leaves), index, leaves[index], path[:-1])


@given(leaves_of, st.data())
def test_a_consistency_proof_is_that_of_the_definition_and_proves_a_prefix(leaves, data):
    before = data.draw(st.integers(1, len(leaves)))
    path = consistency_proof(leaves, before)
    assert naive_subproof(before, leaves, True) == path
    old, new = root(leaves[:before]), root(leaves)
    assert consistent(before, old, len(leaves), new, path)
    assert not consistent(before, leaf_hash(b"other"), len(leaves), new, path)
    assert not consistent(before, old, len(leaves), leaf_hash(b"other"), path)
    for i in range(len(path)):
        bad = [*path[:i], bytes([path[i][0] ^ 1, *path[i][1:]]), *path[i + 1 :]]
        assert not consistent(before, old, len(leaves), new, bad)
    assert not consistent(before, old, len(leaves), new, [*path, leaf_hash(b"more")])


@given(leaves_of, st.data())
def test_no_proof_makes_a_changed_history_consistent(leaves, data):
    before = data.draw(st.integers(1, len(leaves)))
    changed = data.draw(st.integers(0, before - 1))
    other = [*leaves[:changed], leaf_hash(leaves[changed]), *leaves[changed + 1 :]]
    path = consistency_proof(other, before)
    assert not consistent(before, root(leaves[:before]), len(other), root(other), path)
