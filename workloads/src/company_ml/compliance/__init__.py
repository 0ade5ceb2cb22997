"""The compliance report: who did what to which model and data between two dates.

``queries`` ask the system tables, ``core`` judges how complete the answer is, ``pseudonyms`` takes
names out, ``pictures``, ``page`` and ``files`` write it down, ``manifest`` makes it provable.
"""
