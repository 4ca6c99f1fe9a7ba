"""Figures of what is measured here, for docs/figures: SVG that is the same bytes each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from stellar.files import replacing

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
    path: str | Path, size: tuple[float, float], panels: int = 1, **kw: Any
) -> Iterator[list[Axes]]:
    """A figure's axes, side by side; saved to `path` at the end."""
    with plt.rc_context():
        mpl.rcdefaults()  # not what a user's matplotlibrc says
        mpl.rcParams.update(_STYLE)
        drawn, axes = plt.subplots(1, panels, figsize=size, squeeze=False, **kw)
        yield list(axes[0])
        drawn.tight_layout()
        with replacing(path) as temporary:
            drawn.savefig(temporary, format="svg", metadata={"Date": None})
        plt.close(drawn)
