"""Tables of the reports."""
