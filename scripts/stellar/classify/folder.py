"""A model's folder: what stands in it, and that nothing of it has changed.

`model.json` says what the network is fed with and how its answers are read, `card.json` and
`card.md` what it is for; `checksums.json` has the SHA-256 of all. Nothing in it is a program.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stellar import files
from stellar.errors import UserError

FORMAT = 2  # of model.json; another number, another meaning
MODEL, ONNX, KERAS = "model.json", "network.onnx", "network.keras"
CARD, CARD_TEXT, CHECKSUMS = "card.json", "card.md", "checksums.json"
LISTED = (MODEL, ONNX, KERAS, CARD, CARD_TEXT)


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seal(folder: Path) -> str:
    """Write the checksums of a folder's files: the last step that makes a model of it.

    Returns
    -------
    str
        The model's version, a line.
    """
    sums = {name: digest(folder / name) for name in LISTED if (folder / name).exists()}
    files.write_json(folder / CHECKSUMS, {"format": FORMAT, "sha256": sums})
    return f"{_version(folder)}\n"


def is_model(folder: Path) -> bool:
    """Whether a folder holds a model, whole or not: one that lacks a file is not passed over."""
    return any((folder / name).exists() for name in (CHECKSUMS, MODEL, ONNX))


def _version(folder: Path) -> str:
    """Twelve digits of the checksums' own."""
    return digest(folder / CHECKSUMS)[:12]


def opened(folder: Path) -> tuple[dict[str, Any], str]:
    """What `model.json` says, and the model's version: twelve digits of its checksums' own.

    Raises
    ------
    UserError
        The folder has no model, one of another format, or a file of it has changed.
    """
    again = f"make it again: delete {folder} and type make model"
    if is_model(folder) and not (folder / CHECKSUMS).is_file():
        raise UserError(f"{folder} lacks {CHECKSUMS}, the last file of a model; {again}")
    sums = _json(folder / CHECKSUMS)
    if sums.get("format") != FORMAT:
        raise UserError(
            f"{folder} has a model of format {sums.get('format')}, this program reads {FORMAT}; "
            + again
        )
    listed = sums.get("sha256")
    if not isinstance(listed, Mapping) or MODEL not in listed:
        raise UserError(f"{folder / CHECKSUMS} lacks checksums; {again}")
    for name, known in listed.items():
        path = folder / name
        if name not in LISTED or not path.is_file():
            raise UserError(f"{folder} lacks {name}, which its checksums name; {again}")
        if digest(path) != known:
            raise UserError(f"{path} has changed since the model was made; {again}")
    return _json(folder / MODEL), _version(folder)


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise UserError(f"there is no model in {path.parent} ({path.name}); type make model first")
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise UserError(f"{path} is damaged; delete {path.parent} and type make model")
    return data
