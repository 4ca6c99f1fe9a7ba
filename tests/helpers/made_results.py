"""Results of studies as `Study` takes them, made up: what one has and another lacks."""

from stellar import CLASSES
from stellar.evaluation.metrics import MORE_SCORES, SCORES
from stellar.reporting.answer.study import Study

CONFIG = {
    "label": "elodie",
    "features": "study",
    "tier": "photometry",
    "rope": 0.01,
    "level": 0.9,
    "input_errors": "sspp",
    "suspects": "sspp",
    "epochs": 1000,
}
NEGATIVES = ("white dwarf", "cataclysmic variable", "carbon star")
# Of each kind, as the audit words them.
REASONS = (
    "equal values of elodieBV, elodieTEff identify the class of 99.0 % of the rows that share "
    "them, the nearest other values 72.6 %: the values identify the label",
    "of 1363 stars whose label other measurements contradict, the codes of elodieBV agrees with "
    "the label in 84 % (a measurement in half or fewer) and adds 9.6 points: it has the label's "
    "errors",
    "gaps of zLabel knows the class (adds 12.3 points) and, within a class, nothing of the star: "
    "0.01 ± 0.02 of what a measurement would, so it was made of the label",
    "on folds disjoint in library star the same rows score 12.3 ± 4.5 points less than on random "
    "ones: the features identify the library star",
    "two spectra of one star agree in the label in 97.1 % of 1234 pairs, so that what is known of "
    "the star names it at most in 98.5 %; trees reach 99.9 %: the features know the label's own "
    "spectrum",
    "12 thresholds in zLabel give the label of 99.9 % of the rows, in the middle one of the "
    "columns 45.6 %: the label was cut from it",
    "23 % of the rows stand within 0.01 of the fifth-nearest row's distance of a row in another "
    "fold, by chance 0.1 %: near copies",
    "the model of fold 3 predicted other rows than it is scored on",
    "1,234 rows are too few to tell a column made of the label from a measurement; some 4,321 of "
    "this mix of classes would",
)


def tier(label: str, name: str, **change) -> dict:
    """A row of `summary/tiers.csv`."""
    row = {"label": label, "tier": name, "rows": 1000, "shares": "independent", "folds": 16}
    row |= {"cost_saved": 0.001, "cost_saved_ci95": 0.002}
    row |= {"gain_over": None, "accuracy_gain": None, "accuracy_gain_ci95": None}
    if name == "redshift":
        row |= {"gain_over": "photometry", "accuracy_gain": 0.0025, "accuracy_gain_ci95": 0.0014}
    for score in (*SCORES, *MORE_SCORES):
        row |= {score: 0.7, f"{score}_ci95": 0.01}
    for c in CLASSES:
        row |= {f"rows_{c}": 10 if c == "B" else 165, f"recall_{c}": 0.5}
        row |= {f"low_{c}": 0.4, f"high_{c}": 0.6}
    return row | change


def rival(name: str, **change) -> dict:
    """A row of `summary/rivals.csv`."""
    row = {
        "name": name,
        "n_features": 9,
        "rows": 900,
        "accuracy": 0.6,
        "accuracy_ci95": 0.01,
        "log_loss": 0.6,
    }
    row |= {"log_loss_difference": 0.003, "log_loss_difference_ci95": 0.002}
    row |= {f"rows_{c}": 0 if c == "O" else 150 for c in CLASSES}
    row |= {f"recall_{c}": 0.0 if c == "B" else 0.7 for c in CLASSES}
    for score in ("accuracy", "f1_macro"):
        row |= {f"{score}_difference": 0.02, f"{score}_difference_ci95": 0.01}
        row |= {f"{score}_p_network": 0.7, f"{score}_p_same": 0.2, f"{score}_p_rival": 0.1}
    return row | change


def verdict(name: str, word: str, label: str = "elodie", **change) -> dict:
    """An entry of `audit/<label>.json`."""
    entry = {"label": label, "features": name, "verdict": word, "reason": "it does"}
    entry |= {"losses": {"template": {"loss": 0.013, "ci95": 0.008}}, "chance": 0.3}
    return entry | {"values": [{"values": 866, "exact": 1.0}, {"values": 7, "exact": 0.6}]} | change


def rejected(rows: int = 5) -> dict:
    """`calibration/rejected.json`."""
    shares = {"by_gate": 0.5, "unsure": 0.06}
    given = {name: {"rows": rows, **(shares if rows else {})} for name in NEGATIVES}
    return {"label": "subclass", "tier": "sspp", "stars": {"rows": 500, **shares}, **given}


