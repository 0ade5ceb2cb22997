"""The reference page of all rules, written from the registry.

``python -m policies.reference write`` writes docs/reference/policies.md; ``check`` says whether it
is what the registry would write.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from policies import registry
from policies.undecided import UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policies.registry import Rule

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "policies.md"
CATALOGUES: Final = {
    "sat": "Security Analysis Tool",
    "cis": "CIS Azure 6.0.0",
    "azp": "Azure Policy",
    "ckv": "Checkov",
    "azu": "Trivy",
    "kics": "KICS",
}


def render() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    rules = registry.load().values()
    yield "# Policy rules"
    yield ""
    yield "Written by `python -m policies.reference write` from the rules themselves."
    yield ""
    yield f"{len(rules)} rules. A level is *mandatory* (stops the update), *advisory* (warns),"
    yield "*disabled* or, for rules with a remedy, *remediate* (corrects the inputs);"
    yield "`policies/config/<environment>.json` sets it together with the options."
    yield "A value that only the update knows defers a check; the preview says how many."
    yield ""
    yield "| rule | demand | severity | dev | test | prod |"
    yield "|---|---|---|---|---|---|"
    for rule in rules:
        levels = " | ".join(rule.levels.of(environment) for environment in registry.ENVIRONMENTS)
        yield f"| [{rule.id}](#{rule.name}) | {rule.title} | {rule.severity} | {levels} |"
    for rule in rules:
        yield from _section(rule)
    yield ""
    yield "# Controls without a rule"
    yield ""
    yield "What a preview cannot decide, and what decides it."
    yield ""
    yield "| control | demand | why there is no rule | what holds it |"
    yield "|---|---|---|---|"
    for control in sorted(UNDECIDED, key=lambda control: registry.order(control.id)):
        yield f"| {control.id} | {control.title} | {control.reason} | {control.instead} |"


def _section(rule: Rule) -> Iterator[str]:
    yield ""
    yield f"## {rule.name}"
    yield ""
    yield f"{rule.title}."
    yield ""
    yield f"*Why:* {rule.rationale}"
    yield ""
    yield f"*What to do:* {rule.remediation}"
    yield ""
    judged = ", ".join(f"`{token}`" for token in rule.types) or "every resource"
    yield f"*Judges* ({rule.scope}): {judged}"
    if rule.remedy:
        yield ""
        yield "*Remedy:* the level *remediate* corrects the inputs instead of refusing them."
    if rule.reads:
        number = registry.load()[rule.reads].id
        yield ""
        yield f"*Reads* the options of [{number}](#{rule.reads}) too."
    if rule.config:
        yield ""
        yield "| option | meaning | default | dev | test | prod |"
        yield "|---|---|---|---|---|---|"
    for key, option in rule.config.items():
        values = " | ".join(_value(option.value(item)) for item in registry.ENVIRONMENTS)
        yield f"| `{key}` | {option.description} | {_value(option.default)} | {values} |"
    mapped = [
        f"{CATALOGUES[key]} {', '.join(items)}" for key, items in rule.mappings.catalogues().items()
    ]
    yield ""
    yield f"*Elsewhere:* {'; '.join(mapped) or f'nowhere: {rule.unmapped}'}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        rows = cast("dict[str, Any]", value).items()
        return "<br>".join(f"{key}: {_value(item)}" for key, item in rows)
    if isinstance(value, list):
        return ", ".join(map(str, cast("list[Any]", value)))
    return str(value)


def main(arguments: list[str]) -> int:
    """``write`` or ``check``; returns the process's exit code."""
    if arguments not in (["check"], ["write"]):
        sys.stderr.write("usage: python -m policies.reference check|write\n")
        return 2
    if arguments == ["write"]:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(render(), encoding="utf-8")
        return 0
    if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != render():
        sys.stderr.write(f"{PAGE.name} is out of date; run: python -m policies.reference write\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
