"""Trained models: fast prediction in bounded memory, averages of several, and their files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from stellar.errors import UserError
from stellar.files import replacing

Floats = NDArray[np.float32]
PREDICT_ROWS = 65_536  # rows at a time: bounds memory, costs nothing


class Predictor:
    """Class probabilities of a Keras model, without `model.predict`'s cost of each small batch.

    Parameters
    ----------
    model : keras.Model
        From features (n_rows, …) to probabilities (n_rows, n_classes).
    """

    def __init__(self, model: keras.Model) -> None:
        self._classes = int(model.output_shape[-1])
        self._call = tf.function(
            lambda x: model(x, training=False),
            input_signature=[tf.TensorSpec(model.input_shape, tf.float32)],
            autograph=False,
        )

    def __call__(self, features: Floats) -> Floats:
        """Probabilities, shape (n_rows, n_classes), of standardized features, shape (n_rows, …)."""
        probabilities = np.empty((len(features), self._classes), np.float32)
        for start in range(0, len(features), PREDICT_ROWS):
            piece = slice(start, start + PREDICT_ROWS)
            probabilities[piece] = self._call(features[piece]).numpy()
        return probabilities

    def pieces(self, tables: Iterable[Floats]) -> Iterator[Floats]:
        """Probabilities of a table too long for memory: pieces of shape (n_rows, n_classes)."""
        return map(self, tables)


def average(models: Sequence[keras.Model]) -> keras.Model:
    """One model of stock layers that gives the mean of the models' outputs.

    A single model is returned as it is.
    """
    if len(models) == 1:
        return models[0]
    for number, model in enumerate(models):
        model.name = f"member_{number}"
    inputs = keras.Input(models[0].input_shape[1:])
    outputs = keras.layers.Average()([model(inputs) for model in models])
    return keras.Model(inputs, outputs, name="stellar")


def save_model(path: str | Path, model: keras.Model) -> None:
    """Save a model as `.keras`; stock layers only, so that it loads anywhere.

    The date is left out, and objects that layers share are numbered instead of named by their
    place in memory: the same model is the same bytes.
    """
    with replacing(path) as temporary:
        dated = temporary.with_name(temporary.name + ".keras")  # Keras looks at the ending
        try:
            model.save(dated)
            with ZipFile(dated) as source, ZipFile(temporary, "w") as target:
                for name in sorted(source.namelist()):
                    content = source.read(name)
                    if name.endswith(".json"):
                        content = _placeless(content.decode()).encode()
                    target.writestr(ZipInfo(name), content)
        finally:
            dated.unlink(missing_ok=True)


def load_model(path: str | Path) -> keras.Model:
    """The model in a `.keras` file; nothing in it that is a program is run.

    Raises
    ------
    UserError
        It holds a Lambda layer or other code, or is no such file.
    """
    try:
        return keras.saving.load_model(path, safe_mode=True)
    except (ValueError, TypeError, KeyError, AttributeError, ImportError, BadZipFile) as error:
        why = (str(error) or type(error).__name__).splitlines()[0]
        if "Lambda" in str(error) or "lambda" in str(error):
            why = "it holds a Lambda layer, which is a program"
        raise UserError(
            f"{path} is refused as a network: {why}; delete it, and give the command that made it "
            "again"
        ) from None


def _placeless(text: str) -> str:
    shared: dict[str, int] = {}
    text = re.sub(
        r'(?<="shared_object_id": )\d+',
        lambda found: str(shared.setdefault(found.group(), len(shared) + 1)),
        text,
    )
    return re.sub(r'"date_saved": "[^"]*"', '"date_saved": ""', text)
