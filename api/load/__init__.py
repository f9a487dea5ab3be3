"""What guards memory and computing time."""
