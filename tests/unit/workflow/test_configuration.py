import copy
from datetime import date
from pathlib import Path

import pytest
import yaml
from stellar.errors import UserError
from stellar.learning.baselines import BASELINES
from stellar.workflow import configuration

CONFIG = Path(__file__).parents[3] / "config"
SCHEMA = yaml.safe_load((CONFIG / "schema.yaml").read_text(encoding="utf-8"))
DEFAULT = yaml.safe_load((CONFIG / "config.yaml").read_text(encoding="utf-8"))


def changed(path: str, value):
    config = copy.deepcopy(DEFAULT)
    *parents, last = path.split(".")
    place = config
    for key in parents:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    if path == "survey.table.path":
        config["survey"]["source"] = "table"
    return config


def test_the_default_is_valid():
    configuration.check(DEFAULT, SCHEMA)


@pytest.mark.parametrize("name", ["2024", "no", "2024-01-01", "null"])
def test_names_that_were_quoted_are_taken(name):
    config = changed(f"ablation.{name}", {"features": "photometry"})
    config["tiers"][name] = "photometry"
    config["experiments"]["ingredients"][name] = {"features": "photometry"}
    configuration.check(config, SCHEMA)


def own(**changes):
    """A configuration of a table with a column of the user's, and more sets of the audit."""
    config = changed("survey.table.path", str(CONFIG / "config.yaml"))
    config["survey"]["table"]["own"] = {"my score": "image"}
    config["audit"]["sets"] = {"mine": ["colours", "my score"]}
    for path, value in changes.items():
        section, key = path.split("__")
        place = config["survey"]["table"] if section == "table" else config[section]
        place[key] = value
    return config


def test_a_user_s_own_columns_are_known_to_the_audit_alone():
    configuration.check(own(), SCHEMA)
    assert configuration.own_columns(own()["survey"]) == {"my score": "image"}
    with pytest.raises(UserError, match="features: there is no feature or feature set 'my score'"):
        configuration.check(own() | {"features": "my score"}, SCHEMA)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"table__own": {"my score": "images"}}, "is 'images'; did you mean image"),
        ({"table__own": {"redshift": "image"}}, "own: redshift is a feature already"),
        ({"table__own": {"a{b}": "image"}}, "survey.table.own"),
        ({"table__own": {}}, "audit.sets.mine: there is no feature or feature set 'my score'"),
        ({"survey__source": "simulated"}, "audit.sets.mine: there is no feature"),
        ({"audit__sets": {"sspp": "colours"}}, "audit.sets.sspp: the audit has sspp already"),
        ({"audit__sets": {"study": "colours"}}, "audit.sets.study: the audit has study already"),
        ({"audit__sets": {"a b": "colours"}}, "audit.sets"),
    ],
)
def test_a_mistake_in_what_is_audited_is_one_sentence(changes, said):
    with pytest.raises(UserError, match=said):
        configuration.check(own(**changes), SCHEMA)


