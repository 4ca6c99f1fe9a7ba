"""The finding on what the network says of its own certainty, and on what it should reject."""

from __future__ import annotations

from stellar import CLASSES
from stellar.reporting.answer.finding import NO_NUMBER, Finding
from stellar.reporting.answer.study import Row, Study
from stellar.reporting.answer.words import listed, percent
from stellar.reporting.names import TREES

CALIBRATED = 0.02  # calibration error below which probabilities mean what they say
KINDS = {
    "white dwarf": "white dwarfs",
    "cataclysmic variable": "cataclysmic variables",
    "carbon star": "carbon stars",
}


def calibration(study: Study) -> Finding:
    """Whether probabilities mean what they say, and what objects are rejected."""
    label, tier = (str(study.results["rejected"][key]) for key in ("label", "tier"))
    row = study.row("calibration", label=label, tier=tier)  # number, figures and gate of one model
    claim, number = f"The network was not calibrated on the features {tier}.", NO_NUMBER
    more: list[str] = []
    if row:
        error = row["calibration_error_after"]
        low, high = (100 * row[f"calibration_error_chance_{end}"] for end in ("low", "high"))
        number = f"calibration error {100 * error:.2f} points (by chance {low:.2f}–{high:.2f})"
        says = "are right" if error < CALIBRATED else "are not right"
        claim = f"The network's probabilities {says} about how sure it may be."
        more = [
            *study.doubts(tier, label),
            f"Right means a calibration error under {100 * CALIBRATED:g} points.",
            f"{100 * error:.2f} points are the error of all {row['rows']:,} scored stars together.",
            f"Exactly right probabilities would have {low:.2f} to {high:.2f} by chance, in 95 % of "
            "such samples.",
            "The mean error of single folds, which other tables have, is larger by chance.",
            *_sets(row, study.config["level"]),
        ]
    return Finding(
        id="calibration",
        claim=claim,
        number=number,
        of=study.of(f"features {tier}", label),
        more=[*more, *_rejected(study.results["rejected"])],
        method=(
            f"Temperature and conformal sets are fitted on one fold and measured on another "
            f"(label {label}, features {tier})."
        ),
        figures=["reliability", "risk_coverage"],
        tables=["calibration", "rejected"],
        files=["summary/calibration.csv", "calibration/rejected.json"],
    )


def _sets(row: Row, level: float) -> list[str]:
    """What conformal sets hold."""
    covered = {c: row[f"coverage_{c}"] for c in CLASSES if row[f"coverage_{c}"] is not None}
    least = min(covered, key=lambda c: covered[c])
    return [
        f"Conformal sets are made to hold the true class of {percent(level, 0)} of the stars of "
        "each class.",
        f"They hold that of {percent(row['coverage'])} of all stars.",
        f"Of each class they hold at least {percent(covered[least])} ({least}).",
        f"On average they have {row['set_size']:.2f} classes.",
    ]


def _rejected(rejected: Row) -> list[str]:
    """Objects that are no star O to M, rejected by the gate and by the network's own doubt."""
    kinds = [name for name in KINDS if rejected[name]["rows"]]
    if not kinds:
        return ["The survey holds no white dwarf, cataclysmic variable or carbon star to reject."]

    def shares(test: str) -> str:
        return listed([f"{percent(rejected[name][test])} of the {KINDS[name]}" for name in kinds])

    return [
        f"Objects that are no star O to M are rejected by a separate classifier, the gate: {TREES} "
        "trained on such objects.",
        f"The gate rejects {shares('by_gate')}.",
        f"It also rejects {percent(rejected['stars']['by_gate'])} of the stars O to M.",
        f"The network's own doubt rejects {shares('unsure')}.",
        f"It also rejects {percent(rejected['stars']['unsure'])} of the stars O to M.",
    ]
