"""Type and function tokens of the databricks provider, and where each type may be declared."""

from __future__ import annotations


def _type(name: str) -> str:
    return f"databricks:index/{name[0].lower()}{name[1:]}:{name}"


def _function(name: str) -> str:
    return f"databricks:index/{name}:{name}"


PROVIDER = "pulumi:providers:databricks"

METASTORE = _type("Metastore")
METASTORE_ASSIGNMENT = _type("MetastoreAssignment")
GROUP = _type("Group")
GROUP_MEMBER = _type("GroupMember")
SERVICE_PRINCIPAL = _type("ServicePrincipal")
USER = _type("User")
BUDGET = _type("Budget")
BUDGET_POLICY = _type("BudgetPolicy")
NCC = _type("MwsNetworkConnectivityConfig")
NCC_BINDING = _type("MwsNccBinding")
NCC_RULE = _type("MwsNccPrivateEndpointRule")
PERMISSION_ASSIGNMENT = _type("MwsPermissionAssignment")
SYSTEM_SCHEMA = _type("SystemSchema")
STORAGE_CREDENTIAL = _type("StorageCredential")
EXTERNAL_LOCATION = _type("ExternalLocation")
CATALOG = _type("Catalog")
SCHEMA = _type("Schema")
VOLUME = _type("Volume")
TABLE = _type("SqlTable")
WORKSPACE_BINDING = _type("WorkspaceBinding")
GRANTS = _type("Grants")
GRANT = _type("Grant")
QUALITY_MONITOR = _type("QualityMonitor")
REGISTERED_MODEL = _type("RegisteredModel")
CLUSTER_POLICY = _type("ClusterPolicy")
INSTANCE_POOL = _type("InstancePool")
PERMISSIONS = _type("Permissions")
MODEL_SERVING = _type("ModelServing")
WORKSPACE_CONF = _type("WorkspaceConf")
RESTRICT_ADMINS = _type("RestrictWorkspaceAdminsSetting")
DISABLE_LEGACY_ACCESS = _type("DisableLegacyAccessSetting")
DISABLE_LEGACY_DBFS = _type("DisableLegacyDbfsSetting")
CLUSTER = _type("Cluster")
JOB = _type("Job")
SQL_ENDPOINT = _type("SqlEndpoint")
DASHBOARD = _type("Dashboard")
ALERT = _type("AlertV2")
DESTINATION = _type("NotificationDestination")
EXPERIMENT = _type("MlflowExperiment")
DIRECTORY = _type("Directory")
FILE = _type("File")
SECRET_SCOPE = _type("SecretScope")
SECRET_ACL = _type("SecretAcl")
RULE_SET = _type("AccessControlRuleSet")

# No provider resource makes a model version: training does. The sandbox's command records one under
# this token, with the inputs catalogName, schemaName, modelName, version and optionally aliases.
MODEL_VERSION = "databricks:index/modelVersion:ModelVersion"

GET_SERVICE_PRINCIPAL = _function("getServicePrincipal")
GET_GROUP = _function("getGroup")
GET_MODEL_VERSIONS = _function("getRegisteredModelVersions")
GET_SERVING_ENDPOINTS = _function("getServingEndpoints")
GET_TABLE = _function("getTable")
GET_SPARK_VERSION = _function("getSparkVersion")
GET_NODE_TYPE = _function("getNodeType")
GET_METASTORES = _function("getMetastores")
GET_CURRENT_METASTORE = _function("getCurrentMetastore")

# "This resource can only be used with an account-level provider!" in each resource's documentation,
# for example https://registry.terraform.io/providers/databricks/databricks/latest/docs/resources/mws_ncc_binding
ACCOUNT_ONLY = (BUDGET, BUDGET_POLICY, NCC, NCC_BINDING, NCC_RULE, PERMISSION_ASSIGNMENT)
EITHER = (
    GROUP,
    GROUP_MEMBER,
    SERVICE_PRINCIPAL,
    METASTORE,
    METASTORE_ASSIGNMENT,
    STORAGE_CREDENTIAL,
    RULE_SET,
)
UNITY_CATALOG = (
    SYSTEM_SCHEMA,
    EXTERNAL_LOCATION,
    CATALOG,
    SCHEMA,
    VOLUME,
    WORKSPACE_BINDING,
    GRANTS,
    GRANT,
    REGISTERED_MODEL,
    TABLE,
    QUALITY_MONITOR,
)
WORKSPACE_OBJECTS = (
    CLUSTER_POLICY,
    INSTANCE_POOL,
    PERMISSIONS,
    MODEL_SERVING,
    WORKSPACE_CONF,
    RESTRICT_ADMINS,
    DISABLE_LEGACY_ACCESS,
    DISABLE_LEGACY_DBFS,
    CLUSTER,
    JOB,
    SQL_ENDPOINT,
    DASHBOARD,
    ALERT,
    DESTINATION,
    EXPERIMENT,
    FILE,
    SECRET_SCOPE,
    SECRET_ACL,
)
WORKSPACE_ONLY = (*UNITY_CATALOG, *WORKSPACE_OBJECTS)
ALL = (*ACCOUNT_ONLY, *EITHER, *WORKSPACE_ONLY)

# Stand-ins of the other cloud that rules here look at.
AZURE_WORKSPACE = "azure-native:databricks:Workspace"
AZURE_CONNECTOR = "azure-native:databricks:AccessConnector"
AZURE_STORAGE = "azure-native:storage:StorageAccount"
AZURE_CONTAINER = "azure-native:storage:BlobContainer"
AZURE_VAULT = "azure-native:keyvault:Vault"
AZURE_ROLE = "azure-native:authorization:RoleAssignment"
