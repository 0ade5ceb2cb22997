"""Reads a file of exemptions, whose form :mod:`policies.exemptions` describes, and checks it."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from policies import registry
from policies.exemptions import Exemption
from policies.notices import EXEMPTIONS, LONGEST, NOTICES
from policies.wording import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FEWEST_LETTERS: Final = 3  # of a name with a wildcard; fewer are in everybody's name


class ExemptionError(ValueError):
    """A file of exemptions says what cannot be; the message names every problem, one a line."""


def latest(today: date, options: Mapping[str, Any]) -> date:
    """The last day that an exemption may name.

    Args:
        today: The day of the run.
        options: Those of the notice on exemptions.
    """
    longest = options.get(LONGEST, NOTICES[EXEMPTIONS].config[LONGEST].default)
    return today + timedelta(days=longest)


def read(file: Path, latest: date) -> list[Exemption]:
    """The entries of a file.

    Args:
        file: The file.
        latest: The last day that an entry may name. An entry that is legal stays so.

    Raises:
        ExemptionError: The file is missing or wrong.
    """
    # Imported here: a pack whose environment has no exemptions starts without it.
    import yaml

    class Loader(yaml.SafeLoader):
        """YAML takes the last of two equal keys; a reviewer sees the first."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - the library's signature
            keys = [key.value for key, _ in node.value]
            for key in keys:
                if keys.count(key) > 1:
                    raise yaml.YAMLError(f"the key {key!r} stands in one entry twice")
            return super().construct_mapping(node, deep=deep)

    try:
        content: Any = yaml.load(file.read_text(encoding="utf-8"), Loader)  # noqa: S506 - derived from SafeLoader
    except OSError as error:
        raise ExemptionError(
            f"the file of exemptions {file} cannot be read: {error.strerror}"
        ) from error
    except RecursionError:
        raise ExemptionError(
            f"{file.name} is nested too deeply to be a list of exemptions"
        ) from None
    # A date that does not exist is a ValueError to the parser.
    except (yaml.YAMLError, ValueError) as error:
        raise ExemptionError(f"{file.name} is not valid YAML: {error}") from error
    if content is None:
        return []
    if not isinstance(content, list):
        raise ExemptionError(f"{file.name} is not a list of exemptions")
    entries = cast("list[Any]", content)
    if problems := [
        f"{file.name}, entry {number}: {problem}"
        for number, entry in enumerate(entries, 1)
        for problem in _problems(entry, latest)
    ]:
        raise ExemptionError("\n".join(problems))
    return [_exemption(entry) for entry in entries]


def _exemption(entry: Mapping[str, Any]) -> Exemption:
    content: dict[str, Any] = {**entry, "expires": _day(entry["expires"])}
    return Exemption(**content)


def _problems(entry: Any, latest: date) -> Iterator[str]:
    keys = [field.name for field in fields(Exemption)]
    if not isinstance(entry, dict):
        yield f"{entry!r} is not an object with the keys {', '.join(keys)}"
        return
    content = cast("dict[str, Any]", entry)
    for key in content:
        if key not in keys:
            yield f"{key!r} is no key of an exemption; {nearest(str(key), keys)}"
    for key in keys:
        value = content.get(key)
        if key == "expires":
            yield from _unending(value, latest)
        elif not isinstance(value, str) or not value.strip():
            yield f"{key} is missing or not a text"
    yield from _misdirected(content)


def _unending(expires: Any, latest: date) -> Iterator[str]:
    day = _day(expires)
    if day is None:
        yield f"expires: {expires!r} is not a date; write it as 2027-03-31"
    elif day > latest:
        yield (
            f"expires: {day} is after {latest}, the last day that {EXEMPTIONS}.{LONGEST} of the "
            "policy configuration allows today; name an earlier day, and renew the exemption then"
        )


def _misdirected(entry: Mapping[str, Any]) -> Iterator[str]:
    rules, name, pattern = registry.load(), entry.get("rule"), entry.get("resource")
    rule = rules.get(name) if isinstance(name, str) else None
    if isinstance(name, str) and name.strip() and rule is None:
        yield f"{name!r} is no rule; {nearest(name, rules)}"
    if not isinstance(pattern, str) or not pattern.strip():
        return
    if "::" not in pattern and not set(pattern) & {"*", "?"}:
        yield f"resource {pattern!r} matches nothing; write a URN or type::name, '*' for any text"
    elif rule is not None and rule.severity == "critical" and not _names_one(pattern):
        yield (
            f"resource {pattern!r} exempts resources of any name from {rule.name}, "
            "which is critical; name the resource"
        )


def _names_one(pattern: str) -> bool:
    """Whether a pattern says what its resources are called, and not just where or of which kind."""
    _, separator, name = pattern.rpartition("::")
    literal = re.sub(r"[*?]", "", name)
    return separator != "" and (literal == name or len(literal) >= _FEWEST_LETTERS)


def _day(value: Any) -> date | None:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) and not isinstance(value, datetime) else None
