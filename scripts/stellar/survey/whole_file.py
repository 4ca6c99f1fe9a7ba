"""What shows in all rows of a table together: ids that stand twice, units that nobody gave."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stellar import BANDS
from stellar.errors import UserError
from stellar.survey.conversion import ValueProblem, refuse_far_apart, refuse_repeated
from stellar.survey.fillers import Notes
from stellar.survey.label_column import typed

log = logging.getLogger("stellar")

SOME = 20  # rows from which a column's spread says something
BLUEST = -0.7  # u - g of the hottest stars, mag
BRIGHT = 1.0  # mag: some 15 stars of the sky are brighter
NO_STAR = -3.0  # u - g of no star, however noisy, mag
HIGH = 15.0  # degrees: a field so high, and all within ra 24, may have ra in hours
FILTER = 1.0  # z below it, either sign, is no magnitude where r is fainter than FAINT
FAINT = 10.0
MANY = 0.01  # share of rows from which a number that is often a filler is named
LONG, KEPT = 10**17, 1000  # ids from 18 digits on, of which a spreadsheet keeps 15
WEST = "west"  # note of right ascensions below 0


def without_zeros(stars: pa.Table, missing: Notes) -> pa.Table:
    """The table with magnitudes of exactly 0 as missing; `missing` counts them by band.

    A star of magnitude 0 saturates every survey: files that cannot hold a blank hold 0 instead.
    """
    for band in BANDS:
        zero = pc.equal(stars[band], 0)
        found = pc.sum(zero).as_py() or 0
        if found:
            missing[band, "0.0"] += found
            values = pc.if_else(zero, None, stars[band])
            stars = stars.set_column(stars.column_names.index(band), stars.field(band), values)
    return stars


class WholeFile:
    """Looks at a table's stars, a batch at a time, and judges them in the end.

    Parameters
    ----------
    name : str
        Of the file, for error texts.
    columns : mapping of str to str
        Catalogue column: the table's own.
    known : collection of str
        Catalogue columns whose unit is known, so that nothing is guessed about it.
    z_band : str, optional
        A column of the table that may be the z band, if `columns` has another one.
    """

    def __init__(
        self,
        name: str,
        columns: Mapping[str, str],
        known: Collection[str],
        z_band: str | None = None,
    ) -> None:
        self.name, self.columns, self.known, self.z_band = name, columns, known, z_band
        self.ids: list[NDArray[np.uint64]] = []
        self.objects: list[NDArray[np.int64]] = []
        self.places: list[NDArray[np.float32]] = []
        self.notes: Counter[str] = Counter()
        self.missing: Notes = Counter()
        self.suspects: Notes = Counter()
        self.rows = self.colours = self.too_blue = self.no_star = self.bright = 0
        self.bands = self.no_band = self.first_no_band = 0
        self.value_no_band = 0.0

    def look(self, stars: pa.Table) -> None:
        """Take note of a batch."""
        self.ids.append(stars["specObjID"].to_numpy())
        if "bestObjID" in self.columns:
            self.objects.append(stars["bestObjID"].fill_null(0).to_numpy())
        place = [stars[name].to_numpy().astype(np.float32) for name in ("ra", "dec")]
        self.places.append(np.stack(place))
        colour = pc.subtract(stars["u"], stars["g"]).drop_null().to_numpy()
        self.colours += len(colour)
        self.too_blue += int((colour < BLUEST).sum())
        self.no_star += int((colour < NO_STAR).sum())
        bright = (pc.less(pc.abs(stars[band]), BRIGHT) for band in ("g", "r"))
        self.bright += pc.sum(pc.and_(*bright)).as_py() or 0
        self._look_at_z(stars)
        self.rows += stars.num_rows

    def _look_at_z(self, stars: pa.Table) -> None:
        faint = pc.greater(stars["r"], FAINT)
        self.bands += pc.sum(pc.and_(faint, stars["z"].is_valid())).as_py() or 0
        no_band = pc.and_(pc.less(pc.abs(stars["z"]), FILTER), faint).fill_null(False)
        found = np.flatnonzero(no_band.to_numpy())
        if len(found) and not self.no_band:
            self.first_no_band = self.rows + int(found[0]) + 1
            self.value_no_band = stars["z"][int(found[0])].as_py()
        self.no_band += len(found)

    def finish(self) -> None:
        """Judge the file, and log what was taken as missing or could not be judged.

        Raises
        ------
        ValueProblem
            An id stands twice, or for two places; a value that no star has.
        UserError
            A column is in another unit, or another column.
        """
        if not self.rows:
            return
        places = np.concatenate(self.places, axis=1)
        self._refuse_both_sides(places)
        refuse_repeated(np.concatenate(self.ids), self.name, places=places)
        _refuse_no_place(places, self.name)
        if self.objects:
            refuse_far_apart(np.concatenate(self.objects), places, self.name)
        self._tell()
        self._refuse_redshift()
        self._refuse_fluxes()
        self._refuse_radians(places)

    def _tell(self) -> None:
        for (name, value), count in self.missing.items():
            if count:
                log.warning(
                    "column %s: %s in %d of %d rows, taken as missing",
                    *(self._own(name), value, count, self.rows),
                )
        for (name, value), count in self.suspects.items():
            if count >= max(SOME, MANY * self.rows):
                log.warning(
                    "column %s: %s in %d of %d rows, taken as it stands; where it means that "
                    "nothing is known, leave it blank",
                    *(self._own(name), value, count, self.rows),
                )
        for name, ids in (("specObjID", self.ids), ("bestObjID", self.objects)):
            cut = sum(int(((some >= LONG) & (some % KEPT == 0)).sum()) for some in ids)
            if 2 * cut > self.rows:
                log.warning(
                    "column %s: %d of %d ids end in zeros from digit 16 on, as a spreadsheet leaves"
                    " them; taken as they stand, better take those that it has not saved",
                    *(self._own(name), cut, self.rows),
                )
        for note, count in self.notes.items():
            if note == WEST and count:
                log.warning(
                    "column %s: %d of %d rows lie below 0; 360 degrees are added",
                    *(self.columns["ra"], count, self.rows),
                )
            elif count:
                log.warning(
                    "column %s: %d of %d rows hold no exact id; theirs is put together from %s",
                    *(self.columns["specObjID"], count, self.rows, note),
                )

    def _own(self, name: str) -> str:
        return self.columns.get(name, name)

    def _refuse_both_sides(self, places: NDArray[np.float32]) -> None:
        """Raise UserError if right ascension runs neither from 0 to 360 nor from -180 to 180."""
        west, beyond = self.notes[WEST], int((places[0] > 180).sum())
        if west and beyond > west:
            raise UserError(
                f"{self.name}: column {self.columns['ra']} lies below 0 in {west} and above 180 "
                f"degrees in {beyond - west} of {self.rows} rows; give all from 0 to 360"
            )

    def _refuse_redshift(self) -> None:
        if 2 * self.no_band > self.bands:
            advice = "give a table that has the z band too"
            if self.z_band:
                advice = f"say `{typed('z', self.z_band)}` under survey.table.columns"
            raise UserError(
                f"{self.name}: column {self.columns['z']} lies below 1 where r is above 10 in "
                f"{self.no_band} of {self.bands} rows: a redshift, no z band; "
                f"{advice}"
            )
        if self.no_band:
            what = (
                f"{self.value_no_band:.6g} is no magnitude of a star whose r is fainter than 10; "
                "correct it or leave it blank"
            )
            raise ValueProblem(self.name, "z", self.first_no_band, what)

    def _refuse_fluxes(self) -> None:
        if {"u", "g"} & set(self.known):
            return
        if 2 * self.bright > self.rows:
            raise UserError(
                f"{self.name}: g and r lie within 1 of 0 in {self.bright} of {self.rows} rows, "
                "which looks like fluxes or scaled numbers; give magnitudes (or say "
                "`units: {u: mag, g: mag}` under survey.table, if they are)"
            )
        found, limit = self.too_blue, BLUEST
        if self.colours < SOME:
            found, limit = self.no_star, NO_STAR
        if 2 * found > self.colours:
            raise UserError(
                f"{self.name}: u - g lies below {limit:g} in {found} of {self.colours} rows, "
                "bluer than any star, which looks like fluxes; give magnitudes (or say "
                "`units: {u: mag, g: mag}` under survey.table, if they are)"
            )
        if self.too_blue and self.colours < SOME:
            log.warning(
                "%d rows are too few to tell magnitudes from fluxes by u - g; taken as magnitudes",
                self.colours,
            )

    def _refuse_radians(self, places: NDArray[np.float32]) -> None:
        if {"ra", "dec"} & set(self.known):
            return
        if self.notes[WEST]:
            places = np.stack([np.where(places[0] > 180, places[0] - 360, places[0]), places[1]])
        low, high = places.min(axis=1), places.max(axis=1)
        shown = (
            f"ra runs from {low[0]:.4g} to {high[0]:.4g} and dec from {low[1]:.4g} to {high[1]:.4g}"
        )
        if (low >= (-np.pi, -np.pi / 2)).all() and (high <= (2 * np.pi, np.pi / 2)).all():
            if self.rows >= SOME and (high - low > (2, 0.5)).all():
                raise UserError(
                    f"{self.name}: {shown}, which looks like radians; say so with "
                    "`units: {ra: rad, dec: rad}` under survey.table (or deg, if they are degrees)"
                )
            log.warning(
                "%s: %d rows cannot tell degrees from radians; taken as degrees, else say "
                "`units: {ra: rad, dec: rad}` under survey.table",
                *(shown, self.rows),
            )
        elif max(high[0], -low[0]) <= 24 and high[1] - low[1] > HIGH:
            unit = "rad" if high[0] <= 2 * np.pi else "hourangle"
            log.warning(
                "%s: taken as degrees; if ra is in %s, say `units: {ra: %s}` under survey.table",
                *(shown, "radians" if unit == "rad" else "hours", unit),
            )
        elif -np.pi / 2 <= low[1] < high[1] - 0.5 <= np.pi / 2 - 0.5:
            log.info(
                "%s: taken as degrees; if dec is in radians, say `units: {dec: rad}` under "
                "survey.table",
                shown,
            )


def _refuse_no_place(places: NDArray[np.float32], name: str) -> None:
    """Raise ValueProblem if rows stand at 0, 0: as a filler it makes one star of them."""
    rows = np.flatnonzero((places == 0).all(axis=0))
    if len(rows) > 1:
        what = (
            f"0, and dec too, as in row {rows[0] + 1} and in {len(rows)} rows in all: a filler, no "
            "place; leave out the rows"
        )
        raise ValueProblem(name, "ra", int(rows[1]) + 1, what)
