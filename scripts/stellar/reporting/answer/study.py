"""What a study wrote, as the findings ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Study:
    """Results of a study, and what of the configuration they are read by.

    Attributes
    ----------
    config : mapping
        `label`, `features`, the `tier` on which learners are compared, `rope` (half-width of the
        region of practical equivalence), `level` (coverage of conformal sets), the tiers of
        the experiments `input_errors` and `suspects`, and the `epochs` allowed to memorise.
    results : mapping
        By name what the study wrote: mappings `pooled` (the study's protocol), `first` (of the
        first network), `rejected`, and `chosen` (by learner, one of its selections); rows of the
        tables `baselines`, `tiers`, `confusions`, `rivals`, `calibration`, of the audit's
        `verdicts`, and of the experiments `ingredients`, `memorised`,
        `absolute_magnitude`, `input_errors` and `suspects`.
    """

    config: Row
    results: Mapping[str, Any]

    @property
    def label(self) -> str:
        """The configuration's label scheme."""
        return str(self.config["label"])

    @property
    def tier(self) -> str:
        """The tier on which learners are compared."""
        return str(self.config["tier"])

    @property
    def simulated(self) -> bool:
        """Whether the stars are."""
        return bool(self.results["pooled"]["survey"] == "simulated")

    @property
    def stars(self) -> str:
        """What the stars are, in words."""
        return "simulated stars" if self.simulated else "stars"

    @property
    def of_course(self) -> bool:
        """Whether the configured features are those of the course study."""
        return bool(self.config["features"] == "study")

    @property
    def features(self) -> str:
        """The configured features, in words: those of the course study, or others."""
        whose = "course study's" if self.of_course else "configured"
        return f"the {whose} features"

    def of(self, features: str = "", label: str = "") -> str:
        """What a number is of: stars, label and features, to stand beside it."""
        stars = ["simulated stars"] if self.simulated else []
        return ", ".join(
            [*stars, f"label {label or self.label}", *([features] if features else [])]
        )

    def row(self, table: str, **wanted: str) -> Row | None:
        """A table's first row that has the values wanted."""
        return next(
            (r for r in self.results[table] if all(r[key] == v for key, v in wanted.items())), None
        )

    @cached_property
    def tiers(self) -> Sequence[Row]:
        """Rows of the tiers by the configured label."""
        return [row for row in self.results["tiers"] if row["label"] == self.label]

    @cached_property
    def audited(self) -> Mapping[str, Row]:
        """The audit's entries of the configured label, by feature set."""
        return {v["features"]: v for v in self.results["verdicts"] if v["label"] == self.label}

    @property
    def audited_features(self) -> Row | None:
        """The audit's entry of the configured features."""
        name = self.config["features"]
        return self.audited.get(name if isinstance(name, str) else "features")

    def judged(self, verdict: str) -> list[str]:
        """Feature sets of a verdict. `clean` means that no leak was detected, and no more."""
        return [name for name, entry in self.audited.items() if entry["verdict"] == verdict]

    def doubts(self, name: str, label: str = "") -> list[str]:
        """What the audit holds against a feature set, in a sentence; nothing if it is clean."""
        said = {
            "leaks": f"But the features {name} leak the label.",
            "suspect": f"But the features {name} are suspect of leaking the label.",
            "undecided": f"But of the features {name} the audit cannot decide whether they leak.",
        }
        entry = self.row("verdicts", label=label or self.label, features=name)
        verdict = entry["verdict"] if entry else ""
        return [said[verdict]] if verdict in said else []

    @cached_property
    def clean(self) -> Sequence[Row]:
        """Tiers without a detected leak."""
        return [row for row in self.tiers if row["tier"] in self.judged("clean")]

    @property
    def left(self) -> Row | None:
        """What is left without the leak: the tier of the comparison, or else the last clean one."""
        compared = [row for row in self.clean if row["tier"] == self.tier]
        return next(iter([*compared, *reversed(self.clean)]), None)

    @property
    def scored(self) -> Row | None:
        """What is left without the leak; where nothing is, the first tier."""
        return self.left or next(iter(self.tiers), None)
