"""A running gateway takes over what changes: keys and closures at once, everything else when it has been compiled."""

from __future__ import annotations

import subprocess
import sys

from served import KEY, behind, call, log_of, until

PLACE = ", country: CN, reason: a test, channel: none"
WORKERS = ("--workers", "2")


def everywhere(port: int, status: int, key: str = KEY, model: str = "m") -> bool | None:
    """Whether all workers answer so: one that did not would show in forty calls."""
    return all(call(port, model, key)[0] == status for _ in range(40)) or None


def test_a_key_whose_file_is_gone_is_refused_though_the_config_cannot_be_taken_over(tmp_path):
    def scene(process, port, upstream):
        before = call(port)[0]
        (tmp_path / "key").unlink()
        gone = until(lambda: everywhere(port, 401))
        until(lambda: "reload refused" in log_of(tmp_path) or None)
        return before, gone, call(port)[0]

    assert behind(tmp_path, scene, *WORKERS) == (200, True, 401)


def test_keys_are_added_and_revoked_while_the_policy_is_still_being_compiled(tmp_path):
    def scene(process, port, upstream):
        (tmp_path / "slowly").touch()
        (tmp_path / "second").write_text("sk-second")
        file = tmp_path / "banjia.yaml"
        file.write_text(file.read_text().replace("file:key", "file:second"))
        return until(lambda: everywhere(port, 401)), everywhere(port, 200, "sk-second")

    assert behind(tmp_path, scene, *WORKERS, more=PLACE, compiles=True) == (True, True)


def test_a_key_that_came_and_went_while_the_policy_was_being_compiled_is_refused(tmp_path):
    def scene(process, port, upstream):
        (tmp_path / "slowly").touch()
        (tmp_path / "second").write_text("sk-second")
        file = tmp_path / "banjia.yaml"
        file.write_text(file.read_text().replace('"file:key"', '"file:key", "file:second"'))
        came = until(lambda: everywhere(port, 200, "sk-second"))
        (tmp_path / "second").unlink()
        return came, until(lambda: everywhere(port, 401, "sk-second")), call(port)[0]

    assert behind(tmp_path, scene, *WORKERS, more=PLACE, compiles=True) == (True, True, 200)


def test_that_new_settings_act_is_said_with_their_policy(tmp_path):
    def scene(process, port, upstream):
        (tmp_path / "banjia.yaml").write_text((tmp_path / "banjia.yaml").read_text() + "# touched\n")
        return until(lambda: "the new settings are in force, with policy sha256:" in log_of(tmp_path) or None)

    assert behind(tmp_path, scene)


def test_a_key_is_revoked_by_a_config_whose_policy_cannot_be_compiled(tmp_path):
    def scene(process, port, upstream):
        file = tmp_path / "banjia.yaml"
        (tmp_path / "second").write_text("sk-second")
        file.write_text(
            file.read_text().replace("file:key", "file:second").replace("channel: none", "channel: nowhere")
        )
        until(lambda: "reload refused" in log_of(tmp_path) or None)
        return everywhere(port, 401), everywhere(port, 200, "sk-second")

    assert behind(tmp_path, scene, *WORKERS, more=PLACE, compiles=True) == (True, True)


def test_closing_the_routes_abroad_waits_for_no_compiler(tmp_path):
    def scene(process, port, upstream):
        before = call(port)[0]
        (tmp_path / "slowly").touch()
        (tmp_path / "banjia.yaml").write_text((tmp_path / "banjia.yaml").read_text() + "# touched\n")
        words = [sys.executable, "-m", "banjia", "policy", "close", "--abroad", "--by", "night", "--reason", "leak"]
        subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
        return before, until(lambda: everywhere(port, 403))

    abroad = ", country: SG, reason: a test, channel: public-internet-no-circumvention"
    assert behind(tmp_path, scene, *WORKERS, more=abroad, compiles=True) == (200, True)


def test_one_application_that_may_use_no_route_any_more_holds_up_no_other(tmp_path):
    def scene(process, port, upstream):
        file = tmp_path / "banjia.yaml"
        (tmp_path / "other").write_text("sk-other")
        other = "  - {id: other, keys: ['file:other'], routes: [local], facts: {data.important: unknown}}"
        text = file.read_text().replace("facts: {data.personal_info: no, data.important: no,", "facts: {")
        apps = f"apps:\n{other}\n"
        file.write_text(
            text.replace("apps:\n", apps).replace(
                "routes: [local]}\nroutes",
                "routes: [local], facts: {data.personal_info: no, data.important: no}}\nroutes",
            )
        )
        closed = until(lambda: everywhere(port, 403, "sk-other"))
        return closed, call(port)[0], "application other may use no route; open facts: data." in log_of(tmp_path)

    abroad = ", country: SG, reason: a test, channel: public-internet-no-circumvention"
    assert behind(tmp_path, scene, more=abroad, compiles=True) == (True, 200, True)
