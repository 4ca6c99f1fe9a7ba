"""Write the report: one HTML page that needs nothing else.

python scripts/report.py --config '{...}' --template report.html.j2 --origins shard-*.json
--labels labels.json --first metrics.json --best best_hyperparameters.json --trials trials.csv
--test metrics.json --pooled pooled.json --baselines baselines.csv --cv cv.csv
--ablation ablation.csv --cost cost.csv --answer answer.md --tiers tiers.csv --rivals rivals.csv
--calibration calibration.csv --rejected rejected.json --verdict verdict.json
--memorised memorise.csv --absolute-magnitude absolute_magnitude.csv
--ingredients ingredients.csv --input-errors input_errors.csv --suspects suspects.csv
--jobs jobs.csv --figures *.svg --captions *.rst --html report.html
"""

from collections.abc import Sequence
from pathlib import Path

from stellar import command, files
from stellar.reporting.answer import read_sentences
from stellar.reporting.page import render


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    tables = ("trials", "baselines", "cv", "ablation", "cost", "tiers", "rivals", "calibration")
    tables += ("jobs", "memorised", "absolute_magnitude", "ingredients", "input_errors", "suspects")
    documents = ("labels", "first", "best", "test", "pooled", "rejected", "verdict")
    for name in (*documents, *tables, "html"):
        parser.add_argument(f"--{name.replace('_', '-')}", required=True)
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--answer", type=Path, required=True)
    parser.add_argument("--origins", nargs="*", default=[])
    parser.add_argument("--figures", type=Path, nargs="+", required=True)
    parser.add_argument("--captions", type=Path, nargs="+", required=True)
    args = parser.parse_args(argv)

    results = {name: files.read_json(getattr(args, name)) for name in documents}
    results |= {name: files.read_csv(getattr(args, name)) for name in tables}
    results["answer"] = read_sentences(args.answer.read_text(encoding="utf-8"))
    results["origins"] = [files.read_json(path) for path in args.origins]
    figures, captions = (
        {path.stem: path.read_text(encoding="utf-8") for path in paths}
        for paths in (args.figures, args.captions)
    )
    template = args.template.read_text(encoding="utf-8")
    files.write_text(args.html, render(template, args.config, results, figures, captions))


if __name__ == "__main__":
    command.run(main)
