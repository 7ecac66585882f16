"""`banjia move` on released packages, outside `make test`: all of `moved/*.toml`, or those named.

A package of pip or npm is installed in an environment of its own under .conformance/ through the user's own package configuration, its released
files are moved, and the ladder is climbed: its driver runs before and after the edit where nothing but stand-ins answers. Then the move
is applied, run again, and undone, and git says what differed. Writes docs/move-proof.json and the tables in docs/*/move-proof.md.

A case of the registry `git` is built from released source: its repositories are cloned, its application is compiled and run by the
tools it `needs`; where one of them is not installed the case is left out and its former record stays. A case of the registry `folder`
is an application in the folder that BANJIA_APPS names.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".conformance" / "moved"
CASES = ROOT / "conformance" / "moved"
LOCK = WORK.parent / "moved.lock"
RECORDS = ROOT / "docs" / "move-proof.json"
BANJIA = [sys.executable, "-m", "banjia"]
MARK = {"holds": "yes", "fails": "NO", "not-run": "-", "as-before": "as before"}
STEPS = ("rescan", "parses", "compiles", "settled", "before", "recorded", "same", "gateway")


def main(names: list[str]) -> int:
    rows: dict[str, Any] = {}
    LOCK.parent.mkdir(exist_ok=True)
    for file in sorted(CASES.glob("*.toml")):
        if names and file.stem not in names:
            continue
        case = tomllib.loads(file.read_text(encoding="utf-8"))
        if missing := absent(case):
            print(f"{file.stem:<24} not run: {missing}", flush=True)
            continue
        try:
            row = proved(file.stem, case)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            row = {"package": case["package"], "version": case["version"], "error": str(error)[-300:]}
        rows[file.stem] = row
        print(line(file.stem, row), flush=True)
        kept(rows)
    return int(any(not row.get("holds") for row in rows.values()))


def kept(rows: dict[str, Any]) -> None:
    """The record and the tables with these rows: written after each, so that a run that is cut short loses one at most."""
    known = {file.stem for file in CASES.glob("*.toml")}
    with LOCK.open("w") as lock:  # two halves of one run may write at the same time
        fcntl.flock(lock, fcntl.LOCK_EX)
        before: dict[str, Any] = json.loads(RECORDS.read_text(encoding="utf-8"))["packages"] if RECORDS.exists() else {}
        all_rows = {name: row for name, row in sorted((before | rows).items()) if name in known}
        RECORDS.write_text(json.dumps({"packages": all_rows}, indent=1, ensure_ascii=False) + "\n", "utf-8")
        for lang in ("en", "zh-CN"):
            tabled(ROOT / "docs" / lang / "move-proof.md", all_rows)


def proved(name: str, case: dict[str, Any]) -> dict[str, Any]:
    home = WORK / name
    tree, command, variables = MAKERS[case["registry"]](home, case)
    around = os.environ | {k: placed(v, home, tree) for k, v in case.get("environment", {}).items()}
    for place, text in case.get("files", {}).items():
        target = tree / place if place.startswith(".env") else home / "home" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    git(tree, "init", "-q")
    git(tree, "add", "-A", "-f", ".")
    git(tree, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "as released")
    pairs = (
        variables | {"HOME": str(home / "home"), "TIKTOKEN_CACHE_DIR": str(home / "home")} | case.get("variables", {})
    )
    words = [*BANJIA, "move", str(tree), "--json", "--verify", "--run", command]
    words += [f"--set={k}={v}" for k, v in pairs.items()]
    words += [f"--accept={host}" for host in case.get("accept", ())]
    words += [f"--accept-key={key}" for key in case.get("accept_keys", ())]
    words += [f"--env-file={file}" for file in case.get("env_files", ())]
    words += ["--no-gateway"] if case.get("no_gateway") else []
    words += [f"--gateway={case['gateway']}"] if "gateway" in case else []
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=900, env=around)
    try:
        document = json.loads(done.stdout)
    except ValueError:
        return {"package": case["package"], "version": case["version"], "error": (done.stderr or done.stdout)[-300:]}
    (home / "proof.json").write_text(json.dumps(document["proof"], indent=1), encoding="utf-8")
    planned = sorted(change["path"] for change in document["changes"])
    git(tree, "clean", "-fdxq", "-e", "node_modules")
    to = ("--gateway", case["gateway"]) if "gateway" in case else ()
    applied = written(tree, "--apply", *to)
    again = written(tree, "--apply", *to)
    subprocess.run([*BANJIA, "move", str(tree), "--undo"], capture_output=True, check=False, timeout=300)
    left = git(tree, "status", "--porcelain", "--untracked-files=no").split()
    proof = document["proof"]
    states = {step["id"]: step["state"] for step in proof["steps"]}
    runs = proof["runs"]
    return {
        "package": case["package"],
        "version": case["version"],
        "registry": case["registry"],
        "kind": case["kind"],
        "on": time.strftime("%Y-%m-%d"),
        "commit": git(ROOT, "rev-parse", "--short", "HEAD").strip(),
        "sdk": sdk(home, case),
        "files": planned,
        "edits": sum(len(change["edits"]) for change in document["changes"]),
        "only_findings": applied == planned,
        "second_run_empty": again == planned,
        "undone": not left,
        "checklist": {
            g: sum(i["group"] == g for i in document["checklist"])
            for g in sorted({i["group"] for i in document["checklist"]})
        },
        "steps": states,
        "details": {s["id"]: s["details"] for s in proof["steps"] if s["details"]},
        "enclosure": runs["before"]["enclosure"] if runs else "",
        "calls": {
            n: [f"{c['method']} {c['host']} {c['path']} [{' '.join(c['keys'])}]" for c in r["calls"]]
            for n, r in runs.items()
        },
        "holds": bool(proof["holds"] and applied == planned == again and not left and states["recorded"] == "holds"),
    }


def written(tree: Path, *words: str) -> list[str]:
    """Paths that differ from the release after one more run."""
    subprocess.run([*BANJIA, "move", str(tree), *words, "--force"], capture_output=True, check=False, timeout=300)
    return sorted(git(tree, "diff", "--name-only").split("\n")[:-1])


def python(home: Path, case: dict[str, Any]) -> tuple[Path, str, dict[str, str]]:
    """The released files unpacked, an environment with what they need, and how the driver is run on them."""
    interpreter = home / "env" / "bin" / "python"
    wanted = f"{case['package']}=={case['version']}"
    if not interpreter.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home / "env")], check=True)
        subprocess.run(
            [str(interpreter), "-m", "pip", "install", "-q", wanted, *case.get("requires", ())], check=True, timeout=900
        )
    release = home / "release"
    if not release.exists():
        words = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(release), wanted]
        subprocess.run(words, check=True, timeout=600)
    tree = fresh(home)
    archive = next(release.iterdir())
    if archive.suffix == ".whl":
        shutil.unpack_archive(str(archive), str(tree), "zip")
    else:
        shutil.unpack_archive(str(archive), str(home / "unpacked"))
        shutil.copytree(next((home / "unpacked").iterdir()), tree, dirs_exist_ok=True)
    driver = home / "driver.py"
    driver.write_text(case["driver"], encoding="utf-8")
    paths = f"{tree}{os.pathsep}{tree / 'src'}"
    return tree, f"{interpreter} {driver}", {"PYTHONPATH": paths}


def node(home: Path, case: dict[str, Any]) -> tuple[Path, str, dict[str, str]]:
    """As installed by npm: the package's own folder is the tree, so that it finds what it needs."""
    tree = home / "node_modules" / case["package"]
    shutil.rmtree(tree, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    (home / "home").mkdir(exist_ok=True)
    (home / "package.json").write_text('{"private": true, "type": "module"}', encoding="utf-8")
    words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    shutil.rmtree(home / "node_modules" / ".package-lock.json", ignore_errors=True)
    subprocess.run(
        [*words, f"{case['package']}@{case['version']}", *case.get("requires", ())], cwd=home, check=True, timeout=600
    )
    if "application" in case:  # a package that is a library is moved inside the application that uses it
        tree = fresh(home)
        for place, text in case["application"].items():
            (tree / place).parent.mkdir(parents=True, exist_ok=True)
            (tree / place).write_text(text, encoding="utf-8")
        with contextlib.suppress(FileExistsError):
            (tree / "node_modules").symlink_to(home / "node_modules")
        return tree, f"node --import tsx {tree / case['start']}", {}
    driver = home / "driver.mjs"
    driver.write_text(case["driver"], encoding="utf-8")
    return tree, f"node {driver}", {}


def built(home: Path, case: dict[str, Any]) -> tuple[Path, str, dict[str, str]]:
    """Released source beside an application of a few lines, or an application of the given folder; built by its own tools."""
    tree = fresh(home)
    for name, where in case.get("repositories", {}).items():
        address, _, mark = where.partition("@")
        if not (home / name).exists():
            words = [
                "git",
                "-c",
                "advice.detachedHead=false",
                "clone",
                "-q",
                f"https://github.com/{address}",
                str(home / name),
            ]
            subprocess.run(words, check=True, timeout=600)
            git(home / name, "checkout", "-q", mark)
    if case["registry"] == "folder":
        shutil.copytree(Path(os.environ["BANJIA_APPS"]) / case["folder"], tree, dirs_exist_ok=True)
        for file in tree.rglob("*"):
            file.chmod(0o755 if file.is_dir() else 0o644)
    if "tree" in case:
        shutil.copytree(home / case["tree"], tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git"))
    for place, text in case.get("application", {}).items():
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        (tree / place).write_text(text, encoding="utf-8")
    for place, text in case.get("beside", {}).items():
        (home / "home" / place).parent.mkdir(parents=True, exist_ok=True)
        (home / "home" / place).write_text(placed(text, home, tree), encoding="utf-8")
    if "prepare" in case:
        given = os.environ | {k: placed(v, home, tree) for k, v in case.get("environment", {}).items()}
        words = ["bash", "-ec", placed(case["prepare"], home, tree)]
        subprocess.run(words, cwd=home, check=True, timeout=900, env=given)
    return tree, placed(case["run"], home, tree), {}


def placed(text: str, home: Path, tree: Path) -> str:
    return text.replace("{home}", str(home)).replace("{tree}", str(tree))


def absent(case: dict[str, Any]) -> str:
    """What is not here of what the case needs."""
    if case["registry"] == "folder" and "BANJIA_APPS" not in os.environ:
        return "BANJIA_APPS is not set"
    return ", ".join(tool for tool in case.get("needs", ()) if not shutil.which(tool))


def fresh(home: Path) -> Path:
    for name in ("tree", "unpacked", "home"):
        shutil.rmtree(home / name, ignore_errors=True)
    (home / "home").mkdir(parents=True)
    (home / "tree").mkdir()
    return home / "tree"


def sdk(home: Path, case: dict[str, Any]) -> str:
    """The release of OpenAI's own library beside it, if any."""
    if case["registry"] == "npm":
        file = home / "node_modules" / "openai" / "package.json"
        return "openai " + json.loads(file.read_text(encoding="utf-8"))["version"] if file.exists() else ""
    found = sorted(home.glob("env/lib/python*/site-packages/openai-*.dist-info"))
    return "openai " + found[0].name.removeprefix("openai-").removesuffix(".dist-info") if found else ""


def git(tree: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=tree, check=True, capture_output=True, text=True, timeout=120).stdout


def line(name: str, row: dict[str, Any]) -> str:
    if "error" in row:
        return f"{name:<24} ERROR {row['error']}"
    steps = " ".join(f"{step}={MARK[row['steps'].get(step, 'not-run')]}" for step in STEPS)
    sides = f"only-findings={row['only_findings']} second-empty={row['second_run_empty']} undone={row['undone']}"
    return f"{name:<24} {row['version']:<9} {'HOLDS' if row['holds'] else 'FAILS'}  files={len(row['files'])} {steps} {sides}"


def tabled(page: Path, rows: dict[str, Any]) -> None:
    """The table between the two marks of a page."""
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition("<!-- table -->\n")
    _, _, tail = rest.partition("<!-- end -->")
    lines = []
    for row in rows.values():
        if "error" in row:
            continue
        calls = row["calls"].get("recorded", [])
        steps = row["steps"]
        cells = [
            row["package"],
            row["version"],
            row["kind"],
            row.get("sdk", ""),
            row["on"],
            str(len(row["files"])),
            str(row["edits"]),
        ]
        cells += [str(len(row["calls"].get("before", []))), str(len(calls))]
        cells += [MARK[steps.get(s, "not-run")] for s in ("compiles", "recorded", "same", "gateway")]
        cells += ["yes" if row["only_findings"] and row["second_run_empty"] and row["undone"] else "NO"]
        lines.append("| " + " | ".join(cells) + " |")
    page.write_text(
        f"{head}<!-- table -->\n{rest.split(chr(10))[0]}\n{rest.split(chr(10))[1]}\n"
        + "\n".join(lines)
        + f"\n<!-- end -->{tail}",
        encoding="utf-8",
    )


MAKERS = {"pip": python, "npm": node, "git": built, "folder": built}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
