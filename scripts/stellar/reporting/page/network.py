"""The network of a model's folder, as the page's script reads it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stellar import files

# Operators that network.js knows, beside Gemm.
ACTIVATIONS = ("Relu", "Tanh", "Sigmoid", "Softplus", "Elu", "Selu")


def packed(folder: Path) -> dict[str, Any] | None:
    """What network.js needs of a model; None if it cannot be used on a page.

    Parameters
    ----------
    folder : Path
        Of `train_model`: `model.json` and `network.onnx`.

    Returns
    -------
    dict or None
        None where the survey had not what the tier needs, where a feature is neither a column nor
        a difference of two, or where the network has an operator that the script does not know.
    """
    about = files.read_json(folder / "model.json")
    if "skipped" in about:
        return None
    made_of = [feature["made_of"] for feature in about["features"]]
    members = _members(folder / "network.onnx")
    if members is None or any(len(columns) > 2 for columns in made_of):
        return None
    densities = about["densities"]
    _, logs = np.linalg.slogdet(np.array(densities["whiteners"]))
    constants = np.log(densities["shares"]) + logs
    kept = {n: densities[n] for n in ("kinds", "centre", "scale", "means", "whiteners")}
    scaler, columns = about["scaler"], [name for name, _, _ in about["limits"]]
    return {
        **{key: about[key] for key in ("label", "tier", "survey", "classes", "training_rows")},
        **{key: about[key] for key in ("temperature", "outside", "another", "level", "limits")},
        "columns": columns,
        "features": made_of,
        "mean": [float.fromhex(value) for value in scaler["mean"]],
        "std": [float.fromhex(value) for value in scaler["std"]],
        "thresholds": [about["thresholds"][name] for name in about["classes"]],
        "densities": {**kept, "constants": constants.tolist()},
        "members": members,
    }


def _members(path: Path) -> list[list[dict[str, Any]]] | None:
    """The dense layers of each member; the last one's softmax is the script's own."""
    import onnx

    graph = onnx.load(path).graph
    arrays = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    members: list[list[dict[str, Any]]] = []
    for node in graph.node:
        if node.op_type == "Gemm":
            if node.input[0] == "features":
                members.append([])
            kernel, bias = (arrays[name] for name in node.input[1:])
            members[-1].append({"kernel": _text(kernel), "bias": _text(bias), "activation": None})
        elif node.op_type in ACTIVATIONS:
            members[-1][-1]["activation"] = node.op_type
        elif node.op_type not in ("Softmax", "Mean"):
            return None
    return members


def _text(array: NDArray[np.float32]) -> str:
    return base64.b64encode(array.astype("<f4").tobytes()).decode("ascii")
