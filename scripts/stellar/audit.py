"""Does a feature set leak its label? Evidence from the values, from the folds, from the files.

Each check gives findings; a verdict is the worst of them. The checks see data alone, not the names
of columns, so that they find a leak that nobody thought of and acquit a column with a bad name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stellar import CLASSES, NO_LABEL
from stellar.evaluation import predicted_class, probabilities_of
from stellar.features import Scaler
from stellar.honest import labelled
from stellar.protocol import Protocol
from stellar.samples import Floats, Sample, integers_of, places

VERDICTS = ("clean", "suspect", "leaks")
SURE = 0.98  # accuracy from which repeated values name the class
REPEATING = 0.5  # share of different values under which a column counts as repeating
FEW_VALUES = 20  # of so few values the nearest other one is not near
DUPLICATE_COLUMNS = 5  # columns that agree by chance in no two stars
ENCODED = 0.9999  # squared correlation with the means of labels: no physics is that exact
MARGIN = 0.01  # of accuracy: smaller differences are no finding
# Labels copied from templates have their templates' whims, which no feature foretells: a little is
# always lost on new templates; how much is written beside the verdict.
MARGINS = {"plate": MARGIN, "star": MARGIN, "template": 0.05}
FOLDS = 4
MOST_ROWS = 20_000  # of the sample on which quick learners are trained


@dataclass(frozen=True)
class Finding:
    """What a check says, how bad it is, and the numbers behind it."""

    verdict: str
    reason: str


def values_that_name_the_label(sample: Sample) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Find repeated values that tell the class where values nearly equal do not.

    A measured quantity tells as much by its neighbours as by its own value. A name (of a template,
    of a class) tells all by its own value and less by its neighbours.

    Parameters
    ----------
    sample : Sample
        Labelled rows; the rows of one star stand in one fold.

    Returns
    -------
    findings : list of Finding
    evidence : list of dict
        Of each repeating column, of these together, and of all columns: `columns`, `repeated`
        (share of rows whose values stand in other folds too), `exact` (their share named rightly
        by the commonest class behind the same values), `near` (by the nearest other values, asked
        for `MOST_ROWS` values at most; where there are few, by the commonest class).
    """
    scaled = Scaler.fit(sample.table, sample.features).transform(sample.table)
    known = np.isfinite(sample.table)
    n = len(sample.labels)
    repeating = [
        j
        for j in range(len(sample.features))
        if known[:, j].any()
        and len(np.unique(sample.table[known[:, j], j])) < REPEATING * known[:, j].sum()
    ]
    groups = [[j] for j in repeating]
    groups += [g for g in (repeating, list(range(len(sample.features)))) if len(g) > 1]
    findings, evidence = [], []
    for group in groups:
        rows = known[:, group].all(axis=1)
        if rows.sum() < n * MARGIN:
            continue
        found = _exact_and_near(scaled[rows][:, group], sample.labels[rows], sample.folds[rows])
        names = ", ".join(sample.features[j] for j in group)
        share = found["rows"] / n
        evidence.append({"columns": names, "repeated": share, **found})
        if found["rows"] == 0:
            continue
        exact, near = found["exact"], found["near"]
        if len(group) >= DUPLICATE_COLUMNS and share < REPEATING:
            findings.append(
                Finding(
                    "leaks",
                    f"{found['rows']} rows have the very values of a row in another fold "
                    f"({len(group)} columns agree): duplicates across folds",
                )
            )
        elif share < MARGIN:
            continue
        elif exact >= SURE and 1 - exact <= (1 - near) / 3:
            findings.append(
                Finding(
                    "leaks",
                    f"equal values of {names} name the class of {100 * exact:.1f} % of the rows "
                    f"that share them, the nearest other values {100 * near:.1f} %: the values "
                    "stand for the label",
                )
            )
        elif (
            found["values"] >= FEW_VALUES
            and exact - near > MARGIN
            and exact - near > 4 * np.sqrt(near * (1 - near) / found["rows"])
        ):
            findings.append(
                Finding(
                    "suspect",
                    f"equal values of {names} name the class better ({100 * exact:.1f} %) than "
                    f"the nearest other values do ({100 * near:.1f} %)",
                )
            )
    return findings, evidence


