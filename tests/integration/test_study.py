"""The whole study on the shrunk configuration: what it leaves behind, and that it repeats."""

import html
import json
import re
from html.parser import HTMLParser

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml
from project import SHRUNK, copy_project, scripts_of_rules, snakemake, table
from stellar import CLASSES, files
from stellar.evaluation import metrics
from stellar.sample.features import resolve
from stellar.survey.simulated.shard import simulate_shard


def test_no_star_stands_on_two_sides_and_no_row_is_lost(results):
    stars = pq.read_table(results / "stars.parquet")
    star_of = dict(zip(*(stars[n].to_pylist() for n in ("specObjID", "star")), strict=True))
    assert len(set(star_of.values())) < len(star_of)  # there are repeats
    seen = {}
    for part in ("train", "validation", "test"):
        for row in pq.read_table(results / f"splits/{part}.parquet")["specObjID"].to_pylist():
            assert seen.setdefault(star_of[row], part) == part
    sample = pq.read_table(results / "sample.parquet", columns=["specObjID", "fold"])
    folds = sample.slice(0, stars.num_rows).to_pydict()  # negatives follow
    assert folds["specObjID"] == stars["specObjID"].to_pylist()
    fold_of = {}
    for row, fold in zip(folds["specObjID"], folds["fold"], strict=True):
        assert fold_of.setdefault(star_of[row], fold) == fold
    counts = json.loads((results / "labels.json").read_text(encoding="utf-8"))
    rejects = table(results / "rejects.csv")
    assert counts["labelled"] + len(rejects) == counts["rows"] == 2400
    assert all(row["reason"] for row in rejects)


def test_splits_are_standardized_by_their_training_rows(results):
    train = pq.read_table(results / "splits/train.parquet")
    scaler = json.loads((results / "splits/scaler.json").read_text(encoding="utf-8"))
    assert scaler["features"] == resolve("study")
    values = np.column_stack([train[name].to_numpy() for name in scaler["features"]])
    np.testing.assert_allclose(values.mean(axis=0), 0, atol=1e-3)
    one_hot = np.column_stack([train[f"is_{c}"].to_numpy() for c in CLASSES])
    assert (one_hot.sum(axis=1) == 1).all()


def test_every_labelled_row_is_scored_once(results):
    stars = pq.read_table(results / "stars.parquet", columns=["specObjID", "label"])
    paths = sorted(results.glob("cv/fold-*/probabilities.parquet"))
    assert len(paths) == 4
    tables = [pq.read_table(path) for path in paths]
    scored = [row for t in tables for row in t["specObjID"].to_pylist()]
    assert sorted(scored) == sorted(stars["specObjID"].to_pylist())
    for found, written in zip(tables, table(results / "summary/cv.csv"), strict=True):
        probabilities = np.column_stack([found[f"p_{c}"].to_numpy() for c in CLASSES])
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
        # The written scores are those of the written probabilities.
        scores = metrics.scores(found["label"].to_numpy(), probabilities.argmax(1).astype(np.int8))
        assert float(written["accuracy"]) == pytest.approx(scores["accuracy"], abs=1e-6)
        for name, recall in scores["recall"].items():
            if recall is not None:
                assert float(written[f"recall_{name}"]) == pytest.approx(recall, abs=1e-6)


def test_the_leak_is_there_to_be_found(results):
    baselines = {row["name"]: row for row in table(results / "summary/baselines.csv")}
    assert float(baselines["lookup"]["accuracy_mean"]) > 0.8  # few repeats in so few stars
    assert 0.5 < float(baselines["temperature_cut"]["accuracy_mean"]) < 0.67
    ablations = {row["name"]: row for row in table(results / "summary/ablation.csv")}
    assert set(ablations) >= {"no_elodie", "photometry"}
    with_it = float(baselines["logistic_regression"]["accuracy_mean"])
    assert with_it > float(ablations["photometry"]["accuracy_mean"]) + 0.1


