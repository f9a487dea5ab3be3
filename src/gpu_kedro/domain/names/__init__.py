"""What the words of a GPU's name mean."""
