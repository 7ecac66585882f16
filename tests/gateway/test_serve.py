"""`banjia serve` as a process: it starts, reloads, drains, restarts what dies, and connects nowhere else."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted import Scripted, answer_all, play

from banjia.desk.clock import today
from banjia.policy.file import write
from banjia.store.store import open_store
from house import closed_cells, open_cells, policy

HERE = Path(__file__).parent
KEY = "sk-serve-test"
CONFIG = """
store: sqlite:///banjia.db
keys: keys/
gateway: {country: CN}
entity: {id: acme, facts: {data.personal_info: no, actor.establishment: CN}}
apps:
  - {id: helpdesk, keys: ["file:key"], routes: [ROUTES]}
routes:
"""
ROUTE = "  - {{id: {name}, provider: {provider}, base_url: '{url}'{more}}}\n"


def lay_out(path: Path, routes: dict[str, tuple[str, str]], table, more: str = "") -> None:
    (path / "key").write_text(KEY)
    lines = [ROUTE.format(name=n, provider=p, url=u, more=more) for n, (p, u) in routes.items()]
    (path / "banjia.yaml").write_text(CONFIG.replace("ROUTES", ", ".join(routes)) + "".join(lines))
    write(facts(table, routes), path / "policy.json")


def facts(table, routes):
    known = tuple(dataclasses.replace(f, provider=routes[f.id][0]) for f in table.routes if f.id in routes)
    return dataclasses.replace(table, routes=known)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(path: Path, *words: str, allowed: int = 0) -> Iterator[tuple[subprocess.Popen, int]]:
    port = free_port()
    command = [
        sys.executable,
        str(HERE / "denying.py"),
        "serve",
        "--policy",
        "policy.json",
        "--port",
        str(port),
        "--lang",
        "en",
        *words,
    ]
    env = {**os.environ, "ALLOWED_PORTS": str(allowed)}
    with (path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=path, env=env, stderr=log, stdout=log)
        try:
            until = time.monotonic() + 20
            while time.monotonic() < until and process.poll() is None:
                with contextlib.suppress(OSError):
                    get(port, "/readyz")
                    break
                time.sleep(0.02)
            yield process, port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def get(port: int, path: str) -> dict:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return json.load(answer) if path != "/metrics" else {"text": answer.read().decode()}


def call(port: int, model: str = "m") -> tuple[int, dict]:
    body = json.dumps({"model": model, "messages": []}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions", body, {"authorization": f"Bearer {KEY}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def until(probe, seconds: float = 10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (found := probe()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("did not come about in time")


def behind(tmp_path, scene, *words, routes=("local",), table=None):
    """Run `scene(process, port, upstream)` in a thread, beside a gateway process and its upstream."""

    async def main():
        async with Scripted() as upstream:
            named = dict.fromkeys(routes, ("self_hosted", upstream.url))
            lay_out(tmp_path, named, table or policy(open_cells(*routes)))

            def run():
                with serving(tmp_path, *words, allowed=upstream.port) as (process, port):
                    return scene(process, port, upstream)

            return await asyncio.to_thread(run)

    return play(main())


def log_of(path: Path) -> str:
    return (path / "log").read_text()


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


def refused(tmp_path, routes, more="", config=None, table=None) -> tuple[int, str]:
    lay_out(tmp_path, routes, table or policy(open_cells(*routes)), more)
    if config is not None:
        path = tmp_path / "banjia.yaml"
        path.write_text(config(path.read_text()))
    command = [
        sys.executable,
        "-m",
        "banjia",
        "serve",
        "--policy",
        "policy.json",
        "--port",
        str(free_port()),
        "--lang",
        "en",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stderr


def test_a_relay_under_a_vendors_name_is_refused(tmp_path):
    code, said = refused(tmp_path, {"openai": ("openai", "https://api.chatanywhere.tech/v1")})
    assert (code, "relay" in said) == (1, True)
    assert "routes[0].base_url" in said


def test_a_gateway_abroad_in_front_of_an_excluding_vendor_is_refused(tmp_path):
    code, said = refused(
        tmp_path,
        {"openai": ("openai", "https://api.openai.com/v1")},
        config=lambda text: text.replace("country: CN", "country: SG"),
        table=policy(open_cells("openai"), abroad=("openai",)),
    )
    assert (code, "reverse proxy" in said) == (1, True)


def test_a_host_abroad_that_the_policy_takes_for_domestic_is_refused(tmp_path):
    code, said = refused(tmp_path, {"openai": ("openai", "https://api.openai.com/v1")})
    assert (code, "its host is abroad" in said) == (1, True)


def test_a_vendors_dialect_on_loopback_must_be_called_a_stand_in(tmp_path):
    code, said = refused(tmp_path, {"x": ("deepseek", "http://127.0.0.1:9/v1")})
    assert (code, "stand_in: true" in said) == (1, True)


@pytest.mark.parametrize("text", ["{}", "[]", "nonsense", '{"schema": 9}'])
def test_a_file_that_is_no_policy_is_refused(tmp_path, text):
    lay_out(tmp_path, {"local": ("self_hosted", "http://127.0.0.1:9/v1")}, policy(open_cells("local")))
    (tmp_path / "policy.json").write_text(text)
    command = [sys.executable, "-m", "banjia", "serve", "--policy", "policy.json", "--lang", "en"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    assert "policy.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_in_use_is_said_plainly(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        lay_out(tmp_path, {"local": ("self_hosted", "http://127.0.0.1:9/v1")}, policy(open_cells("local")))
        words = ["serve", "--policy", "policy.json", "--lang", "en", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(
            [sys.executable, "-m", "banjia", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert done.returncode == 1
    assert "choose another --port" in done.stderr


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

    assert behind(tmp_path, scene) == ("inf", True)


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
