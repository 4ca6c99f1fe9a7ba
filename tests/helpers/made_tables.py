"""A small table of stars, made up, as tests write it in many forms."""

import numpy as np
from astropy.table import Table
from stellar import BANDS

TYPES = ["O5", "B5", "A0", "F5", "G2", "K5 (G_19-24)", "M0V"]


def star_table(rows: int = 7) -> Table:
    """Simulated stars with SDSS's names; the ids need all of 64 bits."""
    number = np.arange(rows)
    columns = {
        "specObjID": (number + 299489677444933632).astype(np.int64),
        "bestObjID": (number + 1237645876861272200).astype(np.int64),
        "ra": 170.05 + 11.7 * number,
        "dec": 55.7 - 9.1 * number,
        **{band: 19.25 - 0.5 * n + 0.125 * number for n, band in enumerate(BANDS)},
        "redshift": 1e-4 * (number - 3),
        "subClass": [TYPES[n % len(TYPES)] for n in number],
        "sppTeff": 5000.0 + 250 * number,
    }
    return Table(columns)
