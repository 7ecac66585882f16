"""The whole loop on a real application and real local models: what `make demo` runs.

check -> serve -> the unchanged application -> a refused call -> ledger verify -> verify after one changed byte.
Everything is on loopback; no key and no outside service is needed. Exit 0 when every step did what it should.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HELPDESK = ROOT / "examples" / "helpdesk"
BIN = Path(sys.executable).parent
WORK = ROOT / ".demo"
START_SECONDS = 60


class StepError(Exception):
    """A step did not do what it should."""


def main() -> int:
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(HELPDESK, WORK / "helpdesk", ignore=shutil.ignore_patterns("__pycache__", ".banjia"))
    chat, embed, gateway = free_port(), free_port(), free_port()
    app = WORK / "helpdesk"
    set_ports(app / "banjia.yaml", {18081: chat, 18082: embed})
    key = secrets.token_urlsafe(24)
    env = {
        **os.environ,
        "HELPDESK_KEY": key,
        "AZURE_OPENAI_API_KEY": "none",
        "OPENAI_DIRECT_KEY": "none",
        "LANG": "C.UTF-8",
    }
    try:
        walk(app, env, key=key, chat=chat, embed=embed, gateway=gateway)
    except StepError as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    print("\nThe application left its relay, kept working, and every decision can be proved.")
    return 0


def walk(app: Path, env: dict[str, str], *, key: str, chat: int, embed: int, gateway: int) -> None:
    say("1. What does the application use, and what of it is closed today?")
    banjia(["check", "."], app, env, expect={0, 3, 4, 5}, must=["chatanywhere"])

    say("2. Why: OpenAI direct, the relay, Azure, and the models on this machine")
    for route, ending, must in (
        ("openai", {4}, ["prohibited", "openai-services-agreement"]),
        ("reverse-proxy --fact model.vendor=openai", {4}, ["prohibited"]),
        ("azure", {3, 4, 5}, ["azure-china"]),
        ("local-chat", {0}, ["no bar found"]),
    ):
        banjia(["assess", "--app", "helpdesk", "--route", *route.split()], app, env, expect=ending, must=must, first=9)

    say("3. Real models on this machine, and the gateway in front of them")
    with models(chat, embed), serving(app, env, gateway):
        say("4. The same application, not a line changed: two variables point it at the gateway")
        moved = {**env, "OPENAI_BASE_URL": f"http://127.0.0.1:{gateway}/v1", "OPENAI_API_KEY": key}
        for verb, text in (
            ("ask", "How long does delivery take?"),
            ("stream", "Name one advantage of a good office chair."),
            ("triage", "My chair came with a broken wheel, I need a new one today."),
            ("search", "one caster is broken"),
        ):
            run(
                [sys.executable, "-m", "helpdesk", verb, text],
                app,
                moved,
                expect={0},
                shown=f"python -m helpdesk {verb} {text!r}",
            )

        say("5. A call that names a model only OpenAI has: refused, with the article")
        closed = (
            "import openai\n"
            "from helpdesk.settings import client\n"
            "try:\n"
            "    client().chat.completions.create(model='gpt-5.5', messages=[{'role': 'user', 'content': 'hello'}])\n"
            "except openai.APIStatusError as error:\n"
            "    print('HTTP', error.status_code, error.type, error.code)\n"
            "    print(error.body['message'])\n"
            "    raise SystemExit(1)"
        )
        run(
            [sys.executable, "-c", closed],
            app,
            moved,
            expect={1},
            must=["HTTP 403 policy_refusal", "openai-services-agreement"],
            shown="the same client, model='gpt-5.5'",
        )

    say("6. The ledger: every decision, verified; then one byte changed in a copy")
    banjia(["ledger", "verify"], app, env, expect={0})
    banjia(["ledger", "tally", "--year", time.strftime("%Y")], app, env, expect={0})
    copy = WORK / "changed.db"
    change_one_byte(app / ".banjia" / "helpdesk.db", copy)
    banjia(["ledger", "verify", "--store", f"sqlite:///{copy}"], app, env, expect={1})


def banjia(
    words: list[str],
    cwd: Path,
    env: Mapping[str, str],
    *,
    expect: set[int],
    must: list[str] | None = None,
    first: int = 40,
) -> None:
    shown = "banjia " + " ".join(words)
    run([str(BIN / "banjia"), *words], cwd, env, expect=expect, must=must, first=first, shown=shown)


def run(
    command: list[str],
    cwd: Path,
    env: Mapping[str, str],
    *,
    expect: set[int],
    shown: str,
    must: list[str] | None = None,
    first: int = 40,
) -> None:
    shown = shown.replace(str(ROOT), ".")
    print(f"\n$ {shown}", flush=True)
    done = subprocess.run(
        command,
        cwd=cwd,
        env=dict(env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    lines = done.stdout.replace(str(ROOT), ".").rstrip().splitlines()
    print("\n".join(lines[:first] + (["  ..."] if len(lines) > first else [])), flush=True)
    if done.returncode not in expect:
        raise StepError(f"`{shown}` ended with exit code {done.returncode}, expected {sorted(expect)}")
    for word in must or ():
        if word not in done.stdout:
            raise StepError(f"`{shown}` did not speak of {word!r}")


@contextlib.contextmanager
def models(chat: int, embed: int) -> Iterator[None]:
    command = [
        sys.executable,
        str(ROOT / "scripts" / "local_models.py"),
        "--chat-port",
        str(chat),
        "--embed-port",
        str(embed),
    ]
    with background(command, WORK, os.environ, WORK / "models.log"):
        wait(f"http://127.0.0.1:{chat}/v1/models", WORK / "models.log")
        wait(f"http://127.0.0.1:{embed}/v1/models", WORK / "models.log")
        print("\nSmolLM2-135M (chat) and multilingual-e5-small (search) answer on loopback.")
        yield


@contextlib.contextmanager
def serving(app: Path, env: Mapping[str, str], port: int) -> Iterator[None]:
    print("\n$ banjia serve &")
    log = WORK / "serve.log"
    with background([str(BIN / "banjia"), "serve", "--port", str(port)], app, env, log):
        wait(f"http://127.0.0.1:{port}/readyz", log)
        print(re.sub(rf":{port}\b", ":8420", log.read_text(encoding="utf-8")).replace(str(ROOT), ".").rstrip())
        yield


@contextlib.contextmanager
def background(command: list[str], cwd: Path, env: Mapping[str, str], log: Path) -> Iterator[None]:
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=cwd, env=dict(env), stdout=out, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait(url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as reply:
            if reply.status == 200:
                return
        time.sleep(0.1)
    raise StepError(f"{url} did not answer; its log ends: {log.read_text(encoding='utf-8')[-600:]}")


def change_one_byte(source: Path, target: Path) -> None:
    """Copies the store as it is on disk and flips one bit in the body of one entry."""
    with contextlib.closing(sqlite3.connect(source)) as original, contextlib.closing(sqlite3.connect(target)) as copy:
        original.backup(copy)
        log, place, body = next(
            copy.execute("select log, idx, body from entry where log > 0 and body like '%gpt%' limit 1")
        )
        copy.execute("update entry set body = ? where log = ? and idx = ?", (body.replace("gpt", "gqt", 1), log, place))
        copy.commit()


def set_ports(config: Path, ports: Mapping[int, int]) -> None:
    text = config.read_text(encoding="utf-8")
    for old, new in ports.items():
        text = text.replace(f":{old}/", f":{new}/")
    config.write_text(text, encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(title: str) -> None:
    print(f"\n{'-' * 100}\n{title}")


if __name__ == "__main__":
    sys.exit(main())
