"""Shared by all rooms: new stores in both engines; hypothesis judges results, not how busy the machine is."""

import os
import shutil
import signal
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from banjia.store.store import open_store

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

numbers = count(1)


def postgres_binaries():
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


@pytest.fixture(scope="session")
def postgres_server():
    """A private server without a network port; answers its socket directory."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("no initdb and postgres on PATH or under /usr/lib/postgresql")
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    folder = Path(tempfile.mkdtemp(prefix="banjia-pg-"))
    account = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        try:
            shutil.chown(folder, "postgres", "postgres")
        except LookupError:
            shutil.rmtree(folder)
            pytest.skip("running as root, and there is no user postgres")
        account = {"user": "postgres", "group": "postgres", "extra_groups": []}
    run = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}}
    data = folder / "data"
    make = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(make, check=True, capture_output=True, **run, **account)
    options_of = {"listen_addresses": "", "unix_socket_directories": folder, "fsync": "off", "max_connections": 60}
    options = [word for name, value in options_of.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *options], stdout=log, stderr=log, **run, **account
        )
    with server:
        try:
            wait_for(server, folder)
            yield folder
        finally:
            server.send_signal(signal.SIGINT)  # ends its sessions, then itself
            server.wait()
            shutil.rmtree(folder, ignore_errors=True)


def wait_for(server, folder):
    """Until the server answers; raises with its log where it ends instead."""
    import psycopg

    while True:
        try:
            return psycopg.connect(f"postgresql://postgres@/postgres?host={folder}").close()
        except psycopg.OperationalError:
            try:
                server.wait(timeout=0.05)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError((folder / "log").read_text()) from None


@pytest.fixture
def postgres_url(postgres_server):
    import psycopg

    name = f"banjia{next(numbers)}"
    server = f"postgresql://postgres@/postgres?host={postgres_server}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{server}&options=-csearch_path%3D{name}"


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path}/banjia.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_url(request):
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def store(store_url):
    opened = open_store(store_url)
    yield opened
    opened.close()
