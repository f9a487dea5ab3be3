"""Answers from a bundle: contracts, run time and what people ask for."""
