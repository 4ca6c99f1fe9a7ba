"""Draw the Kiel diagram: surface gravity against temperature, by class and by prediction."""

from pathlib import Path

import numpy as np
from stellar import CLASSES, command, files
from stellar.crossvalidation.predictions import Predictions
from stellar.reporting.figures import diagrams, saved
from stellar.sample.columns import arrays_of, integers, rows_of_ids, taken


def main(stars: Path, network: Path, figures: list[Path]) -> None:
    every = files.read_table(stars, ["specObjID", "label"])
    ids, labels = (integers(every, name) for name in ("specObjID", "label"))
    shown = diagrams.chosen(ids, labels, diagrams.MOST)
    known = arrays_of(taken(stars, list(diagrams.SHOWN), shown), list(diagrams.SHOWN))
    predictions = Predictions.read(network).labelled()
    numbers = np.flatnonzero(np.isin(ids[shown], predictions.ids))
    called = predictions.classes[rows_of_ids(ids[shown][numbers], predictions.ids)]
    predicted = [
        {"star": int(star), "predicted": CLASSES[number]}
        for star, number in zip(numbers, called, strict=True)
    ]
    chart = diagrams.kiel(diagrams.table(known, labels[shown]), predicted)
    saved.save_all({"kiel": chart}, figures, files.survey_of(every.schema))


if __name__ == "__main__":
    command.run(main)
