"""What GPUs cost on a date: observed prices beside the answers of a bundle, as one Gaussian process."""
