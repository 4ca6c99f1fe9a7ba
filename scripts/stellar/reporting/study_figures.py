"""Figures of the study's cross-validation and of its networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from stellar import CLASSES
from stellar.reporting.style import ACCENT, COLOURS, INK, QUIET, figure


def confusion(path: str | Path, survey: str, counts: Sequence[Sequence[int]]) -> None:
    """Confusion matrix: shares of each true class, counts beneath."""
    cells = np.array(counts)
    share = cells / np.maximum(cells.sum(axis=1, keepdims=True), 1)
    with figure(path, survey, (5.4, 4.6)) as (axis,):
        axis.imshow(share, cmap="Blues", vmin=0, vmax=1)
        for i, j in np.ndindex(cells.shape):
            if cells[i, j]:
                axis.text(
                    j,
                    i,
                    f"{100 * share[i, j]:.1f} %\n{cells[i, j]:,}",
                    ha="center",
                    va="center",
                    fontsize=6.5,
                    color="white" if share[i, j] > 0.55 else INK,
                )
        axis.set_xticks(range(len(CLASSES)), CLASSES)
        axis.set_yticks(range(len(CLASSES)), CLASSES)
        axis.set_xlabel("predicted class")
        axis.set_ylabel("true class (label)")
        axis.spines[:].set_visible(False)


def recalls(path: str | Path, survey: str, recall: Mapping[str, Mapping[str, Any]]) -> None:
    """Recall of each class with its 95 % interval."""
    with figure(path, survey, (6, 3)) as (axis,):
        for place, name in enumerate(CLASSES):
            entry = recall[name]
            if entry["recall"] is None:
                continue
            axis.plot([place, place], [entry["low"], entry["high"]], color=COLOURS[name], lw=3)
            axis.plot(place, entry["recall"], "o", color=COLOURS[name])
        labels = [f"{c}\n{recall[c]['rows']:,}" for c in CLASSES]
        axis.set_xticks(range(len(CLASSES)), labels)
        axis.set_ylim(0, 1.02)
        axis.set_xlabel("spectral class, rows")
        axis.set_ylabel("recall (95 % interval)")


def comparison(
    path: str | Path, survey: str, rows: Sequence[Mapping[str, Any]], reference: float, label: str
) -> None:
    """Accuracy and macro-F1 of variants, best at the top, against the network's accuracy."""
    ordered = sorted((r for r in rows if r["name"]), key=lambda r: r["accuracy_mean"])
    with figure(path, survey, (7.2, 0.9 + 0.27 * len(ordered))) as (axis,):
        axis.axvline(reference, color=ACCENT, lw=1, ls="--", label=label)
        for place, row in enumerate(ordered):
            axis.errorbar(
                row["accuracy_mean"], place, xerr=row["accuracy_ci95"], fmt="o", color=INK, ms=4
            )
            axis.plot(row["f1_macro_mean"], place, "D", color="#e07b1f", ms=3.5)
        axis.plot([], [], "o", color=INK, ms=4, label="accuracy (95 % interval)")
        axis.plot([], [], "D", color="#e07b1f", ms=3.5, label="macro-F1")
        axis.set_yticks(range(len(ordered)), [str(r["name"]).replace("_", " ") for r in ordered])
        axis.set_xlim(0, 1.02)
        axis.grid(True, axis="x", lw=0.3, color=QUIET)
        axis.legend(frameon=False, fontsize=7, loc="lower center")


def training(
    path: str | Path,
    survey: str,
    first: Sequence[Mapping[str, float]],
    folds: Sequence[Sequence[Mapping[str, float]]],
) -> None:
    """Loss by epoch: the study's first network, and the tuned one's folds.

    Of an ensemble the first network shows its first member; folds draw a line a member.
    """
    first = [row for row in first if row["member"] == 0]
    lines = [
        [row for row in rows if row["member"] == member]
        for rows in folds
        for member in sorted({row["member"] for row in rows})
    ]
    with figure(path, survey, (8, 3.2), panels=2) as axes:
        epochs = [row["epoch"] for row in first]
        axes[0].plot(epochs, [r["loss"] for r in first], color=QUIET, label="training loss")
        axes[0].plot(
            epochs, [r["val_log_loss"] for r in first], color=ACCENT, label="validation log-loss"
        )
        axes[0].plot(
            epochs,
            [1 - r["val_accuracy"] for r in first],
            color="#e07b1f",
            label="1 − validation accuracy",
        )
        axes[0].set_title("the study's first network")
        for number, rows in enumerate(lines):
            known = "val_log_loss" if "val_log_loss" in rows[0] else "loss"
            axes[1].plot(
                [r["epoch"] for r in rows],
                [r[known] for r in rows],
                color=ACCENT,
                alpha=0.5,
                lw=0.8,
                label=f"{known.replace('_', ' ')}, one line per fit" if number == 0 else None,
            )
        axes[1].set_title("the tuned network, cross-validation")
        for axis in axes:
            axis.set_xlabel("epoch")
            axis.set_yscale("log")
            axis.legend(frameon=False, fontsize=7)
