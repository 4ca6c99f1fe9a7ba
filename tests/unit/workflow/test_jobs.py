"""Jobs that a configuration asks for."""

import copy

import pytest
import yaml
from project import ROOT
from stellar.sample.features import resolve
from stellar.workflow import jobs


@pytest.fixture
def config() -> dict:
    """The default configuration, with what a test changes."""
    return yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))


def test_shards_and_folds_have_names_that_sort(config):
    for shards, last in ((1, "0"), (10, "9"), (11, "10"), (101, "100")):
        config["survey"]["shards"] = shards
        found = jobs.values_of(config)["shard"]
        assert (len(found), found[-1]) == (shards, last)
        assert found == sorted(found)
    config["cv"]["folds"] = 12
    assert jobs.values_of(config)["fold"] == [f"{number:02d}" for number in range(12)]


def test_what_is_null_is_no_job(config):
    name = next(iter(config["ablation"]))
    assert name in jobs.values_of(config)["variant"]
    config["ablation"][name] = None
    assert name not in jobs.values_of(config)["variant"]
    config["tiers"] = {"elodie": "elodie", "photometry": "photometry", "sspp": None}
    assert jobs.values_of(config)["tier"] == list(jobs.tiers_of(config))
    assert "sspp" not in jobs.tiers_of(config)


def test_tiers_stand_in_the_order_of_how_much_they_know(config):
    turned = {name: config["tiers"][name] for name in reversed(config["tiers"])}
    found = jobs.tiers_of(config)
    assert list(found) == list(jobs.tiers_of({**config, "tiers": turned}))
    sizes = [len(resolve(names)) for names in found.values()]
    assert sizes == sorted(sizes)


def test_selections_are_those_of_the_comparison(config):
    config["cv"] |= {"folds": 5, "selection": "nested"}
    assert jobs.values_of(config)["selection"] == [f"fold-0{fold}" for fold in range(5)]
    config["cv"]["selection"] = "held_out"
    assert jobs.values_of(config)["selection"] == ["held_out"]
    assert set(jobs.comparison_of(config)) == {"folds", "selection", "selection_folds"}


def test_models_are_made_without_elodie_and_the_page_has_the_one_of_magnitudes():
    tiers = {
        "photometry": ["photometry", "colours"],
        "redshift": ["photometry", "redshift"],
        "elodie": ["photometry", "elodieTEff"],
    }
    assert jobs.for_models(tiers) == ["photometry", "redshift"]
    assert jobs.for_page(tiers) == ["photometry"]
    del tiers["photometry"]
    assert jobs.for_page(tiers) == []


def test_what_is_audited_has_the_studys_features_by_their_name(config):
    tiers = jobs.tiers_of(config)
    sets = dict(jobs.audit_of(config, tiers)["features"])
    assert sets["position"] == "position"
    assert sets[config["features"]] == config["features"]
    assert tiers.items() <= sets.items()
    listed = {**config, "features": ["u", "g"]}
    assert dict(jobs.audit_of(listed, tiers)["features"])["features"] == ["u", "g"]


def test_what_is_audited_has_columns_and_sets_of_the_users(config):
    mine = copy.deepcopy(config)
    mine["survey"] |= {"source": "table"}
    mine["survey"]["table"]["own"] = {"w2": "image", "w1": "image"}
    mine["audit"]["sets"] = {"mine": ["u", "w1"], "none": None}
    found = jobs.audit_of(mine, jobs.tiers_of(mine))
    sets = dict(found["features"])
    assert sets["own"] == ["photometry", "colours", "w1", "w2"]
    assert (sets["mine"], "none" in sets) == (["u", "w1"], False)
    assert found["own"] == {"w1": "image", "w2": "image"}
    assert "own" not in dict(jobs.audit_of(config, jobs.tiers_of(config))["features"])


def test_jobs_have_all_values_of_their_wildcards_and_a_name_in_their_files_order():
    values = {"scheme": ["a", "b"], "tier": ["x", "y"]}
    assert len(jobs.combined(values)) == 4
    assert {"scheme": "b", "tier": "x"} in jobs.combined(values)
    assert jobs.combined({}) == [{}]
    named = jobs.name_of("tier", ["tier/{scheme}/{tier}.parquet"], {"tier", "scheme"})
    assert named == "tier/{scheme}-{tier}"
    assert jobs.name_of("split", [], []) == "split"


def test_files_are_options_by_their_names():
    given = {"code": ["a.py", "b.py"], "sample": "s", "cv_table": "t"}
    found = jobs.options(None, given, {"figures": ["f.svg", "f.png"]})
    assert found == ["--sample", "s", "--cv-table", "t", "--figures", "f.svg", "f.png"]


def test_a_feature_is_put_last():
    assert jobs.with_last(["redshift", "u", "g"], "redshift") == ["u", "g", "redshift"]
    assert jobs.with_last("colours", "redshift") == [*resolve("colours"), "redshift"]
