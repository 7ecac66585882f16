"""Outside its edits a move leaves every byte alone, whatever stands around the use, and a second move finds nothing."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banjia.move.codemod import every
from banjia.move.edit import applied
from banjia.move.plan import plan
from banjia.move.target import Target
from banjia.scan.scan import scan

MARKS = {"py": "# ", "rb": "# ", "sh": "# ", "env": "# ", "yml": "# ", "yaml": "# ", "properties": "# "}
CASES = [
    pytest.param(name, before, id=f"{codemod.ID} {i}")
    for codemod in every()
    for i, (name, before, _) in enumerate(codemod.PAIRS)
    if name.rpartition(".")[2] in MARKS
]
WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=40)


@pytest.mark.parametrize(("name", "before"), CASES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(above=WORDS, below=WORDS, ending=st.sampled_from(["\n", "\r\n"]))
def test_comments_around_a_use_stay_byte_for_byte(name, before, above, below, ending, tmp_path):
    mark = MARKS[name.rpartition(".")[2]]
    text = (f"{mark}{above}\n{before}{mark}{below}\n").replace("\n", ending)
    (tmp_path / name).write_bytes(text.encode())
    found = plan(tmp_path, scan(tmp_path), Target())
    for change in found.changes:
        assert change.before.encode() == (tmp_path / name).read_bytes()
        kept = [(e.start, e.end) for e in change.edits]
        inside = "".join(c for i, c in enumerate(change.before) if not any(a <= i < b for a, b in kept))
        assert len(inside) + sum(len(e.new) for e in change.edits) == len(change.after)
        assert change.after == applied(change.before, change.edits)
        assert f"{mark}{above}{ending}" in change.after
        assert change.after.endswith(f"{mark}{below}{ending}")
        assert ending == "\n" or "\n" not in change.after.replace("\r\n", "")
        (tmp_path / name).write_bytes(change.after.encode())
    assert () == plan(tmp_path, scan(tmp_path), Target()).changes


HOSTS = [
    ("host.env", "OPENAI_API_HOST=api.openai.com\n", "OPENAI_API_HOST=gw.example\n"),
    ("a.py", 'import http.client\nc = http.client.HTTPSConnection("api.openai.com")\n', 'import http.client\nc = http.client.HTTPSConnection("gw.example")\n'),
    ("a.js", 'https.request({ hostname: "api.openai.com", port: 443, path: "/v1/models" });\n', 'https.request({ hostname: "gw.example", port: 443, path: "/v1/models" });\n'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "before", "after"), HOSTS)
def test_a_host_without_a_scheme_moves_to_an_https_target_alone(name, before, after, tmp_path):
    (tmp_path / name).write_text(before, encoding="utf-8")
    found = plan(tmp_path, scan(tmp_path), Target.parse("https://gw.example", where=""))
    assert [after] == [c.after for c in found.changes]
    plain = plan(tmp_path, scan(tmp_path), Target())
    assert () == plain.changes
    assert name.endswith(".env") or any("host's name" in i.remedy.en for i in plain.checklist)
    (tmp_path / name).write_text(after, encoding="utf-8")
    assert () == plan(tmp_path, scan(tmp_path), Target.parse("https://gw.example", where="")).changes
