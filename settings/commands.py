"""What the wheel's command line offers: its sub-commands with their options.

The wheel lives in an environment of its own and cannot be asked from here, so this is written down;
``workloads/tests/test_stack_jobs.py`` holds it to the wheel's own parsers.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal[
    "text", "flag", "whole number", "number", "date", "moment", "url", "table", "model", "name",
    "pair",
]  # fmt: skip
"""What an option's value is. A flag has none; a table and a model have three-part names, and a
table may be a path; a name is a model's without catalog and schema; a pair is NAME=VALUE."""


class Option(NamedTuple):
    """One option of a sub-command."""

    kind: Kind = "text"
    """What its value is."""
    needed: bool = False
    """Whether the sub-command refuses to start without it."""
    many: bool = False
    """Whether it may be given several times."""
    choices: tuple[str, ...] = ()
    """The only values it takes. Default: any."""


_TEXT, _FLAG = Option(), Option("flag")
_WHOLE, _NUMBER, _DATE = Option("whole number"), Option("number"), Option("date")
_TABLE, _MODEL = Option("table"), Option("model")
_MANY, _PAIRS = Option(many=True), Option("pair", many=True)
_NEEDED, _NEEDED_NUMBER = Option(needed=True), Option("number", needed=True)
_NEEDED_TABLE, _NEEDED_MODEL = Option("table", needed=True), Option("model", needed=True)
_NEEDED_URLS, _NEEDED_DATE = Option("url", needed=True, many=True), Option("date", needed=True)
_PROBLEM = Option(choices=("binary", "multiclass", "regression"))

_AUDIT = {"audit": _TABLE}
_LIFECYCLE = {**_AUDIT, "max-rows": _WHOLE}
_VERSION = {"model-name": _NEEDED_MODEL, "model-version": _NEEDED}
_GATES = {"gates": _TEXT, "holdout": _NEEDED_TABLE, "holdout-version": _TEXT}
_RUN = {**_AUDIT, "run-key": _TEXT, "output": _TEXT}
_NOTIFY = {"notify": Option(choices=("teams", "stderr"))}
_ROUTER = {"router": _TEXT, "router-tables": _TEXT}
_RELEASE = {
    **_AUDIT, **_ROUTER, "settings": _TEXT, "metrics": _TABLE, "shadow-log": _TABLE,
    "minutes": _NUMBER, "smoke-requests": _TEXT,
}  # fmt: skip

