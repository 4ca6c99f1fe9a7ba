"""Hold the simulated survey against real stars; print the tables of docs/simulation.md.

PYTHONPATH=scripts python tests/bench/simulated_survey.py --real-stars real_natural_mix.csv \
  --segue segue_colours_feh.csv --locus covey2007_medianlocus.tbl --figures docs/figures

What the files are, and where they come from: docs/simulation.md. The status is 1 if the survey is
out of one of the tolerances below, or a file cannot be used.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import plots
from scipy.stats import binomtest, bootstrap
from stellar import CLASSES, ELODIE
from stellar.errors import UserError
from stellar.survey import catalogue
from stellar.survey.simulated import sequences
from stellar.survey.simulated.shard import simulate_shard

COLOURS = {"u-g": ("u", "g"), "g-r": ("g", "r"), "r-i": ("r", "i"), "i-z": ("i", "z")}
CLASS_TOLERANCE, LOCUS_TOLERANCE, ERROR_TOLERANCE = 0.15, 0.05, 0.3  # mag, mag, share
HELD = "AFGKM"  # classes whose colours are held to the tolerance: of O and B there are too few

# Per 100,000 DR18 stars, by the first letter of elodieSpType; and the temperature cut: the study.
STUDY_MIX = {"O": 9195, "B": 480, "A": 1762, "F": 7559, "G": 19097, "K": 20413, "M": 15617}
STUDY_CUT = 0.5922
# Median g-r by the first letter of subClass, not dereddened: 93,628 stars of SDSS DR17.
GR = {"O": -0.31, "B": -0.05, "A": 0.11, "F": 0.39, "G": 0.44, "K": 0.78, "M": 1.29}
# Median error (mag) of the model magnitudes of SDSS stars, by magnitude.
ERRORS = {
    "g": {15: 0.004, 17.5: 0.005, 18.5: 0.007, 19.5: 0.012, 20.5: 0.023, 21.5: 0.046, 22.5: 0.106},
    "r": {19.5: 0.015, 20.5: 0.029, 21.5: 0.062},
    "i": {19.5: 0.020, 20.5: 0.043, 21.5: 0.097},
    "z": {17.5: 0.017, 18.5: 0.032, 19.5: 0.077, 20.5: 0.174, 21.5: 0.396},
}

# ------------------------------------------------------------------------------ what is compared


def colours(table: pd.DataFrame, dereddened: bool = False) -> pd.DataFrame:
    """The four colours of the rows with all five magnitudes (between 0 and 30)."""
    bands = table[list("ugriz")].astype(float)
    seen = bands.gt(0).all(axis=1) & bands.lt(30).all(axis=1)
    bands = bands[seen]
    if dereddened:
        bands = bands - table.loc[seen, [f"extinction_{b}" for b in "ugriz"]].to_numpy()
    return pd.DataFrame({name: bands[a] - bands[b] for name, (a, b) in COLOURS.items()})


def by_class(table: pd.DataFrame) -> pd.core.groupby.DataFrameGroupBy:
    """Colours, grouped by the first letter of subClass."""
    found = colours(table)
    return found.groupby(table.loc[found.index, "subClass"].str[0])


def locus_offsets(table: pd.DataFrame, locus: pd.DataFrame, whole: bool = False) -> pd.DataFrame:
    """Median offset of each colour from the locus at the star's own g-i, in bins of g-i.

    Magnitudes are dereddened by the map, as in Covey+ (2007), and 14 < i < 17.5, so that u is no
    mere limit. Two sorts of stars are left out that a sample by magnitude with good photometry
    hardly holds (unless `whole`): giants by log g, which SEGUE sought out, and stars with a colour
    other than u-g more than 0.2 mag off the locus, by a bad band or a white dwarf companion.
    """
    found = colours(table, dereddened=True)
    rows = table.loc[found.index]
    gi = found["g-r"] + found["r-i"]
    offset = found.apply(lambda colour: colour - np.interp(gi, locus["gi"], locus[colour.name]))
    bright = (rows["i"] - rows["extinction_i"]).between(14, 17.5)
    giant = rows["sppLogG"].between(-9, 3.5)
    near = (offset.drop(columns="u-g").abs() < 0.2).all(axis=1)
    chosen = bright & (whole | (near & ~giant))
    bins = pd.cut(gi[chosen], np.linspace(0.4, 2.8, 13))
    groups = offset[chosen].groupby(bins, observed=False)
    return groups.median().assign(stars=groups.size())


def published_locus() -> pd.DataFrame:
    """The locus as `sequences` has it, with the names of the colours."""
    return pd.DataFrame(sequences.LOCUS)[["gi", *sequences.COLOURS]].set_axis(
        ["gi", *COLOURS], axis=1
    )


def median_errors(table: pd.DataFrame) -> pd.DataFrame:
    """Published and found median errors within 0.15 mag of each magnitude of `ERRORS`."""
    rows = [
        (band, at, published, table.loc[(table[band] - at).abs() < 0.15, f"err_{band}"].median())
        for band, points in ERRORS.items()
        for at, published in points.items()
    ]
    made = pd.DataFrame(rows, columns=["band", "magnitude", "published", "simulated"])
    return made.assign(ratio=made["simulated"] / made["published"])


def with_metallicity(table: pd.DataFrame) -> pd.DataFrame:
    """Colours, as observed, and [Fe/H] of stars with normal SSPP flags."""
    normal = table[(table["sppFlag"] == "nnnnn") & (table["sppFeH"] > catalogue.MISSING)]
    return colours(normal).join(normal["sppFeH"].rename("feh"))


def metallicity_effects(stars: pd.DataFrame) -> pd.DataFrame:
    """By g-r: the slope of u-g per dex of [Fe/H], and median u-g of metal-rich and -poor stars."""
    rows = {}
    for low, high in ((0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.9)):
        near = stars[stars["g-r"].between(low, high) & stars["feh"].between(-2.2, 0.3)]
        # The trend with g-r inside the bin is taken out.
        design = np.stack([near["feh"], near["g-r"] - (low + high) / 2, np.ones(len(near))], axis=1)
        fit = np.linalg.lstsq(design, near["u-g"].to_numpy(), rcond=None)[0]
        rows[f"{low}–{high}"] = {
            "stars": len(near),
            "slope": fit[0],
            "rich": near.loc[near["feh"].between(-0.75, -0.25), "u-g"].median(),
            "poor": near.loc[near["feh"].between(-2, -1), "u-g"].median(),
        }
    return pd.DataFrame(rows).T


def off_locus(found: pd.DataFrame) -> pd.Series:
    """Which stars have a wrong band: g-r 0.1 mag, or i-z 0.15 mag, off the locus at their g-i."""
    gi, locus = found["g-r"] + found["r-i"], sequences.LOCUS
    gr = (found["g-r"] - np.interp(gi, locus["gi"], locus["gr"])).abs()
    iz = (found["i-z"] - np.interp(gi, locus["gi"], locus["iz"])).abs()
    return (gr > 0.1) | (iz > 0.15)


def labelled(table: pd.DataFrame) -> pd.DataFrame:
    """Rows whose elodieSpType gives a class, with it as `label`."""
    label = table["elodieSpType"].str[0].where(table["elodieTEff"] > 0)
    return table.assign(label=label)[label.isin(CLASSES)]


def temperature_cut(table: pd.DataFrame) -> np.ndarray:
    """The study's three-class rule."""
    teff = table["elodieTEff"]
    return np.select([teff < 4000, teff <= 6000], ["M", "G"], "O")