def memorised(**permuted) -> list[dict]:
    """Rows of `memorise/memorise.csv`."""
    row = {"width": 8, "parameters": 5000, "stars": 1000, "parameters_per_star": 5.0}
    row |= {"training_accuracy": 1.0, "epochs": 40, "held_out_accuracy": 0.6}
    return [{**row, "labels": "real"}, {**row, "labels": "permuted", **permuted}]


def experiment(**change) -> dict:
    """What a change of the network's inputs does, in rows of two experiments."""
    row = {"folds": 4, "accuracy": 0.7}
    row |= {"accuracy_difference": 0.01, "accuracy_difference_ci95": 0.02}
    return row | {"f1_macro_difference": 0.0, "f1_macro_difference_ci95": 0.01} | change


def absolute_magnitude(**change) -> list[dict]:
    """Rows of `absolute_magnitude/absolute_magnitude.csv`."""
    regression = {"rmse": 1.0, "rmse_difference": -0.1, "rmse_difference_ci95": 0.1, "spread": 2.0}
    names = ("magnitudes", "with_redshift", "with_permuted_redshift")
    return [experiment(features=name, **regression) | change for name in names]


def input_errors(**change) -> list[dict]:
    """Rows of `input_errors/input_errors.csv`."""
    ways = (("measured", "measured"), ("measured", "averaged"), ("noisy", "measured"))
    return [experiment(training=t, prediction=p) | change for t, p in ways]


def baseline(name: str, accuracy: float) -> dict:
    """A row of `summary/baselines.csv`."""
    return {"name": name, "accuracy_mean": accuracy, "accuracy_ci95": 0.0003}


def pooled(accuracy: float = 0.98, half: float = 0.002, survey: str = "simulated") -> dict:
    """`summary/pooled.json`."""
    scores = {name: {"mean": accuracy} for name in ("accuracy", "f1_macro")}
    halves = {"accuracy": half, "f1_macro": half}
    made = {"survey": survey, "folds": 20, "over_folds": scores, "ci95": halves}
    return made | {"confusion": [[700, 60], [40, 1200]]}


def calibration(label: str = "subclass", name: str = "sspp", error: float = 0.01) -> dict:
    """A row of `summary/calibration.csv`."""
    row = {"label": label, "tier": name, "calibration_error_after": error, "rows": 57050}
    row |= {"calibration_error_chance_low": 0.002, "calibration_error_chance_high": 0.005}
    row |= {"set_size": 1.2, "coverage": 0.9}
    return row | {f"coverage_{c}": 0.9 for c in CLASSES} | {"coverage_B": None, "coverage_F": 0.88}


def confusions() -> list[dict]:
    """Rows of `summary/confusions.csv`: of the B stars, most are called O."""
    counts = {"O": 4, "B": 5, "A": 1}
    named = {"name": "elodie/photometry", "true": "B"}
    return [{**named, "predicted": c, "rows": rows} for c, rows in counts.items()]


def balanced(**change) -> dict:
    """The row of `summary/ingredients.csv` of balanced class weights."""
    row = {"change": "balanced_weights"}
    row |= {"accuracy_difference": -0.049, "accuracy_difference_ci95": 0.019}
    for c in CLASSES:
        row |= {f"recall_{c}": 0.78, f"recall_{c}_ci95": 0.06}
    return row | change


def study(config: dict | None = None, **change) -> Study:
    """A study whose own features leak, with what else a case changes."""
    given = {
        "pooled": pooled(),
        "first": {"parameters": 1047, "train_rows": 52308, "validation": {"accuracy": 0.89}},
        "baselines": [baseline("majority", 0.3), baseline("lookup", 0.999)],
        "tiers": [
            tier("elodie", "photometry"),
            tier("elodie", "redshift", shares="same spectrum"),
            tier("elodie", "whole", shares="same library star: circular", accuracy=0.97),
            tier("hammer", "photometry", accuracy=0.82, rows=400),
        ],
        "rivals": [
            rival("network"),
            rival("boosted_trees"),
            rival("network_and_trees"),
            rival("hammer"),
        ],
        "calibration": [calibration()],
        "rejected": rejected(),
        "chosen": {"network": {"trials": [1] * 8}, "boosted_trees": {"trials": [1] * 16}},
        "verdicts": [
            verdict("study", "leaks", reason=REASONS[0]),
            verdict("photometry", "clean"),
            verdict("redshift", "clean"),
            verdict("whole", "leaks"),
        ],
        "memorised": memorised(),
        "absolute_magnitude": absolute_magnitude(),
        "input_errors": input_errors(),
        "suspects": [{"of": 77, "expected": 71.3}],
        "confusions": confusions(),
        "ingredients": [balanced()],
    }
    return Study(CONFIG | (config or {}), given | change)


