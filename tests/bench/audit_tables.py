"""The tables of docs/audit-bench.md, from the results of audit_plants.py and audit_peers.py.

PYTHONPATH=scripts python tests/bench/audit_tables.py [--write]

Prints them, or writes them into the document, behind its line `## Tables`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from plants.tables import document
from stellar import files

ROOT = Path(__file__).parents[2]
RESULTS, DOCUMENT, HEAD = (
    ROOT / "results" / "bench",
    ROOT / "docs" / "audit-bench.md",
    "## Tables\n",
)


def main(argv: Sequence[str] | None = None) -> None:
    """Print or write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="into docs/audit-bench.md")
    options = parser.parse_args(argv)
    ours, peers = (files.read_json(RESULTS / n) for n in ("audit.json", "audit_peers.json"))
    text = document(ours, peers)
    if not options.write:
        print(text)
        return
    before = DOCUMENT.read_text(encoding="utf-8").split(HEAD, maxsplit=1)[0]
    files.write_text(DOCUMENT, f"{before}{HEAD}\n{text}\n")


if __name__ == "__main__":
    main()
