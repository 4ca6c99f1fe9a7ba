"""What each ingredient of the network is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stellar.evaluation.metrics import marked
from stellar.experiments.scores import Scores, differences, mean_scores


def ingredient_table(scores: Mapping[str, Sequence[Scores]], share: float) -> list[dict[str, Any]]:
    """What each change to the chosen network does to its scores.

    Parameters
    ----------
    scores : mapping of str to sequence of dict
        Of each fold; `none` is of no change.
    share : float
        Rows tested over rows trained on.

    Returns
    -------
    list of dict
        `change`, each score with `_ci95`, and paired differences from `none`, which stands first;
        the others by what they do to macro-F1.
    """
    reference = scores["none"]
    rows = [
        {
            "change": name,
            **mean_scores(found, share),
            **mean_scores(differences(found, reference), share),
        }
        for name, found in scores.items()
    ]
    none, *changes = sorted(marked(rows), key=lambda row: row["change"] != "none")
    return [none, *sorted(changes, key=lambda row: -row["f1_macro_difference"])]
