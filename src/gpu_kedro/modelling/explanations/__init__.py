"""Why an answer is what it is: groups of inputs, the GPU that is compared with, Shapley values."""
