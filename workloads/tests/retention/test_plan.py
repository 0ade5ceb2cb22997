"""What retention may delete; above all what it may never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company_ml.ports import ModelVersion
from company_ml.retention import core
from company_ml.retention.core import Protection, RetentionRule

NOW = datetime(2026, 11, 25, tzinfo=UTC)
HOLD = "retention_hold"


def version(number: int, days: float, **changes: object) -> ModelVersion:
    created = NOW - timedelta(days=days)
    return ModelVersion(name="c.s.m", version=str(number), created=created, **changes)  # pyright: ignore[reportArgumentType] (a test's shorthand)


def planned(
    versions: list[ModelVersion], rule: RetentionRule, served: set[tuple[str, str]] | None = None
) -> core.RetentionPlan:
    return core.plan({"c.s.m": versions}, rule, served=served or set(), hold_tag=HOLD, now=NOW)


HISTORIES = st.lists(
    st.tuples(
        st.floats(0, 100),  # age in days
        st.sets(st.sampled_from(["champion", "challenger"]), max_size=1),
        st.sampled_from([None, "true", "case 7", "", "false"]),  # the hold tag
        st.booleans(),  # served
    ),
    max_size=12,
)


@given(HISTORIES, st.integers(1, 90), st.integers(1, 4))
def test_no_protected_version_is_ever_in_the_plan(
    history: list[tuple[float, set[str], str | None, bool]], days: int, keep: int
) -> None:
    versions = [
        version(number, age, aliases=tuple(aliases), tags={} if hold is None else {HOLD: hold})
        for number, (age, aliases, hold, _) in enumerate(history, 1)
    ]
    served = {("c.s.m", str(number)) for number, item in enumerate(history, 1) if item[3]}
    rule = RetentionRule(days=days, keep_newest=keep)
    plan = planned(versions, rule, served)
    deleted = {int(item.version) for item in plan.delete}
    for number, (age, aliases, hold, is_served) in enumerate(history, 1):
        held = hold is not None and hold != "false"
        newest = number > len(history) - keep
        young = age < days
        if aliases or held or is_served or newest or young:
            assert number not in deleted
        else:
            assert number in deleted
    kept = {int(item.version.version) for item in plan.kept}
    assert not kept & deleted
    assert all(item.protections for item in plan.kept)


def test_the_plan_says_why_an_old_version_stays() -> None:
    versions = [
        version(1, 400, aliases=("champion",), tags={HOLD: "case 7"}),
        *[version(number, 400) for number in (2, 3, 4)],
    ]
    plan = planned(versions, RetentionRule(days=365, keep_newest=1), {("c.s.m", "2")})
    assert [item.version for item in plan.delete] == ["3"]
    assert {kept.version.version: kept.protections for kept in plan.kept} == {
        "1": (Protection.ALIASED, Protection.ON_HOLD),
        "2": (Protection.SERVED,),
        "4": (Protection.NEWEST,),
    }


def test_newest_is_by_number_not_by_text_or_date() -> None:
    """Version 10 is newer than 9, and a copied version can carry any creation time."""
    versions = [version(number, 400 - number) for number in (9, 10)]
    plan = planned(versions, RetentionRule(days=30, keep_newest=1))
    assert [item.version for item in plan.delete] == ["9"]


def test_a_version_protected_after_the_plan_is_not_deletable_any_more() -> None:
    rule = RetentionRule(days=30, keep_newest=1)
    old = [version(1, 400), version(2, 400)]
    (candidate,) = planned(old, rule).delete
    now_aliased = [version(1, 400, aliases=("champion",)), old[1]]
    again = {"served": set[tuple[str, str]](), "hold_tag": HOLD, "now": NOW}
    assert core.still_deletable(candidate, old, rule, **again)  # pyright: ignore[reportArgumentType] (one set of arguments)
    assert not core.still_deletable(candidate, now_aliased, rule, **again)  # pyright: ignore[reportArgumentType] (the same)


def test_a_rule_that_would_keep_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="keep_newest=0"):
        RetentionRule(days=30, keep_newest=0)
