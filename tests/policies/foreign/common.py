"""What the foreign stacks are made with."""

from __future__ import annotations

from typing import Any

TAGS = {
    "env": "prod",
    "owner": "data",
    "cost-center": "42",
    "project": "churn",
    "data-class": "internal",
}
PAIRS = [{"key": key, "value": value} for key, value in TAGS.items()]
PRINCIPAL = "33333333-0000-4000-8000-000000000000"
HERE: dict[str, Any] = {"location": "eastus2", "tags": TAGS}
