"""The model lifecycle's jobs, one folder each: a pure core, and a run that meets the world."""
