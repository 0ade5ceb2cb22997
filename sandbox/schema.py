"""The SDKs' shapes, extracted once per SDK version, looked up one type at a time.

``python -m sandbox.schema`` fills the cache (some ten seconds; nothing to do when it is there). A
provider then opens one small database and reads the few rows it is asked for, in milliseconds.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from typing import Any, NamedTuple

_HERE = os.path.dirname(os.path.abspath(__file__))
FACTS = os.path.join(_HERE, "databricks_facts.tsv")
PACKAGES = {"azure-native": "pulumi_azure_native", "databricks": "pulumi_databricks"}
# Raised when the extractor or its output changes, so that caches made before are not used.
_FORMAT = 2


class SchemaMissingError(Exception):
    """The cache has not been made for the installed SDK versions."""


class Shape(NamedTuple):
    """What the SDK says of one resource, function or nested object. All names are wire names.

    Attributes:
        inputs: For each property its ``type`` (see :mod:`sandbox.extract`) and, where true,
            ``required`` and ``replaces``.
        outputs: Names of the output properties.
        objects: The types of those outputs that are objects, or lists or maps of objects.
        secrets: Outputs and inputs that are secret whatever the program says.
        replaces: Inputs whose change replaces, beside those marked in ``inputs``.
        computed: Outputs known only after creation, where the provider says which.
        api_version: The ARM API version behind an azure-native type.
    """

    inputs: dict[str, dict[str, Any]]
    outputs: tuple[str, ...]
    objects: dict[str, Any]
    secrets: frozenset[str] = frozenset()
    replaces: frozenset[str] = frozenset()
    computed: frozenset[str] = frozenset()
    api_version: str = ""


class Schema:
    """The shapes of one provider package, read from the cache on first use."""

    def __init__(self, package: str, version: str, path: str | os.PathLike[str]) -> None:
        if not os.path.exists(path):
            raise SchemaMissingError(
                f"there is no schema cache for {PACKAGES[package]} {version} at {path}; make it "
                f"with: {sys.executable} -m sandbox.schema"
            )
        self.package = package
        self.version = version
        self.path = os.fspath(path)
        self._shapes: dict[str, Shape | None] = {}
        self._database = sqlite3.connect(
            f"file:{self.path}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )

    def resource(self, token: str) -> Shape | None:
        """The shape behind a resource's type token, ``None`` where the SDK has none."""
        return self._shape(token)

    def function(self, token: str) -> Shape | None:
        """The shape of a function, ``None`` where the SDK has none."""
        return self._shape(f"invoke {token}")

    def nested(self, reference: str) -> Shape:
        """The shape of a nested object; the extractor made sure that each reference resolves."""
        return self._certain(f"type {reference}")

    def answered(self, reference: str) -> Shape:
        """The shape of an object inside outputs."""
        return self._certain(f"answer {reference}")

    def tokens(self, kind: str = "") -> list[str]:
        """All resource tokens, or all function tokens with ``kind="invoke"``."""
        rows = self._database.execute("SELECT key FROM shape ORDER BY key").fetchall()
        if kind:
            return [key[len(kind) + 1 :] for (key,) in rows if key.startswith(f"{kind} ")]
        return [key for (key,) in rows if " " not in key]

    def _certain(self, key: str) -> Shape:
        shape = self._shape(key)
        if shape is None:
            raise KeyError(key)
        return shape

    def _shape(self, key: str) -> Shape | None:
        if key not in self._shapes:
            row = self._database.execute("SELECT json FROM shape WHERE key = ?", (key,)).fetchone()
            self._shapes[key] = None if row is None else _load(json.loads(row[0]))
        return self._shapes[key]


def _load(raw: dict[str, Any]) -> Shape:
    replaces = [name for name, prop in raw["inputs"].items() if prop.get("replaces")]
    return Shape(
        inputs=raw["inputs"],
        outputs=tuple(raw.get("outputs", ())),
        objects=raw.get("objects", {}),
        secrets=frozenset(raw.get("secrets", ())),
        replaces=frozenset([*replaces, *raw.get("replaces", ())]),
        computed=frozenset(raw.get("computed", ())),
        api_version=raw.get("apiVersion", ""),
    )


def site_packages() -> str:
    """The folder the SDKs are installed in; found without importing them."""
    for entry in sys.path:
        if entry and os.path.isdir(os.path.join(entry, "pulumi_databricks")):
            return entry
    raise SchemaMissingError(
        "pulumi_databricks is not installed for this Python; run the project's set-up (make up)"
    )


def sdk_version(package: str, packages: str = "") -> str:
    """The installed version of a provider's SDK, read off its metadata folder's name."""
    distribution = PACKAGES[package]
    for name in os.listdir(packages or site_packages()):
        if name.startswith(f"{distribution}-") and name.endswith(".dist-info"):
            return name[len(distribution) + 1 : -len(".dist-info")]
    raise SchemaMissingError(f"{distribution} is not installed; run the project's set-up (make up)")


def open_schema(package: str) -> Schema:
    """The cached shapes of ``azure-native`` or ``databricks`` for the installed SDK version."""
    version = sdk_version(package)
    return Schema(package, version, _cache(package, version))


def _cache(package: str, version: str) -> str:
    folder = os.path.join(os.path.dirname(_HERE), ".cache", f"sandbox-schema-{_FORMAT}")
    return os.path.join(folder, f"{package}-{version}.db")


def build(package: str) -> bool:
    """Extract a package's shapes into the cache; false when they are there already."""
    # Needed once per SDK version, not by every provider start.
    from pathlib import Path

    from sandbox import extract

    packages = site_packages()
    version = sdk_version(package, packages)
    target = Path(_cache(package, version))
    if target.exists():
        return False
    shapes = dict(extract.package(Path(packages, PACKAGES[package]), package))
    if package == "databricks":
        _add_facts(shapes)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}")
    database = sqlite3.connect(draft)
    with database:
        database.execute("CREATE TABLE shape (key TEXT PRIMARY KEY, json TEXT) WITHOUT ROWID")
        database.executemany(
            "INSERT INTO shape VALUES (?, ?)",
            [(key, json.dumps(shape, separators=(",", ":"))) for key, shape in shapes.items()],
        )
    database.close()
    draft.replace(target)  # a reader sees the whole cache or none
    return True


def _add_facts(shapes: dict[str, dict[str, Any]]) -> None:
    by_name = {key.rsplit(":", 1)[1]: shape for key, shape in shapes.items() if " " not in key}
    with open(FACTS, encoding="utf-8") as facts:
        lines = [line for line in facts.read().splitlines() if not line.startswith("#")]
    for line in lines:
        name, replaces, secrets, computed = line.split("\t")
        if (shape := by_name.get(name)) is None:
            continue
        for key, listed in (("replaces", replaces), ("secrets", secrets), ("computed", computed)):
            if listed != "-":
                shape[key] = sorted({*shape.get(key, ()), *listed.split(",")})


def main() -> int:
    """Fill the cache for both packages."""
    for package in PACKAGES:
        made = build(package)
        version = sdk_version(package)
        sys.stdout.write(f"{package} {version}: {'extracted' if made else 'up to date'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
