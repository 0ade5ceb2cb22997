"""The report: the rules' verdicts on a preview or a state file, without login, engine or backend.

The same functions judge as in a pack's process; only where resources are read from differs.
"""
