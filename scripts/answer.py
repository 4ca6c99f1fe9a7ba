"""Write the answer in ten sentences.

python scripts/answer.py --config '{"label": "elodie", "tier": "photometry"}' --pooled pooled.json
--baselines baselines.csv --tiers tiers.csv --rivals rivals.csv --calibration calibration.csv
--rejected rejected.json --verdict verdict.json --memorised memorise.csv
--absolute-magnitude absolute_magnitude.csv --input-errors input_errors.csv --suspects suspects.csv
--answer answer.md
"""

from collections.abc import Sequence

from stellar import command, files
from stellar.reporting.answer import markdown, sentences


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    tables = ("baselines", "tiers", "rivals", "calibration")
    experiments = ("memorised", "absolute-magnitude", "input-errors", "suspects")
    for name in (*tables, *experiments, "pooled", "rejected", "verdict", "answer"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--chosen", nargs="+", required=True)
    args = parser.parse_args(argv)

    pooled = files.read_json(args.pooled)
    results = {
        "pooled": pooled,
        "rejected": files.read_json(args.rejected),
        "verdicts": files.read_json(args.verdict),
        "chosen": {found["learner"]: found for found in map(files.read_json, args.chosen)},
    }
    for name in (*tables, *experiments):
        key = name.replace("-", "_")
        results[key] = files.read_csv(getattr(args, key))
    lines = sentences(args.config["label"], args.config["tier"], results)
    files.write_text(args.answer, markdown(pooled["survey"], lines))


if __name__ == "__main__":
    command.run(main)
