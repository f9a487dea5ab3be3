"""Answers requests with Kedro's own inference pipeline, read once into a plan and bound to a bundle."""

import ctypes
import json
import logging
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Self
from weakref import WeakKeyDictionary

from threadpoolctl import threadpool_limits

from gpu_kedro.contracts.v1.observations import Market
from gpu_kedro.domain.identify import KNOWN_FIELDS
from gpu_kedro.domain.names.parser import ParsedName, parse_name
from gpu_kedro.domain.specs.matching import SpecMatch
from gpu_kedro.modelling.bundle.disk import UnreadableBundleError
from gpu_kedro.modelling.bundle.files import (
    Bundle,
    BundleError,
    NoPointerError,
    read_pointer,
    read_stored,
)
from gpu_kedro.modelling.bundle.importance import IMPORTANCE
from gpu_kedro.modelling.bundle.predictor import ServedBundle
from gpu_kedro.modelling.market.view import MARKET, MOST_IN_TOTAL, PERCENTS
from gpu_kedro.pipelines.inference.market import add_up_prices, collect_cards, price_cards
from gpu_kedro.pipelines.inference.nodes import identify_queries
from gpu_kedro.pipelines.inference.pipeline import ANSWER_PIPELINE
from gpu_kedro.pipelines.inference.plan import Plan
from gpu_kedro.serving.catalogue import Catalogue
from gpu_kedro.serving.errors import NoBundleError, NotExplainedError
from gpu_kedro.serving.market import FittedMarket, MarketCache, fit_market

logger = logging.getLogger(__name__)
CATALOGUE = "catalogue.json"


_PREDICTIONS = Plan(ANSWER_PIPELINE, "predictions")
_COLUMNS = Plan(ANSWER_PIPELINE, "prediction_columns")
_EXPLANATIONS = Plan(ANSWER_PIPELINE, "explained_predictions")
_MARKET_PREDICTIONS = Plan(ANSWER_PIPELINE, "market_predictions")
_MARKET_COLUMNS = Plan(ANSWER_PIPELINE, "market_columns")
_MARKET_CARDS = Plan(ANSWER_PIPELINE, "market_cards")
#: Rows answered together; more would need more memory and be no faster.
_BATCH_ROWS = 2000
_LONGEST_PAUSE = 15.0
#: Of glibc (malloc.h): M_ARENA_MAX, and M_MMAP_THRESHOLD in bytes, which would grow with the blocks that are freed.
_MALLOC = ((-8, 2), (-3, 262_144))
_QUERY_FIELDS = ("name", *KNOWN_FIELDS)


