"""Which values of the raw table are believed."""

from pydantic import BaseModel, ConfigDict, Field, model_validator


class CleaningOptions(BaseModel):
    """Bounds of plausible values; a value outside of them becomes missing, its row stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_test_year: int = Field(default=1998, ge=1980, le=2100, description="earliest year a test can be from")
    max_test_year: int = Field(default=2035, ge=1980, le=2100, description="latest year a test can be from")
    max_g3d_mark: float = Field(default=100_000, gt=0, allow_inf_nan=False, description="highest 3D score, points")
    max_g2d_mark: float = Field(default=5_000, gt=0, allow_inf_nan=False, description="highest 2D score, points")
    min_price_usd: float = Field(default=1, gt=0, allow_inf_nan=False, description="lowest price, US dollars")
    max_price_usd: float = Field(default=50_000, gt=0, allow_inf_nan=False, description="highest price, US dollars")
    min_tdp_w: float = Field(default=1, gt=0, allow_inf_nan=False, description="lowest design power, watts")
    max_tdp_w: float = Field(default=2_000, gt=0, allow_inf_nan=False, description="highest design power, watts")
    max_price_per_point_usd: float = Field(
        default=10,
        gt=0,
        allow_inf_nan=False,
        description="highest price for one G3D point, US dollars; dearer listings are collectors' items",
    )
    max_price_over_typical: float = Field(
        default=25,
        gt=1,
        allow_inf_nan=False,
        description="highest multiple of the typical price of cards with a like score; above are cents, say",
    )
    max_unusable_share: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="share of a column's values that may be unusable before the table is refused",
    )

    @model_validator(mode="after")
    def _require_ordered_bounds(self) -> "CleaningOptions":
        for column in ("test_year", "price_usd", "tdp_w"):
            low, high = self.bounds(column)
            if low > high:
                raise ValueError(f"min_{column} {low:g} is above max_{column} {high:g}")
        return self

    def bounds(self, column: str) -> tuple[float, float]:
        """The lowest and highest value believed in `column`; the lowest is exclusive when it is 0."""
        return {
            "g3d_mark": (0.0, self.max_g3d_mark),
            "g2d_mark": (0.0, self.max_g2d_mark),
            "price_usd": (self.min_price_usd, self.max_price_usd),
            "tdp_w": (self.min_tdp_w, self.max_tdp_w),
            "test_year": (float(self.min_test_year), float(self.max_test_year)),
        }[column]
