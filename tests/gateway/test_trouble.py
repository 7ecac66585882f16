"""Wrong and lost keys, a full disk, oversized and hostile input: clear errors, no export without its entry, nothing lost."""

from __future__ import annotations

import json
import resource
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from scripted import Scripted, completion, http, play, write

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from crossing.gate import ask, lay_out, serving
from crossing.race import _children
from crossing.stand_in import Recorder

from banjia.errors import StoreError
from banjia.ledger.verify import verify
from banjia.store.keys import Keys
from banjia.store.ring import KEY_FILE, SealingKey
from banjia.store.store import open_store
from banjia.store.vault import Vault
from banjia.text import Text
from house import chat, house, open_cells, policy, route

PHONE = "13812345678"
PERSONAL = {"data.personal_info": True, "data.sensitive_pi": False}


def said(text=f"手机{PHONE}", **more):
    return chat(messages=[{"role": "user", "content": text}], **more)


def through(tmp_path, scene, vault=None, **more):
    async def echo(seen, writer):
        await write(writer, http(completion(seen.json["messages"][-1]["content"])))

    async def main():
        async with Scripted(echo) as upstream:
            table = policy(open_cells("azure", treatment="pseudonymise"), abroad=("azure",))
            async with house(tmp_path, [route("azure", upstream.url)], table, facts=PERSONAL, vault=vault, **more) as h:
                return await scene(h), upstream.seen

    return play(main())


def test_a_lost_key_of_the_maps_sends_nothing_and_says_so(tmp_path):
    def gone():
        raise StoreError(Text("密钥不见了", "the key is missing"), where="keys/vault.key")

    async def scene(h):
        refused = [await h.post(body=said(), x_banjia_conversation="c") for _ in range(2)]
        return refused, await h.post(body=said())

    (refused, alone), seen = through(tmp_path, scene, vault=gone)
    assert [(503, "surrogates_unavailable")] * 2 == [(a.status, a.error["code"]) for a in refused]
    assert 200 == alone.status  # a call of no conversation needs no map that is kept
    assert 1 == len(seen)


def test_a_wrong_key_of_the_maps_sends_nothing(tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/banjia.db")
    right = Vault.open(store, Keys(tmp_path / "keys"))
    vaults = {"now": right}

    async def scene(h):
        first = await h.post(body=said(), x_banjia_conversation="c")
        vaults["now"] = Vault(store, SealingKey("", AESGCM(bytes(32))), Keys(tmp_path / "keys"))
        h.gateway._personal._loaded = None  # as after a restart
        return first, await h.post(body=said(), x_banjia_conversation="c")

    (first, second), seen = through(tmp_path, scene, vault=lambda: vaults["now"])
    store.close()
    assert 200 == first.status
    assert (503, "surrogates_unavailable") == (second.status, second.error["code"])
    assert 1 == len(seen)
    assert (tmp_path / "keys" / KEY_FILE).exists()


@pytest.mark.parametrize("depth", [90, 400, 900, 100_000])
def test_a_request_nested_without_end_is_served_or_refused_and_never_leaks(tmp_path, depth):
    nested = b"[" * depth + f'"{PHONE}"'.encode() + b"]" * depth
    body = json.dumps(said()).encode()[:-1] + b', "metadata": {"x": ' + nested + b"}}"

    async def scene(h):
        return await h.post(body=body), await h.post(body=said())

    (answer, after), seen = through(tmp_path, scene)
    assert answer.status in {200, 400}
    assert 200 == after.status
    assert not [s for s in seen if PHONE.encode() in s.body]


def test_a_long_text_is_treated_whole(tmp_path):
    numbers = [f"139{n:04d}{(n * 37) % 10000:04d}" for n in range(1000, 1500)]
    text = ("联系电话" + "，以及填充文字若干。联系电话".join(numbers) + "。") * 3

    async def scene(h):
        return await h.post(body=said(text))

    answer, seen = through(tmp_path, scene)
    assert text == answer.json["choices"][0]["message"]["content"]
    assert not [n for n in numbers if n.encode() in seen[0].body]


HOSTILE = [
    "1" * 200_000,
    "a@" * 100_000,
    "A" * 5_000 + "===",
    "⟦人名1·" * 20_000,
    "(" * 150_000 + ")" * 150_000,
    "%E4%BD" * 10_000,
    "\\u4f60" * 10_000,
    "一二三四五六七八九零 " * 5_000,
    "-" * 100_000 + PHONE,
    "王" * 5_000,
    "0x" + "f" * 100_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_takes_a_bounded_time_and_comes_back_as_it_was(tmp_path, text):
    async def scene(h):
        return await h.post(body=said(text))

    answer, seen = through(tmp_path, scene)
    assert text == answer.json["choices"][0]["message"]["content"]
    assert PHONE.encode() not in seen[0].body


def limit(pids, size):
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits of another process are Linux")
def test_on_a_full_disk_exports_are_refused_and_go_on_once_there_is_room(tmp_path):
    with Recorder() as stand_in:
        lay_out(tmp_path, stand_in.url)
        with serving(tmp_path) as (process, port):
            line = HTTPConnection("127.0.0.1", port, timeout=60)

            def call(number):
                body = {"model": "m", "seed": number, "messages": [{"role": "user", "content": f"手机{PHONE}"}]}
                return ask(line, body)

            answered = {n: h["x-banjia-decision"] for n in range(3) for _, h, _ in [call(n)]}
            workers = _children(process.pid)
            limit(workers, max(p.stat().st_size for p in tmp_path.glob("banjia.db*")) + 8192)
            full = [call(n) for n in range(100, 140)]
            refused = [told["error"] for status, _, told in full if status != 200]
            answered |= {100 + i: h["x-banjia-decision"] for i, (status, h, _) in enumerate(full) if status == 200}
            assert refused
            assert {"ledger_unavailable"} == {e["code"] for e in refused}
            assert set(stand_in.bytes) == set(answered)
            limit(workers, resource.RLIM_INFINITY)
            for n in range(200, 260):
                status, headers, _ = call(n)
                if status == 200:
                    answered[n] = headers["x-banjia-decision"]
                    break
            assert max(answered) >= 200
            line.close()
    store = open_store(f"sqlite:///{tmp_path}/banjia.db", create=False)
    with store.snapshot() as tx:
        ids = {r[0] for r in tx.rows("SELECT id FROM entry WHERE kind = 'decision'")}
    assert set(answered.values()) <= ids
    assert verify(store).ok
    store.close()


@pytest.mark.parametrize(("name", "content"), [("subjects", "ab" * 32), ("ledger", None), ("vault", "cd" * 32)])
def test_with_a_wrong_or_lost_key_the_gateway_does_not_start(tmp_path, name, content):
    with Recorder() as stand_in:
        lay_out(tmp_path, stand_in.url)
        body = {"model": "m", "seed": 1, "messages": [{"role": "user", "content": f"手机{PHONE}"}]}
        with serving(tmp_path) as (_, port):
            line = HTTPConnection("127.0.0.1", port, timeout=60)
            assert 200 == ask(line, body, **{"x-banjia-conversation": "c"})[0]
            line.close()
        key = next((tmp_path / "keys").glob(f"{name}*.key"))
        key.unlink()
        if content is not None:
            key.write_text(content)
            key.chmod(0o600)
        with pytest.raises(RuntimeError, match="did not become ready"), serving(tmp_path):
            pass
        assert {1} == set(stand_in.bytes)
        log = (tmp_path / "log").read_text()
        assert key.name in log
        assert PHONE not in log
