"""The comparison in the shrunk study: its files, its protocol, its verdicts."""

import json
import re
from html import unescape

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from project import SHRUNK, copy_project, snakemake, table
from stellar import CLASSES
from stellar.sample.spectral_types import NEGATIVES, SCHEMES

TIERS = ("photometry", "elodie")


@pytest.fixture(scope="module")
def answer(results):
    return json.loads((results / "summary/answer.json").read_text(encoding="utf-8"))


def test_the_answer_is_made_of_short_sentences_and_opens_the_report(results, answer):
    assert answer["survey"] == "simulated"
    assert len(answer["findings"]) == 10
    text = (results / "summary/answer.md").read_text(encoding="utf-8")
    report = unescape((results / "report/report.html").read_text(encoding="utf-8"))
    report = report.replace("\u00a0", " ")  # keeps numbers with their units
    for found in answer["findings"]:
        for sentence in (found["claim"], *found["more"], found["method"]):
            assert len(sentence.split()) <= 30, sentence
            assert sentence in text and sentence in report
        assert found["number"] in text
    for paragraph in (answer["answer"], answer["verdict"]["text"], answer["note"]):
        assert all(len(s.split()) <= 30 for s in re.split(r"(?<=[.?]) ", paragraph)), paragraph
        assert paragraph in text and paragraph in report


def test_the_evidence_of_each_finding_is_there(results, answer):
    for found in answer["findings"]:
        for path in (*found["files"], *(f"figures/{name}.svg" for name in found["figures"])):
            assert (results / path).stat().st_size, path


def test_numbers_of_the_answer_are_those_of_the_tables(results, answer):
    pooled = json.loads((results / "summary/pooled.json").read_text(encoding="utf-8"))
    tiers, baselines, rivals, calibration = (
        table(results / f"summary/{name}.csv")
        for name in ("tiers", "baselines", "rivals", "calibration")
    )
    (photometry,) = (r for r in tiers if (r["label"], r["tier"]) == ("elodie", "photometry"))
    lookup, majority = (
        next(float(r["accuracy_mean"]) for r in baselines if r["name"] == name)
        for name in ("lookup", "majority")
    )
    headline = pooled["over_folds"]["accuracy"]["mean"]
    left = float(photometry["accuracy"])
    bars = [headline, lookup, left, majority]
    assert [bar["accuracy"] for bar in answer["bars"]] == pytest.approx(bars, abs=1e-6)
    assert [bar["kind"] for bar in answer["bars"]] == ["leak", "leak", "clean", "trivial"]
    half = pooled["ci95"]["accuracy"]
    ends = max(0, headline - half), min(1, headline + half)
    assert (answer["bars"][0]["low"], answer["bars"][0]["high"]) == pytest.approx(ends)
    half = 100 * float(photometry["accuracy_ci95"])
    right = f"from magnitudes and colours, the network is right for {100 * left:.1f} ± {half:.1f} %"
    assert (
        f"{right} of {int(photometry['rows']):,} simulated spectra (label elodie)."
        in answer["answer"]
    )
    if abs(left - majority) < half / 100:  # so few stars decide nothing
        assert answer["answer"].startswith("This study cannot say: ")
    shown = [float(number["value"].split(" ", 1)[0]) for number in answer["numbers"]]
    assert shown == pytest.approx([100 * headline, 100 * lookup, 100 * left], abs=0.051)
    said = {
        found["id"]: " ".join([found["number"], *found["more"]]) for found in answer["findings"]
    }
    (trees,) = (r for r in rivals if r["name"] == "boosted_trees")
    assert f"{100 * float(trees['f1_macro_difference']):+.1f}".replace("-", "−") in said["rivals"]
    assert f"equal is {float(trees['f1_macro_p_same']):.2f}" in said["rivals"]
    gate = json.loads((results / "calibration/rejected.json").read_text(encoding="utf-8"))
    model = gate["label"], gate["tier"]  # that of the finding's figures, too
    (row,) = (r for r in calibration if (r["label"], r["tier"]) == model)
    error = 100 * float(row["calibration_error_after"])
    assert f"calibration error {error:.2f} points" in said["calibration"]
    suspects = table(results / "summary/suspects.csv")
    assert f"{int(suspects[0]['of']):,} labels contradict" in said["errors"]


def test_the_audit_finds_the_leak_and_acquits_photometry(results):
    entries = [
        json.loads((results / f"audit/{label}.json").read_text(encoding="utf-8"))
        for label in SCHEMES
    ]
    verdicts = {(e["label"], e["features"]): e for of_label in entries for e in of_label}
    assert {label for label, _ in verdicts} == set(SCHEMES)
    for features in ("elodie", "study"):
        assert verdicts["elodie", features]["verdict"] == "leaks"
        assert "elodie" in verdicts["elodie", features]["reason"]
    for label in SCHEMES:
        assert verdicts[label, "photometry"]["verdict"] == "clean"
        assert verdicts[label, "photometry"]["shares"] == "independent"


