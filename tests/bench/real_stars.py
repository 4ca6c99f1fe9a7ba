"""Train on simulated stars, try on real ones.

PYTHONPATH=scripts python tests/bench/real_stars.py --data FOLDER

FOLDER holds files of real stars (docs/real-stars.md says what they are and where they come from).
The network of the comparison is trained on a simulated survey of default size, label subclass,
u g r i z and colours; no real star is seen. A random forest trained on half of the real stars says
what the features allow. The other half, by position, is what is reported: the simulation was fitted
to the first.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from simulated_survey import read_csv
from stellar import BANDS, CLASSES, NO_LABEL, files
from stellar.crossvalidation.protocol import Protocol
from stellar.errors import UserError
from stellar.evaluation import mix
from stellar.evaluation.rejection import gate_scores
from stellar.learning.tensorflow_setup import prepare_tensorflow
from stellar.learning.trees import REPEATABLE
from stellar.sample.arrays import Rows, Sample
from stellar.sample.columns import Floats
from stellar.sample.features import matrix, resolve
from stellar.sample.scaler import Scaler
from stellar.sample.spectral_types import NEGATIVES, label_rows, parse_type
from stellar.survey.catalogue import MISSING
from stellar.survey.simulated.photometry import photograph
from stellar.survey.simulated.pipelines import classify
from stellar.survey.simulated.shard import simulate_shard
from stellar.survey.simulated.spectra import take_spectra
from stellar.survey.simulated.stars import KINDS, draw_stars

ROOT = Path(__file__).parents[2]
FEATURES = resolve(["photometry", "colours"])
SHARDS = 10
HELD = "AFGKM"  # classes with enough real stars
FEWEST = 25  # real stars of a class that simulated ones are told from
BESIDE = 20  # simulated stars of the same class and magnitude beside a real one
HALF_SEED = 5

TABLES = ("real_natural_mix", "real_stars", "real_m_dwarfs")
TEFF_BINS = [8000, 9000, 10000, 11000, 12000, 14000, 16000, 18000, 20000, 22500, 25000, 27500,
             30000, 32500, 35000, 37500, 40000]  # fmt: skip
GATE_FOLDS = 5
HOT_KINDS = (
    "helium white dwarf", "white dwarf", "hot subdwarf", "horizontal branch", "A dwarf"
)  # fmt: skip
LABELLED = ["label", *HOT_KINDS, "other"]
REJECTED = ["", "stars", "rejected", "called O to A", "called F to M"]

Labels = NDArray[np.int8]
Model = Callable[[Floats], Floats]  # from magnitudes and colours to probabilities


@dataclass(frozen=True)
class Stars:
    """Stars of one table: magnitudes and their classes by SDSS's templates.

    Attributes
    ----------
    name : str
    magnitudes : array of float32, shape (n_stars, 9)
        u g r i z and colours (mag); NaN where a band is missing.
    labels : array of int8, shape (n_stars,)
        Class numbers; -1: no class.
    half : array of int8, shape (n_stars,)
        0: the simulation may be fitted to it; 1: reported.
    """

    name: str
    magnitudes: Floats
    labels: Labels
    half: Labels

    def of(self, rows: NDArray[np.bool_]) -> Stars:
        """Some of the stars."""
        return Stars(self.name, self.magnitudes[rows], self.labels[rows], self.half[rows])


def halves(ra: NDArray[np.float64], dec: NDArray[np.float64]) -> Labels:
    """Half of the sky that each position (deg) lies in, shape (n_stars,): by cells of 5 degrees."""
    cell = (ra // 5).astype(int) * 36 + ((dec + 90) // 5).astype(int)
    return np.random.default_rng(HALF_SEED).integers(0, 2, 72 * 36)[cell].astype(np.int8)


def feature_values(table: pd.DataFrame) -> Floats:
    """u g r i z and colours, shape (n_stars, 9); a magnitude outside 0 to 30 is missing."""
    bands = {b: table[b].to_numpy(float) for b in BANDS}
    return matrix({b: np.where((m > 0) & (m < 30), m, np.nan) for b, m in bands.items()}, FEATURES)


def labelled_stars(folder: Path, name: str) -> Stars:
    """Real stars with SDSS's subClass; of the natural mix, primary spectra without warnings."""
    table = used(read_csv(folder / f"{name}.csv", [*BANDS, "ra", "dec", "subClass"]))
    classes = [parse_type(s).spectral_class for s in table["subClass"]]
    labels = np.array([CLASSES.index(c) for c in classes if c], np.int8)
    half = halves(table["ra"].to_numpy(), table["dec"].to_numpy())
    return Stars(name, feature_values(table), labels, half)


