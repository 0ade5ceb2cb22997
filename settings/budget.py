"""What an environment may cost a month, and who hears of it."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from settings.base import Distinct, Email, Settings, matching

Month = Annotated[
    str,
    # https://learn.microsoft.com/rest/api/consumption/budgets/create-or-update
    matching(
        r"(201[89]|20[2-9][0-9])-(0[1-9]|1[0-2])",
        "a month from 2018-01 on, year first, for example 2026-12",
    ),
]
_ALL = 100  # per cent


class BudgetSettings(Settings):
    """The environment's budgets. They tell people; neither of them stops anything."""

    monthly_usd: Annotated[int, Field(ge=1, le=100_000_000)]
    """Budget of a calendar month. Databricks counts list prices in US dollars, Azure the actual
    cost in the subscription's billing currency."""
    alert_percents: Annotated[
        tuple[Annotated[int, Field(ge=1, le=200)], ...],
        Distinct,
        Field(min_length=1, max_length=4),
    ] = (50, 80, 100)
    """Percentages of the budget at which an alert goes out, once spent. Azure also alerts as soon
    as the month is forecast to reach the whole budget."""
    contacts: Annotated[tuple[Email, ...], Distinct, Field(min_length=1, max_length=50)]
    """Who gets the alerts."""
    start_month: Month
    """First month of the Azure budget. Azure takes no month before that of the deployment that
    creates the budget, and keeps it from then on: a later change of this setting does nothing."""

    @model_validator(mode="after")
    def _alerts_come_in_time(self) -> Self:
        if min(self.alert_percents) >= _ALL:
            raise ValueError(
                "alertPercents has no value below 100, so the first alert comes when the budget "
                "is spent; add one, for example 80"
            )
        return self
