"""What buyers and developers weigh: one GPU against another, many against a minimum, and how sure that is."""