class Runtime:
    """One version of a bundle, ready to answer; safe to use from any number of threads.

    Args:
        bundle: a complete bundle, read and checked.

    Raises:
        BundleError: the bundle is of another version of the program, or of something else.
    """

    def __init__(self, bundle: Bundle) -> None:
        if CATALOGUE not in bundle.files:
            raise BundleError(f"the bundle has no {CATALOGUE}: it is from an older version; train it again")
        self.served = ServedBundle(bundle)
        self.version = self.served.version
        self.facts: Mapping[str, Any] = bundle.facts
        try:
            self.catalogue = Catalogue(bundle.files[CATALOGUE])
            self.importance: Mapping[str, Any] = json.loads(bundle.files.get(IMPORTANCE, b"{}"))
        except Exception as err:
            raise BundleError(f"the bundle garbles {CATALOGUE} or {IMPORTANCE} ({err}); train it again") from err
        self.ranges: Mapping[str, tuple[float, float]] = self.served.ranges
        self._markets = MarketCache()
        self._market_catalogues: WeakKeyDictionary[FittedMarket, Catalogue] = WeakKeyDictionary()
        self._catalogue_of_table = self.catalogue
        self._catalogue_cards: list[dict[str, Any] | None] | None = None
        #: What prices are of where a request brings no market; None for those of 2022.
        self.market = self._fit_served(bundle.files.get(MARKET))
        self.catalogue = self.find_catalogue(self.market)

    def _fit_served(self, content: bytes | None) -> FittedMarket | None:
        if content is None:
            return None
        try:
            return fit_market(json.loads(content), self.describe_cards)
        except (AttributeError, ValueError) as err:
            raise BundleError(f"the bundle garbles {MARKET} ({err}); run `kedro run --pipeline market` again") from err

    @classmethod
    def load(cls, bundles: Path) -> Self:
        """Load the version that the store's pointer names, check it, and predict one row with it.

        Raises:
            NoBundleError: there is no pointer yet.
            BundleError: the bundle is incomplete, changed or of another format.
        """
        # requests run side by side already; BLAS's own threads would spin beside them (2.3 s instead of 1.4 s of
        # processor time for 10,000 rows). This holds for the whole process.
        threadpool_limits(limits=1, user_api="blas")
        version = read_version(bundles)
        folder = bundles / version
        files, manifest = read_stored(bundles, version)
        try:
            runtime = cls(Bundle(files, manifest))
        except BundleError as err:
            raise BundleError(f"{folder}: {err}") from err
        try:
            runtime.predict([{"name": "GeForce RTX 3070"}])
        except Exception as err:
            raise BundleError(f"{folder}: loads, but does not answer ({err}); train it again") from err
        del files
        _give_back_memory()
        return runtime

    @cached_property
    def identities(self) -> list[tuple[ParsedName, SpecMatch]]:
        """What each name of the catalogue says, and the sheet it joins; read once for a bundle."""
        parsed = [parse_name(name) for name in self.catalogue.names]
        return [(one, self.served.index.match(one)) for one in parsed]

    def predict(self, queries: Sequence[Mapping[str, Any]], market: FittedMarket | None = None) -> list[dict[str, Any]]:
        """Answer queries as the HTTP contract has it (`Prediction`).

        Args:
            queries: `name`, any known figures, and `specs`; None or absent where not known.
            market: what prices are to be of; what is served without one.
        """
        answers: list[dict[str, Any]]
        market = market or self.market
        if market is None:
            answers = _PREDICTIONS.run(queries=queries, served=self.served)
        else:
            answers = _MARKET_PREDICTIONS.run(queries=queries, served=self.served, market=market.view)
        return answers

    def fit_market(self, asked: dict[str, Any]) -> FittedMarket:
        """The market that a request brings (`gpu_kedro.contracts.v1.Market`); one that came lately is not fitted again.

        Raises:
            ValueError: its `as_of` is no date.
        """
        return self._markets.find(asked, self.describe_cards)

    def choose_market(self, asked: Market | None) -> FittedMarket | None:
        """The market that a request brings, else the one that is served; None where prices are those of 2022."""
        return self.market if asked is None else self.fit_market(asked.model_dump())

    def recall_market(self, asked: dict[str, Any]) -> FittedMarket | None:
        """The market that a request brings, if it came lately: then nothing has to be fitted."""
        return self._markets.recall(asked)

    def add_up(self, queries: Sequence[Mapping[str, Any]], market: FittedMarket) -> dict[str, Any] | None:
        """What GPUs cost together (`gpu_kedro.contracts.v1.FleetTotal`), None of too many or where nothing was seen."""
        cards: list[dict[str, Any] | None] = []
        distinct, places = _find_distinct(queries)
        if len(distinct) > MOST_IN_TOTAL:
            return None
        for start in range(0, len(distinct), _BATCH_ROWS):
            cards += _MARKET_CARDS.run(queries=distinct[start : start + _BATCH_ROWS], served=self.served)
        total, rows = add_up_prices([cards[place] for place in places], market.view)
        if total is None:
            return None
        edges = {f"interval_{percent}": total.interval(percent / 100)[0].tolist() for percent in PERCENTS}
        return {"value": float(total.price_usd[0]), **edges, "rows": rows}

    def describe_cards(self, names: Sequence[str]) -> list[dict[str, Any] | None]:
        """GPUs as the market sees them, None where it cannot price them."""
        queries = [{"name": name} for name in names]
        cards: list[dict[str, Any] | None] = _MARKET_CARDS.run(queries=queries, served=self.served)
        return cards

    def find_catalogue(self, market: FittedMarket | None) -> Catalogue:
        """The catalogue at the prices of a market, at those of 2022 without one; the first market takes a second."""
        if market is None:
            return self._catalogue_of_table
        known = self._market_catalogues.get(market)
        if known is None:
            if self._catalogue_cards is None:
                rows, _ = identify_queries([{"name": name} for name in self.catalogue.names], self.served)
                self._catalogue_cards = collect_cards(self.catalogue.columns, rows)
            known = self._catalogue_of_table.at_prices(price_cards(self._catalogue_cards, market.view))
            self._market_catalogues[market] = known
        return known

    def explain(self, query: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one query as `predict` does, with what each input adds to each answer (`ExplainedPrediction`).

        Raises:
            NotExplainedError: the bundle is older than explanations.
        """
        try:
            (answer,) = _EXPLANATIONS.run(queries=[query], served=self.served)
        except BundleError as err:
            raise NotExplainedError(str(err)) from err
        explained: dict[str, Any] = answer
        return explained

    def predict_columns(
        self, queries: Sequence[Mapping[str, Any]], market: FittedMarket | None = None
    ) -> dict[str, list[Any]]:
        """Answer queries as flat columns (`gpu_kedro.contracts.assembling.tabulate_predictions`).

        A query that stands several times is answered once; no query gives empty columns.
        """
        market = market or self.market
        columns: dict[str, list[Any]] = {}
        for start in range(0, max(len(queries), 1), _BATCH_ROWS):
            distinct, places = _find_distinct(queries[start : start + _BATCH_ROWS])
            if market is None:
                part = _COLUMNS.run(queries=distinct, served=self.served)
            else:
                part = _MARKET_COLUMNS.run(queries=distinct, served=self.served, market=market.view)
            if len(distinct) < len(places):
                part = {name: [values[place] for place in places] for name, values in part.items()}
            for name, values in part.items():
                columns.setdefault(name, []).extend(values)
        return columns


def _give_back_memory() -> None:
    """Return what loading took to the system, and from now on what large files take: glibc would keep most of it."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library has no such functions
            library = ctypes.CDLL(None)
            for setting, value in _MALLOC:
                library.mallopt(setting, value)
            library.malloc_trim(0)


def _find_distinct(queries: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], list[int]]:
    """Distinct queries, and for each query the place of its like among them."""
    seen: dict[tuple[Any, ...], int] = {}
    distinct: list[Mapping[str, Any]] = []
    places = []
    for query in queries:
        specs = query.get("specs")
        key = (*map(query.get, _QUERY_FIELDS), tuple(specs.items()) if specs else None)
        place = seen.setdefault(key, len(distinct))
        if place == len(distinct):
            distinct.append(query)
        places.append(place)
    return distinct, places


