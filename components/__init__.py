"""The platform's components, assembled per stack by ``__main__``.

Reading order: shared_estate (what exists once), network_perimeter, workspace, workspace_hardening,
unity_catalog, cluster_policy, budgets, serving_endpoint. Pure helpers stand beside them: naming,
tags, network_rules, access, cluster_rules.
"""
