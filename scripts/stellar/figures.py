"""The study's figures, as SVG that is the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

mpl.use("svg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from stellar import CLASSES
from stellar.files import replacing

# Hot stars blue, cool stars red, apart in lightness too.
COLOURS = dict(
    zip(
        CLASSES,
        ("#20308f", "#2f6fd0", "#56b4e9", "#9fc5a8", "#e3b505", "#e07b1f", "#a3201d"),
        strict=True,
    )
)
INK, ACCENT, QUIET = "#1c2733", "#2f6fd0", "#8a97a5"
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "stellar",
    "svg.fonttype": "path",
    "font.size": 9,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "figure.dpi": 150,
}


@contextmanager
def figure(
    path: str | Path, survey: str, size: tuple[float, float], panels: int = 1, **kw: Any
) -> Iterator[list[Axes]]:
    """A figure's axes, side by side; saved to `path` at the end, marked if simulated."""
    with plt.rc_context(_STYLE):
        drawn, axes = plt.subplots(1, panels, figsize=size, squeeze=False, **kw)
        yield list(axes[0])
        if survey == "simulated":
            drawn.text(0.995, 0.005, "simulated survey", ha="right", va="bottom", color="#a3201d")
        height = drawn.get_size_inches()[1]
        drawn.tight_layout(rect=(0, 0.12 / height if survey == "simulated" else 0, 1, 1))
        with replacing(path) as temporary:
            drawn.savefig(temporary, format="svg", metadata={"Date": None})
        plt.close(drawn)


def _nothing(axis: Axes, text: str) -> None:
    axis.text(0.5, 0.5, text, ha="center", va="center", color=QUIET, transform=axis.transAxes)
    axis.set_axis_off()


def classes(path: str | Path, survey: str, counts: Sequence[int], study: Sequence[int]) -> None:
    """Share of each class, beside the study's."""
    with figure(path, survey, (6, 3)) as (axis,):
        place = np.arange(len(CLASSES))
        for shift, numbers, colour, label in (
            (-0.2, counts, ACCENT, "this survey"),
            (0.2, study, QUIET, "the study"),
        ):
            share = 100 * np.array(numbers) / max(sum(numbers), 1)
            bars = axis.bar(place + shift, share, 0.38, color=colour, label=label)
            axis.bar_label(bars, [f"{n:,}" for n in numbers], fontsize=6, padding=1, rotation=45)
        axis.set_xticks(place, CLASSES)
        axis.set_xlabel("spectral class")
        axis.set_ylabel("labelled rows / %")
        axis.margins(y=0.2)
        axis.legend(frameon=False)


def colour_colour(
    path: str | Path, survey: str, magnitudes: Mapping[str, NDArray[Any]], labels: NDArray[np.int8]
) -> None:
    """Two colour–colour diagrams, stars coloured by class; at most 6,000 stars."""
    shown = np.arange(0, len(labels), max(1, len(labels) // 6000))
    with figure(path, survey, (8, 3.6), panels=2) as axes:
        for axis, (a, b, c) in zip(axes, (("u", "g", "r"), ("g", "r", "i")), strict=True):
            for number, name in enumerate(CLASSES):
                rows = shown[labels[shown] == number]
                axis.plot(
                    magnitudes[a][rows] - magnitudes[b][rows],
                    magnitudes[b][rows] - magnitudes[c][rows],
                    ".",
                    ms=1.5,
                    color=COLOURS[name],
                    label=name,
                    rasterized=True,
                )
            axis.set_xlabel(f"{a} − {b} / mag")
            axis.set_ylabel(f"{b} − {c} / mag")
        axes[0].set_xlim(-1, 4)
        axes[0].set_ylim(-1, 2)
        axes[1].set_xlim(-1, 2)
        axes[1].set_ylim(-1, 3)
        axes[1].legend(frameon=False, markerscale=6, ncols=2, loc="upper left")


def temperatures(
    path: str | Path, survey: str, kelvin: NDArray[Any], labels: NDArray[np.int8], name: str
) -> None:
    """Effective temperature by class."""
    with figure(path, survey, (6, 3)) as (axis,):
        by_class = [kelvin[(labels == n) & np.isfinite(kelvin)] for n in range(len(CLASSES))]
        if not any(len(values) for values in by_class):
            _nothing(axis, f"{name} is not given in this survey")
            return
        boxes = axis.boxplot(
            by_class, patch_artist=True, showfliers=False, tick_labels=CLASSES, widths=0.6
        )
        for box, c in zip(boxes["boxes"], CLASSES, strict=True):
            box.set(facecolor=COLOURS[c], alpha=0.8)
        for line in boxes["medians"]:
            line.set(color="white")
        axis.axhline(4000, color=QUIET, lw=0.8, ls=":")
        axis.axhline(6000, color=QUIET, lw=0.8, ls=":")
        axis.set_xlabel("spectral class (label)")
        axis.set_ylabel(f"{name} / K")


def sky(
    path: str | Path, survey: str, ra: NDArray[Any], dec: NDArray[Any], labels: NDArray[np.int8]
) -> None:
    """Where the stars stand, in equatorial coordinates."""
    shown = np.arange(0, len(ra), max(1, len(ra) // 8000))
    size = (7, 3.6)
    with figure(path, survey, size, subplot_kw={"projection": "mollweide"}) as (axis,):
        longitude = -np.radians((ra[shown] + 180) % 360 - 180)  # east to the left
        colours = np.array([COLOURS[c] for c in CLASSES])[labels[shown]]
        axis.scatter(
            longitude, np.radians(dec[shown]), s=1, c=colours, linewidths=0, rasterized=True
        )
        axis.grid(True, lw=0.3, color=QUIET)
        axis.set_xticks(np.radians([-120, -60, 0, 60, 120]), ["8h", "4h", "0h", "20h", "16h"])


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
                label=f"{known.replace('_', ' ')}, a line a fit" if number == 0 else None,
            )
        axes[1].set_title("the tuned network, cross-validation")
        for axis in axes:
            axis.set_xlabel("epoch")
            axis.set_yscale("log")
            axis.legend(frameon=False, fontsize=7)
