"""One complete Databricks estate: an account, a prod workspace full of objects, a bare dev one."""

from __future__ import annotations

from tests.sandbox.databricks.parts.compute import COMPUTE
from tests.sandbox.databricks.parts.data import DATA
from tests.sandbox.databricks.parts.observability import OBSERVABILITY
from tests.sandbox.databricks.parts.shared import JOINED, SHARED
from tests.sandbox.databricks.parts.workspace import WORKSPACE

STEPS = (*SHARED, *JOINED, *DATA, *COMPUTE, *WORKSPACE, *OBSERVABILITY)
BY_NAME = {step.name: step for step in STEPS}