def used(table: pd.DataFrame) -> pd.DataFrame:
    """Rows with a class; where a table tells, of primary spectra without warnings."""
    if "zWarning" in table:
        table = table[(table["zWarning"] == 0) & (table["sciencePrimary"] == 1)]
    known = [bool(parse_type(str(s)).spectral_class) for s in table["subClass"].fillna("")]
    return table[known]


def survey(rows: int, seed: int) -> pd.DataFrame:
    """The simulated survey as the workflow makes it."""
    size = -(-rows // SHARDS)
    return pd.concat(
        [simulate_shard(seed=seed, shard=k, n_stars=size) for k in range(SHARDS)],
        ignore_index=True,
    ).replace(MISSING, np.nan)


def simulated_stars(table: pd.DataFrame) -> Stars:
    """Simulated stars with a class by subClass."""
    labels = label_rows(table, "subclass").numbers
    stars = Stars("simulated", feature_values(table), labels, np.zeros(len(table), np.int8))
    return stars.of(labels != NO_LABEL)


def write_halves(data: Path, folder: Path) -> None:
    """CSV files of the stars that are used: `fitted.csv` of the first two tables, and the others.

    The others are `<table>_other.csv`; columns are u g r i z (mag), ra, dec (deg), redshift and
    subClass.
    """
    fitted = []
    for name in TABLES[:2]:
        columns = [*BANDS, "ra", "dec", "redshift", "subClass"]
        table = used(read_csv(data / f"{name}.csv", columns))[columns]
        half = halves(table["ra"].to_numpy(), table["dec"].to_numpy())
        fitted.append(table[half == 0])
        files.write_text(folder / f"{name}_other.csv", table[half == 1].to_csv(index=False))
    files.write_text(folder / "fitted.csv", pd.concat(fitted).to_csv(index=False))


def joined(parts: Sequence[Stars]) -> Stars:
    """Stars of several tables as one."""
    return Stars(
        "joined",
        np.concatenate([one.magnitudes for one in parts]),
        np.concatenate([one.labels for one in parts]),
        np.concatenate([one.half for one in parts]),
    )


def network_trained_on(stars: Stars, seed: int) -> Model:
    """The comparison's network, as a function from feature values to probabilities."""
    prepare_tensorflow()
    from stellar.learning.network import Network
    from stellar.learning.network_learners import NetworkLearner
    from stellar.learning.training import Trainers

    config = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))
    network = Network.from_json(config["learners"]["network"]["fixed"])
    learner = NetworkLearner(
        Trainers(len(FEATURES), len(stars.labels)).get(network), network.members
    )
    scaler = Scaler.fit(stars.magnitudes, FEATURES)
    table = scaler.transform(stars.magnitudes)
    learner(Rows(table, stars.labels), None, seed, [table[:1]])
    fits = learner.fits
    return lambda magnitudes: learner.trainer.predict(fits, scaler.transform(magnitudes))


def forest_trained_on(stars: Stars, seed: int) -> Model:
    """A random forest, as a function from feature values to probabilities."""
    from sklearn.ensemble import RandomForestClassifier

    scaler = Scaler.fit(stars.magnitudes, FEATURES)
    forest = RandomForestClassifier(500, min_samples_leaf=2, random_state=seed)
    forest.fit(scaler.transform(stars.magnitudes), stars.labels)

    def predict(magnitudes: Floats) -> Floats:
        shares = np.zeros((len(magnitudes), len(CLASSES)), np.float32)
        shares[:, forest.classes_] = forest.predict_proba(scaler.transform(magnitudes))
        return shares

    return predict


def scores(stars: Stars, probabilities: Floats) -> dict[str, Any]:
    """Accuracy, recall by class, mean confidence, steps off."""
    predicted = probabilities.argmax(axis=1)
    right = predicted == stars.labels
    recall = {
        c: float(right[stars.labels == k].mean())
        for k, c in enumerate(CLASSES)
        if (stars.labels == k).any()
    }
    confidence = float(probabilities.max(axis=1).mean())
    n = len(right)
    return {
        "rows": n,
        "accuracy": float(right.mean()),
        "accuracy_ci95": float(1.96 * np.sqrt(right.mean() * (1 - right.mean()) / n)),
        "macro_recall": float(np.mean([r for c, r in recall.items() if c in HELD])),
        "recall": recall,
        "confidence": confidence,
        "overconfidence": confidence - float(right.mean()),
        "steps_off": float(np.abs(predicted - stars.labels).mean()),
        "called": np.bincount(predicted, minlength=len(CLASSES)).tolist(),
    }


