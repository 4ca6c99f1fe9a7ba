"""The page of two runs: three sentences, a forest plot for each score, tables; text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from stellar import files
from stellar.two_runs import chart, differences
from stellar.two_runs.runs import Row, Run

TEMPLATE = Path(__file__).with_name("page.html.j2")
SCORES = {"accuracy": "Accuracy", "f1_macro": "Macro-F1", "log_loss": "Log-loss"}
KINDS = {
    "network": "The study's network, cross-validated",
    "tier": "The comparison: tiers of features by label",
    "rival": "The comparison: rivals of the network",
    "ablation": "Ablations",
    "baseline": "Baselines",
}
VERDICTS = {"clean": "no leak detected", None: "not audited"}
CHANCE = 0.05  # of equal models whose 95 % interval leaves 0 out


@dataclass(frozen=True)
class Compared:
    """Two runs, and the rows of all tables that `differences` makes of them."""

    a: Run
    b: Run
    rows: Sequence[Row]
    alone: Sequence[Row]
    configurations: Sequence[Row] | None
    verdicts: Sequence[Row]
    classes: Sequence[Row]
    times: Sequence[Row]

    @classmethod
    def of(cls, a: Run, b: Run) -> Compared:
        """What differs between two runs."""
        rows, alone = differences.models(a, b)
        return cls(
            a,
            b,
            rows,
            alone,
            differences.configurations(a, b),
            differences.verdicts(a, b),
            differences.classes(a, b),
            differences.times(a, b),
        )


def findings(found: Compared) -> list[str]:
    """What was found, in three lines of short sentences."""
    return [_pairs(found), _accuracies(found.rows), _besides(found)]


def _pairs(found: Compared) -> str:
    if not found.rows:
        return "No model is in both runs."
    paired = sum(row["paired"] for row in found.rows)
    same = sum(row["same"] for row in found.rows)
    said = f"{_counted(len(found.rows), 'model is', 'models are')} in both runs."
    if not paired:
        return f"{said} None is paired: stars, labels or folds differ."
    said += f" {paired} of them are paired by star and fold."
    return said + (f" {same} predict exactly the same." if same else "")


def _accuracies(rows: Sequence[Row]) -> str:
    judged = [row for row in rows if not row["same"] and not differences.few(row, "accuracy")]
    if not judged:
        return "No model's accuracy can be told apart."
    told = [row for row in judged if differences.tells(row, "accuracy")]
    chance = CHANCE * len(judged)
    said = (
        f"Of {_counted(len(judged), 'model', 'models')} with other predictions, {len(told)} differ "
        f"in accuracy by more than the 95 % interval; by chance {chance:.1f} would."
    )
    if told:
        most = max(told, key=lambda row: abs(row["accuracy_difference"]))
        said += f" Most: {chart.named(most)}, B − A = {difference(most, 'accuracy')} points."
    return said


def _besides(found: Compared) -> str:
    said = without_settings(found)
    if found.configurations is not None:
        said = f"{_counted(len(found.configurations), 'setting differs', 'settings differ')}."
    if not found.a.audits or not found.b.audits:
        return f"{said} Verdicts are not compared, for a run has no audit."
    changed = sum(row["a"] != row["b"] for row in found.verdicts)
    return f"{said} {changed} of {len(found.verdicts)} verdicts of the audit differ."


def without_settings(found: Compared) -> str:
    """Why the settings are not compared; nothing if they are."""
    lack = [name for name, run in (("A", found.a), ("B", found.b)) if run.configuration is None]
    if not lack:
        return ""
    has = "has" if len(lack) == 1 else "have"
    return f"Settings are not compared: {' and '.join(lack)} {has} no report/configuration.yaml."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def shown(value: float | None, score: str) -> str:
    """A score: a share in percent."""
    if value is None:
        return "–"
    return f"{value:.4f}" if score == "log_loss" else f"{100 * value:.2f}"


def difference(row: Row, score: str) -> str:
    """A difference with its interval: of shares in points."""
    value, half = row[f"{score}_difference"], row[f"{score}_difference_ci95"]
    sign = "+" if value > 0 else "−" if value < 0 else ""
    said = f"{sign}{shown(abs(value), score)}"
    if differences.few(row, score):
        return f"{said} (too few {'folds' if half is None else 'stars'})"
    return f"{said} ± {shown(half, score)}"


def surveys(found: Compared) -> str:
    """Which survey the stars of both are of, where that is known."""
    a, b = (run.labels.get("survey", "unknown") for run in (found.a, found.b))
    if a == b == "simulated":
        return "Simulated stars: every number on this page comes from a simulated survey."
    if "simulated" in (a, b):
        return f"A's survey: {a}. B's survey: {b}. Simulated stars are no real ones."
    return f"Both surveys: {a}." if a == b else f"A's survey: {a}. B's survey: {b}."


def render(found: Compared) -> str:
    """The page as HTML that refers to no other file."""
    drawn: dict[str, Any] = {}
    for score in SCORES:
        made = chart.forest(found.rows, score)
        # Drawn from our own definition by Vega, which escapes text.
        drawn[score] = made and Markup(chart.as_svg(made))  # noqa: S704
    page = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    page.filters |= {"shown": shown, "difference": difference}
    page.tests["few"] = differences.few
    return page.from_string(files.read_text(TEMPLATE)).render(
        found=found,
        a=found.a,
        b=found.b,
        findings=findings(found),
        surveys=surveys(found),
        scores=SCORES,
        kinds=KINDS,
        drawn=drawn,
        words=VERDICTS,
        described=chart.described,
        outcome=chart.outcome,
        unset=without_settings(found),
    )