def test_everything_made_of_simulated_stars_says_so(results):
    for path in results.rglob("*.parquet"):
        assert files.survey_of(pq.read_schema(path)) == "simulated", path
    for path in results.rglob("*metrics.json"):
        assert json.loads(path.read_text(encoding="utf-8"))["survey"] == "simulated", path
    for path in results.glob("figures/*.svg"):
        assert path.stat().st_size > 2000
        said = "Simulated stars beside real stars" if path.stem == "real" else "Simulated stars."
        assert said in path.read_text(encoding="utf-8"), path
    page = (results / "report/report.html").read_text(encoding="utf-8")
    assert "Simulated survey: no score of this run is of real stars" in page
    assert '<meta name="survey" content="simulated">' in page


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.targets, self.outside, self.open = set(), set(), [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.ids.add(attributes.get("id"))
        target = attributes.get("href") or attributes.get("src") or ""
        if tag == "a" and target.startswith("#"):
            self.targets.add(target[1:])
        elif tag in ("script", "link", "img", "iframe") and target:
            self.outside.append(target)


def test_the_report_needs_nothing_else(results):
    page = _Page()
    page.feed((results / "report/report.html").read_text(encoding="utf-8"))
    assert page.targets <= page.ids
    assert page.outside == []
    figures = {path.stem for path in results.glob("figures/*.svg")}
    assert {f"figure-{name}" for name in figures} <= page.ids


def test_the_report_shows_what_was_asked_for(results):
    text = re.sub(
        r"<svg.*?</svg>",
        "",
        (results / "report/report.html").read_text(encoding="utf-8"),
        flags=re.S,
    )
    cv = json.loads((results / "summary/pooled.json").read_text(encoding="utf-8"))
    for wanted in (
        "1,047 parameters",
        f"{100 * cv['over_folds']['accuracy']['mean']:.1f}",
        "96.9 (SD 0.9)",  # the study's cross-validation
        "59.22",  # and its dummy
        "macro-F1",
        "tensorflow",
        "seed: 18",
        "evaluate_test",  # the cost table
        "decided by cost",
    ):
        assert wanted in text, wanted


def test_summaries_agree_with_the_folds(results):
    folds = table(results / "summary/cv.csv")
    pooled = json.loads((results / "summary/pooled.json").read_text(encoding="utf-8"))
    accuracies = [float(row["accuracy"]) for row in folds]
    assert pooled["over_folds"]["accuracy"]["mean"] == pytest.approx(np.mean(accuracies), abs=1e-6)
    assert pooled["over_folds"]["accuracy"]["std"] == pytest.approx(np.std(accuracies), abs=1e-6)
    assert np.sum(pooled["confusion"]) == sum(int(row["rows"]) for row in folds)


def test_the_first_network_is_the_studys(results):
    document = json.loads((results / "first_network/metrics.json").read_text(encoding="utf-8"))
    assert document["parameters"] == 1047
    assert document["network"]["hidden"] == [16, 32]


def test_the_cost_table_knows_what_jobs_spent_their_time_on(results):
    rows = {
        row["rule"]: {k: float(v) for k, v in row.items() if k not in ("rule", "after", "purpose")}
        for row in table(results / "summary/cost.csv")
    }
    phases = ("import_s", "compile_s", "train_s", "evaluate_s", "other_s")
    for rule, row in rows.items():
        assert sum(row[name] for name in phases) == pytest.approx(row["cpu_s"], abs=0.01), rule
        assert row["import_s"] > 0, rule
    for rule in ("cv_fold", "ablation", "tune", "final_model", "first_network"):
        assert min(rows[rule][name] for name in phases[:3]) > 0, rule
    assert rows["baseline"]["train_s"] > 0
    assert rows["cv_fold"]["jobs"] == 4
    # Two members a fold, on half of the labelled stars.
    assert rows["cv_fold"]["trainings"] == 8
    folds = table(results / "summary/cv.csv")
    assert rows["cv_fold"]["rows_predicted"] == 2 * sum(int(fold["rows"]) for fold in folds)
    assert rows["cv_fold"]["rows_trained"] > 2 * sum(int(fold["train_rows"]) for fold in folds)
    (purpose,) = [r["purpose"] for r in table(results / "summary/cost.csv") if r["rule"] == "tier"]
    assert purpose == "Score the selected network: tier …, label …"
    total = rows.pop("all jobs")
    assert total["cpu_s"] == pytest.approx(sum(row["cpu_s"] for row in rows.values()), abs=0.01)


@pytest.mark.parametrize("per_job", [2, 3])
def test_folds_packed_in_a_job_are_the_same_files(results, tmp_path, per_job):
    folder = copy_project(tmp_path / "packed")
    for name in ("sample.parquet", "tune/best_hyperparameters.json"):
        target = folder / "results" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((results / name).read_bytes())
    shrunk = yaml.safe_load((folder / SHRUNK).read_text(encoding="utf-8"))
    shrunk["cv"]["folds_per_job"] = per_job
    (folder / SHRUNK).write_text(yaml.safe_dump(shrunk), encoding="utf-8")
    packs = [f"cv_fold_{n:02d}" for n in range(0, 4, per_job)]
    run = snakemake(folder, "cross_validation", "--allowed-rules", "cross_validation", *packs)
    assert run.returncode == 0, run.stderr[-3000:]
    for path in sorted(results.glob("cv/*/*")):
        packed = folder / "results" / path.relative_to(results)
        assert packed.read_bytes() == path.read_bytes(), path
    assert len(list((folder / "results/logs/cv_fold").iterdir())) == -(-4 // per_job)


def test_long_steps_log_their_progress(results):
    assert (results / "logs/tune.log").read_text(encoding="utf-8").count("trial ") >= 2
    assert "fold 3: accuracy" in (results / "logs/ablation/photometry.log").read_text(
        encoding="utf-8"
    )
    assert "fold 3: accuracy" in (results / "logs/baseline/majority.log").read_text(
        encoding="utf-8"
    )


def test_snakemakes_own_report_has_the_captions_of_the_page(finished_study, tmp_path):
    target = tmp_path / "snakemake-report.html"
    run = snakemake(finished_study, "--report", str(target))
    assert run.returncode == 0, run.stderr
    page = (finished_study / "results/report/report.html").read_text(encoding="utf-8")
    texts = [
        html.unescape(page),
        re.sub(
            r"\\u([0-9a-f]{4})",  # as JSON writes what is not ASCII
            lambda found: chr(int(found[1], 16)),
            html.unescape(target.read_text(encoding="utf-8")),
        ),
    ]
    for path in (finished_study / "results/figures").glob("*.svg"):
        caption = (finished_study / f"rules/captions/{path.stem}.rst").read_text(encoding="utf-8")
        assert all(caption.splitlines()[0] in text for text in texts), path.stem


GATES = (
    "stars.parquet",
    "sample.parquet",
    "splits/train.parquet",
    "splits/validation.parquet",
    "splits/test.parquet",
    "splits/scaler.json",
    "tune/best_hyperparameters.json",
    "tune/trials.csv",
    "cv/fold-00/probabilities.parquet",
    "model/model.keras",
)


def test_the_same_seed_gives_the_same_bytes(results, tmp_path):
    again = copy_project(tmp_path / "again")
    run = snakemake(again, *(f"results/{name}" for name in GATES))
    assert run.returncode == 0, run.stderr
    for name in GATES:
        assert (again / "results" / name).read_bytes() == (results / name).read_bytes(), name


@pytest.mark.slow
def test_a_users_table_from_end_to_end(tmp_path):
    """As a user would: SDSS magnitudes and subClass alone, no ELODIE values, no SSPP."""
    folder = copy_project(tmp_path / "mine")
    stars = simulate_shard(seed=5, shard=0, n_stars=900)
    columns = ["ra", "dec", *"ugriz", "plate", "mjd", "fiberID", "subClass"]
    stars[columns].rename(columns={"fiberID": "fiberid"}).to_csv(folder / "mine.csv", index=False)
    shrunk = yaml.safe_load((folder / "tests/config/shrunk.yaml").read_text(encoding="utf-8"))
    survey = {"shards": 1, "table": {"path": "mine.csv"}}
    small = {k: v for k, v in shrunk.items() if k not in ("baselines", "ablation", "real_stars")}
    small["survey"] = survey
    (folder / "small.yaml").write_text(yaml.safe_dump(small), encoding="utf-8")
    preset = "config/presets/photometry.yaml"
    run = snakemake(folder, "--configfile", preset, "small.yaml", configfile=None)
    assert run.returncode == 0, run.stderr[-3000:]
    page = (folder / "results/report/report.html").read_text(encoding="utf-8")
    assert "Simulated survey." not in page
    # The preset's variant with redshift is skipped, and the page says why.
    assert "has redshift" in page
    baselines = table(folder / "results/summary/baselines.csv")
    accuracy = {row["name"]: float(row["accuracy_mean"]) for row in baselines}
    assert accuracy["logistic_regression"] > accuracy["majority"] + 0.1


def test_each_job_has_a_log_headed_by_what_ran_and_a_benchmark(results):
    logs = sorted(path.relative_to(results / "logs") for path in (results / "logs").rglob("*.log"))
    for path in logs:
        rule = path.with_suffix("").parts[0]
        heading = (results / "logs" / path).read_text(encoding="utf-8").split("\n")[0]
        moment = r"\d{4}-\d\d-\d\d [\d:]{8}"
        assert re.match(rf"{moment} scripts/{scripts_of_rules()[rule]}\.py", heading), (
            path,
            heading,
        )
    benchmarks = (results / "benchmarks").rglob("*.tsv")
    found = {path.relative_to(results / "benchmarks").with_suffix(".log") for path in benchmarks}
    assert found == set(logs)
    # The table cannot hold itself, nor its figures and the report that show it.
    collected = table(results / "summary/jobs.csv")
    assert len(collected) == len(logs) - 3


@pytest.mark.slow
def test_the_studys_own_file_from_end_to_end(tmp_path):
    """28 columns as SkyServer gave them: what they lack is skipped, the report comes."""
    folder = copy_project(tmp_path / "study28")
    stars = simulate_shard(seed=9, shard=0, n_stars=1200)
    for band in "ugriz":
        stars[f"dered_{band}"] = stars[band] - stars[f"extinction_{band}"]
    stars = stars.assign(z1=stars["z"], subclass=stars["subClass"], sourceType="")
    stars = stars.assign(class_noqso=stars["class"], subClass_noqso=stars["subClass"])
    columns = [
        *(
            [
                "specObjID",
                "sourceType",
                "ra",
                "dec",
                "class",
                "subclass",
                "class_noqso",
                "subClass_noqso",
            ]
        ),
        *(["u", "g", "r", "i", "z1", "err_u", "err_g", "err_r", "err_i", "err_z"]),
        *(["dered_u", "dered_g", "dered_r", "dered_i", "dered_z"]),
        *(["elodieSpType", "elodieBV", "elodieTEff", "elodieLogG", "elodieFeH"]),
    ]
    assert len(columns) == 28
    (folder / "stars.csv").write_text(
        "#Table1\n" + stars[columns].to_csv(index=False), encoding="utf-8"
    )
    shrunk = yaml.safe_load((folder / "tests/config/shrunk.yaml").read_text(encoding="utf-8"))
    shrunk["survey"] = {"source": "table", "shards": 2, "table": {"path": "stars.csv"}}
    del shrunk["ablation"]["sspp"]
    (folder / "mine.yaml").write_text(yaml.safe_dump(shrunk), encoding="utf-8")
    run = snakemake(folder, configfile="mine.yaml")
    assert run.returncode == 0, run.stderr[-3000:]
    pooled = json.loads((folder / "results/summary/pooled.json").read_text(encoding="utf-8"))
    assert set(pooled["skipped"]) == {"sspp"}
    baselines = {row["name"]: row for row in table(folder / "results/summary/baselines.csv")}
    assert 0.5 < float(baselines["temperature_cut"]["accuracy_mean"]) < 0.67


def test_the_graph_of_rules_is_snakemakes_own(finished_study):
    run = snakemake(finished_study, "--rulegraph", "dot", warm=False)
    assert run.returncode == 0, run.stderr
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)"', run.stdout, re.M))
    edges = {(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", run.stdout)}
    rows = table(finished_study / "results/summary/cost.csv")[:-1]
    known = {row["rule"] for row in rows}
    found = {(name, row["rule"]) for row in rows for name in row["after"].split()}
    assert found == {edge for edge in edges if known.issuperset(edge)}
    assert len(found) > 50


def test_a_feature_that_no_star_has_is_no_silent_zero(tmp_path):
    folder = copy_project(tmp_path / "mine")
    stars = simulate_shard(seed=5, shard=0, n_stars=200)
    columns = ["specObjID", "ra", "dec", *"ugriz", "subClass"]
    stars[columns].to_csv(folder / "mine.csv", index=False)
    (folder / "mine.yaml").write_text(
        "survey: {source: table, shards: 1, table: {path: mine.csv}}\n"
        "label: subclass\nfeatures: [photometry, redshift]\n",
        encoding="utf-8",
    )
    run = snakemake(folder, "results/splits/train.parquet", configfile="mine.yaml")
    assert run.returncode != 0
    assert "no star of survey mine.csv has redshift; take it out" in run.stdout + run.stderr
