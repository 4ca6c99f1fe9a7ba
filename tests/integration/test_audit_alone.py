"""A user's table is audited without a network: from the CSV to the page, through the real rules."""

import json

import numpy as np
import pytest
import yaml
from project import ROOT, copy_project, planned, snakemake
from stellar.sample.spectral_types import label_rows
from stellar.survey.simulated.shard import simulate_shard

COLUMNS = ["specObjID", "bestObjID", "plate", "mjd", "fiberID", "ra", "dec", *"ugriz", "subClass"]
TIERS = {"redshift": None, "sspp": None, "elodie": None}
SETS = {"mine": ["photometry", "colours", "my colour"], "score": ["photometry", "colours", "score"]}


def overlay(folder, **changes) -> str:
    config = {
        "survey": {"source": "table", "shards": 1, "table": {"path": "mine.csv"}},
        "label": "subclass",
        "features": "photometry",
        "tiers": TIERS,
        "compare": {"tier": "photometry"},
        "calibration": {"tier": "photometry"},
        "experiments": {"input_errors": {"tier": "photometry"}, "suspects": {"tier": "photometry"}},
        "audit": {"trees": 3, "sets": SETS},
        **changes,
    }
    config["survey"]["table"]["own"] = {"score": "image", "my colour": "image"}
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return str(path)


@pytest.fixture
def folder(tmp_path):
    """The project with a table of simulated stars: a colour measured again, a column of labels."""
    folder = copy_project(tmp_path / "project")
    stars = simulate_shard(seed=4, shard=0, n_stars=3000)
    random = np.random.default_rng(4)
    numbers = label_rows(stars, "subclass").numbers
    table = stars[COLUMNS].assign(
        **{
            "my colour": stars["g"] - stars["i"] + random.normal(0, 0.05, len(stars)),
            "score": numbers + random.normal(0, 0.3, len(stars)),
        }
    )
    table.to_csv(folder / "mine.csv", index=False)
    return folder


def test_the_target_has_no_network_and_no_study_needs_its_page(tmp_path):
    path = tmp_path / "simulated.yaml"
    path.write_text("survey: {shards: 2}\n", encoding="utf-8")
    jobs = planned(ROOT, "audit_alone", "--forceall", configfile=str(path))
    assert jobs == {
        "simulate_shard": 2,
        "label_stars": 1,
        "assign_folds": 1,
        "audit_without_networks": 3,
        "audit_page": 1,
        "audit_alone": 1,
    }
    study = planned(ROOT, "--forceall", configfile=str(path))
    assert study["audit_without_networks"] == study["audit"] == 3  # which adds what the run did
    assert not {"audit_page", "audit_alone"} & set(study)


def test_a_planted_column_of_a_user_s_table_is_found_and_a_measured_one_acquitted(folder):
    run = snakemake(folder, "audit_alone", configfile=overlay(folder))
    assert run.returncode == 0, run.stderr
    entries = json.loads((folder / "results/audit_alone/subclass.json").read_text(encoding="utf-8"))
    found = {entry["features"]: entry for entry in entries}
    assert list(found) == ["position", "features", "photometry", "own", "mine", "score"]
    assert found["mine"]["verdict"] == "clean", found["mine"]["reason"]
    assert found["score"]["verdict"] == found["own"]["verdict"] == "leaks"
    assert "score" in found["score"]["reason"]
    assert found["score"]["origins"]["image"][-1] == "score"
    assert "data say leaks" in found["score"]["disagrees"]
    assert found["mine"]["disagrees"] is None
    assert (
        json.loads((folder / "results/audit_alone/hammer.json").read_text(encoding="utf-8")) == []
    )
    page = (folder / "results/audit_alone/audit.html").read_text(encoding="utf-8")
    assert "my colour" in page
    assert "Provenance and data disagree" in page
    assert "Simulated survey" not in page  # which a table's stars are not, for all that is known
