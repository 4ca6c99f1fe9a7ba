"""Figures of the survey: classes, colours, temperatures, places on the sky."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import CLASSES
from stellar.reporting.style import ACCENT, COLOURS, QUIET, figure, note_empty


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
            note_empty(axis, f"{name} is not given in this survey")
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
    """Positions of the stars, equatorial coordinates."""
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
