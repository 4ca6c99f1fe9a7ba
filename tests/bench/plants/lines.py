"""Lines of the bench: what counts, what is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ROWS = 6000  # of the usual plant
LEAK, CLEAN = "leaks", "clean"  # what is expected
FOUND = ("leaks", "suspect")  # verdicts that find a leak
WORTH = 2.0  # points from which a leak must be found
FEW = 1000  # rows under which an audit may be undecided


def printed(line: Mapping[str, Any]) -> str:
    """A line of the bench as text."""
    mark = "" if right(line) else "  WRONG" if counts(line) else "  missed"
    return (
        f"{line['plant']:60} {line['rows']:6} {line['seed']:3} {line['worth']:6.1f} "
        f"{line['expected']:6} {line['got']:9} {line['cpu_s']:6.2f}{mark}"
    )


def counts(line: Mapping[str, Any]) -> bool:
    """Whether a line counts: a control, or a leak of some worth."""
    return line["expected"] == CLEAN or line["worth"] >= WORTH


def right(line: Mapping[str, Any]) -> bool:
    """Whether the audit said what it should."""
    if line["expected"] == LEAK:
        return line["got"] in FOUND
    return line["got"] == "clean" or (line["got"] == "undecided" and line["rows"] < FEW)


def summary(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines added up by kind, and what the issue asks for."""
    heads = ("plants", "leaks", "suspect", "clean", "other", "right")
    yield f"{'kind':34}" + "".join(f"{head:>8}" for head in heads)
    for kind in dict.fromkeys(line["kind"] for line in lines):
        of = [line for line in lines if line["kind"] == kind]
        said = [sum(line["got"] == v for line in of) for v in ("leaks", "suspect", "clean")]
        counted = [right(line) for line in of if counts(line)]
        numbers = [len(of), *said, len(of) - sum(said), f"{sum(counted)}/{len(counted)}"]
        yield f"{kind:34}" + "".join(f"{number:>8}" for number in numbers)
    yield from totals(lines)


def totals(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is asked for: leaks of some worth found, clean tables acquitted, at what cost."""
    leaking = [line for line in lines if line["expected"] == LEAK]
    worthy = [line for line in leaking if counts(line)]
    at_size = [line for line in worthy if line["rows"] == ROWS]
    clean = [line for line in lines if line["expected"] == CLEAN]
    condemned = sum(line["got"] == "leaks" for line in clean)
    yield f"leaks found: {share(leaking)}; of {WORTH:g} points or more: {share(worthy)}"
    yield f"of these at {ROWS:,} rows: {share(at_size)} (wanted: 90 %)"
    yield f"clean controls acquitted: {share(clean)} (wanted: 95 %); called leaks: {condemned}"
    yield f"CPU seconds a table: {sum(line['cpu_s'] for line in lines) / len(lines):.2f}"


def share(lines: Sequence[Mapping[str, Any]]) -> str:
    """How many of the lines are right."""
    n = sum(right(line) for line in lines)
    return f"{n} of {len(lines)}" + (f" ({100 * n / len(lines):.0f} %)" if lines else "")
