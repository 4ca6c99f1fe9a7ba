"""The study's figures, as SVG that is the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl

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
    with plt.rc_context():
        mpl.rcdefaults()  # not what a user's matplotlibrc says
        mpl.rcParams.update(_STYLE)
        drawn, axes = plt.subplots(1, panels, figsize=size, squeeze=False, **kw)
        yield list(axes[0])
        if survey == "simulated":
            drawn.text(0.995, 0.005, "simulated survey", ha="right", va="bottom", color="#a3201d")
        height = drawn.get_size_inches()[1]
        drawn.tight_layout(rect=(0, 0.12 / height if survey == "simulated" else 0, 1, 1))
        with replacing(path) as temporary:
            drawn.savefig(temporary, format="svg", metadata={"Date": None})
        plt.close(drawn)


def note_empty(axis: Axes, text: str) -> None:
    """Write why there is nothing to draw."""
    axis.text(0.5, 0.5, text, ha="center", va="center", color=QUIET, transform=axis.transAxes)
    axis.set_axis_off()
