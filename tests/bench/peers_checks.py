"""What deepchecks and cleanlab's Datalab say of a table; runs in their own environment.

Reads paths of .npz files (values, names, labels, folds, star) from its input, a line each, and
writes a line of JSON for each; `audit_peers.py` starts it. Deepchecks and Datalab are as they come:
each check with its default condition. What they print goes to the error output.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd

TEST = 5  # of five folds one is the test set


def deepchecks_says(table: pd.DataFrame, features: list[str], test: np.ndarray) -> list[str]:
    """The conditions that fail: those of checks for leaks between features, rows and the label."""
    from deepchecks.tabular import Dataset, checks

    def dataset(rows: np.ndarray) -> Dataset:
        return Dataset(
            table[rows].reset_index(drop=True),
            label="label",
            features=features,
            cat_features=[],
            index_name="star",
            label_type="multiclass",
        )

    train, tested = dataset(~test), dataset(test)
    every = (
        checks.FeatureLabelCorrelation().add_condition_feature_pps_less_than(),
        checks.FeatureLabelCorrelationChange()
        .add_condition_feature_pps_difference_less_than()
        .add_condition_feature_pps_in_train_less_than(),
        checks.DataDuplicates().add_condition_ratio_less_or_equal(),
        checks.TrainTestSamplesMix().add_condition_duplicates_ratio_less_or_equal(),
        checks.IndexTrainTestLeakage().add_condition_ratio_less_or_equal(),
    )
    failed = []
    for check in every:
        single = type(check).__name__ in ("FeatureLabelCorrelation", "DataDuplicates")
        result = check.run(train) if single else check.run(train, tested)
        failed += [
            type(check).__name__
            for condition in result.conditions_results
            if condition.category.value in ("FAIL", "WARN", "ERROR")
        ]
    return sorted(set(failed))


def datalab_says(x: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """P-value of `non_iid`, and the share of rows that are near duplicates."""
    from cleanlab import Datalab

    scaled = (x - np.nanmean(x, axis=0)) / np.maximum(np.nanstd(x, axis=0), 1e-9)
    lab = Datalab({"label": labels}, label_name="label", task="classification", verbosity=0)
    lab.find_issues(
        features=np.nan_to_num(scaled), issue_types={"non_iid": {}, "near_duplicate": {}}
    )
    summary = lab.get_issue_summary().set_index("issue_type")
    near = lab.get_issues("near_duplicate")["is_near_duplicate_issue"]
    return {
        "non_iid": bool(summary.loc["non_iid", "num_issues"] > 0),
        "p_value": float(lab.get_info("non_iid")["p-value"]),
        "near_duplicates": float(near.mean()),
    }


def says(path: str) -> dict[str, Any]:
    """What both say of a table, and their CPU seconds."""
    with np.load(path, allow_pickle=False) as given:
        names = given["names"].tolist()
        values, labels, star, folds = (given[n] for n in ("values", "labels", "star", "folds"))
    # A table that numbers its rows comes in that order: what Datalab looks at is the order.
    if "row" in names:
        order = np.argsort(values[:, names.index("row")], kind="stable")
        values, labels, star, folds = (a[order] for a in (values, labels, star, folds))
    table = pd.DataFrame(values, columns=names).assign(label=labels.astype(int), star=star)
    found: dict[str, Any] = {}
    for name, ask in {
        "deepchecks": lambda: {"failed": deepchecks_says(table, names, folds % TEST == 0)},
        "datalab": lambda: datalab_says(values, labels.astype(int)),
    }.items():
        start = time.process_time()
        try:
            found[name] = ask()
        except Exception as error:
            found[name] = {"error": f"{type(error).__name__}: {error}"[:200]}
        found[name]["cpu_s"] = round(time.process_time() - start, 2)
    return found


def main() -> None:
    """Answer until the input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr
    warnings.filterwarnings("ignore")
    for line in sys.stdin:
        answers.write(json.dumps(says(line.strip())) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
