"""What a laptop costs in performance: GPUs that carry the same number in a desktop and in a laptop."""

import numpy as np
import pandas as pd

from gpu_kedro.analysis.findings import NotAnswerableError, Question, Study, require_rows
from gpu_kedro.analysis.options import AnalysisOptions
from gpu_kedro.analysis.resampling import median_with_interval
from gpu_kedro.analysis.samples import is_desktop_card, take_strict

QUESTION = Question(
    "mobile_penalty",
    "The mobile penalty",
    "How much slower is a laptop GPU than the desktop GPU of the same name?",
    "Sibling pairs: same series, number and suffix, one for desktops and one for laptops (Max-Q apart), both strictly "
    "matched; boards of one name count by their median. The ratio of their G3D Marks, by generation of the desktop "
    "card; medians with 95 % intervals by a bootstrap of desktop cards.",
    "The name is the only thing that siblings must share: it may stand for another, smaller chip. A "
    "laptop score also depends on its cooling, power limit and processor. Workstation and all-in-one GPUs are left "
    "out.",
)
_SIBLINGS = ["vendor", "series", "number", "suffix"]
_LEAST_PAIRS = 3
#: Generations of so few pairs are pooled into their vendor's span of years.
_ERAS = ((0, 2009, "to 2009"), (2010, 2012, "2010–2012"), (2013, 2015, "2013–2015"), (2016, 2100, "from 2016"))


def measure_mobile_penalty(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> Study:
    """Laptop score by desktop score of each pair, and medians by generation and over all.

    Raises:
        NotAnswerableError: there are too few pairs.
    """
    pairs = find_siblings(primary_gpus, options)
    require_rows(pairs, 2 * options.min_gpus, "sibling pairs")
    groups = {"all": pairs}
    groups |= {f"released {name}": pairs[pairs["release_year"].between(first, last)] for first, last, name in _ERAS}
    by_generation = sorted(pairs.groupby("generation"), key=lambda one: (one[1]["release_year"].median(), str(one[0])))
    groups |= {str(name): part for name, part in by_generation}
    found = []
    for name, part in groups.items():
        if len(part) < _LEAST_PAIRS or part["desktop"].nunique() < _LEAST_PAIRS:
            continue
        estimate = median_with_interval(part["ratio"], part["desktop"], options)
        found.append(
            {
                "group": name,
                "kind": "era" if name.startswith("released") else "all" if name == "all" else "generation",
                "release_year": float(part["release_year"].median()),
                **estimate.to_columns("ratio"),
                "rows": len(part),
            }
        )
    table = pd.DataFrame(found)
    overall = table[table["group"] == "all"].iloc[0]
    eras = table[table["kind"] == "era"]
    if eras.empty:
        raise NotAnswerableError("no span of years has three pairs")
    lowest, latest = eras.iloc[int(eras["ratio"].argmin())], eras.iloc[-1]
    answer = (
        f"Over {len(pairs)} pairs the median laptop GPU reaches {_share(overall)} of its desktop namesake. It was "
        f"worst for cards {lowest['group']} ({_share(lowest)}); for those {latest['group']} it is {_share(latest)}"
    )
    apart = lowest["ratio_high"] < latest["ratio_low"]
    answer += ", and the two intervals are apart." if apart else "; the two intervals overlap."
    figures = {"ratio": overall["ratio"], "ratio_low": overall["ratio_low"], "ratio_high": overall["ratio_high"]}
    figures |= {"latest_ratio": latest["ratio"], "latest_low": latest["ratio_low"], "latest_high": latest["ratio_high"]}
    return Study(QUESTION, answer, len(pairs), figures, table, pairs)


def find_siblings(primary_gpus: pd.DataFrame, options: AnalysisOptions) -> pd.DataFrame:
    """One row a pair: `desktop, laptop` (names), `generation, release_year` (of the desktop card), `ratio`."""
    rows = take_strict(primary_gpus)
    rows = rows[rows["kind"].eq("discrete") & rows["number"].notna() & ~rows["is_workstation"].astype(bool)]
    rows = rows.assign(suffix=rows["suffix"].fillna(""), is_mobile=rows["is_mobile"].astype(bool))
    desktop = rows[is_desktop_card(rows) & rows["g3d_mark"].ge(options.min_score)]
    laptop = rows[rows["is_mobile"]]
    desktops = desktop.groupby(_SIBLINGS, as_index=False).agg(
        desktop=("name", "first"),
        desktop_points=("g3d_mark", "median"),
        generation=("spec_generation", "first"),
        release_year=("release_year", "min"),
    )
    laptops = laptop.groupby([*_SIBLINGS, "is_max_q"], as_index=False).agg(
        laptop=("name", "first"), laptop_points=("g3d_mark", "median")
    )
    pairs = laptops.merge(desktops, on=_SIBLINGS, validate="many_to_one")
    return pairs.assign(ratio=pairs["laptop_points"] / pairs["desktop_points"])


def _share(row: pd.Series) -> str:
    low, high = (100 * row[f"ratio_{end}"] for end in ("low", "high"))
    return f"{100 * row['ratio']:.0f} % (95 %: {low:.0f} to {np.round(high):.0f} %, n = {row['rows']})"