def _exact_and_near(
    values: Floats, labels: NDArray[np.int8], folds: NDArray[np.int8]
) -> dict[str, float]:
    """How well the same values, and the nearest others, name rows whose values repeat."""
    from scipy.spatial import cKDTree

    # Numbers are sorted much faster than rows.
    what, axis = (values[:, 0], None) if values.shape[1] == 1 else (values, 0)
    distinct, of_row = np.unique(what, axis=axis, return_inverse=True)
    distinct, of_row = distinct.reshape(-1, values.shape[1]), of_row.ravel()
    n_folds = int(folds.max()) + 1
    counts = np.zeros((len(distinct), len(CLASSES)), np.int64)
    np.add.at(counts, (of_row, labels), 1)
    in_fold = np.zeros((len(distinct) * n_folds, len(CLASSES)), np.int64)
    np.add.at(in_fold, (of_row * n_folds + folds, labels), 1)
    elsewhere = counts[of_row] - in_fold[of_row * n_folds + folds]
    repeated = np.flatnonzero(elsewhere.sum(axis=1) > 0)
    found = {"rows": len(repeated), "values": len(distinct), "exact": 0.0, "near": 0.0}
    if len(distinct) == 1 or not len(repeated):
        return found
    truth = labels[repeated]
    found["exact"] = float(np.mean(elsewhere[repeated].argmax(axis=1) == truth))
    if len(distinct) < FEW_VALUES:
        return {**found, "near": float(np.bincount(truth).max() / len(truth))}
    value, of_repeated = np.unique(of_row[repeated], return_inverse=True)
    # Of very many values, one in so many is asked for its neighbour.
    step = -(-len(value) // MOST_ROWS)
    asked = of_repeated % step == 0
    nearest = cKDTree(distinct).query(distinct[value[::step]], k=2)[1]
    near = counts[nearest[:, 1][of_repeated[asked] // step]].argmax(axis=1)
    return {**found, "near": float(np.mean(near == truth[asked]))}


def values_made_of_labels(sample: Sample) -> list[Finding]:
    """Find columns that are the mean labels of their own groups, as a target encoding is.

    The rows that share a value form a group. If the values follow the groups' shares of a class,
    or their mean class number, almost exactly (`ENCODED`), they were computed from the labels.
    """
    findings = []
    codes = [sample.labels == number for number in range(len(CLASSES))]
    for j, name in enumerate(sample.features):
        rows = np.isfinite(sample.table[:, j])
        distinct, of_row = np.unique(sample.table[rows, j], return_inverse=True)
        sizes = np.bincount(of_row)
        groups = sizes > 1
        if groups.sum() < 20 or len(distinct) > REPEATING * rows.sum():
            continue
        for code in [sample.labels, *codes]:
            means = np.bincount(of_row, weights=code[rows].astype(float))[groups] / sizes[groups]
            if np.ptp(means) == 0:
                continue
            r = np.corrcoef(distinct[groups].astype(float), means)[0, 1]
            if r**2 >= ENCODED:
                findings.append(
                    Finding(
                        "leaks",
                        f"the values of {name} are the mean labels of the rows that share them "
                        f"(r² = {r**2:.5f}), the scored rows among them: a target encoding",
                    )
                )
                break
    return findings


def stars_on_both_sides(stars: NDArray[np.int64], folds: NDArray[np.int8]) -> list[Finding]:
    """Stars, identified anew from places and photometric objects, with rows in several folds."""
    order = np.lexsort((folds, stars))
    same = stars[order][1:] == stars[order][:-1]
    across = same & (folds[order][1:] != folds[order][:-1])
    n = len(np.unique(stars[order][1:][across]))
    if not n:
        return []
    what = "1 star has" if n == 1 else f"{n} stars have"
    return [Finding("leaks", f"{what} rows in several folds: what is trained on is scored")]


def scalers_of_training_rows(
    sample: Sample, about: Mapping[str, Any], protocol: Protocol
) -> list[Finding]:
    """Find scalers of folds that are not those of their training rows.

    Parameters
    ----------
    sample : Sample
        All rows that the scores come from, labelled or not.
    about : mapping
        What a table of probabilities tells of itself.
    protocol : Protocol
    """
    for known in about["folds"]:
        if known["scaler"] is None:
            continue
        fold = known["fold"]
        train = sample.labelled_rows(protocol.away(fold), outside=True)
        right = Scaler.fit(sample.table[train], sample.features)
        given = Scaler.from_json(known["scaler"])
        same = known["train_rows"] == len(train) and all(
            np.allclose(a, b, rtol=1e-9, atol=0)
            for a, b in ((right.mean, given.mean), (right.std, given.std))
        )
        if not same:
            return [
                Finding(
                    "leaks",
                    f"the scaler of fold {fold} is not that of its training rows: other rows, "
                    "scored ones perhaps, went into it",
                )
            ]
    return []


def selection_apart(chosen: Mapping[str, Mapping[str, Any]], protocol: Protocol) -> list[Finding]:
    """Find choices of hyperparameters that saw rows of a fold that is scored by them.

    Parameters
    ----------
    chosen : mapping of str to mapping
        The documents of the rule `choose` by part.
    protocol : Protocol
    """
    for fold in protocol.scored:
        if fold in chosen[protocol.part_of(fold)]["folds"]:
            return [
                Finding("leaks", f"hyperparameters were chosen on fold {fold}, which they score")
            ]
    return []


def quick_scores(
    sample: Sample, groups: Mapping[str, NDArray[np.int64]], seed: int, trees: int
) -> dict[str, Any]:
    """Boosted trees on few rows: folds disjoint in a group against random folds, and more.

    Parameters
    ----------
    sample : Sample
        Labelled rows.
    groups : mapping of str to array of int64, shape (n_rows,)
        Numbers of templates, plates, stars behind the rows.
    seed : int
    trees : int
        Boosting rounds.

    Returns
    -------
    dict
        Accuracies `random`, each group's name (None where it is unknown), `nearest_neighbour`
        (disjoint in stars), `permuted` (labels dealt out at random), `chance` (share of the
        commonest class); `losses`: of each known group `loss`, by how much the same rows score less
        on disjoint folds, and `ci95`, the half-width of its interval.
    """
    random = np.random.default_rng(seed)
    n = len(sample.labels)
    rows = np.sort(random.permutation(n)[:MOST_ROWS])
    x, y = sample.table[rows], sample.labels[rows]
    anyhow = np.arange(len(rows)) % FOLDS
    random.shuffle(anyhow)
    sides = {"random": anyhow}
    for name, number in groups.items():
        if len(np.unique(number[rows])) > FOLDS:
            sides[name] = _disjoint(number[rows], y, random)
    hits = {name: _trees(x, y, side, seed, trees) for name, side in sides.items()}
    star = sides["star"]
    hits["nearest_neighbour"] = _nearest(x, y, star, sample.features)
    hits["permuted"] = _trees(x, random.permutation(y), star, seed, trees)
    return {
        **dict.fromkeys(groups),
        **{name: float(hit.mean()) for name, hit in hits.items()},
        "chance": float(np.bincount(y).max() / len(y)),
        "losses": {
            name: _loss(hits["random"], hits[name], number[rows])
            for name, number in groups.items()
            if name in hits
        },
    }


def _loss(
    random: NDArray[np.bool_], disjoint: NDArray[np.bool_], groups: NDArray[np.int64]
) -> dict[str, float]:
    """What the same rows lose on disjoint folds; rows of a group are wrong together.

    The interval is that of a mean over clusters (Liang & Zeger 1986, Biometrika 73, 13).
    """
    from scipy.stats import t

    lost = random.astype(float) - disjoint
    sums = np.bincount(np.unique(groups, return_inverse=True)[1], weights=lost - lost.mean())
    error = np.sqrt(len(sums) / (len(sums) - 1) * np.sum(sums**2)) / len(lost)
    return {"loss": float(lost.mean()), "ci95": float(t.ppf(0.975, len(sums) - 1) * error)}


def _disjoint(
    groups: NDArray[np.int64], labels: NDArray[np.int8], random: np.random.Generator
) -> NDArray[np.int64]:
    """Fold of each row, a group in one fold; groups dealt at random, large ones first.

    They are dealt class by class (of their commonest), so that folds differ in their groups and not
    in their shares of classes, which would be a loss of its own.
    """
    _, number, rows = np.unique(groups, return_inverse=True, return_counts=True)
    counts = np.zeros((len(rows), len(CLASSES)), np.int64)
    np.add.at(counts, (number, labels), 1)
    commonest = counts.argmax(axis=1)
    order = random.permutation(len(rows))
    order = order[np.argsort(-rows[order], kind="stable")]
    filled, side = np.zeros((len(CLASSES), FOLDS), np.int64), np.empty(len(rows), np.int64)
    for group in order:
        of_class = filled[commonest[group]]
        # Of folds filled alike any: small classes would all begin in the first.
        side[group] = random.choice(np.flatnonzero(of_class == of_class.min()))
        of_class[side[group]] += rows[group]
    return np.asarray(side[number])


def _trees(
    x: Floats, y: NDArray[np.int8], side: NDArray[np.int64], seed: int, trees: int
) -> NDArray[np.bool_]:
    """Which rows quick trees tell rightly, each by those of the other folds."""
    from stellar.trees import boosted_trees

    hits = np.empty(len(y), bool)
    for fold in range(FOLDS):
        away = side == fold
        quick = boosted_trees({"n_estimators": trees, "num_leaves": 15}, seed, threads=1)
        quick.fit(x[~away], y[~away])
        hits[away] = quick.predict_proba(x[away]).argmax(axis=1) == y[away]
    return hits


def _nearest(
    x: Floats, y: NDArray[np.int8], side: NDArray[np.int64], features: Sequence[str]
) -> NDArray[np.bool_]:
    """Which rows have the label of the nearest row of the other folds."""
    from sklearn.neighbors import KNeighborsClassifier

    hits = np.empty(len(y), bool)
    for fold in range(FOLDS):
        away = side == fold
        scaler = Scaler.fit(x[~away], features)
        nearest = KNeighborsClassifier(1).fit(scaler.transform(x[~away]), y[~away])
        hits[away] = nearest.predict(scaler.transform(x[away])) == y[away]
    return hits


def quick_findings(scores: Mapping[str, Any]) -> list[Finding]:
    """What disjoint folds and permuted labels say, from `quick_scores`."""
    findings = []
    for name, found in scores["losses"].items():
        if found["loss"] > max(MARGINS[name], found["ci95"]):
            findings.append(
                Finding(
                    "suspect",
                    f"on folds disjoint in {name} the same rows score {_points(found)} points "
                    f"less than on random ones: the features know the {name}",
                )
            )
    permuted, chance = scores["permuted"], scores["chance"]
    if permuted > chance + MARGIN:
        findings.append(
            Finding(
                "leaks",
                f"labels dealt at random are told with accuracy {permuted:.3f}, above chance "
                f"({chance:.3f}): scored labels reach the training",
            )
        )
    return findings


def _points(loss: Mapping[str, float]) -> str:
    return f"{100 * loss['loss']:.1f} ± {100 * loss['ci95']:.1f}"


def verdict(
    findings: Sequence[Finding], losses: Mapping[str, Mapping[str, float]]
) -> tuple[str, str]:
    """The worst finding's verdict and reason; of a clean set, what it loses on other templates."""
    if not findings:
        reason = "no value names the label, folds are disjoint, permuted labels stay at chance"
        template = losses.get("template")
        if template and template["loss"] > template["ci95"]:
            reason += f"; stars of new library stars score {_points(template)} points less"
        return "clean", reason
    worst = max(findings, key=lambda finding: VERDICTS.index(finding.verdict))
    return worst.verdict, worst.reason


@dataclass(frozen=True)
class Predicted:
    """A network's scores on a feature set, and what its table tells of itself."""

    about: Mapping[str, Any]
    accuracy: float
    ids: NDArray[np.uint64]
    folds: NDArray[np.int8]

    @classmethod
    def of(cls, table: pa.Table, about: Mapping[str, Any]) -> Predicted:
        """From a table of probabilities."""
        truth, probabilities = probabilities_of(labelled(table))
        right = predicted_class(probabilities) == truth
        ids, folds = (integers_of(table, name) for name in ("specObjID", "fold"))
        return cls(about, float(right.mean()), ids, folds)


def scored_once(sample: Sample, predicted: Predicted, protocol: Protocol) -> list[Finding]:
    """Find rows that are scored twice or outside their fold."""
    rows = places(predicted.ids, sample.ids)
    right = bool(np.isin(predicted.folds, protocol.scored).all())
    right &= (sample.folds[rows] == predicted.folds).all()
    if right and len(np.unique(predicted.ids)) == len(predicted.ids):
        return []
    return [Finding("leaks", "rows are scored twice, or outside the folds that may be scored")]


def numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """Names as numbers, shape (n_names,)."""
    return np.asarray(np.unique(np.array(names), return_inverse=True)[1], np.int64)


def entry(
    sample: Sample,
    groups: Mapping[str, NDArray[np.int64]],
    protocol: Protocol,
    predicted: Predicted | None,
    selection: Sequence[Finding],
    seed: int,
    trees: int = 40,
) -> dict[str, Any]:
    """All checks of one feature set.

    Parameters
    ----------
    sample : Sample
        All rows; those without a label have -1.
    groups : mapping of str to array of int64, shape (n_rows,)
        Numbers of `star` (identified anew), `plate` and `template`.
    protocol : Protocol
    predicted : Predicted, optional
        The network's scores on the set, if it was scored.
    selection : sequence of Finding
        What is known of the choice of hyperparameters.
    seed : int
    trees : int
        Boosting rounds of the trees that are scored on disjoint folds.

    Returns
    -------
    dict
        `verdict`, `reason`, `findings`, `values` (evidence from repeated values), and accuracies:
        `network`, `lookup` (a dictionary from the repeated values that tell most),
        `nearest_neighbour`, `random`, `star`, `plate`, `template` (means over folds disjoint in
        these), `permuted`, `chance`; and `losses` on disjoint folds.
    """
    has_label = sample.labels != NO_LABEL
    known = replace(
        sample,
        ids=sample.ids[has_label],
        table=sample.table[has_label],
        labels=sample.labels[has_label],
        folds=sample.folds[has_label],
    )
    findings, values = values_that_name_the_label(known)
    findings += values_made_of_labels(known)
    findings += stars_on_both_sides(groups["star"], sample.folds)
    if predicted:
        findings += [
            *selection,
            *scalers_of_training_rows(sample, predicted.about, protocol),
            *scored_once(sample, predicted, protocol),
        ]
    scores = quick_scores(known, {n: g[has_label] for n, g in groups.items()}, seed, trees)
    findings += quick_findings(scores)
    network = predicted.accuracy if predicted else None
    nearest, boosted = scores["nearest_neighbour"], scores["star"]
    if network is not None and nearest > max(network, boosted) + MARGIN:
        findings.append(
            Finding(
                "suspect",
                f"the nearest star's label ({nearest:.3f}) beats the "
                f"network ({network:.3f}) and boosted trees ({boosted:.3f}): rows stand very near "
                "each other",
            )
        )
    named, reason = verdict(findings, scores["losses"])
    return {
        "verdict": named,
        "reason": reason,
        "findings": [asdict(finding) for finding in findings],
        "values": values,
        "network": network,
        "lookup": _look_up(values, scores["chance"]),
        **scores,
    }


def _look_up(values: Sequence[Mapping[str, Any]], chance: float) -> float:
    """Accuracy of the best dictionary from repeated values to the label; the rest by chance."""
    scores = [v["repeated"] * v["exact"] + (1 - v["repeated"]) * chance for v in values]
    return max([chance, *scores])
