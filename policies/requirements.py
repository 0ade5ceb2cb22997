"""Whether a library is pinned, so that today's run installs what was reviewed.

The grammar of requirements: https://peps.python.org/pep-0508/ and, for what pip takes beside
them, https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re

_PINNED = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[A-Za-z0-9._,\s-]*\])?"  # name, extras
    r"\s*={2,3}\s*[A-Za-z0-9][A-Za-z0-9.!+_-]*"  # an exact version, no wildcard
    r"\s*(?:;.*)?(?:\s--hash=\S+)*"  # marker, hashes
)
# Files of the company's own, whose content somebody reviewed; their names carry the version.
_OWN_FILE = re.compile(r"/(?:Volumes|Workspace)/\S+|(?:\$\{\S+\}|\.{0,2}/)\S*\.whl")
_OPTION = re.compile(r"(?:-r|--requirement|-c|--constraint)[\s=]+(\S+)")
_AT_COMMIT = re.compile(r"(?:\S+\s*@\s*)?git\+https://\S+@[0-9a-f]{40}(?:#\S*)?")
_HASHED = re.compile(r"(?:\S+\s*@\s*)?https://\S+#sha256=[0-9a-f]{64}")
# group:artifact:version, where a version is neither a range nor a word for the newest one.
# A snapshot is published again and again under one name.
_COORDINATES = re.compile(
    r"[\w.-]+:[\w.-]+:(?!latest|release|.*-snapshot$)\d[\w.-]*", re.IGNORECASE
)


def is_pinned(requirement: str) -> bool:
    """Whether pip installs the same thing for this line today and in a year."""
    line = requirement.strip()
    option = _OPTION.fullmatch(line)
    if option:
        return _OWN_FILE.fullmatch(option[1]) is not None
    return any(pattern.fullmatch(line) for pattern in (_PINNED, _OWN_FILE, _AT_COMMIT, _HASHED))


def is_pinned_maven(coordinates: str) -> bool:
    """Whether these Maven coordinates name one version."""
    return _COORDINATES.fullmatch(coordinates.strip()) is not None


def is_pinned_java(dependency: str) -> bool:
    """The same of a serverless environment's Java dependency: coordinates, or a file."""
    return (
        is_pinned_maven(dependency)
        or re.fullmatch(r"/(?:Volumes|Workspace)/\S+\.jar", dependency.strip()) is not None
    )
