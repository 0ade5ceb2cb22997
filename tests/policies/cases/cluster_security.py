"""Cases of policies/rules/cluster_security.py."""

# ruff: noqa: FBT003 - the booleans are wire values under test

from __future__ import annotations

from tests.policies.cases import For
from tests.policies.compliant.compute import policy_definition

JOB_CLUSTER = "jobClusters.0.newCluster"

rule = For("sec-53-governed-access-mode")
rule.fails("cluster", "dataSecurityMode", "NONE", "LEGACY_SINGLE_USER", "")
rule.fails("job", f"{JOB_CLUSTER}.dataSecurityMode", "LEGACY_TABLE_ACL")
rule.fails(
    "policy",
    "definition",
    policy_definition(data_security_mode=None),
    policy_definition(
        data_security_mode={"type": "allowlist", "values": ["USER_ISOLATION", "NONE"]}
    ),
    policy_definition(
        data_security_mode={"type": "fixed", "value": "SINGLE_USER", "isOptional": True}
    ),
)
rule.absent("fails", "cluster", "dataSecurityMode")
rule.absent("fails", "job", f"{JOB_CLUSTER}.dataSecurityMode")
rule.absent("fails", "policy", "definition")
rule.unknown("defers", "cluster", "dataSecurityMode")
rule.unknown("defers", "job", "jobClusters", JOB_CLUSTER)
rule.unknown("defers", "policy", "definition")

rule = For("sec-54-supported-runtime")
rule.fails(
    "cluster",
    "sparkVersion",
    "17.2.x-scala2.13",  # ended
    "13.3.x-scala2.12",  # long-term, and ended
    "19.x-scala2.13",  # supported, not long-term
    "99.9.x-scala2.13",
    "17.3",
    "auto:latest",
    "custom:my-image",
)
rule.fails("pipeline", "channel", "PREVIEW")
rule.fails("warehouse", "channel", {"name": "CHANNEL_NAME_PREVIEW"})
rule.unknown("defers", "pipeline", "channel")
rule.fails("job", f"{JOB_CLUSTER}.sparkVersion", "16.0.x-scala2.12")
rule.fails("pool", "preloadedSparkVersions", ["14.0.x-scala2.12"])
rule.fails(
    "policy",
    "definition",
    policy_definition(spark_version=None),
    policy_definition(spark_version={"type": "unlimited", "defaultValue": "auto:latest-lts"}),
    policy_definition(spark_version={"type": "regex", "pattern": "17\\.3.*"}),
    policy_definition(
        spark_version={"type": "allowlist", "values": ["auto:latest-lts", "17.2.x-scala2.13"]}
    ),
)
rule.absent("fails", "cluster", "sparkVersion")
rule.absent("passes", "pool", "preloadedSparkVersions")
rule.absent("fails", "policy", "definition")
rule.unknown("defers", "cluster", "sparkVersion")
rule.unknown("defers", "pool", "preloadedSparkVersions")
rule.unknown("defers", "policy", "definition")

rule = For("sec-55-local-disk-encryption")
rule.fails("cluster", "enableLocalDiskEncryption", False)
rule.fails("job", f"{JOB_CLUSTER}.enableLocalDiskEncryption", False)
rule.absent("fails", "pipeline", "clusters.0.enableLocalDiskEncryption")
rule.unknown("defers", "pipeline", "clusters")

rule = For("sec-56-init-scripts-governed")
for place in ("dbfs", "file", "s3", "gcs", "abfss"):
    rule.fails("cluster", "initScripts.0", {place: {"destination": "x"}})
rule.fails("job", f"{JOB_CLUSTER}.initScripts.0", {"dbfs": {"destination": "dbfs:/start.sh"}})
for folder in ("/Users/a@example.com/x.sh", "/Workspace/Shared/x.sh", "//Users/a/x.sh"):
    rule.fails("cluster", "initScripts.1.workspace.destination", folder)
rule.fails("global-script", "enabled", True)
rule.fails(
    "policy",
    "definition",
    policy_definition(
        **{"init_scripts.0.dbfs.destination": {"type": "fixed", "value": "dbfs:/x.sh"}}
    ),
)
rule.absent("passes", "cluster", "initScripts")
rule.absent("passes", "global-script", "enabled")
rule.unknown("defers", "cluster", "initScripts", "initScripts.1.workspace.destination")
rule.unknown("defers", "global-script", "enabled")

rule = For("sec-73-images-and-submit")
rule.fails("cluster", "dockerImage.basicAuth.password", "geheim", "{{secrets/vault}}")
rule.fails("pool", "preloadedDockerImages.0.basicAuth.password", "geheim")
rule.fails("job", "tasks.0.sparkSubmitTask", {"parameters": []})
rule.fails("job", "sparkSubmitTask", {"parameters": []})
rule.fails(
    "policy",
    "definition",
    policy_definition(**{"docker_image.basic_auth.password": {"type": "fixed", "value": "geheim"}}),
)
rule.absent("passes", "cluster", "dockerImage", "dockerImage.basicAuth")
rule.unknown("defers", "cluster", "dockerImage", "dockerImage.basicAuth.password")
rule.unknown("defers", "job", "tasks")
