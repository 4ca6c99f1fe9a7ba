"""The table of docs/configuration.md: each key, from schema.yaml and config.yaml.

python -m stellar.documentation.keys
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from stellar import files

Form = Mapping[str, Any]

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/configuration.md"
HEAD = (
    "| key | default | values | what it is | what reruns |",
    "|---|---|---|---|---|",
)
LONGEST = 40  # a default of more characters is looked up in config.yaml


def table(schema: Form, config: Form) -> str:
    """One row for each key, in the schema's order.

    Parameters
    ----------
    schema : mapping
        JSON Schema whose keys have a `description`, and `reruns`, which a section may say for all
        its keys.
    config : mapping
        The configuration that holds the defaults.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    ValueError
        A key has no description.
    """
    return "\n".join([*HEAD, *_rows(schema, schema["$defs"], config, "", "")])


def _rows(form: Form, forms: Form, value: Any, path: str, reruns: str) -> Iterator[str]:
    """The row of a key, or of a section without a description the rows of its keys."""
    form = _resolved(form, forms)
    reruns = form.get("reruns", reruns)
    if "description" in form:
        cells = (f"`{path}`", _default(form, value), _values(form), form["description"], reruns)
        yield f"| {' | '.join(cells)} |"
        return
    if "properties" not in form:
        raise ValueError(f"config/schema.yaml: {path} has no description; add one")
    for name, key in form["properties"].items():
        known = value.get(name) if value else None
        yield from _rows(key, forms, known, f"{path}.{name}".lstrip("."), reruns)


def _resolved(form: Form, forms: Form) -> Form:
    shared = forms[form["$ref"].rsplit("/", 1)[-1]] if "$ref" in form else {}
    return {**shared, **form}


def _default(form: Form, value: Any) -> str:
    value = form.get("default", value)
    text = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=1000)
    text = text.removesuffix("\n").removesuffix("\n...")
    return f"`{text}`" if len(text) <= LONGEST else "see `config.yaml`"


def _values(form: Form) -> str:
    """Which values a key takes, in words."""
    if "title" in form:
        return str(form["title"])
    if "enum" in form:
        return ", ".join(f"`{value}`" for value in form["enum"])
    if "items" in form:
        return f"list of: {_values(form['items'])}"
    kinds = [form["type"]] if isinstance(form["type"], str) else form["type"]
    words = {
        "integer": f"whole number{_range(form)}",
        "number": f"number{_range(form)}",
        "boolean": "`true`, `false`",
        "string": "text",
        "object": "mapping",
        "null": "`null`",
    }
    return " or ".join(words[kind] for kind in kinds)


def _range(form: Form) -> str:
    limits = (
        ("from", "minimum"),
        ("above", "exclusiveMinimum"),
        ("to", "maximum"),
        ("below", "exclusiveMaximum"),
    )
    return "".join(f" {word} {form[key]}" for word, key in limits if key in form)


def with_table(page: str, rows: str) -> str:
    """The text of the page with its table of keys replaced."""
    before, rest = page.split(HEAD[0], maxsplit=1)
    after = rest[rest.index("\n\n") :]
    return f"{before}{rows}{after}"


def written() -> str:
    """The page as schema and configuration want it."""
    schema, config = (
        yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8"))
        for name in ("schema.yaml", "config.yaml")
    )
    return with_table(PAGE.read_text(encoding="utf-8"), table(schema, config))


if __name__ == "__main__":
    files.write_text(PAGE, written())
