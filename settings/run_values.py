"""What Databricks fills into a job's options when a run starts: ``{{job.run_id}}`` and the like.

https://learn.microsoft.com/azure/databricks/jobs/dynamic-value-references
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_TIMES = (
    "iso_date", "iso_datetime", "year", "month", "day", "hour", "minute", "second", "is_weekday",
    "iso_weekday", "timestamp_ms",
)  # fmt: skip
_EXPRESSION = re.compile(r"\{\{(.*?)\}\}")
_UNCLOSED = re.compile(r"\$\{[^}]*\Z")
_KNOWN = re.compile(
    r"""
      job\.(id|name|run_id|repair_count|start_time\.(?P<time>[a-z_]+)|trigger\.(type|[a-z_]+(\.[a-z_]+)+))
    | job\.parameters\.(?P<parameter>[A-Za-z0-9_]+)
    | task\.(name|run_id|execution_count)
    | tasks\.(?P<step>[a-z0-9_]+|`[a-z0-9-]+`)
      \.(run_id|result_state|error_code|execution_count|values\.[A-Za-z0-9_]+)
    | workspace\.(id|url)
    """,
    re.VERBOSE,
)


def mistakes(text: str, *, inputs: Collection[str], before: Collection[str]) -> Iterator[str]:
    """What is wrong with each expression in an option that cannot be filled in.

    The Jobs API refuses an unknown name in ``job``, ``task`` or ``workspace``, and passes anything
    else on as it is written: no step wants to be given braces.

    Args:
        text: The option's value.
        inputs: The job's parameters.
        before: The steps that come first.
    """
    for expression in _EXPRESSION.findall(text):
        found = _KNOWN.fullmatch(expression)
        if not found:
            yield (
                f"holds {{{{{expression}}}}}, which Databricks does not fill in; write for example "
                "{{job.parameters.<input>}} or {{job.run_id}}, without spaces"
            )
        elif (time := found["time"]) and time not in _TIMES:
            yield f"asks for the start's {time}; it has {', '.join(_TIMES)}: name one of them"
        elif (name := found["parameter"]) and name not in inputs:
            yield f"reads the parameter {name}, which the job does not have; add it to inputs"
        elif (step := (found["step"] or "").strip("`")) and step not in before:
            yield f"reads from {step}, which is no step before it; name one of those"
    if "{{" in _EXPRESSION.sub("", text) or _UNCLOSED.search(text):
        yield "opens {{ or ${ and does not close it; write {{job.run_id}} or ${workspace.url}"
