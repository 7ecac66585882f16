"""What an upstream compresses reads as if it had not, wherever the parts are cut; what is damaged is no answer."""

from __future__ import annotations

import gzip
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.gateway import inflate
from banjia.gateway.answer import UpstreamError
from banjia.gateway.inflate import Inflater, inflater

TEXT = b'{"choices": [{"text": "' + bytes(range(32, 127)) * 40 + b'"}]}'


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def members(data: bytes) -> bytes:
    return gzip.compress(data[:100]) + gzip.compress(data[100:])


WAYS = [gzip.compress, zlib.compress, bare, members]


@given(st.sampled_from(WAYS), st.lists(st.integers(0, 5000), max_size=6))
def test_a_compressed_body_reads_the_same_wherever_it_is_cut(packed, cuts):
    data = packed(TEXT)
    places = sorted({0, len(data), *(c for c in cuts if c < len(data))})
    reads = Inflater()
    assert b"".join(reads.feed(data[a:b]) for a, b in pairwise(places)) == TEXT


@pytest.mark.parametrize("packed", WAYS)
def test_a_compressed_body_reads_the_same_in_two_parts_cut_at_every_byte(packed):
    data = packed(TEXT)
    for at in range(len(data) + 1):
        reads = Inflater()
        assert reads.feed(data[:at]) + reads.feed(data[at:]) == TEXT


@pytest.mark.parametrize("packed", [gzip.compress, zlib.compress])
def test_a_body_that_breaks_in_its_middle_is_garbage_and_not_read_in_another_way(packed):
    data = packed(TEXT)
    reads = Inflater()
    reads.feed(data[:60])
    with pytest.raises(UpstreamError) as caught:
        reads.feed(b"\xff" * 400)
    assert caught.value.kind == "garbage"


def test_what_a_few_bytes_blow_up_to_is_bounded(monkeypatch):
    monkeypatch.setattr(inflate, "MOST", 10_000)
    assert len(Inflater().feed(gzip.compress(b"a" * 10_000))) == 10_000
    for packed in (gzip.compress(b"a" * 10_001), gzip.compress(b"a" * 6000) * 2):
        with pytest.raises(UpstreamError) as caught:
            Inflater().feed(packed)
        assert caught.value.kind == "too_large"


@pytest.mark.parametrize("name", [b"br", b"zstd", b"gzip, br"])
def test_a_compression_that_is_not_known_is_refused(name):
    with pytest.raises(UpstreamError):
        inflater(name)
    assert inflater(b" identity ") is None
