"""The bench's results as Markdown, for docs/audit-bench.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from plants.lines import CLEAN, FOUND, LEAK, counts, right, totals

Line = Mapping[str, Any]
Key = tuple[str, int, int]
NO_LEAK = {"DataDuplicates"}  # rows that stand twice in the training set leak nothing
PEERS = ("deepchecks", "non-iid", "near-duplicates", "more of them than clean tables have")


def markdown(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table."""
    return "\n".join(
        "| " + " | ".join(map(str, r)) + " |" for r in (head, ["---"] * len(head), *rows)
    )


def key(line: Line) -> Key:
    """Which plant a line is of."""
    return line["plant"], line["seed"], line["rows"]


def usual_share(peers: Sequence[Line]) -> float:
    """The largest share of near-duplicates that Datalab sees in a base of 1,000 rows or more."""
    shares = [
        line["datalab"].get("near_duplicates", 0.0)
        for line in peers
        if line["kind"] == "base" and line["rows"] >= 1000
    ]
    return max(shares, default=0.0)


def accusers(usual: float) -> dict[str, Callable[[Line], bool]]:
    """Whether a line of the peers is an accusation, by `PEERS`; an error is none."""
    return dict(
        zip(
            PEERS,
            (
                lambda line: bool(set(line["deepchecks"].get("failed", [])) - NO_LEAK),
                lambda line: bool(line["datalab"].get("non_iid")),
                lambda line: line["datalab"].get("near_duplicates", 0.0) > 0,
                lambda line: line["datalab"].get("near_duplicates", 0.0) > usual,
            ),
            strict=True,
        )
    )


def of_kinds(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """The lines by kind, in order."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line["kind"], []).append(line)
    return found


def peers_table(ours: Sequence[Line], peers: Sequence[Line]) -> str:
    """How many tables of a kind are accused, by us and by the peers: the same tables for all.

    Of leaks those count that are worth two points.
    """
    asked, accuses = {key(line): line for line in peers}, accusers(usual_share(peers))
    both = [line for line in ours if key(line) in asked and counts(line)]
    head = ["kind", "tables", "ours", *PEERS]
    rows: list[list[Any]] = []
    for expected, title in ((LEAK, "all leaks"), (CLEAN, "all clean controls")):
        of = [line for line in both if line["expected"] == expected]
        groups = {**of_kinds(of), f"**{title}**": of}
        for kind, group in groups.items():
            said = [sum(accuse(asked[key(line)]) for line in group) for accuse in accuses.values()]
            rows.append([kind, len(group), sum(line["got"] in FOUND for line in group), *said])
    return markdown(head, rows)


def verdicts(lines: Sequence[Line]) -> str:
    """Verdicts of a plant's seeds in a word or two."""
    said = [line["got"] for line in lines]
    parts = {got: said.count(got) for got in dict.fromkeys(said)}
    return ", ".join(
        got if n == len(said) else f"{got} {n} of {len(said)}" for got, n in parts.items()
    )


def plants_table(ours: Sequence[Line], peers: Sequence[Line]) -> str:
    """Each plant: rows, worth, what is said by us and by the peers."""
    asked: dict[str, list[Line]] = {}
    for line in peers:
        asked.setdefault(line["plant"], []).append(line)
    by_name: dict[str, list[Line]] = {}
    for line in ours:
        by_name.setdefault(line["plant"], []).append(line)
    rows = []
    for name, lines in by_name.items():
        worth = sum(line["worth"] for line in lines) / len(lines)
        value = f"{worth:.1f}" if lines[0]["expected"] == LEAK else ""
        rows.append(
            [
                name,
                f"{lines[0]['rows']:,}",
                value,
                verdicts(lines) + ("" if all(map(right, lines)) else " ✗"),
                *_of_peers(asked.get(name, [])),
            ]
        )
    head = ["table", "rows", "worth", "ours", "deepchecks", "Datalab non-iid: p", "near-duplicates"]
    return markdown(head, rows)


def _of_peers(lines: Sequence[Line]) -> list[str]:
    if not lines:
        return ["", "", ""]
    line = lines[0]
    checks, datalab = line["deepchecks"], line["datalab"]
    failed = ", ".join(checks["failed"]) or "–" if "failed" in checks else "error"
    if "error" in datalab:
        return [failed, "error", "error"]
    return [failed, f"{datalab['p_value']:.2f}", f"{datalab['near_duplicates']:.1%}"]


def document(ours: Sequence[Line], peers: Sequence[Line]) -> str:
    """All tables of docs/audit-bench.md: the summary, by kind, by plant."""
    sums = "\n".join(f"- {line}" for line in totals(ours))
    usual = f"Near-duplicates that clean tables have: up to {usual_share(peers):.1%} of the rows."
    leaking = [line for line in ours if line["expected"] == LEAK]
    clean = [line for line in ours if line["expected"] == CLEAN]
    parts = [
        sums,
        f"### Found and accused, by kind\n\n{peers_table(ours, peers)}\n\n{usual}",
        f"### Leaks\n\n{plants_table(leaking, peers)}",
        f"### Clean controls\n\n{plants_table(clean, peers)}",
    ]
    return "\n\n".join(parts)
