"""Figures of the comparison and the experiments, as SVG that is the same bytes each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from stellar.evaluation import metrics
from stellar.reporting.style import ACCENT, INK, QUIET, figure

Row = Mapping[str, Any]
WARM = "#e07b1f"
BY_LABEL = {"elodie": ("o", ACCENT), "subclass": ("s", WARM), "hammer": ("D", "#4a8f6b")}
BY_LEARNER = {"network": ("o", ACCENT, "network"), "boosted_trees": ("s", WARM, "boosted trees")}


def tiers(path: str | Path, survey: str, rows: Sequence[Row]) -> None:
    """Accuracy and macro-F1 of each tier, by label; hollow where they are circular."""
    names = list(dict.fromkeys(row["tier"] for row in rows))
    with figure(path, survey, (7.6, 3.2), panels=2, sharey=True) as axes:
        for axis, score in zip(axes, ("accuracy", "f1_macro"), strict=True):
            for shift, (label, (marker, colour)) in enumerate(BY_LABEL.items()):
                for row in (r for r in rows if r["label"] == label):
                    circular = row["shares"].endswith("circular")
                    axis.errorbar(
                        100 * row[score],
                        names.index(row["tier"]) + 0.22 * (1 - shift),
                        xerr=100 * row[f"{score}_ci95"],
                        fmt=marker,
                        ms=5,
                        color=colour,
                        mfc="white" if circular else colour,
                    )
            axis.set_xlabel({"accuracy": "accuracy / %", "f1_macro": "macro-F1 / %"}[score])
            axis.grid(True, axis="x", lw=0.3, color=QUIET)
        axes[0].set_yticks(range(len(names)), [f"+ {n}" if i else n for i, n in enumerate(names)])
        for label, (marker, colour) in BY_LABEL.items():
            axes[1].plot([], [], marker, color=colour, label=f"label {label}")
        axes[1].plot([], [], "o", color=ACCENT, mfc="white", label="circular")
        axes[1].legend(frameon=False, fontsize=7)


def reliability(path: str | Path, survey: str, rows: Sequence[Row]) -> None:
    """Accuracy against confidence, before and after scaling, with Wilson's 95 % intervals."""
    with figure(path, survey, (4.4, 3.6)) as (axis,):
        axis.plot([0, 1], [0, 1], color=QUIET, lw=0.8, ls="--", label="perfect")
        for when, (marker, colour) in {"before": ("o", QUIET), "after": ("D", ACCENT)}.items():
            of_it = [r for r in rows if r["when"] == when]
            accuracy = [r["accuracy"] for r in of_it]
            intervals = [
                metrics.wilson(round(r["accuracy"] * r["rows"]), int(r["rows"])) for r in of_it
            ]
            axis.errorbar(
                [r["confidence"] for r in of_it],
                accuracy,
                [
                    [a - low for a, (low, _) in zip(accuracy, intervals, strict=True)],
                    [high - a for a, (_, high) in zip(accuracy, intervals, strict=True)],
                ],
                fmt=f"{marker}-",
                color=colour,
                ms=4,
                lw=1,
                label=f"{when} scaling",
            )
        axis.set_xlabel("highest probability")
        axis.set_ylabel("share of right predictions")
        axis.legend(frameon=False)


def risk_coverage(path: str | Path, survey: str, rows: Sequence[Row]) -> None:
    """Error rate of the most confident predictions against their share."""
    with figure(path, survey, (4.4, 3.2)) as (axis,):
        axis.plot(
            [100 * r["coverage"] for r in rows], [100 * r["risk"] for r in rows], color=ACCENT
        )
        axis.set_xlabel("stars that get a class, most confident first / %")
        axis.set_ylabel("wrong predictions among them / %")
        axis.set_ylim(0)
        axis.grid(True, lw=0.3, color=QUIET)


