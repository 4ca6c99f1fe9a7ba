"""A trained network as ONNX, which runs without TensorFlow, in many languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stellar.errors import UserError
from stellar.files import replacing

OPSET, IR = 20, 9  # what ONNX Runtime reads since 1.17 of 2024
# Keras's activations, and ONNX's operators of the same function.
_OPERATORS = {
    "relu": "Relu",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "softplus": "Softplus",
    "elu": "Elu",
    "selu": "Selu",
    "gelu": "Gelu",
    "silu": "Swish",
    "softmax": "Softmax",
}


def write_onnx(path: str | Path, model: Any) -> None:
    """Write a Keras model of dense layers, or an average of such models, as ONNX.

    Its input is `features`, float32, shape (n_rows, n_features), standardized; its output
    `probabilities`, float32, shape (n_rows, n_classes). The same model is the same bytes.

    Raises
    ------
    UserError
        The model has a layer or an activation that this writes no ONNX for.
    """
    import onnx
    from onnx import helper

    members = [layer for layer in model.layers if hasattr(layer, "layers")] or [model]
    nodes, weights, outputs = [], [], []
    for number, member in enumerate(members):
        last = "features"
        for step, name, arrays in _steps(member, f"member_{number}"):
            for key, array in arrays.items():
                weights.append(onnx.numpy_helper.from_array(array, f"{name}_{key}"))
            inputs = [last, *(f"{name}_{key}" for key in arrays)]
            if step == "Swish":  # x times its sigmoid
                nodes.append(helper.make_node("Sigmoid", inputs, [f"{name}_gate"]))
                nodes.append(helper.make_node("Mul", [last, f"{name}_gate"], [name]))
            else:
                nodes.append(helper.make_node(step, inputs, [name]))
            last = name
        outputs.append(last)
    # The mean of one is that one.
    nodes.append(helper.make_node("Mean", outputs, ["probabilities"]))
    number_of = onnx.TensorProto.FLOAT
    shapes = {"features": model.input_shape[-1], "probabilities": model.output_shape[-1]}
    given, made = (
        helper.make_tensor_value_info(n, number_of, ["n_rows", w]) for n, w in shapes.items()
    )
    graph = helper.make_graph(nodes, "stellar", [given], [made], weights)
    opsets = [helper.make_opsetid("", OPSET)]
    whole = helper.make_model(graph, opset_imports=opsets, ir_version=IR, producer_name="stellar")
    onnx.checker.check_model(whole)
    with replacing(path) as temporary:
        temporary.write_bytes(whole.SerializeToString(deterministic=True))


def _steps(member: Any, prefix: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Operator, name and weights of each step of a sequential model, in order."""
    for number, layer in enumerate(member.layers):
        kind = type(layer).__name__
        if kind in ("InputLayer", "Dropout"):  # what classifies drops nothing
            continue
        activation = getattr(getattr(layer, "activation", None), "__name__", "")
        if kind != "Dense" or activation not in (*_OPERATORS, "linear"):
            raise UserError(
                f"a {kind} layer with activation {activation!r} is not written as ONNX; use dense "
                f"layers with one of {', '.join(_OPERATORS)} in learners.network"
            )
        kernel, bias = layer.get_weights()
        name = f"{prefix}_{number}"
        yield "Gemm", f"{name}_dense", {"kernel": kernel, "bias": bias}
        if activation != "linear":
            yield _OPERATORS[activation], f"{name}_{activation}", {}
