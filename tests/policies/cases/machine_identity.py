"""Cases of policies/rules/machine_identity.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-42-no-personal-token")
rule.forbids("token", "lifetimeSeconds")
rule.fails("obo-token", "lifetimeSeconds", 0, 30, 31 * 86_400, "86400")
rule.absent("fails", "obo-token", "lifetimeSeconds")
rule.unknown("defers", "obo-token", "lifetimeSeconds")

rule = For("sec-43-token-use-limited")
rule.fails("token-use", "accessControls.0.groupName", "users", "account users", "Users")
rule.absent("passes", "token-use", "authorization", "accessControls")
rule.unknown("defers", "token-use", "authorization", "accessControls.0.groupName")
rule.unknown("defers", "token-use", "accessControls")

rule = For("sec-44-federated-identity")
rule.fails("federation", "oidcPolicy.issuer", "http://token.example.com", "")
rule.fails("federation", "oidcPolicy.subject", "repo:contoso/*", "")
rule.fails("federation", "oidcPolicy.subjectClaim", "repository_owner", "actor", "aud")
rule.fails("principal-secret", "lifetime", "2678400s", "0s", "90", "30d", 30)
rule.absent("fails", "federation", "oidcPolicy", "oidcPolicy.issuer", "oidcPolicy.subject")
rule.absent("passes", "federation", "oidcPolicy.audiences", "oidcPolicy.subjectClaim")
rule.absent("fails", "principal-secret", "lifetime")
rule.unknown("defers", "federation", "oidcPolicy", "oidcPolicy.issuer", "oidcPolicy.subjectClaim")
rule.unknown("passes", "federation", "oidcPolicy.subject")
rule.unknown("defers", "principal-secret", "lifetime")
rule.fails("app-password", "endDate", "2027-11-01T00:00:00Z", "in a year")
rule.fails("principal-password", "endDateRelative", "17520h", "0h", "30d", 240)
rule.absent("fails", "app-password", "endDate")
rule.absent("fails", "principal-password", "endDateRelative")
rule.unknown("defers", "app-password", "endDate")
rule.unknown("defers", "principal-password", "endDateRelative")