def read_version(bundles: Path) -> str:
    """The version that is to be served.

    Raises:
        NoBundleError: there is none.
        BundleError: the pointer cannot be read.
    """
    try:
        return read_pointer(bundles)
    except NoPointerError as err:
        raise NoBundleError(str(err)) from err


class RuntimeStore:
    """Holds the runtime that is served, and swaps it when the pointer changes.

    Args:
        bundles: folder of bundle versions with its pointer file.
        check_seconds: how often `reload_if_changed` looks at the pointer at the most.
    """

    def __init__(self, bundles: Path, check_seconds: float = 1.0) -> None:
        self.bundles = Path(bundles)
        self._check_seconds = check_seconds
        self._checked = float("-inf")
        self._lock = threading.Lock()
        self._runtime: Runtime | None = None
        self._refused: tuple[str, str] | None = None
        self._pause = 0.0
        self.problem = f"no trained bundle in {self.bundles} has been loaded yet"

    def current(self) -> Runtime:
        """The runtime to answer with.

        Raises:
            NoBundleError: none could be loaded; says why.
        """
        runtime = self._runtime
        if runtime is None:
            raise NoBundleError(self.problem)
        return runtime

    def reload_if_changed(self) -> bool:
        """Load the version that the pointer names beside the old one, then swap; True when it did.

        A bad bundle is refused and logged once, and the old one stays. One that cannot be read is tried again, each
        time after twice as long.
        """
        with self._lock:
            if time.monotonic() - self._checked < max(self._check_seconds, self._pause):
                return False
            self._checked, pause, self._pause = time.monotonic(), self._pause, 0.0
            stamp = None
            try:
                version = read_version(self.bundles)
                if self._runtime is not None and version == self._runtime.version:
                    return False
                stamp = (version, _stamp(self.bundles / version))
                if stamp == self._refused:
                    return False
                runtime = Runtime.load(self.bundles)
            except UnreadableBundleError as err:
                # a volume that is late, a process out of files: what cannot be read now may be read later
                self._pause = min(2 * pause or self._check_seconds, _LONGEST_PAUSE)
                self._refuse(str(err))
                return False
            except (NoBundleError, BundleError) as err:
                self._refused = stamp
                self._refuse(str(err))
                return False
            self._runtime = runtime
            logger.info("serving bundle %s", runtime.version)
            return True

    def _refuse(self, problem: str) -> None:
        # names of files on a disk may be no text
        problem = problem.encode("utf-8", "backslashreplace").decode()
        if problem != self.problem:
            kept = f"; {self._runtime.version} stays in service" if self._runtime else ""
            logger.error("bundle refused: %s%s", problem, kept)
        self.problem = problem


def _stamp(folder: Path) -> str:
    """Changes when a bundle that was refused is written again."""
    try:
        return str((folder / "manifest.json").stat().st_mtime_ns)
    except OSError:
        return "absent"
