"""The store's file is removed under a running gateway: nothing goes abroad unrecorded, and the operator is told."""

from __future__ import annotations

import pytest
from served import behind, call, get, log_of, until

from house import open_cells, policy


@pytest.mark.parametrize(("abroad", "status"), [(("far",), 503), ((), 200)])
def test_exports_are_refused_domestic_calls_served_and_the_operator_is_told_why(tmp_path, abroad, status):
    def scene(process, port, upstream):
        for file in tmp_path.glob("banjia.db*"):
            file.unlink()
        ready = until(lambda: ((r := get(port, "/readyz"))["foreign_routes"] != "recorded" and r) or None, 60)
        until(lambda: "put the file back" in log_of(tmp_path) or None, 60)
        return ready, call(port), len(upstream.seen), get(port, "/metrics")["text"]

    table = policy(open_cells("far"), abroad=abroad)
    ready, answer, sent, metrics = behind(tmp_path, scene, routes=("far",), table=table)
    assert ready["status"] == "ready"
    assert "removed or replaced" in ready["foreign_routes"]
    assert (answer[0], sent) == (status, int(status == 200))
    assert status == 200 or answer[1]["error"]["code"] == "ledger_unavailable"
    assert "banjia_ledger_writable 0" in metrics
