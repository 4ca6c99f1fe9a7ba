"""The processes of a search, without a search."""

import sys
from pathlib import Path

import pytest
from project import ROOT
from stellar.errors import UserError
from stellar.learning import workers

FOR_EVER = "time.sleep(60)"  # until it is ended: no test waits for it
PART = """
import os, sys, time
from stellar.errors import UserError
from stellar.learning import workers
name = sys.argv[-1]
with workers.member():
    print("noise")
    {}
"""


def part(tmp_path: Path, body: str) -> list[str]:
    script = tmp_path / "part.py"
    script.write_text(PART.format(body), encoding="utf-8")
    return [sys.executable, str(script)]


@pytest.fixture(autouse=True)
def package_on_the_path(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "scripts"))


def test_a_search_is_over_when_the_workers_or_the_chief_are_done(tmp_path, capfd):
    workers.run(part(tmp_path, f"name == 'chief' and {FOR_EVER}"), 2)
    workers.run(part(tmp_path, f"name == 'chief' or {FOR_EVER}"), 2)
    assert capfd.readouterr() == ("", "")


def test_a_childs_sentence_is_its_parents(tmp_path):
    body = "if name == 'worker-1': raise UserError('too hot')\n    " + FOR_EVER
    with pytest.raises(UserError, match=r"^too hot$"):
        workers.run(part(tmp_path, body), 2)
    body = f"name == 'worker-2' and sys.exit(3)\n    {FOR_EVER}"
    with pytest.raises(UserError, match="worker-2 ended with an error, see above"):
        workers.run(part(tmp_path, body), 2)


@pytest.mark.parametrize("name", ["chief", "worker-1"])
def test_a_part_that_is_killed_is_named(tmp_path, name):
    body = f"name == {name!r} and os.kill(os.getpid(), 9)\n    {FOR_EVER}"
    with pytest.raises(UserError, match=f"the search's {name} ended by signal 9"):
        workers.run(part(tmp_path, body), 2)


def test_each_search_has_a_port_of_its_own():
    with workers._reserved_port() as one, workers._reserved_port() as two:
        assert one != two
