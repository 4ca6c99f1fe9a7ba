"""A figure as files: its definition, drawn as SVG and PNG, and its data as CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from stellar import files
from stellar.reporting.figures.style import Chart, theme

SIMULATED = "Simulated stars."
SCALE = 2  # pixels of the PNG for one of the figure
# What would end a script of a page that holds the definition, as JSON may write it, too.
ESCAPED = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def save(chart: Chart, path: str | Path, survey: str) -> None:
    """Write a figure four times, beside each other: `.svg`, `.png`, `.csv` and `.vl.json`.

    Parameters
    ----------
    chart : Altair's chart
    path : str or Path
        Of the SVG.
    survey : str
        The figure says so if it is `simulated`.
    """
    import vl_convert

    path, spec = Path(path), definition(chart, survey)
    svg = vl_convert.vegalite_to_svg(
        {name: value for name, value in spec.items() if name != "background"}, config=theme(False)
    )
    with files.replacing(path.with_suffix(".png")) as temporary:
        temporary.write_bytes(vl_convert.svg_to_png(svg, scale=SCALE))
    files.write_csv(path.with_suffix(".csv"), rows_of(spec))
    files.write_text(path.with_suffix(".vl.json"), as_json(spec))
    files.write_text(path, svg)


def save_all(charts: Mapping[str, Chart], paths: Iterable[Path], survey: str) -> None:
    """Write charts by their names; of the paths of all their files the SVGs' count."""
    for path in paths:
        if path.suffix == ".svg":
            save(charts[path.stem], path, survey)


def definition(chart: Chart, survey: str) -> dict[str, Any]:
    """A figure in Vega-Lite, without colours of its own for text and background.

    Its data are `datasets` named by their content, so that a page holds once what figures share.
    """
    spec = chart.to_dict(validate=False)
    spec.pop("config", None)
    spec["background"] = None
    if survey == "simulated":
        said = spec["title"].get("subtitle", [])
        spec["title"]["subtitle"] = [*said, SIMULATED]
        spec["description"] = f"{spec['description']} {SIMULATED}"
    return spec


def as_json(spec: Mapping[str, Any]) -> str:
    """Compact, in one order, and harmless in the middle of a page."""
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.translate(ESCAPED) + "\n"


def rows_of(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A figure's data: the rows of the chart itself, with what it looks up of them elsewhere."""
    datasets = spec["datasets"]
    rows = [dict(row) for row in datasets[spec["data"]["name"]]]
    for step in _lookups(spec):
        source = step["from"]
        found = {row[source["key"]]: row for row in datasets[source["data"]["name"]]}
        for row in rows:
            known = found.get(row[step["lookup"]], {})
            row |= {field: known.get(field) for field in source["fields"]}
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: _shown(row.get(name)) for name in names} for row in rows]


def _shown(value: Any) -> Any:
    return repr(value) if isinstance(value, float) else value


def _lookups(part: Any) -> Iterator[Mapping[str, Any]]:
    """Steps that look something up, once each, wherever in a chart they stand."""
    seen: list[Any] = []
    open_ends = [part]
    while open_ends:
        part = open_ends.pop()
        if isinstance(part, Mapping):
            if "lookup" in part and part not in seen:
                seen.append(part)
                yield part
            open_ends += [value for name, value in part.items() if name != "datasets"]
        elif isinstance(part, list):
            open_ends += part
