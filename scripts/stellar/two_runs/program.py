"""Two finished runs on one page: paired differences with intervals, and what else differs.

Examples
--------
    make compare A=results B=other/results
    python -m stellar.two_runs.program results other/results -o compare.html

Nothing in either folder is changed; the page goes to compare/ in the first one. Exit codes: 0 all
is well; 1 a folder or the disk is not as it should be; 2 the command line has a mistake.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from stellar import files
from stellar.command import Parser, speak_utf8
from stellar.errors import UserError, refusal
from stellar.two_runs.runs import Run

DEFAULT = "compare/compare.html"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = Parser(
        "python -m stellar.two_runs.program",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("a", metavar="A", help="a folder of results")
    made.add_argument("b", metavar="B", help="another one; differences are B - A")
    made.add_argument("-o", "--output", help=f"the page; A/{DEFAULT} by default")
    return made


def compare(a: str, b: str, output: str | None) -> tuple[Path, list[str]]:
    """Write the page of two runs; where it is, and three lines on what was found.

    Raises
    ------
    UserError
        A run is missing, has no predictions, is compared with itself, or would be written to.
    """
    if not a or not b:
        raise UserError("two runs are compared; type make compare A=results B=other/results")
    runs = Run.read(a), Run.read(b)
    if Path(a).samefile(b):
        raise UserError(f"{a} and {b} are the same folder; give two different runs")
    page = Path(output or Path(a) / DEFAULT)
    _may_write(page, a, b)
    from stellar.two_runs.page import Compared, findings, render  # what draws takes a second

    found = Compared.of(*runs)
    files.write_text(page, render(found))
    return page, findings(found)


def _may_write(page: Path, *runs: str) -> None:
    """The page replaces no result, and nothing that is no page."""
    where = page.resolve()
    for run in runs:
        folder = Path(run).resolve()
        if folder in where.parents and where.parent != folder / Path(DEFAULT).parent:
            raise UserError(f"{page} lies among results, which are not changed; give another -o")
    if page.suffix != ".html" or page.is_dir():
        raise UserError(f"{page} is no name of a page; give one that ends with .html")


def main(argv: Sequence[str] | None = None) -> None:
    """The command: what was found, where the page is; one sentence and a code on a mistake."""
    speak_utf8()
    given = parser().parse_args(argv)
    try:
        page, lines = compare(given.a, given.b, given.output)
    except UserError as error:
        _end(str(error))
    except OSError as error:
        _end(str(refusal(error, error.filename or "the page") or error))
    else:
        print("\n".join(lines))
        print(f"The page: {page}")


def _end(sentence: str) -> None:
    print(f"error: {sentence}", file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
