"""What is asked and answered, over HTTP, in files and in the terminal: fields, bounds, and what a refusal says."""
