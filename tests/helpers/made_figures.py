"""Figures as Vega-Lite reads them."""

import vl_convert
from stellar.reporting.figures import saved


def spec_of(chart, survey: str = "test") -> dict:
    """A chart's definition, after Altair's and Vega-Lite's own checks."""
    chart.to_dict()
    spec = saved.definition(chart, survey)
    vl_convert.vegalite_to_vega(spec)
    return spec


def names_of(spec: dict) -> list[str]:
    """Names of the parameters that a page may set."""
    return [
        param["name"] for param in spec.get("params", []) if not param["name"].startswith("zoom")
    ]


def find(part, key: str) -> list:
    """All values of a key, wherever in a definition they stand."""
    found = []
    if isinstance(part, dict):
        found += [part[key]] if key in part else []
        found += [v for name, of in part.items() if name != "datasets" for v in find(of, key)]
    elif isinstance(part, list):
        found += [v for of in part for v in find(of, key)]
    return found
