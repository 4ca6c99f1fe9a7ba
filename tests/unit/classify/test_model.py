import shutil
from pathlib import Path

import numpy as np
import pytest
from made_models import star_columns
from stellar import files
from stellar.classify import folder
from stellar.classify.model import load, load_all
from stellar.errors import UserError


def test_models_come_with_the_one_that_needs_most_first(models):
    assert [model.tier for model in load_all(models)] == ["redshift", "photometry"]
    assert [model.tier for model in load_all(models / "photometry")] == ["photometry"]


def test_it_types_stars_it_has_not_seen(models):
    columns, labels, kinds = star_columns(700, seed=5)
    answers = load(models / "photometry")(columns)
    stars = kinds == ""
    assert np.mean(answers.probabilities.argmax(axis=1)[stars] == labels[stars]) > 0.9
    np.testing.assert_allclose(answers.probabilities.sum(axis=1), 1, atol=1e-5)
    covered = answers.sets[np.arange(len(labels))[stars], labels[stars]]
    assert 0.85 < covered.mean() < 0.97


def test_white_dwarfs_are_another_kind_and_far_stars_outside(models):
    columns, _, kinds = star_columns(700, seed=5)
    model = load(models / "photometry")
    answers = model(columns)
    assert answers.another[kinds != ""].mean() > 0.9
    assert answers.another[kinds == ""].mean() < 0.1
    assert answers.outside.mean() < 0.05
    far = {name: values + 8 * (name == "g") for name, values in columns.items()}
    assert model(far).outside.all()


def test_a_skipped_tier_is_no_model(tmp_path):
    files.write_json(tmp_path / "sspp" / folder.MODEL, {"tier": "sspp", "skipped": "no sppTeff"})
    folder.seal(tmp_path / "sspp")
    assert load(tmp_path / "sspp") is None
    with pytest.raises(UserError, match=f"there is no model under {tmp_path}"):
        load_all(tmp_path)


def test_a_document_that_lacks_something_is_refused(models, tmp_path):
    own = shutil.copytree(models / "photometry", tmp_path / "model")
    about = files.read_json(own / folder.MODEL)
    del about["temperature"]
    files.write_json(own / folder.MODEL, about)
    folder.seal(own)
    with pytest.raises(UserError, match=r"no model that this program reads .*temperature"):
        load(own)


def test_a_network_of_another_kind_is_refused(models, tmp_path):
    own = shutil.copytree(models, tmp_path / "models") / "photometry"
    renamed = (own / folder.ONNX).read_bytes().replace(b"features", b"fixtures")
    for content, why in ((b"", "network.onnx"), (renamed, "takes .'fixtures'.")):
        (own / folder.ONNX).write_bytes(content)
        folder.seal(own)
        with pytest.raises(UserError, match=f"no model that this program reads .*{why}") as error:
            load(own)
        assert len(str(error.value).splitlines()) == 1


def test_no_model_is_said_with_the_whole_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=f"no model under {tmp_path}/results/model; type make"):
        load_all(Path("results/model"))
