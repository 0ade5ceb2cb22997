"""placeholder"""

JOBS = {}
