"""What `banjia serve` refuses to start with, and why it says so."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from served import free_port, lay_out

from house import open_cells, policy


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
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
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
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
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
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "choose another --port" in done.stderr