def test_the_audit_acquits_what_the_networks_are_compared_with(results):
    entries = json.loads((results / "audit/elodie.json").read_text(encoding="utf-8"))
    said = [found["reason"] for entry in entries for found in entry["findings"]]
    assert [
        reason for reason in said if re.match(r"(rival|baseline|variant|the cross-)", reason)
    ] == []
    log = (results / "logs/audit/elodie.log").read_text(encoding="utf-8")
    assert "photometry: compared with 5 models" in log
    assert "study: compared with 7 models" in log  # four baselines, two variants, all folds


def test_ingredients_are_measured_against_the_chosen_network(results):
    rows = table(results / "summary/ingredients.csv")
    assert rows[0]["change"] == "none"
    assert {row["change"] for row in rows[1:]} == {"none_of_them", "balanced_weights"}
    assert float(rows[0]["f1_macro_difference"]) == 0
    assert all(float(row["log_loss_difference"]) for row in rows[1:])
    # Unchanged, it is the winning trial of the folds that chose it.
    chosen = json.loads((results / "choose/network/held_out.json").read_text(encoding="utf-8"))
    assert float(rows[0]["log_loss"]) == pytest.approx(chosen["trials"][0]["log_loss"], abs=1e-5)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("tier", TIERS)
def test_rows_are_scored_once_on_folds_that_chose_nothing(results, scheme, tier):
    stars = pq.read_table(results / "sample.parquet", columns=["specObjID", "fold"])
    found = pq.read_table(results / f"tier/{scheme}/{tier}/probabilities.parquet")
    chosen = json.loads((results / "choose/network/held_out.json").read_text(encoding="utf-8"))
    fold = stars["fold"].to_numpy()
    scored = ~np.isin(fold, chosen["folds"])
    assert len(chosen["folds"]) == 2
    assert sorted(found["specObjID"].to_pylist()) == sorted(
        stars["specObjID"].to_numpy()[scored].tolist()
    )
    shares = np.column_stack([found[f"p_{c}"] for c in CLASSES])
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-4)


def test_tables_have_every_tier_and_rival(results):
    rows = table(results / "summary/tiers.csv")
    assert [(r["label"], r["tier"]) for r in rows] == [(s, t) for s in SCHEMES for t in TIERS]
    circular = [r for r in rows if r["shares"].endswith("circular")]
    assert [(r["label"], r["tier"]) for r in circular] == [("elodie", "elodie")]
    rivals = {r["name"]: r for r in table(results / "summary/rivals.csv")}
    assert list(rivals)[:4] == ["network", "boosted_trees", "network_and_trees", "hammer"]
    alone = [float(rivals[name]["log_loss"]) for name in ("network", "boosted_trees")]
    assert float(rivals["network_and_trees"]["log_loss"]) < sum(alone) / 2


def test_negatives_are_predicted_and_rejected_apart(results):
    rejected = json.loads((results / "calibration/rejected.json").read_text(encoding="utf-8"))
    assert rejected["label"] == "subclass"
    assert rejected["stars"]["rows"] > 500
    assert sum(rejected[name]["rows"] for name in NEGATIVES) == rejected["negatives"]["rows"] > 0
    assert rejected["negatives"]["by_gate"] > rejected["stars"]["by_gate"]


@pytest.mark.slow
def test_hyperparameters_of_nested_cross_validation(finished_study, tmp_path):
    folder = copy_project(tmp_path / "nested")
    (folder / "results").mkdir()
    sample = (finished_study / "results/sample.parquet").read_bytes()
    (folder / "results/sample.parquet").write_bytes(sample)
    shrunk = yaml.safe_load((folder / SHRUNK).read_text(encoding="utf-8"))
    shrunk["cv"]["selection"] = "nested"
    (folder / SHRUNK).write_text(yaml.safe_dump(shrunk), encoding="utf-8")
    probabilities = "results/tier/elodie/photometry/probabilities.parquet"
    run = snakemake(folder, probabilities, "--allowed-rules", "choose", "tier")
    assert run.returncode == 0, run.stderr[-3000:]
    for fold in range(4):
        chosen = json.loads(
            (folder / f"results/choose/network/fold-0{fold}.json").read_text(encoding="utf-8")
        )
        assert fold not in chosen["folds"]
    found = pq.read_table(folder / probabilities)
    assert set(found["fold"].to_pylist()) == {0, 1, 2, 3}
