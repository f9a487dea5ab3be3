"""What a GPU is: names, specifications, cleaning rules and features. Knows no Kedro, MLflow or web framework."""
