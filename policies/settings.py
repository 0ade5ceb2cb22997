"""What a policy configuration means for a run, whether the engine read it or the report did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from policies import config, exemption_file, registry
from policies.evaluate import Evaluation
from policies.exemptions import Exemptions
from policies.notices import DEFERRED, EXEMPTIONS, NOTICES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from policies.registry import Level, Rule


@dataclass(frozen=True)
class Settings:
    """One run's rules, with their levels and options, and its exemptions.

    Attributes:
        evaluation: The rules that are switched on.
        exemptions: Those of these rules.
        expired: The level at which an expired exemption is reported.
        tells_deferred: Whether the number of deferred checks is reported.
    """

    evaluation: Evaluation
    exemptions: Exemptions
    expired: Level = "mandatory"
    tells_deferred: bool = True


def resolve(
    given: Mapping[str, Mapping[str, Any]], rules: Collection[Rule], today: date
) -> Settings:
    """What a configuration means for some rules.

    Args:
        given: Level and options by name of rule or notice, as :func:`normalised` gives it. What is
            not named has the engine's default: rules advise.
        rules: The rules of the pack.
        today: The day that rules and exemptions are judged by.

    Raises:
        ConfigError: A name or a value does not exist.
        ExemptionError: The file of exemptions is missing or wrong.
    """
    if problems := config.problems_of(given):
        raise config.ConfigError("\n".join(problems))
    levels: dict[str, Level] = {name: value[config.LEVEL] for name, value in given.items()}
    options = {
        name: {key: item for key, item in value.items() if key != config.LEVEL}
        for name, value in given.items()
    }
    expired = levels.get(EXEMPTIONS, NOTICES[EXEMPTIONS].level)
    exempting = options.get(EXEMPTIONS, {})
    file = exempting.get("file", "") if expired != "disabled" else ""
    latest = exemption_file.latest(today, exempting)
    entries = exemption_file.read(config.ROOT / file, latest) if file else ()
    return Settings(
        evaluation=Evaluation(rules, levels, options, today=today),
        exemptions=Exemptions(entries, today).of({rule.name for rule in rules}),
        expired="advisory" if expired == "advisory" else "mandatory",
        tells_deferred=levels.get(DEFERRED) != "disabled",
    )


def normalised(content: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration file as the engine completes it before it asks a pack.

    ``all`` gives a level to everything, a lone text is a level, and what has no level has that of
    the rule as it is registered.
    https://github.com/pulumi/pulumi/blob/v3.250.0/pkg/resource/analyzer/config.go
    """
    every = _as_object(content.get(config.ALL, {})).get(config.LEVEL)
    known = dict.fromkeys(registry.load(), "advisory")
    known |= {name: notice.level for name, notice in NOTICES.items()}
    completed: dict[str, Any] = {}
    for name in {**known, **content}:
        if name == config.ALL:
            continue
        value = _as_object(content.get(name, {}))
        completed[name] = (
            {config.LEVEL: every or known.get(name, "advisory"), **cast("dict[str, Any]", value)}
            if isinstance(value, dict)
            else value
        )
    return completed


def _as_object(value: Any) -> Any:
    return {config.LEVEL: value} if isinstance(value, str) else value
