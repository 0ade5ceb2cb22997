"""Registry retention: old model versions deleted per schema, protected ones never."""
