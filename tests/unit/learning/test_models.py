"""Trained models: predictions, averages and files."""

import numpy as np
from stellar.learning.network import Network, build
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402
from stellar.learning.models import Predictor, _placeless, average, save_model  # noqa: E402

SMALL = Network(
    loss="crossentropy",
    learning_rate=0.01,
    schedule="constant",
    batch=32,
    epochs=3,
    patience=None,
    class_weights="none",
    hidden=(8,),
    activation="relu",
    dropout=0.0,
    l2=0.0,
    members=1,
)
X = np.random.default_rng(0).normal(size=(1000, 16)).astype(np.float32)


def test_prediction_in_pieces_is_prediction_at_once(monkeypatch):
    predict = Predictor(build(SMALL, 16, 0))
    whole = predict(X)
    monkeypatch.setattr("stellar.learning.models.PREDICT_ROWS", 77)
    np.testing.assert_allclose(predict(X), whole, atol=1e-6)
    assert predict(X[:0]).shape == (0, 7)
    pieces = list(predict.pieces(X[s : s + 300] for s in range(0, 1000, 300)))
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-6)


def test_the_average_of_one_model_is_that_model():
    model = build(SMALL, 16, 0)
    assert average([model]) is model


def test_an_average_is_the_mean_of_its_models():
    models = [build(SMALL, 16, seed) for seed in range(3)]
    alone = [Predictor(model)(X) for model in models]
    together = Predictor(average(models))(X)
    np.testing.assert_allclose(together, np.mean(alone, axis=0), atol=1e-6)


def test_a_saved_model_loads_and_leaves_nothing_beside(tmp_path):
    model = build(SMALL, 16, 3)
    save_model(tmp_path / "saved.keras", model)
    assert [path.name for path in tmp_path.iterdir()] == ["saved.keras"]
    loaded = keras.models.load_model(tmp_path / "saved.keras")
    np.testing.assert_array_equal(Predictor(loaded)(X), Predictor(model)(X))


def test_a_model_is_described_without_its_date_or_place_in_memory():
    """Else the same model would not be the same bytes."""
    text = '"date_saved": "{}", "shared_object_id": {}, "shared_object_id": {}'
    here, there = text.format("2026-01-01", 139, 140), text.format("2027-02-02", 95, 7)
    assert _placeless(here) == _placeless(there) == text.format("", 1, 2)
    assert _placeless(text.format("", 5, 5)) == text.format("", 1, 1)
