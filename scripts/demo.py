"""The whole loop on a real application and real local models: what `make demo` runs, in the locale's language or `demo.py zh|en`.

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

from banjia.assess import words
from banjia.text import Text, locale_lang

LANG = "zh" if "zh" in sys.argv[1:] else "en" if "en" in sys.argv[1:] else locale_lang()
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
        "LC_ALL": "zh_CN.UTF-8" if LANG == "zh" else "C.UTF-8",
    }
    try:
        walk(app, env, key=key, chat=chat, embed=embed, gateway=gateway)
    except StepError as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    done = Text(
        "应用离开了中转站，照常工作，每个决定都有据可查。",
        "The application left its relay, kept working, and every decision can be proved.",
    )
    print(f"\n{done.say(LANG)}")
    return 0


def walk(app: Path, env: dict[str, str], *, key: str, chat: int, embed: int, gateway: int) -> None:
    say(Text("1. 应用在用什么，今天哪些已关闭？", "1. What does the application use, and what of it is closed today?"))
    banjia(["check", "."], app, env, expect={0, 3, 4, 5}, must=["chatanywhere"])

    say(
        Text(
            "2. 为什么：直连 OpenAI、中转、Azure、本机模型",
            "2. Why: OpenAI direct, the relay, Azure, and the models on this machine",
        )
    )
    for route, ending, must in (
        ("openai", {4}, [words.verdict("prohibited").say(LANG), "openai-services-agreement"]),
        ("reverse-proxy --fact model.vendor=openai", {4}, [words.verdict("prohibited").say(LANG)]),
        ("azure", {3, 4, 5}, ["azure-china"]),
        ("local-chat", {0}, [words.verdict("permitted").say(LANG)]),
    ):
        banjia(["assess", "--app", "helpdesk", "--route", *route.split()], app, env, expect=ending, must=must, first=9)

    say(Text("3. 本机的真实模型，和它们前面的网关", "3. Real models on this machine, and the gateway in front of them"))
    with models(chat, embed), serving(app, env, gateway):
        say(
            Text(
                "4. 同一个应用，一行未改：两个变量把它指向网关",
                "4. The same application, not a line changed: two variables point it at the gateway",
            )
        )
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

        say(
            Text(
                "5. 点名只有 OpenAI 才有的模型：拒绝，并给出条款",
                "5. A call that names a model only OpenAI has: refused, with the article",
            )
        )
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

    say(
        Text(
            "6. 台账：每个决定都可核验；再在副本里改一个字节",
            "6. The ledger: every decision, verified; then one byte changed in a copy",
        )
    )
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
        ready = Text(
            "SmolLM2-135M（对话）和 multilingual-e5-small（检索）已在本机应答。",
            "SmolLM2-135M (chat) and multilingual-e5-small (search) answer on loopback.",
        )
        print(f"\n{ready.say(LANG)}")
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


def say(title: Text) -> None:
    print(f"\n{'-' * 100}\n{title.say(LANG)}")


if __name__ == "__main__":
    sys.exit(main())
