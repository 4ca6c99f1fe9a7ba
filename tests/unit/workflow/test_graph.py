"""What is asked of the rules of a Snakefile that is being read; of a real, small one."""

import json
import subprocess
import sys

import pytest
from project import ROOT
from snakemake.exceptions import WorkflowError
from stellar.errors import UserError
from stellar.workflow.graph import content_of, one_sentence

SNAKEFILE = """
import json
import sys

sys.path.insert(0, {scripts!r})
from stellar.workflow.graph import Graph, benchmark_of

pathvars:
    results="made",
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",

graph = Graph(workflow, rules, dict(fold=["0", "1"], name=["a"]))

rule draw:
    "Draw the numbers."
    output:
        "<results>/numbers",
    shell:
        "echo > {{output}}"

rule fit:
    "Fit fold {{wildcards.fold}}."
    input:
        code=local("Snakefile"),
        numbers=rules.draw.output,
    output:
        "<results>/{{name}}/{{fold}}",
        temp("<results>/{{name}}/{{fold}}.draft"),
    shell:
        "echo > {{output}}"

rule join:
    input:
        fits=lambda wildcards: graph.expand(rules.fit.output[:1], fold=["0", "1"], name=["a"]),
    output:
        "<results>/all",
    log:
        "own.log",
    shell:
        "echo > {{output}}"

rule all:
    input:
        graph.files(lambda rule: rule.output, but=["draw"]),

graph.complete()
json.dump(
    {{
        "outputs": graph.files(lambda rule: rule.output),
        "but": graph.files(lambda rule: rule.output, but=["fit", "join"]),
        "logs": graph.files(lambda rule: rule.log),
        "benchmarks": graph.files(benchmark_of),
        "read": graph.read_by_rules(),
        "purposes": graph.purposes(),
        "messages": [rule.message for rule in workflow.rules],
        "parameters": [list(dict(rule.params.items())) for rule in workflow.rules],
    }},
    open("found.json", "w"),
)
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the graph says of the rules, by the real Snakemake."""
    folder = tmp_path_factory.mktemp("graph")
    text = SNAKEFILE.format(scripts=str(ROOT / "scripts"))
    (folder / "Snakefile").write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1", "made/all"]
    run = subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr + run.stdout
    return json.loads((folder / "found.json").read_text(encoding="utf-8"))


FITS = [f"made/a/{fold}{kind}" for kind in ("", ".draft") for fold in "01"]


def test_files_of_all_jobs_and_of_all_but_some_rules(found):
    assert sorted(found["outputs"]) == sorted(["made/numbers", *FITS, "made/all"])
    assert found["but"] == ["made/numbers"]


def test_log_and_benchmark_have_the_names_of_rule_and_job(found):
    assert found["logs"] == [
        "made/logs/draw.log",
        "made/logs/fit/a-0.log",
        "made/logs/fit/a-1.log",
        "own.log",
    ]
    assert found["benchmarks"][:2] == ["made/benchmarks/draw.tsv", "made/benchmarks/fit/a-0.tsv"]


def test_a_rule_says_its_docstring_and_code_counts_by_content(found):
    assert found["messages"] == ["Draw the numbers", "Fit fold {wildcards.fold}", "", ""]
    assert found["parameters"] == [[], ["content_of_code"], [], []]
    assert found["purposes"]["draw"] == "Draw the numbers"


def test_who_reads_whom_is_what_snakemake_will_find(found):
    assert found["read"] == {"draw": [], "fit": ["draw"], "join": ["fit"]}


def test_content_of_files_given_or_found(tmp_path):
    path = tmp_path / "a"
    path.write_text("x", encoding="utf-8")
    given, by_name = content_of("table", [path]), content_of("table", lambda name: [name])
    assert given(None) == by_name(path)
    assert given(None).startswith("content of table: ")
    with pytest.raises(FileNotFoundError):
        by_name(tmp_path / "b")


def test_a_users_mistake_is_snakemakes_sentence_where_it_is_wanted():
    with pytest.raises(WorkflowError, match="no such tier"), one_sentence():
        raise UserError("no such tier")
    with one_sentence(wanted=False):
        raise UserError("no such tier")
