"""What the command's words do: read, type, write; a single star; the models' cards."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from stellar import CLASSES, files
from stellar.classify import folder, output
from stellar.classify.evaluation_page import render
from stellar.classify.hints import (
    MUCH_DUST,
    corrected_in_words,
    cut_ids,
    dust_of,
    dusty,
    id_columns,
    shift_in_words,
)
from stellar.classify.mixing import in_words as mix_in_words
from stellar.classify.mixing import shares_of
from stellar.classify.model import Model, load_all
from stellar.classify.options import OPTIONS_OF_ONE
from stellar.classify.rows import Numbers, reasons, type_rows
from stellar.classify.scoring import in_words, known_types, scores
from stellar.classify.text_columns import cast_to, kinds_of
from stellar.classify.typed import ROWS, Tally, Typist, begun, in_order, plan_of
from stellar.errors import UserError
from stellar.survey.catalogue import COLUMNS
from stellar.survey.table_file import TableFile
from stellar.survey.table_readers import opened

log = logging.getLogger("stellar")
MOST_FLAGGED = "many rows are flagged: are these magnitudes of stars, in the right columns?"
WORSE = f"behind more than {MUCH_DUST} mag in r types are worse, and no flag says so"
SIMULATED = (
    "models learnt from simulated stars, and their cards' scores are of such stars; "
    "docs/real-stars.md has those of real ones"
)
# What columns hold where most values cannot be.
_UNITS = {
    "redshift": "; a velocity needs its unit: --unit redshift=km/s, units in Python",
    "sppTeff": "; give K, no logarithm; kK need their unit: --unit sppTeff=kK, units in Python",
}
AS_OBSERVED = "magnitudes taken as observed (not dereddened)"
# What the models of `make model` read beside magnitudes.
MORE = (("redshift",), ("sppTeff", "sppLogG", "sppFeH"))
OF_TEXT = ("csv", "votable", "ipac", "mrt")  # kinds of tables whose cells come as text
MODELS = Path("results/model")  # where make model leaves them
_TICK = 0.5  # seconds between two lines of progress


@dataclass(frozen=True)
class Request:
    """What is to be classified, and how; each field is an option of the command.

    `mix` may be shares by class, too.
    """

    table: str
    output: str = output.STANDARD
    model: Path = MODELS
    columns: Mapping[str, str | None] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    mix: str | Mapping[str, float] | None = None
    prefix: str = "type"
    explain: bool = False
    force: bool = False
    threads: int = 1
    rows: int = ROWS


def classify(request: Request) -> Tally:
    """Type the stars of a table.

    Raises
    ------
    UserError
        The table cannot be read or has not what every model needs, the output is there, ….
    """
    kind = output.kind_of(request.output)
    output.refuse_existing(request.output, request.force)
    models = load_all(request.model)
    with _table(request.table) as table:
        output.refuse_names(request.output, table.names)
        typist = typist_for(request, table, models)
        kinds = kinds_of(table) if kind not in output.TEXT and table.kind in OF_TEXT else {}
        typist, tally = _write(request, table, typist, kinds)
    print(summary(tally, typist), file=sys.stderr)
    used = [model for model in models if tally.tiers[model.tier]]
    if any(model.about["simulated"] for model in used):
        print(SIMULATED, file=sys.stderr)
    for model in used:
        if names := model.about.get("unpromised"):
            print(f"sets of {model.tier} promise nothing of {', '.join(names)}", file=sys.stderr)
    if request.mix and typist.mix is not None:
        print(mix_in_words(request.mix, typist.mix), file=sys.stderr)
    return tally


def typist_for(request: Request, table: TableFile, models: Sequence[Model]) -> Typist:
    """Who types a table: which of its columns are read, by which models, for which mix.

    Raises
    ------
    UserError
        The table lacks what every model needs, has a new column's name, or the mix is none.
    """
    output.refuse_prefix(request.prefix)
    plan = plan_of(table, models, dict(request.columns), dict(request.units))
    typist = Typist(plan, models, request.prefix)
    _refuse_taken(table, typist)
    if request.explain:
        print(explained(table, typist), file=sys.stderr)
    if request.mix:
        shares = shares_of(request.mix, table, typist)
        typist = replace(typist, mix=shares)
        if request.explain:
            print(mix_in_words(request.mix, shares), file=sys.stderr)
    return typist


def _write(
    request: Request, table: TableFile, typist: Typist, kinds: Mapping[str, pa.DataType]
) -> tuple[Typist, Tally]:
    dust = dust_of([name for name in table.names if name not in table.refused])
    ids = id_columns([name for name in table.names if name not in table.refused])
    tally, progress = Tally(dusty=0 if dust else None), Progress(_rows_of(table))
    batches: Iterator[pa.Table] = (
        cast_to(batch, kinds) for batch in table.batches(table.names, request.rows)
    )
    typist, batches = begun(typist, table, batches)
    results = in_order(typist.typed, batches, request.threads)
    first = next(results, None)
    if first is None:
        raise UserError(f"{table.path} holds no star; give a table with rows")
    with output.writer(request.output, first.schema, table.units, table.about) as write:
        while first is not None:
            tally.add(first, request.prefix)
            if dust:
                tally.dusty = (tally.dusty or 0) + dusty(first[dust[0]], dust[1])
            for name in ids:
                floating, zeros = cut_ids(first[name])
                tally.floating[name] += floating
                tally.zeros[name] += zeros
            write(first)
            progress.show(tally.rows)
            first = next(results, None)
    progress.end()
    return typist, tally


def evaluate(request: Request, truth: str, page: str | None = None) -> str:
    """Scores against known types, in words; the request's output is a JSON file of them.

    `page` is an HTML file that shows them, or `-`: it is returned, and the words are printed as
    errors are. So is what looks odd about the table.

    Raises
    ------
    UserError
        As `classify`; or the column `truth` has no spectral class, or no row with one is typed.
    """
    written = [path for path in (request.output, page) if path is not None]
    written = [path for path in written if path != output.STANDARD]
    if len({Path(path).resolve() for path in written}) < len(written):
        raise UserError(f"{page} is the file of the scores, too; name another one by --page")
    for path in written:
        output.refuse_existing(path, request.force)
    models = load_all(request.model)
    with _table(request.table) as table:
        typist = Typist(plan_of(table, models, dict(request.columns), dict(request.units)), models)
        known = known_types(table, typist, truth)
    found = scores(known, [model.tier for model in models])
    found |= {"table": Path(request.table).name, "truth": truth}
    found["models"] = [model.name for model in models]
    found["simulated"] = any(model.about["simulated"] for model in models)
    found["warnings"] = oddities(known.typist, known.much_flagged)
    words = "\n".join([in_words(found), *(["", SIMULATED] if found["simulated"] else [])])
    if request.output != output.STANDARD:
        files.write_json(request.output, found)
    for warning in found["warnings"]:
        print(warning, file=sys.stderr)
    if page == output.STANDARD:
        print(words, file=sys.stderr)
        return render(found).rstrip("\n")
    if page is not None:
        files.write_text(page, render(found))
    return words


@contextmanager
def _table(name: str) -> Iterator[TableFile]:
    """An open table; standard input is kept in a file that vanishes in the end."""
    if name != output.STANDARD:
        with opened(_file(name)) as table:
            yield table
        return
    if sys.stdin is None:
        raise UserError("standard input is closed; give a table's name, or feed - by a pipe")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / output.STANDARD_INPUT

        def renamed(record: logging.LogRecord) -> bool:
            record.msg = record.getMessage().replace(str(path), "standard input")
            record.args = ()
            return True

        log.addFilter(renamed)
        try:
            with files.allowed(f"standard input in {place}"), path.open("wb") as file:
                shutil.copyfileobj(sys.stdin.buffer, file)
            with opened(path) as table:
                yield table
        except UserError as error:
            error.args = (str(error).replace(str(path), "standard input"),)
            raise
        finally:
            log.removeFilter(renamed)


def _file(name: str) -> Path:
    path = Path(name)
    if not name:
        raise UserError("the table's name is empty; give one, or - for standard input")
    if path.is_dir():
        raise UserError(f"{name} is a folder; give a table, such as {name.rstrip('/')}/stars.csv")
    if not path.exists():
        raise UserError(f"there is no file {name}; correct its path")
    if not path.is_file():
        raise UserError(f"{name} is no plain file; feed it by a pipe: cat {name}, and - as table")
    return path


def _refuse_taken(table: TableFile, typist: Typist) -> None:
    taken = [name for name in typist.schema.names if name in table.names]
    if taken:
        raise UserError(
            f"{table.path} has a column {taken[0]} already; name the new ones, for "
            "example by --prefix my_type"
        )


def _rows_of(table: TableFile) -> int | None:
    return files.number_of_rows(table.path) if table.kind == "parquet" else None


def explained(table: TableFile, typist: Typist) -> str:
    """Which column is taken as what, and which models can be used."""
    units = {column.name: column.unit for column in COLUMNS}
    lines = []
    for name, own in typist.plan.columns.items():
        factor = typist.plan.factors.get(name)
        given = table.units.get(own)
        unit = units[name] or "no unit"
        how = f"taken as {unit}" if factor is None else f"{given or 'as you say'}, in {unit}"
        times = "" if factor in (None, 1.0) else f", times {factor:.10g}"
        lines.append(f"{own} is {name}: {how}{times}")
    lines.append("magnitudes are taken as observed, not corrected for dust")
    for model in typist.models:
        absent = [name for name in model.columns if name not in typist.plan.columns]
        use = (
            f"cannot be used: no {', '.join(absent)}" if absent else "for rows that have its values"
        )
        lines.append(f"model {model.name} {use}")
    return "\n".join(lines)


def summary(tally: Tally, typist: Typist) -> str:
    """What was read, how many rows were typed, and flagged, in sentences."""
    typed = tally.rows - tally.classes[""]
    found = ", ".join(f"{tally.classes[c]:,} {c}" for c in CLASSES if tally.classes[c])
    lines = [f"{tally.rows:,} rows, {typed:,} typed: {found or 'none'}"]
    used = ", ".join(f"{n:,} by {tier}" for tier, n in sorted(tally.tiers.items()) if tier)
    lines += [f"models: {used}"] if used else []
    idle = not_used(typist)
    columns = {n: own for n, own in typist.plan.columns.items() if n not in idle}
    read = (n if n == own else f"{n}={own}" for n, own in columns.items())
    lines.append(f"read: {', '.join(read)}; {AS_OBSERVED}; --column u=yours reads another column")
    if idle:
        absent = next(iter(idle.values()))
        lines.append(
            f"{', '.join(idle)}: not used, since the model that reads them needs "
            f"{', '.join(absent)}, too; name yours by --column {absent[0]}=my_{absent[0]}"
            + (" (--unit redshift=km/s for a velocity)" if absent[0] == "redshift" else "")
        )
    for names in MORE:
        if set(names) <= set(typist.plan.unread):
            lines.append(
                f"{', '.join(names)}: not used, since no model given reads it; make model makes "
                "one that does, --model results/model uses it"
            )
    for flag, rows in tally.flags.most_common():
        if flag:
            lines.append(f"flagged, {rows:,}: {flag}")
    if tally.dusty is None:
        lines.append(f"dust: no column says how much; {WORSE}")
    elif tally.dusty:
        lines.append(f"dust: {tally.dusty:,} rows lie deep in it; {WORSE}")
    for name, rows in tally.floating.items():
        cut = tally.zeros[name] if 2 * tally.zeros[name] > tally.rows else 0
        if rows + cut:
            how = "are floating-point numbers" if rows else "end in zeros from digit 16 on"
            lines.append(
                f"column {name}: {rows + cut:,} of {tally.rows:,} ids {how}, which may have lost "
                "digits; they stand as they were: take them from a table that has them as text"
            )
    lines += oddities(typist, tally.much_flagged)
    if tally.much_flagged:
        lines[-1] += " --explain says how they were read"
    if none := tally.none_typed:
        lines.append(none)
    return "\n".join(lines)


def not_used(typist: Typist) -> dict[str, list[str]]:
    """Columns that the table has and only models read that need others: to what these are."""
    columns = typist.plan.columns
    used = {n for model in typist.models for n in model.columns if set(model.columns) <= {*columns}}
    return {
        name: [other for other in model.columns if other not in columns]
        for model in typist.models
        for name in model.columns
        if name in columns and name not in used
    }


def _as_options(columns: Mapping[str, str]) -> str:
    return " ".join(f"--column {name}={own}" for name, own in columns.items())


def oddities(
    typist: Typist, much_flagged: bool, typed: Callable[[Mapping[str, str]], str] = _as_options
) -> list[str]:
    """What looks odd about a table as a whole: its bands, its magnitudes, many flags.

    Parameters
    ----------
    typist : Typist
        Who has looked at the table (`begun`).
    much_flagged : bool
    typed : callable
        From catalogue columns and the table's own to what a user types to have them read so.
    """
    lines = []
    if typist.exchanged:
        words = typed(typist.exchanged)
        lines.append(f"bands look exchanged: the rows are far more like stars with {words}")
    if typist.shifted:
        lines.append(shift_in_words(typist.shifted))
    if corrected := corrected_in_words(typist.plan.columns):
        lines.append(corrected)
    if others := typist.plan.beside:
        lines.append(
            f"{', '.join(others)} beside the five is no band of SDSS: types of another survey's "
            "magnitudes are worse"
        )
    for name in typist.impossible:
        lines.append(f"{name}: most values cannot be{_UNITS.get(name, '')}")
    if much_flagged:
        lines.append(MOST_FLAGGED)
    return lines


class Progress:
    """A line that says how far it is, on a terminal."""

    def __init__(self, rows: int | None, what: str = "rows") -> None:
        self.rows, self.what, self.start, self.last = rows, what, time.monotonic(), 0.0
        self.shown = sys.stderr.isatty()

    def show(self, done: int) -> None:
        """Say how many rows are done, now and then."""
        now = time.monotonic()
        if not self.shown or now - self.last < _TICK:
            return
        self.last, rate = now, done / max(now - self.start, 1e-9)
        left = ""
        if self.rows and rate:
            left = f" of {self.rows:,}, {(self.rows - done) / rate:.0f} s left"
        print(f"\r{done:,} {self.what}{left}   ", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Take the line away."""
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def one(place: Path, values: Mapping[str, float]) -> str:
    """The type of a single star, in words."""
    models = load_all(place)
    limits = {column.name: (column.low, column.high) for column in COLUMNS}
    for name, value in values.items():
        low, high = limits[name]
        if not np.isfinite(value) or (low or value) > value or (high or value) < value:
            raise UserError(f"{name} = {value:g} cannot be; it lies from {low:g} to {high:g}")
    columns = {name: np.array([value]) for name, value in values.items()}
    given = Numbers(columns, {name: np.zeros(1, bool) for name in columns})
    types = type_rows(given, models)
    number = int(types.tier[0])
    if number < 0:
        absent = [_option(name) for name in models[-1].columns if name not in values]
        raise UserError(
            f"the model {models[-1].name} needs {', '.join(absent)}, too; add what it is"
        )
    shares = types.probabilities[0]
    likely = sorted(range(len(CLASSES)), key=lambda k: -shares[k])
    lines = [
        f"{CLASSES[likely[0]]}, by the model {models[number].name}",
        "probability " + ", ".join(f"{CLASSES[k]} {shares[k]:.3f}" for k in likely[:3]),
        f"set {_set(int(types.sets[0]))}",
    ]
    flag = reasons(types.code, False, list(columns))[0]
    lines += [f"flagged: {flag}"] if flag else []
    return "\n".join([*lines, *unread(values, models[number], models)])


