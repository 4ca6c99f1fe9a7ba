"""Standardization by training rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stellar.sample.fingerprints import SCALED_BY, Fingerprint, note_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Scaler:
    """Mean and standard deviation of each feature over the rows it was fitted on, in its unit."""

    features: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, table: NDArray[np.float32], features: Sequence[str]) -> Scaler:
        """Fit on training rows, shape (n_stars, n_features); NaN are left out.

        A feature that is constant or never measured gets mean 0 or its value, and deviation 1.
        """
        return cls.fit_pieces([table], features)

    @classmethod
    def fit_pieces(cls, pieces: Iterable[NDArray[np.float32]], features: Sequence[str]) -> Scaler:
        """`fit` on rows that come piece by piece, each once; shape (n_rows, n_features) each.

        Means and squared deviations of pieces are merged as in Chan, Golub & LeVeque (1983),
        which cancels no digits.
        """
        import numpy as np

        count, mean, squares = np.zeros((3, len(features)))
        used = Fingerprint()
        for piece in pieces:
            used += Fingerprint.of(piece)
            values = piece.astype(np.float64)
            measured = np.isfinite(values)
            here = measured.sum(axis=0)
            mean_here = np.where(measured, values, 0).sum(axis=0) / np.maximum(here, 1)
            squares += np.where(measured, (values - mean_here) ** 2, 0).sum(axis=0)
            weight = here / np.maximum(count + here, 1)
            shift = mean_here - mean
            squares += shift**2 * count * weight
            mean += shift * weight
            count += here
        note_rows(SCALED_BY, used)
        std = np.sqrt(squares / np.maximum(count, 1))
        std[std < 1e-12 * (1 + np.abs(mean))] = 1.0  # constant but for rounding
        return cls(tuple(features), tuple(mean.tolist()), tuple(std.tolist()))

    def transform(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows without unit, shape (n_stars, n_features); a missing value becomes the mean, 0."""
        import numpy as np

        scaled = (table - np.array(self.mean)) / np.array(self.std)
        return np.where(np.isfinite(scaled), scaled, 0.0).astype(np.float32)

    def to_json(self, exact: bool = False) -> dict[str, list[Any]]:
        """Plain lists, to be written as JSON.

        Parameters
        ----------
        exact : bool
            Numbers as hexadecimal text, which is not rounded when it is written.
        """
        moments: dict[str, list[Any]] = {"mean": list(self.mean), "std": list(self.std)}
        if exact:
            moments = {name: [value.hex() for value in of] for name, of in moments.items()}
        return {"features": list(self.features), **moments}

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[Any]]) -> Scaler:
        """The scaler that `to_json` described."""
        mean, std = (
            tuple(float.fromhex(v) if isinstance(v, str) else v for v in data[name])
            for name in ("mean", "std")
        )
        return cls(tuple(data["features"]), mean, std)
