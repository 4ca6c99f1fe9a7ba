"""Scores of known types as a page: one HTML file that needs no other, and no script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from stellar import CLASSES
from stellar.classify.scoring import interval

_SIDE = 260  # of the reliability diagram, in its own units
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2733; background: #fff;
       max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
caption { text-align: left; font-weight: 600; padding: .3rem 0 }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #d5dbe1 }
th[scope=row], thead th:first-child { text-align: left }
.note { border-left: 4px solid #a3201d; padding: .4rem .8rem; background: #faf3f2 }
.bar { display: block; height: .7em; background: #2f6fd0 }
.track { display: inline-block; width: 8rem; height: .7em; text-align: left;
         background: #eef1f4; line-height: .7em }
.wide { overflow-x: auto }
svg { max-width: 24rem; display: block }
"""
_COLUMNS = (  # of the first table: heading, key, percent
    ("accuracy", "accuracy", True),
    ("mean recall", "recall_macro", True),
    ("log-loss", "log_loss", False),
    ("calibration error", "calibration_error", True),
    ("sets hold the class", "coverage", True),
    ("classes in a set", "set_size", False),
)


def render(found: Mapping[str, Any]) -> str:
    """The page.

    Parameters
    ----------
    found : mapping
        What `stellar.classify.scoring.scores` says, with `table`, `truth`, `models`, `simulated`,
        `warnings`.

    Returns
    -------
    str
        HTML; what comes from the table is escaped.
    """
    title = f"Types of {found['table']} against {found['truth']}"
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>",
            f"<h1>{escape(title)}</h1>",
            *_about(found),
            *_metrics(found),
            *_details(found["all"], "All rows"),
            *_details(found["unflagged"], "Rows without a flag"),
            "</main>\n</body>\n</html>\n",
        ]
    )


def _about(found: Mapping[str, Any]) -> Iterator[str]:
    if found["simulated"]:
        yield '<p class="note">The models were trained on simulated stars, not on real ones.</p>'
    yield from (f'<p class="note">{escape(text)}</p>' for text in found["warnings"])
    yield f"<p>{found['rows']:,} rows. Models:</p>\n<ul>"
    yield from (f"<li>{escape(name)}</li>" for name in found["models"])
    yield "</ul>"
    left = [(rows, f"no known type: {why}") for why, rows in found["no_known_type"].items()]
    if found["no_type"]:
        left.append((found["no_type"], "the models give no type"))
    if left:
        yield "<p>Not scored:</p>\n<ul>"
        yield from (f"<li>{rows:,}: {escape(why)}</li>" for rows, why in left)
        yield "</ul>"


def _metrics(found: Mapping[str, Any]) -> Iterator[str]:
    rows = {"all rows": found["all"], "rows without a flag": found["unflagged"]}
    rows |= {f"by {tier}": own for tier, own in found["tiers"].items()}
    yield from _head("Scores", ["", "rows", *(heading for heading, _, _ in _COLUMNS)])
    for name, own in rows.items():
        if own is not None:
            cells = [_share(own[k]) if percent else f"{own[k]:.3f}" for _, k, percent in _COLUMNS]
            yield _row(name, [f"{own['rows']:,}", *cells])
    yield "</tbody></table></div>"
    if own := found["all"]:
        low, high = interval(own)
        yield f"<p>95 % interval of the accuracy of all rows: {low:.1%} to {high:.1%}.</p>"


def _details(own: Mapping[str, Any] | None, name: str) -> Iterator[str]:
    if own is None:
        return
    yield f"<h2>{name}</h2>"
    yield from _classes(own)
    yield from _confusion(own["confusion"])
    yield from _reliability(own["reliability"])


def _classes(own: Mapping[str, Any]) -> Iterator[str]:
    yield from _head("By class", ["class", "stars", "recall", "", "precision", ""])
    for name, row in zip(CLASSES, own["confusion"], strict=True):
        cells = [f"{sum(row):,}"]
        for share in (own["recall"][name], own["precision"][name]):
            bar = f'<span class="bar" style="width:{100 * (share or 0):.1f}%"></span>'
            cells += [_share(share), f'<span class="track" aria-hidden="true">{bar}</span>']
        yield _row(name, cells)
    yield "</tbody></table></div>"


def _confusion(table: Sequence[Sequence[int]]) -> Iterator[str]:
    headings = ["known \\ called", *CLASSES]
    yield from _head("Confusion: stars, and their share of the known class", headings)
    for name, row in zip(CLASSES, table, strict=True):
        yield f'<tr><th scope="row">{name}</th>'
        for rows in row:
            share = rows / max(sum(row), 1)
            shade = f' style="background:rgba(47,111,208,{0.45 * share:.2f})"' if rows else ""
            yield f"<td{shade}>{rows:,}{f'<br><small>{share:.0%}</small>' if rows else ''}</td>"
        yield "</tr>"
    yield "</tbody></table></div>"


def _reliability(bins: Sequence[Mapping[str, float]]) -> Iterator[str]:
    most = max(own["rows"] for own in bins)
    dots = "".join(
        f'<circle cx="{_SIDE * own["confidence"]:.1f}" cy="{_SIDE * (1 - own["accuracy"]):.1f}" '
        f'r="{3 + 6 * (own["rows"] / most) ** 0.5:.1f}"/>'
        for own in bins
    )
    yield (
        f'<svg viewBox="-40 -10 {_SIDE + 60} {_SIDE + 50}" role="img" '
        'aria-label="Accuracy against confidence; the numbers stand in the next table">'
        f'<path d="M0 0V{_SIDE}H{_SIDE}M0 {_SIDE}L{_SIDE} 0" fill="none" stroke="#8a97a5"/>'
        f'<g fill="#2f6fd0" fill-opacity=".8">{dots}</g>'
        f'<g font-size="12"><text x="{_SIDE / 2}" y="{_SIDE + 32}" text-anchor="middle">'
        f'confidence</text><text x="-8" y="4" text-anchor="end">1</text><text x="-8" y="{_SIDE}" '
        f'text-anchor="end">0</text><text x="{_SIDE}" y="{_SIDE + 14}" text-anchor="middle">1'
        f'</text><text transform="translate(-24 {_SIDE / 2}) rotate(-90)" text-anchor="middle">'
        "accuracy</text></g></svg>"
    )
    yield from _head("Reliability: how often types of such a confidence are right", _BINS)
    for own in bins:
        yield _row(_share(own["confidence"]), [_share(own["accuracy"]), f"{own['rows']:,}"])
    yield "</tbody></table></div>"


_BINS = ("mean confidence", "accuracy", "rows")


def _head(caption: str, headings: Sequence[str]) -> Iterator[str]:
    cells = "".join(
        f'<th scope="col">{escape(text)}</th>' if text else "<td></td>" for text in headings
    )
    yield f'<div class="wide"><table><caption>{escape(caption)}</caption>'
    yield f"<thead><tr>{cells}</tr></thead><tbody>"


def _row(name: str, cells: Sequence[str]) -> str:
    """A row of cells that are HTML."""
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{escape(name)}</th>{inner}</tr>'


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
