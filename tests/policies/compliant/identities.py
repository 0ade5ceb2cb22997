"""Principals, permissions and secrets of the compliant stack."""

from __future__ import annotations

from typing import Any

from policies import tokens
from tests.policies.compliant.common import ARM
from tests.policies.harness import Item


def _permissions(name: str, target: str, value: str, *controls: dict[str, str]) -> Item:
    return Item(tokens.PERMISSIONS, name, {target: value, "accessControls": list(controls)})


def parts() -> list[Item]:
    federation: dict[str, Any] = {
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:contoso/mlops:environment:prod",
        "subjectClaim": "sub",
        "audiences": ["account"],
    }
    consumers = {"groupName": "model_consumers", "permissionLevel": "CAN_QUERY"}
    rules = [{"role": "roles/servicePrincipal.user", "principals": ["groups/devops_engineers"]}]
    vault = {"resourceId": f"{ARM}/Microsoft.KeyVault/vaults/mlops-prod-kv"}
    no_compute = {"allowClusterCreate": False, "allowInstancePoolCreate": False}
    return [
        Item(tokens.OBO_TOKEN, "obo-token", {"lifetimeSeconds": 86_400}),
        Item(tokens.FEDERATION_POLICY, "federation", {"oidcPolicy": federation}),
        Item(tokens.PRINCIPAL_SECRET, "principal-secret", {"lifetime": "86400s"}),
        Item(tokens.APPLICATION_PASSWORD, "app-password", {"endDate": "2026-11-15T00:00:00Z"}),
        Item(tokens.PRINCIPAL_PASSWORD, "principal-password", {"endDateRelative": "240h"}),
        _permissions(
            "token-use",
            "authorization",
            "tokens",
            {"groupName": "automation", "permissionLevel": "CAN_USE"},
        ),
        _permissions("endpoint-callers", "servingEndpointId", "endpoint-1", consumers),
        _permissions("throughput-callers", "servingEndpointId", "endpoint-2", consumers),
        _permissions(
            "job-users",
            "jobId",
            "job-1",
            {"groupName": "devops_engineers", "permissionLevel": "CAN_VIEW"},
            {"servicePrincipalName": "release", "permissionLevel": "IS_OWNER"},
            {"groupName": "platform_owners", "permissionLevel": "CAN_MANAGE"},
        ),
        Item(
            tokens.PERMISSION_ASSIGNMENT,
            "assigned",
            {"groupName": "devops_engineers", "permissions": ["USER"]},
        ),
        Item(
            tokens.WORKSPACE_ASSIGNMENT,
            "workspace-assignment",
            {"principalId": "1", "entitlements": ["WORKSPACE_ACCESS"]},
        ),
        Item(
            tokens.ACCOUNT_ASSIGNMENT,
            "account-assignment",
            {"principalId": "1", "workspaceId": "1", "entitlements": ["WORKSPACE_ACCESS"]},
        ),
        Item(
            tokens.GROUP_ROLE,
            "group-role",
            {"groupId": "1", "role": "arn:aws:iam::1:instance-profile/a"},
        ),
        Item(
            tokens.PRINCIPAL_ROLE,
            "principal-role",
            {"servicePrincipalId": "1", "role": "arn:aws:iam::1:instance-profile/a"},
        ),
        Item(
            tokens.SQL_PERMISSIONS,
            "legacy-grants",
            {
                "table": "t",
                "privilegeAssignments": [
                    {"principal": "devops_engineers", "privileges": ["SELECT"]}
                ],
            },
        ),
        Item(
            tokens.POSTGRES_ROLE,
            "postgres-role",
            {"spec": {"postgresRole": "devops_engineers", "identityType": "GROUP"}},
        ),
        Item(
            tokens.GIT_CREDENTIAL,
            "git",
            {"gitProvider": "azureDevOpsServicesAad", "force": True},
        ),
        Item(
            tokens.MODEL_PROVIDER,
            "model-provider",
            {
                "parent": "schemas/ml_prod_catalog.gateway",
                "modelProviderServiceId": "openai",
                "config": {
                    "openai": {
                        "direct": {
                            "apiKey": {
                                "secretReference": {"name": "secrets/ml_prod_catalog.a.openai"}
                            }
                        }
                    }
                },
            },
        ),
        Item(tokens.ACCESS_CONTROL_RULE_SET, "rule-set", {"grantRules": rules}),
        Item(tokens.GROUP, "group", {"displayName": "devops_engineers", **no_compute}),
        Item(tokens.USER, "user", {"userName": "somebody", **no_compute}),
        Item(tokens.SERVICE_PRINCIPAL, "principal", {"displayName": "release", **no_compute}),
        Item(tokens.ENTITLEMENTS, "entitlements", {"groupId": "1", **no_compute}),
        Item(tokens.SECRET_SCOPE, "scope", {"name": "vault", "keyvaultMetadata": vault}),
        Item(
            tokens.SECRET_ACL,
            "scope-readers",
            {"scope": "vault", "principal": "devops_engineers", "permission": "READ"},
        ),
        Item(tokens.GLOBAL_INIT_SCRIPT, "global-script", {"name": "old", "enabled": False}),
    ]
