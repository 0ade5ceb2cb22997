"""What watches an environment's spend, and whose it is: two budgets and a usage policy.

No budget stops anything. Databricks knows DBUs by list price and within hours; Azure knows the
whole bill, a day later.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pulumi
import pulumi_databricks as databricks
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import consumption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.naming import Names
    from settings.budget import BudgetSettings


@dataclass(frozen=True, kw_only=True)
class BudgetsArgs:
    """What the budgets need."""

    settings: BudgetSettings
    names: Names
    tags: Mapping[str, str]
    workspace_id: Input[str]
    """The workspace's number."""
    account_provider: databricks.Provider


class Budgets(pulumi.ComponentResource):
    """``mlops:cost:Budgets``: who hears when an environment spends too much.

    Produces an account-level Databricks budget over the workspace's usage, an Azure budget over
    both of the environment's resource groups, and the usage policy whose tags serverless compute
    carries on the bill, since it has no clusters to tag. Azure cannot move a budget's first month,
    so a change of it is ignored.
    """

    azure_budget_id: Output[str]
    """ARM id of the Azure budget."""
    databricks_budget_id: Output[str]
    """Id of the Databricks budget."""
    usage_policy_id: Output[str]
    """Id of the usage policy, for endpoints, serverless jobs and pipelines."""

    def __init__(self, name: str, args: BudgetsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("mlops:cost:Budgets", name, None, opts)
        settings, names = args.settings, args.names
        account = ResourceOptions(parent=self, provider=args.account_provider)
        workspace_id = Output.from_input(args.workspace_id).apply(int)
        usage = databricks.Budget(
            f"{name}-databricks",
            display_name=names.of("budget"),
            filter=databricks.BudgetFilterArgs(
                workspace_id=databricks.BudgetFilterWorkspaceIdArgs(
                    operator="IN", values=[workspace_id]
                )
            ),
            alert_configurations=[
                _usage_alert(settings, percent) for percent in settings.alert_percents
            ],
            opts=account,
        )
        # https://docs.databricks.com/aws/en/admin/usage/budget-policies
        policy = databricks.BudgetPolicy(
            f"{name}-usage-policy",
            policy_name=names.of("usage"),
            binding_workspace_ids=[workspace_id],
            custom_tags=[
                databricks.BudgetPolicyCustomTagArgs(key=key, value=value)
                for key, value in sorted(args.tags.items())
            ],
            opts=account,
        )
        bill = consumption.Budget(
            f"{name}-azure",
            budget_name=names.of("budget"),
            # Clusters' machines are billed in the group that Databricks manages, where nobody else
            # may create anything: a budget on the environment's own group would not see them.
            # https://learn.microsoft.com/azure/databricks/security/network/classic/vnet-inject
            scope=names.subscription_scope,
            filter=consumption.BudgetFilterArgs(
                dimensions=consumption.BudgetComparisonExpressionArgs(
                    name="ResourceGroupName",
                    operator="In",
                    values=[names.of("rg"), names.of("managed-rg")],
                )
            ),
            category="Cost",
            amount=settings.monthly_usd,
            time_grain="Monthly",
            time_period=consumption.BudgetTimePeriodArgs(
                start_date=f"{settings.start_month}-01T00:00:00Z"
            ),
            notifications={
                **_bill_alerts("Actual", settings.alert_percents, settings.contacts),
                **_bill_alerts("Forecasted", (100,), settings.contacts),
            },
            # "Start date of budgets cannot be updated. Please delete and create a new budget."
            # https://github.com/Azure/CanadaPubSecALZ/issues/317
            opts=ResourceOptions(parent=self, ignore_changes=["timePeriod"]),
        )
        self.azure_budget_id = bill.id
        self.databricks_budget_id = usage.budget_configuration_id
        self.usage_policy_id = policy.policy_id
        self.register_outputs(
            {
                "azure_budget_id": self.azure_budget_id,
                "databricks_budget_id": self.databricks_budget_id,
                "usage_policy_id": self.usage_policy_id,
            }
        )


def _usage_alert(settings: BudgetSettings, percent: int) -> databricks.BudgetAlertConfigurationArgs:
    return databricks.BudgetAlertConfigurationArgs(
        time_period="MONTH",
        trigger_type="CUMULATIVE_SPENDING_EXCEEDED",
        quantity_type="LIST_PRICE_DOLLARS_USD",
        quantity_threshold=str(Decimal(settings.monthly_usd * percent) / 100),
        action_configurations=[
            databricks.BudgetAlertConfigurationActionConfigurationArgs(
                action_type="EMAIL_NOTIFICATION", target=contact
            )
            for contact in settings.contacts
        ],
    )


def _bill_alerts(
    kind: str, percents: tuple[int, ...], contacts: tuple[str, ...]
) -> dict[str, consumption.NotificationArgs]:
    return {
        # The portal's own spelling of the keys: https://github.com/hashicorp/terraform-provider-azurerm/issues/18381
        f"{kind}_GreaterThanOrEqualTo_{percent}_Percent": consumption.NotificationArgs(
            enabled=True,
            threshold_type=kind,
            operator="GreaterThanOrEqualTo",
            threshold=percent,
            contact_emails=[*contacts],
        )
        for percent in percents
    }
