"""What a finding of the answer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NO_NUMBER = "–"


@dataclass(frozen=True)
class Finding:
    """A claim and where its evidence is.

    Attributes
    ----------
    id : str
        Names the finding, also in links.
    claim : str
        A short sentence; without numbers, but where they are what it claims.
    number : str
        The number behind the claim, and what it is; `NO_NUMBER` where the survey has none.
    of : str
        Of which stars, label and features the number is; so are those of `more` that do not say
        another.
    more : sequence of str
        Sentences, each of one claim: what else is known, and what limits it.
    method : str
        How the number was made, in a sentence.
    figures, tables, files : sequence of str
        Where to look: files of `results/figures` without ending, tables of the report, paths
        below `results`.
    """

    id: str
    claim: str
    number: str
    of: str
    more: Sequence[str]
    method: str
    figures: Sequence[str] = ()
    tables: Sequence[str] = ()
    files: Sequence[str] = ()