def _of_other_label() -> Study:
    """A study of SDSS by the label hammer."""
    return study(
        {"label": "hammer"},
        pooled=pooled(0.85, 0.01, "sdss-dr18"),
        tiers=[tier("hammer", "photometry"), tier("elodie", "photometry")],
        verdicts=[
            verdict("study", "suspect", "hammer", reason=REASONS[4]),
            verdict("photometry", "clean", "hammer"),
        ],
        calibration=[calibration("hammer")],
    )


def _of_few_stars() -> Study:
    """A study whose intervals are wider than their scales."""
    wide = {f"{s}_ci95": 0.86 for s in (*SCORES, *MORE_SCORES, "accuracy_gain")}
    difference = {"f1_macro_difference_ci95": 0.86, "accuracy_difference_ci95": 0.86}
    rivals = [rival(n, **difference) for n in ("network", "boosted_trees", "hammer")]
    return study(
        pooled=pooled(0.98, 0.86),
        tiers=[{**row, **wide} for row in study().results["tiers"]],
        rivals=rivals,
        verdicts=[
            verdict("study", "undecided", reason=REASONS[-1]),
            verdict("photometry", "clean"),
        ],
    )


def _of_own_table() -> Study:
    """A study of a user's table: no redshift, no Hammer, no negatives, no noise."""
    return study(
        {"features": ["photometry", "mine"], "tier": "own"},
        pooled=pooled(0.71, 0.02, "stars.csv"),
        baselines=[],
        tiers=[tier("elodie", "own")],
        rivals=[rival("network"), rival("boosted_trees"), rival("hammer", rows=0)],
        calibration=[calibration(name="own")],
        verdicts=[verdict("features", "clean", losses={}), verdict("own", "clean", losses={})],
        rejected=rejected(0),
        absolute_magnitude=[],
        input_errors=[],
        suspects=[],
    )


def _of_bad_network() -> Study:
    """A study whose network is no better than anything."""
    chances = {f"f1_macro_p_{name}": p for name, p in (("network", 0), ("same", 0), ("rival", 1))}
    worse = {"accuracy_difference": -0.03, "f1_macro_difference": -0.03}
    return study(
        pooled=pooled(0.3, 0.01),
        tiers=[
            tier("elodie", "photometry", accuracy=0.3),
            tier("elodie", "redshift", accuracy=0.3),
        ],
        rivals=[rival(n, **chances, **worse) for n in ("network", "boosted_trees", "hammer")],
        calibration=[calibration(error=0.2)],
        memorised=memorised(epochs=None, training_accuracy=0.5),
        absolute_magnitude=absolute_magnitude(rmse=None, accuracy_difference=-0.03),
        input_errors=input_errors(accuracy_difference=-0.03),
    )


def cases() -> dict[str, Study]:
    """Studies of all kinds, by name."""
    leaks = [verdict("study", "leaks", reason=REASONS[1]), verdict("photometry", "leaks")]
    one = [verdict("study", "clean"), verdict("photometry", "suspect", reason=REASONS[3])]
    alone = [{**row, f"{row['tier']}": 0} for row in study().results["tiers"][:1]]
    many = [verdict(f"set_{n}", "leaks") for n in range(20)]
    of_reasons = {
        f"reason {n}": study(verdicts=[verdict("study", "leaks", reason=reason)])
        for n, reason in enumerate(REASONS)
    }
    return {
        "leak": study(),
        "no clean tier": study(verdicts=leaks),
        "clean features, no clean tier": study(verdicts=one),
        "many leaks": study(verdicts=[*many, verdict("photometry", "clean")]),
        "no audit": study(verdicts=[]),
        "no redshift": study(absolute_magnitude=[], tiers=alone),
        "no white dwarfs": study(rejected=rejected(0)),
        "no scores": study(tiers=[], calibration=[], rivals=[]),
        "another label": _of_other_label(),
        "few stars": _of_few_stars(),
        "own table": _of_own_table(),
        "bad network": _of_bad_network(),
        "nearly memorised": study(memorised=memorised(epochs=None, training_accuracy=0.978)),
        **of_reasons,
    }
