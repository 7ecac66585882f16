"""`banjia serve` as a process: it starts, reloads, drains, restarts what dies, and connects nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from scripted import Scripted, answer_all, play
from served import KEY, behind, call, facts, get, lay_out, log_of, serving, until

from banjia.desk.clock import today
from banjia.policy.file import write
from banjia.store.store import open_store
from house import closed_cells, open_cells, policy


def test_it_serves_and_connects_to_nothing_but_its_upstream(tmp_path):
    def scene(process, port, upstream):
        return call(port)[0], get(port, "/readyz")["status"]

    assert behind(tmp_path, scene) == (200, "ready")
    assert "DENIED" not in log_of(tmp_path)


def test_a_policy_that_closes_acts_without_a_restart_and_one_that_opens_waits(tmp_path):
    def scene(process, port, upstream):
        named = {"local": ("self_hosted", upstream.url)}
        before = call(port)[0]
        write(facts(policy(closed_cells("local")), named), tmp_path / "policy.json")
        code = until(lambda: ((found := call(port)) and found[0] == 403 and found[1]["error"]["code"]) or None)
        write(facts(policy(open_cells("local")), named), tmp_path / "policy.json")
        waiting = until(
            lambda: ((found := call(port)) and found[1].get("error", {}).get("code") == "approval-pending") or None
        )
        words = [sys.executable, "-m", "banjia", "policy", "approve", "--by", "dpo", "--reason", "checked"]
        digest = re.search(r"sha256:\w+", log_of(tmp_path).split("opens a route")[-1])[0]
        subprocess.run([*words, digest], cwd=tmp_path, check=True, capture_output=True)
        after = until(lambda: call(port)[0] == 200 or None)
        return before, code, waiting, after

    assert behind(tmp_path, scene) == (200, "openai.region", True, True)


def test_a_config_that_cannot_be_read_leaves_the_former_in_force(tmp_path):
    def scene(process, port, upstream):
        (tmp_path / "banjia.yaml").write_text("apps: [")
        until(lambda: "reload refused" in log_of(tmp_path) or None)
        return call(port)[0]

    assert behind(tmp_path, scene) == 200


def test_workers_share_one_port_one_ledger_and_their_counts(tmp_path):
    def scene(process, port, upstream):
        statuses = {call(port)[0] for _ in range(40)}
        total = until(lambda: 40 if counted(port) == 40 else None)
        return statuses, total

    assert behind(tmp_path, scene, "--workers", "2") == ({200}, 40)
    done = subprocess.run(
        [sys.executable, "-m", "banjia", "ledger", "verify", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout


def counted(port: int) -> int:
    text = get(port, "/metrics")["text"]
    return sum(int(x) for x in re.findall(r'banjia_requests_total\{.*status="200"\} (\d+)', text))


def test_a_worker_that_is_killed_is_started_again(tmp_path):
    def scene(process, port, upstream):
        first = children(process.pid)
        os.kill(first[0], signal.SIGKILL)
        until(lambda: ((now := children(process.pid)) and now != first) or None)
        return until(lambda: answered(port))

    assert behind(tmp_path, scene) == 200


def test_no_acknowledged_foreign_call_is_without_its_entry_when_workers_are_killed(tmp_path):
    told: list[str] = []

    def scene(process, port, upstream):
        def calls():
            body = json.dumps({"model": "m", "messages": []}).encode()
            for _ in range(60):
                request = urllib.request.Request(
                    f"http://127.0.0.1:{port}/v1/chat/completions", body, {"authorization": f"Bearer {KEY}"}
                )
                gone = contextlib.suppress(OSError, http.client.HTTPException)
                with gone, urllib.request.urlopen(request, timeout=5) as answer:
                    told.append(answer.headers["x-banjia-decision"])

        callers = [threading.Thread(target=calls) for _ in range(4)]
        for caller in callers:
            caller.start()
        until(lambda: len(told) > 20 or None)
        for pid in children(process.pid):
            os.kill(pid, signal.SIGKILL)
        for caller in callers:
            caller.join()

    behind(tmp_path, scene, "--workers", "2", table=policy(open_cells("local"), abroad=("local",)))
    with open_store(f"sqlite:///{tmp_path}/banjia.db").snapshot() as tx:
        written = {row[0] for row in tx.rows("SELECT id FROM entry WHERE kind = 'decision'")}
    assert len(told) > 20
    assert set(told) <= written
    words = [sys.executable, "-m", "banjia", "ledger", "verify", "--json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


def answered(port: int) -> int | None:
    try:
        return call(port)[0]
    except OSError:
        return None


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(x) for x in found]


def test_it_finishes_what_is_in_hand_before_it_stops(tmp_path):
    async def main():
        more = asyncio.Event()

        async def handler(seen, writer):
            await more.wait()
            await answer_all(seen, writer)

        async with Scripted(handler) as upstream:
            lay_out(tmp_path, {"local": ("self_hosted", upstream.url)}, policy(open_cells("local")))
            loop = asyncio.get_running_loop()

            def run():
                with serving(tmp_path, allowed=upstream.port) as (process, port):
                    result = []
                    thread = threading.Thread(target=lambda: result.append(call(port)[0]))
                    thread.start()
                    asyncio.run_coroutine_threadsafe(upstream.arrived.wait(), loop).result(10)
                    process.send_signal(signal.SIGTERM)
                    until(lambda: "stopping: what is in hand" in log_of(tmp_path) or None)
                    loop.call_soon_threadsafe(more.set)
                    thread.join(10)
                    return result, process.wait(20)

            return await asyncio.to_thread(run)

    assert play(main()) == ([200], 0)


def banjia(tmp_path, *words: str) -> str:
    command = [sys.executable, "-m", "banjia", *words, "--lang", "en"]
    return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout


def test_closing_all_routes_abroad_acts_on_running_workers_and_reopening_waits(tmp_path):
    table = policy(open_cells("local"), abroad=("local",))

    def scene(process, port, upstream):
        before = call(port)[0]
        banjia(tmp_path, "policy", "close", "--abroad", "--by", "night", "--reason", "leak")
        code = until(lambda: ((found := call(port)) and found[0] == 403 and found[1]["error"]["code"]) or None, 3)
        said = banjia(tmp_path, "policy", "reopen", "--abroad", "--by", "day", "--reason", "over")
        until(lambda: call(port)[1].get("error", {}).get("code") == "approval-pending" or None)
        banjia(tmp_path, "policy", "approve", re.search(r"sha256:\w+", said)[0], "--by", "dpo", "--reason", "checked")
        return before, code, until(lambda: call(port)[0] == 200 or None)

    assert behind(tmp_path, scene, "--workers", "2", table=table) == (200, "operator-closed", True)
    with open_store(f"sqlite:///{tmp_path}/banjia.db").snapshot() as tx:
        assert tx.rows("SELECT count(*) FROM entry WHERE kind = 'close-abroad'") == [(1,)]


def test_it_says_that_it_serves_when_all_workers_answer(tmp_path):
    def scene(process, port, upstream):
        until(lambda: "the gateway serves" in log_of(tmp_path) or None)
        return get(port, "/readyz")["status"]

    assert behind(tmp_path, scene, "--workers", "2") == "ready"
    assert log_of(tmp_path).count("the gateway serves") == 1


def test_a_declaration_of_exports_elsewhere_counts_without_a_restart(tmp_path):
    def upper(port) -> str:
        text = get(port, "/metrics")["text"]
        return re.search(r'banjia_exported_persons\{class="ordinary",bound="upper"\} (\S+)', text)[1]

    def scene(process, port, upstream):
        before = upper(port)
        year = today().year
        with (tmp_path / "banjia.yaml").open("a") as config:
            config.write(f"elsewhere: {{{year}: {{ordinary: [0, 20], sensitive: 0, by: dpo, on: {year}-01-01}}}}\n")
        return before, until(lambda: upper(port) == "20" or None)

    assert behind(tmp_path, scene) == ("Inf", True)


def test_a_key_that_is_taken_back_is_refused_at_once_and_the_new_one_serves(tmp_path):
    def scene(process, port, upstream):
        before = call(port)[0]
        (tmp_path / "key").write_text("sk-serve-other")
        refused_now = until(lambda: call(port)[0] == 401 or None, 3)
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/models", headers={"authorization": "Bearer sk-serve-other"}
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            return before, refused_now, answer.status

    assert behind(tmp_path, scene) == (200, True, 200)


PRICED = ", prices: {'*': {input: 1000, output: 1000}}"
BUDGET = "routes: [local], budget: {per_day: 0.1}"


def spent_of(port: int) -> float:
    text = get(port, "/metrics")["text"]
    return float(re.search(r'banjia_budget_spent\{app="helpdesk",period="day",currency="CNY"\} (\S+)', text)[1])


def test_a_budget_is_exact_with_two_workers_and_after_a_restart(tmp_path):
    """Each call costs 0.005 (five tokens at a thousandth): twenty fit into a tenth, however they come."""

    async def main():
        async with Scripted() as upstream:
            named = {"local": ("self_hosted", upstream.url)}
            lay_out(tmp_path, named, policy(open_cells("local")), PRICED)
            config = tmp_path / "banjia.yaml"
            config.write_text(config.read_text().replace("routes: [local]", BUDGET))

            def calls(port, many):
                found = []
                threads = [threading.Thread(target=lambda: found.append(call(port, model="m")[0])) for _ in range(many)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                return found

            def run():
                first, second = [], []
                with serving(tmp_path, "--workers", "2", allowed=upstream.port) as (_, port):
                    for _ in range(2):
                        first += calls(port, 4)
                    before = spent_of(port)
                with serving(tmp_path, "--workers", "2", allowed=upstream.port) as (_, port):
                    for _ in range(30):
                        second += calls(port, 1)
                    return first, before, second, spent_of(port)

            return await asyncio.to_thread(run), len(upstream.seen)

    (first, before, second, after), sent = play(main())
    assert before == pytest.approx(0.005 * first.count(200))
    assert after == pytest.approx(0.005 * sent)
    assert sent <= 20
    assert sent == first.count(200) + second.count(200)
    assert second[-1] == 429
    told = json.loads(banjia(tmp_path, "ledger", "usage", "--json"))["usage"][0]
    assert float(told["cost"]["CNY"]) == pytest.approx(after)
    assert told["requests"] == sent
