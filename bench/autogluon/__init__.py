"""AutoGluon in an environment of its own, made by `make benchmark` from the lock beside this."""
