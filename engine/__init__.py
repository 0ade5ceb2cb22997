"""Everything between ``make`` and the Pulumi engine: set-up, CLI, language host, sandbox, commands.

Modules that set-up needs (``setup``, ``progress``, ``virtualenv``, ``cli``, ``paths``) run on the
system's Python before anything is installed, so they import the standard library only.
"""