def unread(given: Collection[str], used: Model, models: Sequence[Model]) -> list[str]:
    """What was given of a star and its model does not read, and what the one that does needs."""
    spare = [name for name in given if name not in used.columns]
    needs: dict[tuple[str, ...] | None, list[str]] = {}
    for name in spare:
        absent = [
            tuple(_option(other) for other in model.columns if other not in given)
            for model in models
            if name in model.columns
        ]
        needs.setdefault(min(absent, key=len, default=None), []).append(_option(name))
    lines = []
    for missing, options in needs.items():
        them = "it" if len(options) == 1 else "them"
        why = f"the model that reads {them} needs {', '.join(missing or ())}, too"
        if missing is None:
            why = f"no model given reads {them}"
        lines.append(f"not used: {', '.join(options)}; {why}")
    return lines


def _option(name: str) -> str:
    return OPTIONS_OF_ONE.get(name, name)


def _set(bits: int) -> str:
    return "".join(c for k, c in enumerate(CLASSES) if bits >> k & 1) or "of no class"


def info(place: Path) -> str:
    """The cards of all models of a folder."""
    return "\n\n".join(_card(place, model) for model in load_all(place))


def _card(place: Path, model: Model) -> str:
    own = place / folder.CARD_TEXT
    path = own if own.exists() else place / model.tier / folder.CARD_TEXT
    text = path.read_text(encoding="utf-8").rstrip()
    study = [in_the_study(place.parent / "summary/tiers.csv", model)] if own != path else []
    return "\n\n".join([text, *filter(None, study), f"Version {model.name}."])


def in_the_study(path: Path, model: Model) -> str:
    """What the study's comparison says of a model's label and tier, if it has run beside it.

    Parameters
    ----------
    path : Path
        Its table `tiers.csv`.
    model : Model
    """
    rows = files.read_csv(path) if path.is_file() else []
    for row in rows:
        if (row.get("label"), row.get("tier")) == (model.about["label"], model.tier):
            recalls = [(c, row.get(f"recall_{c}")) for c in CLASSES]
            found = ", ".join(f"{c} {100 * r:.0f}" for c, r in recalls if isinstance(r, float))
            return (
                "## The study, on the same features and label\n\n"
                f"Cross-validated on {row['rows']} stars in {row['folds']} folds: accuracy "
                f"{100 * row['accuracy']:.1f} %, macro-F1 {100 * row['f1_macro']:.1f} %; recall in "
                f"% {found}."
            )
    return ""
