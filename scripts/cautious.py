"""Calibrate the tiers' probabilities, make conformal sets, and learn what to reject.

python scripts/cautious.py --config '{...}' --schemes schemes.parquet
--probabilities */*/probabilities.parquet --calibration */*/calibration.parquet
--calibration-csv calibration.csv --reliability reliability.csv --risk risk_coverage.csv
--rejected rejected.json
"""

import json
from collections.abc import Sequence

import numpy as np
from stellar import NO_LABEL, command, files
from stellar.crossvalidation.predictions import predicted_class
from stellar.crossvalidation.protocol import Protocol
from stellar.evaluation import calibration, rejection
from stellar.sample import arrays
from stellar.sample.spectral_types import NEGATIVES


def main(argv: Sequence[str] | None = None) -> None:
    parser = command.parser(__doc__)
    for name in ("probabilities", "calibration"):
        parser.add_argument(f"--{name}", nargs="+", required=True)
    for name in ("schemes", "calibration-csv", "reliability", "risk", "rejected"):
        parser.add_argument(f"--{name}", required=True)
    args = parser.parse_args(argv)
    cfg = args.config
    protocol, level = Protocol.from_json(cfg["cv"]), cfg["level"]

    rows, shown = [], {}
    for predicted, calibrating in zip(args.probabilities, args.calibration, strict=True):
        table = files.read_table(predicted)
        about = json.loads(table.schema.metadata[b"about"])
        if "skipped" in about:
            continue
        folds = calibration.by_fold(table, files.read_table(calibrating), protocol)
        place = (about["scheme"], about["tier"])
        rows.append(
            {"label": place[0], "tier": place[1], **calibration.calibration_row(folds, level)}
        )
        command.log.info("%s: coverage %.3f", about["name"], rows[-1]["coverage"])
        # The wanted one, or where it was skipped the last that was not.
        if (cfg["label"], cfg["tier"]) not in shown:
            shown = {place: (folds, about["features"])}
    ((label, tier), (folds, features)), *_ = shown.items()
    sample = arrays.load_scheme(args.schemes, label, features)
    kinds = files.read_table(args.schemes, ["negative"])["negative"]
    kind = np.array(kinds.fill_null("").to_pylist())
    decisions = rejection.decide(folds, sample, kind != "", protocol, cfg["rejected"], cfg["seed"])
    known = decisions.truth != NO_LABEL
    right = predicted_class(decisions.probabilities)[known] == decisions.truth[known]
    risk = rejection.risk_coverage_rows(decisions.probabilities[known].max(axis=1), right)
    kind = kind[decisions.rows]
    document = {
        "survey": sample.survey,
        "label": label,
        "tier": tier,
        "level": level,
        "stars": rejection.rejection(decisions, known),
        **{name: rejection.rejection(decisions, kind == name) for name in NEGATIVES},
        "negatives": rejection.rejection(decisions, kind != ""),
    }
    files.write_text(args.calibration_csv, files.csv_text(rows))
    files.write_text(args.reliability, files.csv_text(calibration.reliability_rows(folds)))
    files.write_text(args.risk, files.csv_text(risk))
    files.write_json(args.rejected, document)


if __name__ == "__main__":
    command.run(main)
