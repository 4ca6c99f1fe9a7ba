"""Draw the labelled survey: classes, temperatures, magnitudes, features, single stars."""

from pathlib import Path

import numpy as np
from stellar import BANDS, CLASSES, ELODIE, command, files
from stellar.reporting import published
from stellar.reporting.figures import diagrams, saved, survey
from stellar.sample.columns import arrays_of, integers, taken, thinned

COUNTED = 100_000  # rows that statistics are of at least, if there are so many
RANKED = 10_000  # of these, rows whose features are correlated
FEATURES = (*BANDS, "redshift", "sppTeff", "sppLogG", "sppFeH", *ELODIE)


def main(stars: Path, figures: list[Path]) -> None:
    every = files.read_table(stars, ["specObjID", "label"])
    ids, labels = (integers(every, name) for name in ("specObjID", "label"))
    counts = np.bincount(labels, minlength=len(CLASSES)).tolist()
    some = thinned(stars, ["label", "snMedian", *FEATURES], COUNTED)
    values, of_some = arrays_of(some, ["snMedian", *FEATURES]), integers(some, "label")
    step = max(1, len(of_some) // RANKED)
    shown = diagrams.chosen(ids, labels, diagrams.MOST)
    known = arrays_of(taken(stars, list(diagrams.SHOWN), shown), list(diagrams.SHOWN))
    rows = diagrams.table(known, labels[shown])

    def spread(*names: str) -> list[dict[str, object]]:
        return survey.quantile_table({name: values[name] for name in names}, of_some)

    before = [published.CLASSES[name] for name in CLASSES]
    charts = {
        "classes": survey.classes(survey.class_table(counts, before)),
        "temperatures": survey.temperatures(spread(*survey.TEMPERATURES)),
        "magnitudes": survey.magnitudes(spread(*BANDS, "snMedian")),
        "correlation": survey.correlation(
            survey.correlation_table({name: values[name][::step] for name in FEATURES})
        ),
        **{name: getattr(diagrams, name)(rows) for name in ("colours", "colour_magnitude", "sky")},
    }
    saved.save_all(charts, figures, files.survey_of(some.schema))


if __name__ == "__main__":
    command.run(main)
