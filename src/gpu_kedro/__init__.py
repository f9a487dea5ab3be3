"""Ask any GPU a question: segment, performance, price and power, each with a calibrated interval."""

__version__ = "0.1.0"
