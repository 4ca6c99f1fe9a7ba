"""The command of two runs: what it prints, what it refuses, and that it changes nothing."""

import hashlib

import pytest
from made_folders import complete, made_results
from made_predictions import predicted
from stellar.two_runs.program import main


@pytest.fixture
def runs(tmp_path):
    return [
        complete(made_results(tmp_path / name, rival__lookup=predicted(rate)))
        for name, rate in (("a", 0.1), ("b", 0.3))
    ]


def contents(folder):
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def refused(capsys, *words, code=1):
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    assert end.value.code == code
    said = capsys.readouterr()
    assert not said.out
    assert len(said.err.splitlines()) == 1 and said.err.startswith("error: ")
    return said.err


def test_it_writes_the_page_and_says_where(runs, capsys):
    before = [contents(run) for run in runs]
    main([str(run) for run in runs])
    lines = capsys.readouterr().out.splitlines()
    page = runs[0] / "compare/compare.html"
    assert len(lines) == 4
    assert lines[0].startswith("1 model is in both runs.")
    assert lines[-1] == f"The page: {page}"
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    page.unlink()
    assert [contents(run) for run in runs] == before


def test_the_same_runs_give_the_same_bytes(runs, tmp_path):
    for name in ("one.html", "two.html"):
        main([*map(str, runs), "-o", str(tmp_path / "pages" / name)])
    one, two = (tmp_path / "pages" / name for name in ("one.html", "two.html"))
    assert one.read_bytes() == two.read_bytes()
    assert not (runs[0] / "compare").exists()


def test_what_cannot_be_compared_is_one_sentence(runs, tmp_path, capsys):
    a, b = runs
    assert "type make compare A=results B=other/results" in refused(capsys, "", b)
    assert "there is no folder" in refused(capsys, a, tmp_path / "none")
    assert "holds no results of a study" in refused(capsys, a, a / "audit")
    assert "are the same folder" in refused(capsys, a, a)
    (tmp_path / "link").symlink_to(a)
    assert "are the same folder" in refused(capsys, a, tmp_path / "link")
    assert "error: " in refused(capsys, a, code=2)
    assert not (a / "compare").exists()


def test_no_result_is_replaced(runs, tmp_path, capsys):
    a, b = runs
    said = "lies among results, which are not changed"
    assert said in refused(capsys, a, b, "-o", b / "report/report.html")
    assert said in refused(capsys, a, b, "-o", a / "labels.json")
    (tmp_path / "stars.csv").write_text("u,g\n", encoding="utf-8")
    assert "ends with .html" in refused(capsys, a, b, "-o", tmp_path / "stars.csv")
    assert (tmp_path / "stars.csv").read_text(encoding="utf-8") == "u,g\n"


def test_damaged_predictions_leave_no_page(runs, capsys):
    a, b = runs
    (b / "rival/lookup/probabilities.parquet").write_bytes(b"PAR1 no more")
    assert "is damaged" in refused(capsys, a, b)
    assert not (a / "compare").exists()
