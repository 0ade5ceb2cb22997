"""The numbers this project promises, measured on the machine at hand: ``python -m benchmarks``."""
