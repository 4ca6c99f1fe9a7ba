"""Gather the audits of all label schemes.

python scripts/verdict.py --entries elodie.json subclass.json hammer.json --verdict verdict.json
"""

from collections.abc import Sequence

from stellar import command, files


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    parser.add_argument("--entries", nargs="+", required=True)
    parser.add_argument("--verdict", required=True)
    args = parser.parse_args(argv)
    files.write_json(args.verdict, [e for path in args.entries for e in files.read_json(path)])


if __name__ == "__main__":
    command.run(main)
