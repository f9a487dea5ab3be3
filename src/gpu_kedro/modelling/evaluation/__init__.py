"""How good models are, and how sure."""
