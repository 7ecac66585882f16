"""Merkle tree of RFC 6962 and RFC 9162: roots, inclusion proofs, consistency proofs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """What a tree must remember to grow: the roots of its perfect subtrees, largest first, one for each bit of size."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def extended(self, leaves: Iterable[bytes]) -> Frontier:
        """The frontier after more leaf hashes."""
        size, peaks = self.size, list(self.peaks)
        for leaf in leaves:
            top = leaf
            rest = size
            while rest & 1:
                top = sha256(b"\x01" + peaks.pop() + top).digest()
                rest >>= 1
            peaks.append(top)
            size += 1
        return Frontier(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY_ROOT
        top = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            top = node_hash(peak, top)
        return top

    def encode(self) -> bytes:
        return b"".join(self.peaks)

    @classmethod
    def decode(cls, size: int, data: bytes) -> Frontier | None:
        """None where the data cannot belong to a tree of that size."""
        if size < 0 or len(data) != 32 * size.bit_count():
            return None
        return cls(size, tuple(data[i : i + 32] for i in range(0, len(data), 32)))


def root(leaves: Iterable[bytes]) -> bytes:
    return Frontier().extended(leaves).root


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of one leaf in the tree of all given leaf hashes, from the leaf upwards."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low = middle
    path.reverse()
    return path


def includes(root_hash: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the leaf hash stands at the index of the tree with this root."""
    if not 0 <= index < size:
        return False
    node, last, top = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            top = node_hash(step, top)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            top = node_hash(top, step)
        node >>= 1
        last >>= 1
    return last == 0 and top == root_hash


def consistency_proof(leaves: Sequence[bytes], before: int) -> list[bytes]:
    """Proof that the tree of the first `before` leaf hashes is a prefix of the tree of all."""
    if not 0 < before <= len(leaves):
        raise IndexError(before)
    path: list[bytes] = []
    low, high, whole = 0, len(leaves), True  # whole: the old tree is the subtree at `low`, whose root the verifier has
    while before != high:
        middle = low + _split(high - low)
        if before <= middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        path.append(root(leaves[low:high]))
    path.reverse()
    return path


def consistent(before: int, before_root: bytes, size: int, root_hash: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path proves that the tree of `before` leaves is a prefix of the tree of `size` leaves."""
    if not 0 < before <= size:
        return False
    if before == size:
        return not path and before_root == root_hash
    steps = list(path)
    if before & (before - 1) == 0:
        steps.insert(0, before_root)
    if not steps:
        return False
    node, last = before - 1, size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old = node_hash(step, old)
            new = node_hash(step, new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new = node_hash(new, step)
        node >>= 1
        last >>= 1
    return last == 0 and old == before_root and new == root_hash


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
