"""Trained models: predictions, averages and files."""

import zipfile

import numpy as np
import pytest
from made_models import save_malicious
from stellar.errors import UserError
from stellar.learning.network import Network, build
from stellar.learning.tensorflow_setup import prepare_tensorflow

prepare_tensorflow()

import keras  # noqa: E402
from stellar.learning.models import Predictor, _placeless, average, load_model, save_model  # noqa: E402

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


def test_a_file_that_holds_a_program_is_refused_and_runs_nothing(tmp_path):
    mark = tmp_path / "mark"
    for path in save_malicious(tmp_path, mark):
        with pytest.raises(UserError, match="refused as a network: it holds a Lambda layer") as end:
            load_model(path)
        assert len(str(end.value).splitlines()) == 1
        assert not mark.exists()
        keras.saving.load_model(path, safe_mode=False)  # who is not careful runs it
        mark.rmdir()


def test_a_file_that_is_no_network_is_a_sentence(tmp_path):
    path = tmp_path / "network.keras"
    save_model(path, build(SMALL, 16, 0))
    assert load_model(path).count_params()
    whole = path.read_bytes()
    code = '{"module": "os", "class_name": "system", "config": {"command": "id"}}'
    for content in (b"", b"PK\x03\x04", whole[: len(whole) // 2], None):
        if content is None:
            with zipfile.ZipFile(path, "w") as made:
                for name in ("config.json", "metadata.json", "model.weights.h5"):
                    made.writestr(name, code)
        else:
            path.write_bytes(content)
        with pytest.raises(UserError, match=r"network\.keras is refused as a network: "):
            load_model(path)
