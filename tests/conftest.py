"""Stores for every room's tests: a new one for each test, in both engines."""

import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import pytest

from banjia.store.store import open_store

numbers = count(1)


def postgres_binaries():
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres_server():
    """A private server without a network port; answers its socket directory."""
    import os

    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("no initdb and pg_ctl on PATH or under /usr/lib/postgresql")
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
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        **run,
        **account,
    )
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c max_connections=60"
    subprocess.run(
        [binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **run,
        **account,
    )
    yield folder
    subprocess.run(
        [binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, capture_output=True, **run, **account
    )
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server):
    import psycopg

    name = f"banjia{next(numbers)}"
    with psycopg.connect(f"postgresql://postgres@/postgres?host={postgres_server}", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://postgres@/{name}?host={postgres_server}"


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
