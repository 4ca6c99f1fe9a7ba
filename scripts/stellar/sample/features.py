"""Feature sets by name, and the matrix made from them.

A feature is a catalogue column or is derived from columns (a colour, a dereddened magnitude).
The lists here are plain data, so that the workflow can check names without loading pandas.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from stellar import BANDS, ELODIE
from stellar.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_COLOURS = tuple(pairwise(BANDS))

# A derived feature: the columns it is made of. One column: "is it measured?"; two: a - b;
# four: (a - b) - (c - d).
DERIVED: dict[str, tuple[str, ...]] = {
    **{f"dered_{b}": (b, f"extinction_{b}") for b in BANDS},
    **{f"{a}_{b}": (a, b) for a, b in _COLOURS},
    **{f"dered_{a}_{b}": (a, f"extinction_{a}", b, f"extinction_{b}") for a, b in _COLOURS},
    "sppMeasured": ("sppTeff",),
}

FEATURE_SETS: dict[str, tuple[str, ...]] = {
    "photometry": BANDS,
    "colours": tuple(f"{a}_{b}" for a, b in _COLOURS),
    "dereddened": tuple(f"dered_{b}" for b in BANDS),
    "dereddened_colours": tuple(f"dered_{a}_{b}" for a, b in _COLOURS),
    "errors": tuple(f"err_{b}" for b in BANDS),
    "extinction": tuple(f"extinction_{b}" for b in BANDS),
    "position": ("ra", "dec"),
    "redshift": ("redshift",),
    "sspp": ("sppTeff", "sppLogG", "sppFeH", "sppMeasured"),
    "elodie": ELODIE,
    "u_band": ("u", "err_u", "extinction_u", "dered_u", "u_g", "dered_u_g"),
}
FEATURE_SETS["study"] = (
    *FEATURE_SETS["position"],
    *FEATURE_SETS["photometry"],
    *FEATURE_SETS["dereddened"],
    *FEATURE_SETS["elodie"],
)
FEATURES: tuple[str, ...] = tuple(
    dict.fromkeys(
        [name for names in FEATURE_SETS.values() for name in names] + ["redshiftErr", "snMedian"]
    )
)


def resolve(
    names: str | Sequence[str],
    without: str | Sequence[str] | None = None,
    own: Collection[str] = (),
) -> list[str]:
    """Feature names behind a list of set and column names.

    Parameters
    ----------
    names, without : str or list of str
        Names of feature sets or of single features; `without` (None: nothing) is taken away.
    own : collection of str
        Columns of a user's table that are features too.

    Returns
    -------
    list of str
        Each feature once, in the order of first mention.

    Raises
    ------
    UserError
        A name that is neither set nor feature, nothing taken away, or nothing left.

    Examples
    --------
    >>> resolve(["colours", "redshift"], without="u_g")
    ['g_r', 'r_i', 'i_z', 'redshift']
    """
    given, taken_away = dict.fromkeys(_expand(names, own)), set(_expand(without or (), own))
    if taken_away and not taken_away & set(given):
        raise UserError(f"features {names} have no {without}; they are {', '.join(given)}")
    left = [name for name in given if name not in taken_away]
    if not left:
        raise UserError(f"features {names} without {without} leave no feature; take away less")
    return left


def _expand(names: str | Sequence[str], own: Collection[str]) -> list[str]:
    listed = [names] if isinstance(names, str) else names
    features: list[str] = []
    for name in listed:
        if name in FEATURE_SETS:
            features.extend(FEATURE_SETS[name])
        elif name in FEATURES or name in own:
            features.append(name)
        else:
            known = (*FEATURE_SETS, *FEATURES, *own)
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "use " + ", ".join(FEATURE_SETS)
            raise UserError(f"there is no feature or feature set {name!r}: {hint}")
    return features


def columns_needed(features: Sequence[str]) -> list[str]:
    """Catalogue columns from which `features` are made, each once.

    Examples
    --------
    >>> columns_needed(["u_g", "dered_g"])
    ['u', 'g', 'extinction_g']
    """
    return list(dict.fromkeys(c for name in features for c in DERIVED.get(name, (name,))))


def matrix(columns: Mapping[str, NDArray[Any]], features: Sequence[str]) -> NDArray[np.float32]:
    """Feature matrix from catalogue columns.

    Parameters
    ----------
    columns : mapping of str to array, shape (n_stars,)
        At least `columns_needed(features)`; missing values are NaN.
    features : sequence of str

    Returns
    -------
    array of float32, shape (n_stars, n_features)
        Units as in the catalogue (mag, deg, K, dex); NaN where an input is missing.

    Examples
    --------
    >>> import numpy as np
    >>> columns = {"g": np.array([18.0, 17.5]), "r": np.array([17.5, np.nan])}
    >>> matrix(columns, ["r", "g_r"]).tolist()
    [[17.5, 0.5], [nan, nan]]
    """
    import numpy as np

    n_stars = len(columns[columns_needed(features)[0]])
    table = np.empty((n_stars, len(features)), dtype=np.float32)
    for j, name in enumerate(features):
        parts = [np.asarray(columns[c], dtype=np.float64) for c in DERIVED.get(name, (name,))]
        if name not in DERIVED:
            table[:, j] = parts[0]
        elif len(parts) == 1:
            table[:, j] = np.isfinite(parts[0])
        elif len(parts) == 2:
            table[:, j] = parts[0] - parts[1]
        else:
            table[:, j] = (parts[0] - parts[1]) - (parts[2] - parts[3])
    return table
