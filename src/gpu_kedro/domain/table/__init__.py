"""The raw table: read, cleaned, checked, with a ledger of what changed."""