# ------------------------------------------------------------------------------ files of real stars


def read_csv(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """A table with the given columns."""
    try:
        table = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read as a CSV file: {error}") from None
    if absent := [name for name in columns if name not in table]:
        raise UserError(f"{path} has no column {', '.join(absent)}; needed are {list(columns)}")
    return table


def read_locus(path: Path) -> pd.DataFrame:
    """Table 1 of Covey+ (2007), as published: rows of 16 numbers under a heading."""
    try:
        rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
        table = np.array([row for row in rows if len(row) == 16 and row[1].isdigit()], dtype=float)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
    if len(table) < 100:
        raise UserError(f"{path} is not table 1 of Covey+ (2007): it has no rows of 16 numbers")
    return pd.DataFrame(table[:, [0, 2, 4, 6, 8]], columns=["gi", *COLOURS])


# ------------------------------------------------------------------------------ tables


def markdown(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table in Markdown; numbers with two decimals."""
    text = [[f"{x:.2f}" if isinstance(x, float) else str(x) for x in row] for row in rows]
    lines = [head, ["---"] * len(head), *text]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def interval(values: pd.DataFrame) -> np.ndarray:
    """95 % bootstrap intervals of the medians of the columns, shape (2, columns)."""
    if len(values) < 2:
        return np.full((2, values.shape[1]), np.nan)
    found = bootstrap(
        (values.to_numpy(),), np.median, n_resamples=2000, method="percentile",
        rng=np.random.default_rng(0),
    )  # fmt: skip
    return np.stack(found.confidence_interval)


def mix_table(table: pd.DataFrame) -> str:
    """Classes by ELODIE against the study, and the g-r of SDSS's classes against 93,628 stars."""
    known = labelled(table)
    counts, medians = known["label"].value_counts(), by_class(table)["g-r"].median()
    counts = (counts * 100_000 / len(table)).round().astype(int)
    rows = [(x, counts[x], STUDY_MIX[x], medians[x], GR[x]) for x in CLASSES]
    accuracy = (temperature_cut(known) == known["label"]).mean()
    tuples = known.groupby(list(ELODIE))["label"]
    same = (tuples.transform(lambda x: x.mode()[0]) == known["label"]).mean()
    cool_k = ((known["label"] == "K") & (known["elodieTEff"] < 4000)).sum() * 100_000 / len(table)
    return (
        markdown(["class", "simulated", "study", "g-r, simulated", "g-r, SDSS"], rows)
        + f"\nRows with a class: {len(known) / len(table):.1%} (study 74.1 %).\n"
        f"Temperature cut: {accuracy:.3f} (study {STUDY_CUT:.3f}).\n"
        f"K stars below 4,000 K: {cool_k:.0f} per 100,000 rows.\n{tuples.ngroups} tuples of ELODIE "
        f"values; a dictionary from them to the label is right for {same:.1%} of the same rows.\n"
    )


def class_table(real: pd.DataFrame, table: pd.DataFrame) -> tuple[str, list[str]]:
    """Median colours by class, real with interval and simulated; and what is out of tolerance."""
    ours, theirs = by_class(table), by_class(real)
    medians = ours.median()
    rows, wrong = [], []
    for letter in CLASSES:
        group = theirs.get_group(letter)
        low, high = interval(group)
        row: list[object] = [letter, len(group)]
        for n, (colour, median) in enumerate(group.median().items()):
            made = float(medians.loc[letter, colour])
            bounds = f" ({low[n]:.2f} to {high[n]:.2f})" if len(group) > 1 else ""
            row += [f"{median:.2f}{bounds}", made]
            # Few stars, or u beyond its limit: then their interval is the tolerance.
            near = abs(made - median) <= CLASS_TOLERANCE or low[n] <= made <= high[n]
            if letter in HELD and not near:
                wrong.append(f"{colour} of {letter}: {made:.2f}, real {median:.2f}")
        rows.append(row)
    head = ["class", "real stars"]
    for colour in COLOURS:
        head += [f"{colour} real", "simulated"]
    return markdown(head, rows), wrong


def locus_table(offsets: pd.DataFrame) -> tuple[str, list[str]]:
    """Offsets from the locus by g-i; and what is out of tolerance."""
    rows = [
        (f"{bin_.left:.1f}–{bin_.right:.1f}", size, *(f"{x:+.3f}" for x in row))
        for bin_, size, row in zip(
            offsets.index, offsets["stars"], offsets[list(COLOURS)].to_numpy(), strict=True
        )
    ]
    wrong = [
        f"{colour} at g-i {bin_}: {offsets.loc[bin_, colour]:+.3f} from the locus"
        for colour in COLOURS
        for bin_ in offsets.index
        if not abs(offsets.loc[bin_, colour]) <= LOCUS_TOLERANCE
    ]
    return markdown(["g-i", "simulated stars", *COLOURS], rows), wrong


def error_table(errors: pd.DataFrame) -> tuple[str, list[str]]:
    """Median errors by magnitude; and what is out of tolerance."""
    found = errors.set_index(["magnitude", "band"])
    rows = []
    for at in sorted(errors["magnitude"].unique()):
        row = [f"{at:g}"]
        for band in ERRORS:
            known = (at, band) in found.index
            pair = found.loc[(at, band), ["simulated", "published"]] if known else ()
            row.append(" / ".join(f"{x:.3f}" for x in pair))
        rows.append(row)
    wrong = [
        f"error of {one.band} at {one.magnitude:g}: {one.simulated:.3f}, published {one.published}"
        for one in errors.itertuples()
        if not abs(one.ratio - 1) <= ERROR_TOLERANCE
    ]
    return markdown(["magnitude", *ERRORS], rows), wrong


def segue_table(real: pd.DataFrame, table: pd.DataFrame) -> str:
    """What [Fe/H] does to u-g, real and simulated."""
    ours, theirs = metallicity_effects(table), metallicity_effects(real)
    rows = []
    for bin_, known in theirs.iterrows():
        made = ours.loc[bin_]
        row: list[object] = [bin_, int(known["stars"]), int(made["stars"])]
        for value in ("slope", "rich", "poor"):
            row += [known[value], made[value]]
        rows.append(row)
    head = ["g-r", "real stars", "simulated", "slope real", "simulated"]
    head += ["u-g at -0.75 to -0.25 real", "simulated", "u-g at -2 to -1 real", "simulated"]
    return markdown(head, rows)


def misfit_table(real: pd.DataFrame, segue: pd.DataFrame, table: pd.DataFrame) -> str:
    """Shares of stars that are not what they are called, or not well measured."""
    rows = []
    ours, theirs = by_class(table), by_class(real)
    shown = {
        "called M, g-r < 1": ("M", lambda x: x["g-r"] < 1),
        "called F or G, off the locus": ("FG", off_locus),
        "called K, off the locus": ("K", off_locus),
    }
    for name, (letters, test) in shown.items():
        known = test(pd.concat([theirs.get_group(letter) for letter in letters]))
        made = test(pd.concat([ours.get_group(letter) for letter in letters]))
        bounds = binomtest(int(known.sum()), len(known)).proportion_ci(method="exact")
        rows.append(
            (name, f"{known.sum()} of {len(known)}: {known.mean():.0%} ({bounds.low:.0%} to "
             f"{bounds.high:.0%})", f"{made.mean():.1%}")
        )  # fmt: skip
    known, made = off_locus(segue).mean(), off_locus(with_metallicity(table)).mean()
    rows.append(("with SSPP values, off the locus", f"{known:.1%} of {len(segue)}", f"{made:.1%}"))
    return markdown(["stars", "real", "simulated"], rows)


# ------------------------------------------------------------------------------ figures


def draw_classes(path: Path, real: pd.DataFrame, table: pd.DataFrame) -> None:
    """Median colours by class: real with 95 % interval and tolerance, simulated."""
    ours, theirs = by_class(table).median(), by_class(real)
    bounds = {letter: interval(theirs.get_group(letter)) for letter in CLASSES}
    with plots.figure(path, (10, 3), panels=4) as axes:
        for n, (axis, colour) in enumerate(zip(axes, COLOURS, strict=True)):
            for place, letter in enumerate(CLASSES):
                middle = theirs.get_group(letter)[colour].median()
                if letter in HELD:
                    axis.fill_between(
                        [place - 0.35, place + 0.35], middle - CLASS_TOLERANCE,
                        middle + CLASS_TOLERANCE, color=plots.QUIET, alpha=0.3, lw=0,
                    )  # fmt: skip
                axis.plot([place, place], bounds[letter][:, n], color=plots.INK, lw=1)
                axis.plot(place, middle, "o", color=plots.INK, ms=4)
                axis.plot(place, ours.loc[letter, colour], "x", color=plots.ACCENT, ms=6, mew=1.5)
            axis.set_xticks(range(len(CLASSES)), CLASSES)
            axis.set_ylabel(f"median {colour.replace('-', ' − ')} / mag")
        axes[0].plot([], [], "o-", color=plots.INK, ms=4, lw=1, label="real, 95 % interval")
        axes[0].plot([], [], "x", color=plots.ACCENT, ms=6, mew=1.5, label="simulated")
        axes[0].fill_between([], [], color=plots.QUIET, alpha=0.3, lw=0, label="±0.15 mag")
        axes[0].legend(frameon=False, fontsize=7)


def draw_locus(path: Path, table: pd.DataFrame, locus: pd.DataFrame) -> None:
    """Colours against g-i: simulated stars and their medians, and the locus of real stars."""
    found = colours(table, dereddened=True)
    bright = (table["i"] - table["extinction_i"]).loc[found.index].between(14, 17.5)
    gi = found["g-r"] + found["r-i"]
    offsets = locus_offsets(table, locus)
    shown = found[bright].index[:3000]
    with plots.figure(path, (10, 3), panels=4) as axes:
        for axis, colour in zip(axes, COLOURS, strict=True):
            axis.plot(
                gi[shown], found.loc[shown, colour], ".", ms=1, color=plots.QUIET,
                rasterized=True, label="simulated stars",
            )  # fmt: skip
            axis.plot(locus["gi"], locus[colour], color="#e07b1f", lw=1.5, label="Covey+ 2007")
            middle = np.array([bin_.mid for bin_ in offsets.index])
            median = offsets[colour] + np.interp(middle, locus["gi"], locus[colour])
            axis.plot(middle, median, "o", ms=3, color=plots.ACCENT, label="simulated medians")
            axis.set_xlim(0.1, 3.1)
            axis.set_ylim(locus[colour].min() - 0.4, locus[colour][locus["gi"] < 3.1].max() + 0.5)
            axis.set_xlabel("g − i / mag")
            axis.set_ylabel(f"{colour.replace('-', ' − ')} / mag")
        axes[2].legend(frameon=False, fontsize=7, markerscale=1.5, loc="upper left")


def draw_errors(path: Path, table: pd.DataFrame) -> None:
    """Median error by magnitude: simulated lines, published points with the tolerance."""
    steps = np.arange(15, 22.8, 0.25)
    with plots.figure(path, (10, 3), panels=4, sharey=True) as axes:
        for axis, (band, points) in zip(axes, ERRORS.items(), strict=True):
            lines = [
                table.loc[(table[band] - at).abs() < 0.15, f"err_{band}"].median() for at in steps
            ]
            axis.plot(steps, lines, color=plots.ACCENT, label="simulated")
            at, value = np.array(list(points.items())).T
            axis.errorbar(
                at, value, yerr=ERROR_TOLERANCE * value, fmt="o", ms=3, lw=1, color=plots.INK,
                label="SDSS, ±30 %",
            )  # fmt: skip
            axis.set_yscale("log")
            axis.set_xlabel(f"{band} / mag")
        axes[0].set_ylabel("median error / mag")
        axes[0].legend(frameon=False, fontsize=7)


def draw_metallicity(path: Path, segue: pd.DataFrame, table: pd.DataFrame) -> None:
    """u-g against [Fe/H] in bins of g-r: medians and the middle 68 % of stars."""
    steps = np.arange(-2.25, 0.3, 0.25)
    bins = ((0.3, 0.4), (0.4, 0.5), (0.5, 0.6), (0.6, 0.7))
    with plots.figure(path, (10, 3), panels=4, sharey=True) as axes:
        for axis, (low, high) in zip(axes, bins, strict=True):
            for stars, colour, label in (
                (segue, plots.INK, "SEGUE"),
                (with_metallicity(table), plots.ACCENT, "simulated"),
            ):
                near = stars[stars["g-r"].between(low, high)]
                cut = near.groupby(pd.cut(near["feh"], steps), observed=False)["u-g"]
                enough = cut.size() >= 20
                place = [bin_.mid for bin_ in enough.index[enough]]
                lower, middle, upper = (cut.quantile(q)[enough] for q in (0.16, 0.5, 0.84))
                axis.fill_between(place, lower, upper, color=colour, alpha=0.15, lw=0)
                axis.plot(place, middle, "o-", ms=3, color=colour, label=label)
            axis.set_title(f"g − r {low} to {high}")
            axis.set_xlabel("[Fe/H] / dex")
        axes[0].set_ylabel("u − g / mag")
        axes[0].legend(frameon=False, fontsize=7, loc="upper left")


def draw_m_stars(path: Path, real: pd.DataFrame, table: pd.DataFrame) -> None:
    """All rows that SDSS's pipeline calls M: simulated, and the few real ones."""
    ours, theirs = by_class(table).get_group("M"), by_class(real).get_group("M")
    with plots.figure(path, (7, 3.4), panels=2) as axes:
        for axis, (across, up) in zip(axes, (("g-r", "u-g"), ("r-i", "g-r")), strict=True):
            axis.plot(
                ours[across][:4000], ours[up][:4000], ".", ms=1, color=plots.QUIET,
                rasterized=True, label="simulated",
            )  # fmt: skip
            axis.plot(theirs[across], theirs[up], "o", ms=5, color="#a3201d", label="real")
            axis.plot(
                *(ours[colour].median() for colour in (across, up)), "P", ms=8, mec="white",
                color=plots.ACCENT, label="simulated median",
            )  # fmt: skip
            axis.plot(
                *(theirs[colour].median() for colour in (across, up)), "P", ms=8, mec="white",
                color="#e07b1f", label="real median",
            )  # fmt: skip
            axis.set_xlabel(f"{across.replace('-', ' − ')} / mag")
            axis.set_ylabel(f"{up.replace('-', ' − ')} / mag")
        axes[0].set(xlim=(-0.8, 2.8), ylim=(-1.2, 4.5))
        axes[1].set(xlim=(-0.6, 3.2), ylim=(-0.8, 2.8))
        axes[1].legend(frameon=False, fontsize=7)


# ------------------------------------------------------------------------------ the program


def main(argv: Sequence[str] | None = None) -> list[str]:
    """Print the tables, draw the figures, and return what is out of tolerance."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("real-stars", "segue", "locus", "figures"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=18)
    parser.add_argument("--stars", type=int, default=300_000, help="simulated rows")
    options = parser.parse_args(argv)
    real = read_csv(options.real_stars, [*"ugriz", "subClass"])
    if absent := sorted(set(CLASSES) - set(by_class(real).groups)):
        raise UserError(f"{options.real_stars} has no star called {', '.join(absent)}")
    segue = read_csv(options.segue, ["ug", "gr", "ri", "iz", "feh"])
    segue = segue.set_axis([*COLOURS, "feh"], axis=1)
    good = segue[(segue.abs() < 10).all(axis=1)]
    locus = read_locus(options.locus)
    table = simulate_shard(seed=options.seed, shard=0, n_stars=options.stars)

    classes, wrong_classes = class_table(real, table)
    offsets, wrong_offsets = locus_table(locus_offsets(table, locus))
    whole = locus_offsets(table, locus, whole=True)[list(COLOURS)].abs().max()
    worst = ", ".join(f"{colour} {value:.3f}" for colour, value in whole.items())
    offsets += f"\nWith giants and stars off the locus, at worst: {worst}.\n"
    errors, wrong_errors = error_table(median_errors(table))
    stars = with_metallicity(table)
    for title, text in (
        ("The class mix", mix_table(table)),
        (f"Colours by class: {len(colours(real))} of {len(real)} real stars", classes),
        ("Misfits", misfit_table(real, good, table)),
        ("The stellar locus: simulated minus Covey+ 2007", offsets),
        ("Median errors: simulated / published", errors),
        (f"Metallicity: {len(good)} of {len(segue)} SEGUE stars", segue_table(good, stars)),
    ):
        print(f"### {title}\n\n{text}")

    options.figures.mkdir(parents=True, exist_ok=True)
    draw_classes(options.figures / "simulated-classes.svg", real, table)
    draw_m_stars(options.figures / "simulated-m-stars.svg", real, table)
    draw_locus(options.figures / "simulated-locus.svg", table, locus)
    draw_errors(options.figures / "simulated-errors.svg", table)
    draw_metallicity(options.figures / "simulated-metallicity.svg", good, table)
    return wrong_classes + wrong_offsets + wrong_errors


if __name__ == "__main__":
    try:
        failures = main()
    except UserError as error:
        failures = [str(error)]
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    sys.exit(bool(failures))
