"""What the market is told of GPUs: the answers of a bundle and what the specification says, as arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Labels = NDArray[np.object_]
#: What stands in for a figure nobody knows: the middle of the cards that are sold most.
_TYPICAL = {"g3d_mark": 12_000.0, "tdp_w": 165.0, "memory_gb": 8.0, "release_year": 2019.0}
_INTERVAL_90 = 2 * 1.645


@dataclass(frozen=True)
class MarketCards:
    """n GPUs as the market sees them; logarithms are natural.

    Args:
        keys: which GPU it is; the same for every spelling, and another for every memory size.
        log_answer: what the model says that it cost in 2022, in US dollars.
        log_excess: by how much the table's own price of 2022 exceeds that, 0 where the table has none.
        uncertainty: standard deviation of the logarithm of that answer, from its own interval.
        log_mark: G3D mark.
        log_power: power in watts.
        log_memory: memory in GB.
        release_year: year of release.
        vendors: maker.
        segments: market segments.
    """

    keys: Labels
    log_answer: Vector
    log_excess: Vector
    uncertainty: Vector
    log_mark: Vector
    log_power: Vector
    log_memory: Vector
    release_year: Vector
    vendors: Labels
    segments: Labels

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, Any]]) -> Self:
        """Read one GPU a row.

        Args:
            rows: `key`, `price_predicted`, `price_low_90`, `price_high_90` and, None where not known, `price_table`,
                `g3d_mark`, `tdp_w`, `memory_gb`, `release_year`, `vendor`, `segment`.
        """
        answers = np.log([row["price_predicted"] for row in rows]) if rows else np.empty(0)
        return cls(
            keys=np.array([row["key"] for row in rows], dtype=object),
            log_answer=answers,
            log_excess=np.log([row.get("price_table") or row["price_predicted"] for row in rows]) - answers,
            uncertainty=np.log([row["price_high_90"] / row["price_low_90"] for row in rows]) / _INTERVAL_90,
            log_mark=np.log(_known(rows, "g3d_mark")),
            log_power=np.log(_known(rows, "tdp_w")),
            log_memory=np.log(_known(rows, "memory_gb")),
            release_year=np.array(_known(rows, "release_year")),
            vendors=np.array([row.get("vendor") or "" for row in rows], dtype=object),
            segments=np.array([row.get("segment") or "" for row in rows], dtype=object),
        )

    def __len__(self) -> int:
        """How many."""
        return len(self.keys)

    def take(self, places: Any) -> Self:
        """The GPUs at these places."""
        return type(self)(**{field.name: getattr(self, field.name)[places] for field in fields(self)})

    @property
    def answer_usd(self) -> Vector:
        """What they cost in 2022: the table's own price where it has one, else the model's."""
        return np.exp(self.log_answer + self.log_excess)


def _known(rows: Sequence[Mapping[str, Any]], name: str) -> list[float]:
    typical = _TYPICAL[name]
    return [float(row.get(name) or typical) for row in rows]
