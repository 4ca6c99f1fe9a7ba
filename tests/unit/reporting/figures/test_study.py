"""What stands on the figures of the study's cross-validation and networks."""

import pytest
from made_figures import names_of, spec_of
from stellar import CLASSES
from stellar.reporting.figures import saved, study

ONE = {"rows": 1234, "recall": 0.5, "low": 0.4, "high": 0.6}
NONE = {"rows": 0, "recall": None, "low": None, "high": None}


def test_recalls_name_the_rows_and_bear_a_class_without_a_star():
    spec = spec_of(study.recalls({c: NONE if c == "O" else ONE for c in CLASSES}))
    rows = saved.rows_of(spec)
    assert [row["class"] for row in rows] == list(CLASSES[1:])
    assert rows[0]["rows"] == 1234
    assert names_of(spec) == ["shown"]
    assert "B 50.0 %" in spec["description"]


def test_folds_have_intervals_of_their_accuracy():
    rows = [{"fold": n, "rows": 100, "accuracy": 0.9, "f1_macro": 0.8} for n in range(3)]
    spec = spec_of(study.folds(rows))
    (found,) = spec["datasets"].values()
    accuracy, f1 = found[:2]
    assert accuracy["low"] == pytest.approx(0.8256, abs=1e-4)  # Wilson's for 90 of 100
    assert accuracy["high"] == pytest.approx(0.9448, abs=1e-4)
    assert f1 == {
        "fold": 0, "rows": 100, "score": "macro-F1", "value": 0.8, "low": 0.8, "high": 0.8,
            "with_interval": "80.0 %",
    }  # fmt: skip


def test_baselines_stand_in_the_order_of_their_accuracy():
    rows = [
        {"name": name, "accuracy_mean": mean, "accuracy_ci95": 0.01, "f1_macro_mean": mean}
        for name, mean in (("worst", 0.5), ("best_one", 0.9), ("", 0.7), ("middle", 0.7))
    ]
    spec = spec_of(study.baselines(rows, 0.95))
    sort = spec["layer"][1]["encoding"]["y"]["sort"]
    assert sort == ["best one", "middle", "worst"]
    assert "The best baseline, best one, has 90.0 %." in spec["description"]
    assert [{"network": 0.95}] in spec["datasets"].values()


def test_ablations_are_differences_with_their_intervals():
    scores = ("accuracy", "f1_macro")
    rows = [
        {
            "name": "no_elodie",
            "features": "u g",
            "folds": 3,
            **{f"{s}_difference": -0.2 for s in scores},
        }
        | {f"{s}_difference_ci95": 0.05 for s in scores}
    ]
    spec = spec_of(study.ablation(rows))
    first = saved.rows_of(spec)[0]
    assert (first["name"], first["value"]) == ("no elodie", "-0.2")
    assert (first["low"], first["high"]) == ("-0.25", "-0.15")
    assert "20.0 % of accuracy, with no elodie" in spec["description"]
    assert "3 folds" in " ".join(spec["title"]["subtitle"])  # those of the run


def test_without_a_variant_the_figure_says_so():
    assert "no variant" in spec_of(study.ablation([{"name": ""}]))["description"]


@pytest.mark.parametrize("known", ["val_log_loss", "loss"])
def test_training_draws_a_line_a_fit(known):
    history = [
        {"member": member, "epoch": epoch, "loss": 1 / epoch, "val_accuracy": 0.5}
        | {"val_log_loss": 1.2 / epoch}
        for member in (0, 1)
        for epoch in (1, 2, 3)
    ]
    folds = history
    if known == "loss":
        folds = [{k: v for k, v in row.items() if not k.startswith("val")} for row in history]
    rows = study.training_table(history, {"fold 00": folds, "fold 01": folds})
    spec = spec_of(study.training(rows))
    assert {row["measure"] for row in rows if row["network"] == "tuned"} == {
        "validation log-loss" if known == "val_log_loss" else "training loss"
    }
    fits = {row["fit"] for row in rows if row["network"] == "tuned"}
    assert fits == {"fold 00", "fold 00, member 1", "fold 01", "fold 01, member 1"}
    assert sum(row["network"] == "first" for row in rows) == 9  # of the first member alone
    assert "validation error 0.500" in spec["description"]


TRIAL = {"status": "COMPLETED", "val_accuracy": 0.9, "activation": "relu", "dropout": 0.2}


def test_trials_run_across_what_differs_among_them():
    trials = [
        {"trial": "03", **TRIAL, "val_log_loss": 0.1, "hidden": "32-64"},
        {"trial": "01", **TRIAL, "val_log_loss": 0.2, "hidden": 16},
        {"trial": "02", **TRIAL, "val_log_loss": None, "hidden": "16"},  # which failed
    ]
    rows, ticks = study.trial_table(trials)
    assert {row["axis"] for row in rows} == {"layers", "units", "log-loss"}
    best = {row["axis"]: (row["value"], row["place"]) for row in rows if row["rank"] == 1}
    assert best == {"layers": ("2", 1.0), "units": ("96", 1.0), "log-loss": ("0.1", 0.0)}
    three = [{**trials[0], "val_log_loss": loss, "trial": str(loss)} for loss in (0.1, 1.0, 10.0)]
    places = [row["place"] for row in study.trial_table(three)[0]]
    assert places == [0.0, 0.5, 1.0]  # by their logarithms
    assert {"axis": "units", "place": 0.0, "text": "16"} in ticks
    spec = spec_of(study.trials(trials))
    assert "2 trials" in spec["description"]
    assert "trial 03" in spec["description"]


def test_of_many_values_the_ends_are_written():
    trials = [
        {"trial": str(n), **TRIAL, "val_log_loss": n / 10, "hidden": "16"} for n in range(1, 9)
    ]
    _, ticks = study.trial_table(trials)
    assert [tick["text"] for tick in ticks] == ["0.1", "0.8"]


def test_trials_that_are_all_alike_say_so():
    trial = {"trial": "0", **TRIAL, "val_log_loss": 0.1, "hidden": "16"}
    assert "alike" in spec_of(study.trials([trial]))["description"]