def test_the_schema_knows_every_baseline():
    assert SCHEMA["properties"]["baselines"]["items"]["enum"] == list(BASELINES)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("survey.n_star", 5, "key survey.n_star is unknown; did you mean n_stars?"),
        ("sead", 5, "key sead is unknown; did you mean seed?"),
        ("seed", "five", "seed is 'five'; it must be of type whole number"),
        ("seed", ..., "lacks the key seed"),
        ("ablation", {2024: {"features": "u"}}, "ablation has the name 2024; quote it"),
        ("ablation.no_elodie", {False: "u"}, "ablation.no_elodie has the name False; quote it"),
        ("compare.tier", False, 'compare.tier is False; .* quote it, as in "no"'),
        ("compare.tier", date(2024, 1, 2), 'is 2024-01-02; .* quote it, as in "2024-01-02"'),
        ("survey.table.columns.u", 1, 'columns.u is 1; .* quote it, as in "1"'),
        ("survey.n_stars", 0, "survey.n_stars is 0; it must be at least 1"),
        ("survey.source", "sdds", "survey.source is 'sdds'; did you mean sdss?"),
        ("survey.source", "table", "survey.table.path is empty"),
        ("survey.shards", 200_000, "survey.shards is 200000; it must be at most 1000"),
        ("label", "template", "label is 'template'; use one of elodie, subclass, hammer"),
        ("features", "photometri", "did you mean 'photometry'"),
        ("features", 3, "features is 3; it must be of type"),
        ("ablation.no_elodie.features", ["studie"], "ablation.no_elodie: .*did you mean 'study'"),
        ("ablation.no_elodie.feature", "x", "ablation.no_elodie.feature is unknown"),
        ("ablation.no_elodie.without", "study", "leave no feature"),
        ("costs", [[1] * 7] * 7, "a right answer costs 1 in row 1; give 0 there"),
        ("costs", [[0] * 6] * 7, "it must be a list of a length of at least 7"),
        ("split.test", 0.2, "sum to 1.1; they must sum to 1"),
        ("split.test", 0, "it must be more than 0"),
        ("cv.folds", 2, "cv.folds is 2; it must be at least 3"),
        ("baselines", ["random_forrest"], "did you mean random_forest"),
        ("network.activation", "rellu", "did you mean relu"),
        ("network.dropout", 1.0, "it must be less than 1"),
        ("network.hidden", [0], "network.hidden.0 is 0; it must be at least 1"),
        ("tuning.space.units", {"min": 64, "max": 16}, "min 64 is above max 16"),
        ("tuning.space.units", ..., "needs layers and units together"),
        ("tuning.space.activation", {"values": ["foo"]}, "'foo' is no value for activation"),
        ("tuning.space.dropout", {"min": 0, "max": 1.5}, "1.5 is no value for dropout"),
        ("tuning.space.l2", {"min": 0, "max": 1, "sampling": "log"}, "min above 0"),
        ("tuning.space.l2", {"min": 1e-6, "max": 1, "step": 0.1, "sampling": "log"}, "no step"),
        ("tuning.space.layers", {"min": -2, "max": 0}, "-2 is no value for layers"),
        ("tuning.space.units", {"min": 4, "max": 8, "step": 0.5}, "0.5 is no value for units"),
        ("tuning.space.patience", {"values": [None, 5]}, "None is no value for patience"),
        ("tuning.space.dropout.values", [0.1], "set the others to null"),
        ("survey.shards", 10.0, "survey.shards is 10.0; it must be of type whole number"),
        ("split.train", float("nan"), "split.train is nan"),
        ("network.learning_rate", "1e-3", "for example 0.001"),
        ("baselines", [], "a list of a length of at least 1"),
        ("survey.table.path", "none.csv", "survey.table.path: there is no file none.csv"),
        ("real_stars.path", "none.csv", "real_stars.path: there is no file none.csv"),
        ("tuning.space.batch", {"max": 3}, "needs either values, or min and max"),
        ("learners.network.space.batc", [64], "space has the key batc; did you mean batch"),
        ("learners.network.space.patience", [5], "has the key patience"),
        ("learners.boosted_trees.space.num_leafs", [7], "did you mean num_leaves"),
        ("learners.boosted_trees.space.subsample", [1.5], "1.5 is no value for subsample"),
        ("learners.boosted_trees.fixed.n_jobs", 4, "n_jobs is unknown"),
        ("tiers.position", ["position"], "the audit has position already"),
        ("cv.selection_folds", 19, "too few are left to be scored"),
        ("experiments.ingredients.none", {"features": "colours"}, "none is the unchanged"),
        ("experiments.ingredients.mine", {}, "mine changes nothing"),
        ("experiments.ingredients.mine", {"features": "colors"}, "mean 'colours'"),
        ("experiments.ingredients.mine", {"network": {"los": "emd"}}, "did you mean loss"),
        ("experiments.ingredients.mine", {"network": {"loss": "huber"}}, "'huber' is no value"),
        ("experiments.ingredients.mine", {"network": {"patience": 3}}, "has the key patience"),
        ("ablation.random_forest", {"features": "u"}, "random_forest has the name of a baseline"),
        ("ablation.no_elodie", {"without": "u"}, "no_elodie lacks the key features"),
        ("compare.tier", "sspq", "compare.tier sspq is none of the tiers; did you mean sspp?"),
        ("learners.network.fixed.patience", 5, "no rows to stop early by; use null"),
        ("survey.sdss.magnitudes.r", [20, 15], r"brighter limit first, .* \[15, 20\]"),
        ("survey.n_stars", "all", "a simulated survey has no end; give a number"),
        ("survey.n_stars", 5, "n_stars is 5 but survey.shards is 10"),
    ],
)
def test_mistakes_are_one_sentence_each(path, value, said):
    with pytest.raises(UserError, match=said) as error:
        configuration.check(changed(path, value), SCHEMA)
    assert "\n" not in str(error.value)


def test_without_tiers_nothing_is_compared():
    with pytest.raises(UserError, match="all are switched off; leave at least one"):
        configuration.check(changed("tiers", dict.fromkeys(DEFAULT["tiers"])), SCHEMA)


def test_what_the_default_has_can_be_switched_off():
    configuration.check(changed("ablation.no_elodie", None), SCHEMA)
    configuration.check(changed("audit.sets", {"mine": None}), SCHEMA)
    ingredients = DEFAULT["experiments"]["ingredients"]
    configuration.check(changed("experiments.ingredients", dict.fromkeys(ingredients)), SCHEMA)


@pytest.mark.parametrize("preset", sorted(CONFIG.glob("presets/*.yaml")), ids=lambda p: p.stem)
def test_presets_only_lay_over(preset):
    config = copy.deepcopy(DEFAULT)

    def lay_over(under, over):
        for key, value in over.items():
            if isinstance(value, dict) and isinstance(under.get(key), dict):
                lay_over(under[key], value)
            else:
                under[key] = value

    lay_over(config, yaml.safe_load(preset.read_text(encoding="utf-8")))
    config["survey"]["table"]["path"] = __file__  # the user's own
    configuration.check(config, SCHEMA)


def test_null_takes_away_what_the_default_has():
    for path in ("tuning.space.dropout", "ablation.no_elodie.without"):
        configuration.check(changed(path, None), SCHEMA)
    searched = {"values": None, "min": 1e-4, "max": 0.1, "sampling": "log"}
    configuration.check(changed("tuning.space.learning_rate", searched), SCHEMA)


@pytest.mark.parametrize("own", ["objID", None])
def test_a_column_has_a_name_or_is_said_not_to_exist(own):
    configuration.check(changed("survey.table.columns", {"bestObjID": own}), SCHEMA)


@pytest.mark.parametrize("key", ["survey.n_stars", "survey.shards", "seed"])
def test_a_number_with_commas_is_named_as_one(key):
    with pytest.raises(UserError) as said:
        configuration.check(changed(key, "100,000"), SCHEMA)
    assert str(said.value) == (
        f"{key} is '100,000'; it must be of type whole number, for example 100000, without commas"
    )
