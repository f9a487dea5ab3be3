"""What a trained model is stored as, and what answers from it."""
