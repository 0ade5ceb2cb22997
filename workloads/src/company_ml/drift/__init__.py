"""Data drift: the statistics, the verdict and the job."""