def mean_scores(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Scores of several networks on the same stars, averaged."""
    first = dict(found[0])
    for name, value in first.items():
        if isinstance(value, dict):
            first[name] = {c: float(np.mean([one[name][c] for one in found])) for c in value}
        elif isinstance(value, list):
            first[name] = np.mean([one[name] for one in found], axis=0).round(1).tolist()
        else:
            first[name] = type(value)(np.mean([one[name] for one in found]))
    return first


def auc(real: Stars, made: Stars, seed: int) -> dict[str, float]:
    """How well boosted trees tell real stars from simulated ones of the same class and r.

    Each real star gets `BESIDE` simulated stars of its class, drawn from the nearest in r. The
    trees see r and the colours, and are scored on the stars of folds that they were not trained on.
    0.5: they cannot.
    """
    random = np.random.default_rng(seed)
    beside = []
    for magnitude, label in zip(real.magnitudes[:, FEATURES.index("r")], real.labels, strict=True):
        same = np.flatnonzero(made.labels == label)
        r = made.magnitudes[same, FEATURES.index("r")]
        nearest = np.argsort(np.abs(r - magnitude))[: 5 * BESIDE]
        beside.append(random.permutation(same[nearest])[:BESIDE])
    columns = [FEATURES.index(name) for name in ("r", *resolve("colours"))]
    x = np.concatenate([real.magnitudes, made.magnitudes[np.concatenate(beside)]])[:, columns]
    y = np.repeat([1, 0], [len(real.labels), len(x) - len(real.labels)])
    label = np.concatenate([real.labels, np.repeat(real.labels, [len(b) for b in beside])])
    found = {"all": _told_apart(x, y, seed)}
    for k, c in enumerate(CLASSES):
        of_class = label == k
        if y[of_class].sum() >= FEWEST:
            found[c] = _told_apart(x[of_class], y[of_class], seed)
    return found


def _told_apart(x: Floats, y: NDArray[np.int64], seed: int) -> float:
    """Area under the curve of true against false positives, mean of four cross-validations."""
    from lightgbm import LGBMClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    found = []
    for repeat in range(4):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed + repeat)
        scored = np.zeros(len(y))
        for train, test in folds.split(x, y):
            trees = LGBMClassifier(
                n_estimators=60,
                learning_rate=0.05,
                num_leaves=6,
                min_child_samples=10,
                class_weight="balanced",
                random_state=seed,
                n_jobs=1,
                **REPEATABLE,
            ).fit(x[train], y[train])
            scored[test] = trees.predict_proba(x[test])[:, 1]
        found.append(roc_auc_score(y, scored))
    return float(np.mean(found))


# ------------------------------------------------------------------------------ hot stars


def simulated_kinds(n: int, seed: int) -> pd.DataFrame:
    """Simulated stars with their kind, T_eff, magnitudes and SDSS's template."""
    rng = np.random.default_rng(seed)
    stars = draw_stars(rng, n)
    photometry = photograph(rng, stars)
    spectra = take_spectra(rng, stars, np.arange(n), 0)
    names = np.array([kind.name for kind in KINDS])[stars["kind"]]
    called = classify(rng, stars, spectra)
    return photometry.assign(kind=names, teff=stars["teff"], subClass=called)


def colours_at(table: pd.DataFrame) -> pd.DataFrame:
    """Median colours of stars in bins of T_eff with at least `FEWEST` stars."""
    seen = (table[list(BANDS)] > 0).all(axis=1) & (table[list(BANDS)] < 30).all(axis=1)
    stars = table[seen]
    colours = pd.DataFrame({f"{a}-{b}": stars[a] - stars[b] for a, b in pairwise(BANDS)})
    groups = colours.groupby(pd.cut(stars["teff"], TEFF_BINS), observed=False)
    return groups.median()[groups.size() >= FEWEST]


def hot_colours(real: pd.DataFrame, made: pd.DataFrame) -> list[list[Any]]:
    """Rows of a table: simulated less real median colours by T_eff, where both have stars."""
    difference = (colours_at(made) - colours_at(real)).dropna()
    return [
        [f"{bin_.left:,.0f}–{bin_.right:,.0f}", *(f"{x:+.3f}" for x in row)]
        for bin_, row in zip(difference.index, difference.to_numpy(), strict=True)
    ]


def rejections(
    table: pd.DataFrame, tables: Mapping[str, pd.DataFrame], network: Model, seed: int
) -> list[list[Any]]:
    """Rows of a table: what is rejected of real hot stars, and what the others are called.

    The gate of the study's rule `calibrate`, on u g r i z and colours: boosted trees that tell
    SDSS's white dwarfs, cataclysmic variables and carbon stars from stars O to M, all simulated. It
    rejects 5 % of the simulated stars O to M that it was not trained on.
    """
    labelled = label_rows(table, "subclass")
    real = [feature_values(one) for one in tables.values()]
    values = np.concatenate([feature_values(table), *real])
    protocol = Protocol.comparison(GATE_FOLDS, "held_out", 1)
    scored = protocol.scored[0]
    n_real = len(values) - len(table)
    folds = np.append(np.arange(len(table)) % GATE_FOLDS, np.full(n_real, scored)).astype(np.int8)
    labels = np.append(labelled.numbers, np.full(n_real, NO_LABEL, np.int8))
    negative = np.append(np.isin(labelled.reasons.astype(str), NEGATIVES), np.zeros(n_real, bool))
    ids = np.arange(len(values), dtype=np.uint64)
    sample = Sample("simulated", ids, tuple(FEATURES), values, labels, folds)
    gate = gate_scores(sample, negative, protocol, scored, seed)
    threshold = np.quantile(gate[sample.rows_in([protocol.beside(scored)])], 0.95)
    rows, start = [], len(table)
    for name, one in tables.items():
        mine = slice(start, start + len(one))
        rejected = gate[mine] > threshold
        called = network(values[mine]).argmax(axis=1)
        hot = ~rejected & (called <= CLASSES.index("A"))
        rows.append([name, len(one), f"{rejected.mean():.2f}", f"{hot.mean():.2f}",
                     f"{(~rejected & ~hot).mean():.2f}"])  # fmt: skip
        start += len(one)
    return rows


def hot_labels(kinds: pd.DataFrame) -> list[list[Any]]:
    """Rows of a table: what simulated stars with SDSS's labels of hot stars are, in per cent."""
    letter = kinds["subClass"].str[0].where(~kinds["subClass"].str.match("OB|O"), "O")
    rows = []
    for label in "OBA":
        own = kinds.loc[letter == label, "kind"]
        shares = [100 * (own == kind).mean() for kind in HOT_KINDS]
        rows.append([label, *(f"{x:.0f}" for x in [*shares, 100 - sum(shares)])])
    return rows


def m_subtypes(real: pd.DataFrame, made: pd.DataFrame) -> list[list[Any]]:
    """Rows of a table: median colours of M subtypes, real and simulated."""
    rows = []
    for subtype in ("M0", "M1", "M2", "M3", "M4"):
        row: list[Any] = [subtype]
        for table in (real, made):
            own = table[table["subClass"].str.match(rf"{subtype}(\D|$)") & (table["r"] > 0)]
            row.append(len(own))
            row += [f"{(own[a] - own[b]).median():.2f}" for a, b in (("g", "r"), ("r", "i"))]
            row.append(f"{(own['i'] - own['z']).median():.2f}")
        rows.append(row)
    return rows


# ------------------------------------------------------------------------------ the program


def markdown(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def shown(row: Mapping[str, Any]) -> list[Any]:
    """A result as a line of the table."""
    by_class = ", ".join(f"{c} {x:.2f}" for c, x in row["auc_by_class"].items())
    return [
        row["table"],
        row["part"],
        row["trained_on"],
        row["rows"],
        f"{row['accuracy']:.3f} ± {row['accuracy_ci95']:.3f}",
        f"{row['macro_recall']:.2f}",
        *(f"{row['recall'][c]:.2f}" if c in row["recall"] else "" for c in HELD),
        f"{row['overconfidence']:+.3f}",
        f"{row['steps_off']:.2f}",
        f"{row['auc']:.2f}" if row["auc"] else "",
        by_class,
    ]


def results(
    stars: Stars, part: str, networks: Sequence[Model], made: Stars, seed: int
) -> list[dict[str, Any]]:
    """Scores of networks trained on simulated stars, as they come and adapted to the mix.

    The mix is given, that of the labels, or estimated from the magnitudes alone.
    """
    trained, shares = mix.class_shares(made.labels), mix.class_shares(stars.labels)
    areas = auc(stars, made, seed)
    about = {"table": stars.name, "part": part, "auc": areas.pop("all"), "auc_by_class": areas}
    found: dict[str, list[dict[str, Any]]] = {}
    estimates = []
    for network in networks:
        given = network(stars.magnitudes)
        estimates.append(mix.estimated_shares(given, trained))
        for how, probabilities in (
            ("simulated", given),
            ("simulated, given mix", mix.adapted(given, trained, shares)),
            ("simulated, estimated mix", mix.adapted(given, trained, estimates[-1])),
        ):
            found.setdefault(how, []).append(scores(stars, probabilities))
    about |= {"mix": shares.tolist(), "estimated_mix": np.mean(estimates, axis=0).tolist()}
    return [{**about, "trained_on": how, **mean_scores(every)} for how, every in found.items()]


def hot_tables(
    folder: Path, table: pd.DataFrame, network: Model, seed: int
) -> Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]:
    """Titles, heads and rows of the tables of hot stars and M subtypes."""
    hot = {}
    for name, title in (
        ("real_white_dwarfs", "white dwarfs"),
        ("real_hot_subdwarfs", "hot subdwarfs"),
    ):
        stars = read_csv(folder / f"{name}.csv", [*BANDS, "ra", "dec", "teff"])
        hot[title] = stars[halves(stars["ra"].to_numpy(), stars["dec"].to_numpy()) == 1]
    kinds = simulated_kinds(300_000, seed)
    simulated = {
        "white dwarfs": kinds[kinds["kind"].isin(["white dwarf", "helium white dwarf"])],
        "hot subdwarfs": kinds[kinds["kind"] == "hot subdwarf"],
    }
    for title, stars in hot.items():
        head = ["T_eff", "u-g", "g-r", "r-i", "i-z"]
        yield f"Simulated less real {title}", head, hot_colours(stars, simulated[title])
    rejected = rejections(table, hot, network, seed)
    yield "Hot stars where 5 % of good stars are rejected", REJECTED, rejected
    yield "Simulated stars labelled O, B, A, per cent", LABELLED, hot_labels(kinds)
    m_dwarfs = read_csv(folder / f"{TABLES[2]}.csv", [*BANDS, "subClass"])
    head = ["", *["stars", "g-r", "r-i", "i-z"] * 2]
    yield "M subtypes, real and simulated", head, m_subtypes(m_dwarfs, kinds)


def mix_rows(table: pd.DataFrame, made: Stars, natural: Mapping[str, Any]) -> list[list[str]]:
    """Rows of a table: shares of classes."""
    mixes = {
        "simulated, of all rows": np.bincount(made.labels, minlength=7) / len(table),
        "simulated, of rows with a class": mix.class_shares(made.labels),
        "natural mix, of rows with a class": natural["mix"],
        "estimated from its magnitudes": natural["estimated_mix"],
    }
    return [[name, *(f"{x:.3f}" for x in value)] for name, value in mixes.items()]


def main(argv: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Print the tables, write the results and return them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of files of real stars")
    parser.add_argument("--halves", type=Path, help="write the halves as CSV there, and no more")
    parser.add_argument("--stars", type=int, default=100_000, help="simulated rows")
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument("--networks", type=int, default=3, help="whose scores are averaged")
    parser.add_argument("--json", type=Path, default=ROOT / "results/bench/real_stars.json")
    options = parser.parse_args(argv)
    if options.halves:
        write_halves(options.data, options.halves)
        return []
    seed = options.seed
    tables = [labelled_stars(options.data, name) for name in TABLES]
    table = survey(options.stars, seed)
    made = simulated_stars(table)
    networks = [network_trained_on(made, seed + k) for k in range(options.networks)]
    fitted = [one.of(one.half == 0) for one in tables[:2]]
    forest = forest_trained_on(joined(fitted), seed)

    rows: list[dict[str, Any]] = []
    for stars in tables:
        other = stars.of(stars.half == 1)
        rows += results(other, "other half", networks, made, seed)
        found = scores(other, forest(other.magnitudes))
        about = {"table": stars.name, "part": "other half", "auc": None, "auc_by_class": {}}
        rows.append({**about, "trained_on": "half of the real stars", **found})
        rows += results(stars, "all", networks, made, seed)
    natural = next(r for r in rows if r["table"] == TABLES[0] and r["part"] == "all")
    head = ["table", "part", "trained on", "rows", "accuracy", "macro recall", *HELD]
    head += ["confidence - accuracy", "steps off", "AUC", "of each class"]
    shares = mix_rows(table, made, natural)
    for title, heading, lines in (
        ("Real stars", head, map(shown, rows)),
        ("Shares of classes", ["", *CLASSES], shares),
        *hot_tables(options.data, table, networks[0], seed),
    ):
        print(f"### {title}\n\n{markdown(heading, lines)}")
    files.write_json(options.json, rows)
    return rows


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