def learning_curves(path: str | Path, survey: str, rows: Sequence[Row]) -> None:
    """Accuracy and macro-F1 against the number of stars trained on."""
    with figure(path, survey, (7.6, 3.2), panels=2) as axes:
        for axis, score in zip(axes, ("accuracy", "f1_macro"), strict=True):
            for learner, (marker, colour, name) in BY_LEARNER.items():
                of_it = [r for r in rows if r["learner"] == learner]
                axis.errorbar(
                    [r["stars"] for r in of_it],
                    [100 * r[score] for r in of_it],
                    yerr=[100 * r[f"{score}_ci95"] for r in of_it],
                    fmt=f"{marker}-",
                    ms=4,
                    lw=1,
                    color=colour,
                    label=name,
                )
            axis.set_xscale("log")
            axis.set_xlabel("stars trained on")
            axis.set_ylabel({"accuracy": "accuracy / %", "f1_macro": "macro-F1 / %"}[score])
            axis.grid(True, lw=0.3, color=QUIET)
        axes[0].legend(frameon=False)


def memorise(path: str | Path, survey: str, rows: Sequence[Row]) -> None:
    """Training and held-out accuracy against parameters per star, real and permuted labels."""
    with figure(path, survey, (7.6, 3.2), panels=2, sharey=True) as axes:
        for axis, score, title in (
            (axes[0], "training_accuracy", "training stars"),
            (axes[1], "held_out_accuracy", "held-out stars"),
        ):
            for labels, (marker, colour) in {
                "real": ("o", ACCENT),
                "permuted": ("s", WARM),
            }.items():
                of_it = [r for r in rows if r["labels"] == labels]
                axis.plot(
                    [r["parameters_per_star"] for r in of_it],
                    [100 * r[score] for r in of_it],
                    f"{marker}-",
                    ms=4,
                    lw=1,
                    color=colour,
                    label=f"{labels} labels",
                )
            axis.axhline(100 * rows[0]["chance"], color=QUIET, lw=0.8, ls="--")
            axis.set_xscale("log")
            axis.set_xlabel("parameters per star")
            axis.set_title(title)
            axis.grid(True, lw=0.3, color=QUIET)
        axes[0].set_ylabel("accuracy / %")
        axes[1].plot([], [], color=QUIET, lw=0.8, ls="--", label="commonest class")
        axes[1].legend(frameon=False, fontsize=7)


def importance(path: str | Path, survey: str, rows: Sequence[Row]) -> None:
    """Accuracy lost where a group of columns is permuted, a panel for each tier."""
    names = list(dict.fromkeys(row["tier"] for row in rows))
    groups = list(dict.fromkeys(row["group"] for row in reversed(rows)))
    with figure(path, survey, (8.4, 0.9 + 0.28 * len(groups)), len(names), sharey=True) as axes:
        for axis, tier in zip(axes, names, strict=True):
            for row in (r for r in rows if r["tier"] == tier):
                axis.errorbar(
                    100 * row["accuracy"],
                    groups.index(row["group"]),
                    xerr=100 * row["accuracy_ci95"],
                    fmt="o",
                    ms=4,
                    color=ACCENT,
                )
            axis.axvline(0, color=INK, lw=0.6)
            axis.set_title(f"tier {tier}")
            axis.grid(True, axis="x", lw=0.3, color=QUIET)
        axes[0].set_yticks(range(len(groups)), groups)
        axes[0].set_xlabel("accuracy lost / points")


def brightness(path: str | Path, survey: str, rows: Sequence[Row]) -> None:
    """Accuracy against magnitude and signal-to-noise ratio, in bins of equal numbers of stars."""
    titles = {"r": "r / mag", "snMedian": "median S/N of the spectrum"}
    shown = [name for name in titles if any(r["by"] == name for r in rows)]
    with figure(path, survey, (7.6, 3.2), panels=len(shown), sharey=True) as axes:
        for axis, by in zip(axes, shown, strict=True):
            for learner, (marker, colour, name) in BY_LEARNER.items():
                of_it = [r for r in rows if r["by"] == by and r["learner"] == learner]
                axis.errorbar(
                    [r["middle"] for r in of_it],
                    [100 * r["accuracy"] for r in of_it],
                    yerr=[
                        [100 * (r["accuracy"] - r["low_ci95"]) for r in of_it],
                        [100 * (r["high_ci95"] - r["accuracy"]) for r in of_it],
                    ],
                    fmt=f"{marker}-",
                    ms=4,
                    lw=1,
                    color=colour,
                    label=name,
                )
            axis.set_xlabel(titles[by])
            axis.grid(True, lw=0.3, color=QUIET)
        axes[0].set_ylabel("accuracy / %")
        axes[0].legend(frameon=False)
