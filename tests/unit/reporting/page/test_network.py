"""The page's script says of a star what the command `stellar-types` says."""

import json
import subprocess
from pathlib import Path

import numpy as np
import playwright
import pytest
from made_models import Dense, Network, make_model
from stellar import BANDS, CLASSES, files
from stellar.classify import folder
from stellar.classify.model import load
from stellar.learning.onnx_file import write_onnx
from stellar.reporting.page.network import packed

NODE = Path(playwright.__file__).parent / "driver" / "node"  # Playwright brings its own
SCRIPT = Path(__file__).parents[4] / "scripts/stellar/reporting/page/network.js"
ASK = """
const {model, stars} = JSON.parse(require("fs").readFileSync(0, "utf8"));
const {read, answer, classOf} = globalThis.pages.network;
const read_once = read(model);
console.log(JSON.stringify(stars.map((star) =>
  ({...answer(read_once, star), most: model.classes[classOf(read_once, star)]}))));
"""


def asked(model, columns):
    stars = [{band: float(columns[band][k]) for band in BANDS} for k in range(len(columns["u"]))]
    given = json.dumps({"model": model, "stars": stars})
    program = SCRIPT.read_text(encoding="utf-8") + ASK
    done = subprocess.run(
        [NODE, "-e", program],
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout)


def stars(rows=300):
    """Stars, and magnitudes that no star has."""
    random = np.random.default_rng(4)
    level, slope = random.uniform(14, 22, rows), random.uniform(-1.5, 3, rows)
    return {
        band: level - k * slope * 0.4 + random.normal(0, 0.3, rows) for k, band in enumerate(BANDS)
    }


def hidden(random, activation, inputs):
    widths = [inputs, 12, 9, len(CLASSES)]
    kinds = [activation, activation, "softmax"]
    return Network(
        *(
            Dense(random.normal(0, 1.5, (a, b)), random.normal(0, 0.3, b), kind)
            for a, b, kind in zip(widths[:-1], widths[1:], kinds, strict=True)
        )
    )


def same(folder_of_model):
    columns = stars()
    ours = load(folder_of_model)(columns)
    theirs = asked(packed(folder_of_model), columns)
    found = np.array([one["probabilities"] for one in theirs])
    assert np.abs(found - ours.probabilities).max() < 1e-5
    assert [one["set"] for one in theirs] == [
        [c for c, inside in zip(CLASSES, row, strict=True) if inside] for row in ours.sets
    ]
    assert [one["outside"] for one in theirs] == ours.outside.tolist()
    assert [one["another"] for one in theirs] == ours.another.tolist()
    classes = [CLASSES[k] for k in ours.probabilities.argmax(axis=1)]
    assert [one["class"] for one in theirs] == [one["most"] for one in theirs] == classes
    assert len(set(classes)) > 2
    assert ours.outside.any() and not ours.outside.all()


def test_the_page_answers_as_the_command_does(tmp_path):
    same(make_model(tmp_path))


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "softplus", "elu", "selu"])
def test_activations_are_those_of_onnx(tmp_path, activation):
    place, random = make_model(tmp_path), np.random.default_rng(7)
    write_onnx(place / folder.ONNX, hidden(random, activation, 9))
    folder.seal(place)
    same(place)


def test_members_are_averaged(tmp_path):
    place, random = make_model(tmp_path), np.random.default_rng(8)
    network = hidden(random, "relu", 9)
    both = Network(*network.layers)
    both.layers = (network, hidden(random, "tanh", 9))
    write_onnx(place / folder.ONNX, both)
    folder.seal(place)
    same(place)


def test_a_network_that_the_script_cannot_run_is_left_out(tmp_path):
    place = make_model(tmp_path)
    write_onnx(place / folder.ONNX, hidden(np.random.default_rng(9), "gelu", 9))
    assert packed(place) is None
    about = files.read_json(place / folder.MODEL)
    files.write_json(place / folder.MODEL, {**about, "skipped": "no magnitudes"})
    assert packed(place) is None