COMMANDS: dict[str, dict[str, Option]] = {
    "approval": {**_LIFECYCLE, **_VERSION},
    "approve": {
        **_LIFECYCLE, **_VERSION, "reason": _NEEDED,
        "decision": Option(needed=True, choices=("Approved", "Rejected")),
    },
    "archive": {
        **_AUDIT, **_VERSION, "reason": _NEEDED, "rules": _TEXT, "workspace-url": _NEEDED_URLS,
        "correlation": _NEEDED,
    },
    "compliance": {
        "folder": _NEEDED, "since": _DATE, "until": _DATE, "scope": _TEXT, "signing-key": _TEXT,
        "pseudonym-key": _TEXT, "fail-on-gaps": _FLAG, "copies": _TEXT, "verify": _TEXT,
    },
    "cost": {
        **_RUN, **_NOTIFY, "day": _DATE, "limits": _TEXT, "owner-tag": _TEXT,
        "usage-table": _TABLE, "list-prices-table": _TABLE,
    },
    "drift": {
        **_RUN, **_NOTIFY, "kind": Option(choices=("drift", "prediction_drift")),
        "reference-table": _NEEDED_TABLE, "reference-version": _WHOLE,
        "current-table": _NEEDED_TABLE, "time-column": _TEXT, "window-days": _NUMBER,
        "columns": _TEXT, "model": _MODEL, "limits": _TEXT,
    },
    "evaluate": {**_LIFECYCLE, **_VERSION, **_GATES},
    "example-data": {"features": _NEEDED_TABLE, "holdout": _NEEDED_TABLE},
    "lineage": {
        "table": _NEEDED_TABLE, "since": _NEEDED_DATE, "until": _NEEDED_DATE, "copies": _TEXT,
    },
    "performance": {
        **_RUN, **_NOTIFY, "predictions": _NEEDED_TABLE, "labels": _NEEDED_TABLE,
        "group-column": _NEEDED, "problem": _PROBLEM, "positive": _TEXT, "model": _NEEDED_MODEL,
        "baseline": _NUMBER, "alias": _TEXT, "baseline-metric": _TEXT, "limits": _TEXT,
    },
    "predictions": {
        **_RUN, **_NOTIFY, "log": _NEEDED_TABLE, "predictions": _NEEDED_TABLE, "field": _TEXT,
        "since": _DATE, "overlap-days": _WHOLE, "tolerated-unreadable": _NUMBER,
        "entities-table": _TABLE,
    },
    "promote": {**_LIFECYCLE, **_VERSION, **_GATES},
    "quality": {**_RUN, **_NOTIFY, "expectations": _TEXT, "table": _TABLE},
    "recover-model": {
        **_RELEASE, "endpoint": _TEXT, "log": _TABLE, "states": _TABLE, "archived": _NEEDED_MODEL,
        "version": _NEEDED, "to": _NEEDED_MODEL, "correlation": _NEEDED,
    },
    "recover-table": {
        **_AUDIT, "correlation": _NEEDED, "table": _NEEDED_TABLE, "to-version": _WHOLE,
        "to-time": Option("moment"), "check": _FLAG,
    },
    "rehearse": {
        **_AUDIT, "correlation": _NEEDED, "table": _NEEDED_TABLE, "copy": _NEEDED_TABLE,
        "clone": Option(choices=("SHALLOW", "DEEP")), "lost-at": Option("moment"),
        "rto-minutes": _NEEDED_NUMBER, "rpo-minutes": _NEEDED_NUMBER,
    },
    "release": {
        **_RELEASE, "endpoint": _NEEDED, "log": _NEEDED_TABLE, "states": _NEEDED_TABLE,
        "model": _NEEDED_MODEL, "version": _NEEDED, "abort": _TEXT,
    },
    "retention": {
        **_AUDIT, **_NOTIFY, "rules": _TEXT, "apply": _FLAG, "workspace-url": _NEEDED_URLS,
        "correlation": _NEEDED, "output": _TEXT,
    },
    "retrain": {
        **_RUN, **_NOTIFY, "model": _NEEDED_MODEL, "claims": _NEEDED_TABLE, "limits": _TEXT,
        "training-job-id": Option("whole number", needed=True),
    },
    "rollback": {
        **_LIFECYCLE, **_VERSION, **_ROUTER, "reason": _NEEDED, "states": _TABLE,
        "alias-alone": _FLAG,
    },
    "train": {
        **_LIFECYCLE, "model": Option("name", needed=True), "features": _NEEDED_TABLE,
        "features-version": _TEXT,
        "label": _NEEDED, "problem": _PROBLEM, "positive": _TEXT, "key": _NEEDED, "exclude": _MANY,
        "categorical": _MANY, "tag": _PAIRS, "parameter": _PAIRS, "learning-rate": _NUMBER,
        "estimator": Option(choices=("gradient_boosting", "random_forest", "linear")),
        "max-iter": _WHOLE, "holdout": _NUMBER, "seed": _WHOLE,
        "method": Option(choices=("cloudpickle", "joblib", "pickle")), "run-key": _TEXT,
        "deployment-job-id": _TEXT,
    },
}  # fmt: skip
"""Options by sub-command, less ``environment``, which the program gives to all that take it.

``features`` is missing: it wants a word of its own after it, for which a step has no place.
"""
ONE_OF: dict[str, tuple[str, ...]] = {
    "recover-table": ("to-version", "to-time"),
    "rollback": ("states", "alias-alone"),
}
"""Options of which a sub-command wants exactly one."""
READS: dict[str, tuple[str, ...]] = {
    "drift": ("reference-table", "current-table"),
    "evaluate": ("holdout",),
    "performance": ("predictions", "labels"),
    "predictions": ("log",),
    "promote": ("holdout",),
    "quality": ("table",),
    "rehearse": ("table",),
    "release": ("log", "metrics"),
    "train": ("features",),
}
"""Options that name a table without which a sub-command has nothing to work on."""
MAKES: dict[str, tuple[str, ...]] = {
    "example-data": ("features", "holdout"),
    "predictions": ("predictions",),
}
"""Options that name a table which a sub-command makes."""
