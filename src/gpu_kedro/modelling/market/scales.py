"""The scales of the market's Gaussian process: fixed, because ten prices cannot teach them.

They were found on used prices of October 2021 to December 2022 and on list prices of 2023 to 2025, each time from one
half of the cards for the other half, and rounded; errors change by a hundredth when a scale changes by half.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: When the prices of the table were collected.
TABLE_TIME = 2022.5


@dataclass(frozen=True)
class MarketScales:
    """Standard deviations of log price, inputs' lengths, and decays in years.

    Args:
        level, level_years: of all prices together.
        answer, mark, excess, power, memory: of a slope: log price per unit of the logarithm of the input.
        age: of the slope of age, per year.
        vendor, segment: of what all cards of one maker or one market segment share.
        slopes_years: how long slopes and shares last.
        curve, curve_years: of what similar cards share.
        mark_length … segment_length: how far apart two cards are similar, in logarithms, in years, and for another
            maker or segment.
        card, card_years: of what a card has for itself.
        ripple, ripple_years: the same, from month to month.
        condition: of the difference of new and used.
        market: of the difference of two markets.
        likeness: correlation of a card's own part in another condition.
        noise, listing_noise: usual noise of an observation: where most are the price of a month, and where cards have
            several in a month, which are listings then; observations mend it.
        noise_strength, listing_strength: how many observations the usual noise counts for.
        loose_share, loose: share of observations that are only loosely about the price, and how far they scatter.
        junk_share, junk: share of observations that are no prices of the card at all, and how far they scatter.
        drift: of prices since the table when nothing is observed, per square root of a year.
        excess_mean: share of the table's own deviation from the model that still counts.
        mark_pull: share by which the answer is drawn to what its mark alone would cost.
        mark_reach: beyond it the pull grows no further.
        age_mean: log price per year of age.
        used_mean: log price of used cards.
    """

    level: float = 0.5
    level_years: float = 5.0
    answer: float = 0.45
    mark: float = 0.6
    excess: float = 0.2
    power: float = 0.1
    memory: float = 0.1
    age: float = 0.08
    vendor: float = 0.07
    segment: float = 0.15
    slopes_years: float = 8.0
    curve: float = 0.22
    curve_years: float = 4.0
    mark_length: float = 0.6
    power_length: float = 1.2
    answer_length: float = 1.2
    year_length: float = 3.5
    memory_length: float = 1.2
    vendor_length: float = 1.2
    segment_length: float = 1.2
    card: float = 0.06
    card_years: float = 3.0
    ripple: float = 0.042
    ripple_years: float = 0.3
    condition: float = 0.2
    market: float = 0.1
    likeness: float = 0.85
    noise: float = 0.04
    listing_noise: float = 0.12
    noise_strength: float = 10.0
    listing_strength: float = 1.0
    loose_share: float = 0.15
    loose: float = 0.2
    junk_share: float = 0.1
    junk: float = 1.5
    drift: float = 0.3
    excess_mean: float = 0.15
    mark_pull: float = 0.4
    mark_reach: float = 1.0
    age_mean: float = -0.02
    used_mean: float = -0.25

    def usual_noise(self, *, are_listings: bool) -> tuple[float, float]:
        """Noise of an observation, and for how many it counts."""
        return (self.listing_noise, self.listing_strength) if are_listings else (self.noise, self.noise_strength)

    @property
    def slopes(self) -> NDArray[np.float64]:
        """(6,) scales of the slopes."""
        return np.array([self.answer, self.mark, self.excess, self.power, self.memory, self.age])


#: Where the inputs are centred, so that slopes turn around a card in the middle of the market.
CENTRE_ANSWER, CENTRE_MARK, CENTRE_POWER, CENTRE_MEMORY, CENTRE_AGE, CENTRE_YEAR = 6.2, 9.4, 5.1, 2.1, 3.0, 2019.0
