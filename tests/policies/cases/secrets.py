"""Cases of policies/rules/secrets.py."""

from __future__ import annotations

from tests.policies.cases import For
from tests.policies.compliant.compute import policy_definition

JOB_CLUSTER = "jobClusters.0.newCluster"
FORM = "dapi" + "0123456789abcdef" * 2

rule = For("sec-58-no-literal-secrets")
rule.fails("cluster", "sparkConf", {"fs.azure.account.key.a.dfs.core.windows.net": "geheim"})
rule.fails("cluster", "sparkEnvVars", {"DB_PASSWORD": "geheim"}, {"ANYTHING": FORM})
rule.fails("job", f"{JOB_CLUSTER}.sparkEnvVars", {"API_KEY": "{{secrets/vault/key}} "})
rule.fails("job", "tasks.0.pythonWheelTask.parameters", ["--api-key", "geheim"])
rule.fails("job", "tasks.0.pythonWheelTask.parameters", ["--api-key=geheim"])
rule.fails("pipeline", "configuration", {"source.token": "geheim"})
rule.fails("endpoint", "config.servedEntities.0.environmentVars", {"API_KEY": "geheim"})
rule.fails(
    "policy",
    "definition",
    policy_definition(**{"spark_env_vars.API_KEY": {"type": "fixed", "value": "geheim"}}),
)
rule.fails("git", "personalAccessToken", FORM, "{{secrets/vault/git}}")
rule.unknown("fails", "git", "personalAccessToken")
rule.fails("model-provider", "config.openai.direct.apiKey", {"plaintext": "geheim12"})
rule.unknown("defers", "model-provider", "config")
rule.absent("passes", "cluster", "sparkConf", "sparkEnvVars")
rule.absent("passes", "endpoint", "config.servedEntities.0.environmentVars")
rule.unknown("defers", "cluster", "sparkConf", "sparkEnvVars")
rule.unknown("defers", "endpoint", "config.servedEntities.0.environmentVars.API_KEY")

rule = For("sec-59-secret-scopes-guarded")
rule.forbids("scope-secret", "scope")
rule.fails("scope", "initialManagePrincipal", "users")
rule.fails("scope-readers", "principal", "users", "account users")
rule.absent("fails", "scope", "keyvaultMetadata")
rule.absent("passes", "scope-readers", "principal")
rule.unknown("passes", "scope", "keyvaultMetadata.resourceId")
rule.unknown("defers", "scope", "initialManagePrincipal", "keyvaultMetadata")
rule.unknown("defers", "scope-readers", "principal")
