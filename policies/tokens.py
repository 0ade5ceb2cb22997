"""The type tokens that rules name, spelt once; a test holds them against the SDKs' own classes."""

from __future__ import annotations

from typing import Final

AZURE: Final = "azure-native:"
RESOURCE_GROUP: Final = "azure-native:resources:ResourceGroup"
VNET: Final = "azure-native:network:VirtualNetwork"
SUBNET: Final = "azure-native:network:Subnet"
NSG: Final = "azure-native:network:NetworkSecurityGroup"
SECURITY_RULE: Final = "azure-native:network:SecurityRule"
NAT_GATEWAY: Final = "azure-native:network:NatGateway"
PUBLIC_IP: Final = "azure-native:network:PublicIPAddress"
PUBLIC_IP_PREFIX: Final = "azure-native:network:PublicIPPrefix"
FIREWALL: Final = "azure-native:network:AzureFirewall"
FLOW_LOG: Final = "azure-native:network:FlowLog"
DDOS_PLAN: Final = "azure-native:network:DdosProtectionPlan"
BASTION: Final = "azure-native:network:BastionHost"
NETWORK_GATEWAY: Final = "azure-native:network:VirtualNetworkGateway"
APPLICATION_GATEWAY: Final = "azure-native:network:ApplicationGateway"
DNS_RESOLVER: Final = "azure-native:dnsresolver:DnsResolver"
SCALE_SET: Final = "azure-native:compute:VirtualMachineScaleSet"
KUBERNETES: Final = "azure-native:containerservice:ManagedCluster"
VIRTUAL_MACHINE: Final = "azure-native:compute:VirtualMachine"
MANAGED_HSM: Final = "azure-native:keyvault:ManagedHsm"
ROUTE_TABLE: Final = "azure-native:network:RouteTable"
PRIVATE_ENDPOINT: Final = "azure-native:network:PrivateEndpoint"
ZONE_GROUP: Final = "azure-native:network:PrivateDnsZoneGroup"
PRIVATE_ZONE: Final = "azure-native:privatedns:PrivateZone"
ZONE_LINK: Final = "azure-native:privatedns:VirtualNetworkLink"
WORKSPACE: Final = "azure-native:databricks:Workspace"
ACCESS_CONNECTOR: Final = "azure-native:databricks:AccessConnector"
VAULT: Final = "azure-native:keyvault:Vault"
KEY: Final = "azure-native:keyvault:Key"
VAULT_SECRET: Final = "azure-native:keyvault:Secret"  # noqa: S105 - a type
STORAGE_ACCOUNT: Final = "azure-native:storage:StorageAccount"
BLOB_CONTAINER: Final = "azure-native:storage:BlobContainer"
BLOB_SERVICE: Final = "azure-native:storage:BlobServiceProperties"
ROLE_ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"
ELIGIBLE_ROLE: Final = "azure-native:authorization:PimRoleEligibilitySchedule"
ROLE_DEFINITION: Final = "azure-native:authorization:RoleDefinition"
LOCK: Final = "azure-native:authorization:ManagementLockByScope"
LOCK_ON_GROUP: Final = "azure-native:authorization:ManagementLockAtResourceGroupLevel"
LOCK_ON_RESOURCE: Final = "azure-native:authorization:ManagementLockAtResourceLevel"
LOCK_ON_SUBSCRIPTION: Final = "azure-native:authorization:ManagementLockAtSubscriptionLevel"
LOG_ANALYTICS: Final = "azure-native:operationalinsights:Workspace"
DIAGNOSTIC_SETTING: Final = "azure-native:monitor:DiagnosticSetting"
ACTION_GROUP: Final = "azure-native:monitor:ActionGroup"
STATIC_WEBSITE: Final = "azure-native:storage:StorageAccountStaticWebsite"
LOCAL_USER: Final = "azure-native:storage:LocalUser"
LIFECYCLE: Final = "azure-native:storage:ManagementPolicy"
CONSUMPTION_BUDGET: Final = "azure-native:consumption:Budget"
COST_BUDGET: Final = "azure-native:costmanagement:Budget"
DEFENDER_PLAN: Final = "azure-native:security:Pricing"

DATABRICKS: Final = "databricks:"
METASTORE: Final = "databricks:index/metastore:Metastore"
METASTORE_ASSIGNMENT: Final = "databricks:index/metastoreAssignment:MetastoreAssignment"
NCC_BINDING: Final = "databricks:index/mwsNccBinding:MwsNccBinding"
CATALOG: Final = "databricks:index/catalog:Catalog"
SCHEMA: Final = "databricks:index/schema:Schema"
STORAGE_CREDENTIAL: Final = "databricks:index/storageCredential:StorageCredential"
CREDENTIAL: Final = "databricks:index/credential:Credential"
METASTORE_ACCESS: Final = "databricks:index/metastoreDataAccess:MetastoreDataAccess"
EXTERNAL_LOCATION: Final = "databricks:index/externalLocation:ExternalLocation"
WORKSPACE_BINDING: Final = "databricks:index/workspaceBinding:WorkspaceBinding"
GRANTS: Final = "databricks:index/grants:Grants"
GRANT: Final = "databricks:index/grant:Grant"
WORKSPACE_CONF: Final = "databricks:index/workspaceConf:WorkspaceConf"
SECURITY_MONITORING: Final = (
    "databricks:index/enhancedSecurityMonitoringWorkspaceSetting:"
    "EnhancedSecurityMonitoringWorkspaceSetting"
)
SECURITY_PROFILE: Final = (
    "databricks:index/complianceSecurityProfileWorkspaceSetting:"
    "ComplianceSecurityProfileWorkspaceSetting"
)
CLUSTER_UPDATE: Final = (
    "databricks:index/automaticClusterUpdateWorkspaceSetting:AutomaticClusterUpdateWorkspaceSetting"
)
CLUSTER: Final = "databricks:index/cluster:Cluster"
CLUSTER_POLICY: Final = "databricks:index/clusterPolicy:ClusterPolicy"
INSTANCE_POOL: Final = "databricks:index/instancePool:InstancePool"
JOB: Final = "databricks:index/job:Job"
SQL_GLOBAL_CONFIG: Final = "databricks:index/sqlGlobalConfig:SqlGlobalConfig"
SQL_ENDPOINT: Final = "databricks:index/sqlEndpoint:SqlEndpoint"
PIPELINE: Final = "databricks:index/pipeline:Pipeline"
MODEL_SERVING: Final = "databricks:index/modelServing:ModelServing"
PROVISIONED_THROUGHPUT: Final = (
    "databricks:index/modelServingProvisionedThroughput:ModelServingProvisionedThroughput"
)
SYSTEM_SCHEMA: Final = "databricks:index/systemSchema:SystemSchema"
RECIPIENT: Final = "databricks:index/recipient:Recipient"
ARTIFACT_ALLOWLIST: Final = "databricks:index/artifactAllowlist:ArtifactAllowlist"
ENTITY_TAG: Final = "databricks:index/entityTagAssignment:EntityTagAssignment"
VOLUME: Final = "databricks:index/volume:Volume"
SQL_TABLE: Final = "databricks:index/sqlTable:SqlTable"

PERMISSIONS: Final = "databricks:index/permissions:Permissions"
PERMISSION_ASSIGNMENT: Final = "databricks:index/permissionAssignment:PermissionAssignment"
ACCESS_CONTROL_RULE_SET: Final = "databricks:index/accessControlRuleSet:AccessControlRuleSet"
GROUP: Final = "databricks:index/group:Group"
USER: Final = "databricks:index/user:User"
USER_ROLE: Final = "databricks:index/userRole:UserRole"
GROUP_ROLE: Final = "databricks:index/groupRole:GroupRole"
PRINCIPAL_ROLE: Final = "databricks:index/servicePrincipalRole:ServicePrincipalRole"
ACCOUNT_ASSIGNMENT: Final = (
    "databricks:index/accountIamWorkspaceAssignmentV2:AccountIamWorkspaceAssignmentV2"
)
WORKSPACE_ASSIGNMENT: Final = (
    "databricks:index/workspaceIamWorkspaceAssignmentV2:WorkspaceIamWorkspaceAssignmentV2"
)
SQL_PERMISSIONS: Final = "databricks:index/sqlPermissions:SqlPermissions"
POSTGRES_ROLE: Final = "databricks:index/postgresRole:PostgresRole"
SERVICE_PRINCIPAL: Final = "databricks:index/servicePrincipal:ServicePrincipal"
ENTITLEMENTS: Final = "databricks:index/entitlements:Entitlements"
TOKEN: Final = "databricks:index/token:Token"  # noqa: S105 - a type, not a secret
OBO_TOKEN: Final = "databricks:index/oboToken:OboToken"  # noqa: S105 - a type, not a secret
FEDERATION_POLICY: Final = (
    "databricks:index/servicePrincipalFederationPolicy:ServicePrincipalFederationPolicy"
)
PRINCIPAL_SECRET: Final = "databricks:index/servicePrincipalSecret:ServicePrincipalSecret"  # noqa: S105 - a type, not a secret
APPLICATION_PASSWORD: Final = "azuread:index/applicationPassword:ApplicationPassword"  # noqa: S105 - a type
PRINCIPAL_PASSWORD: Final = "azuread:index/servicePrincipalPassword:ServicePrincipalPassword"  # noqa: S105 - a type
GIT_CREDENTIAL: Final = "databricks:index/gitCredential:GitCredential"
MODEL_PROVIDER: Final = (
    "databricks:index/aiGatewayModelProviderService:AiGatewayModelProviderService"
)
SECRET: Final = "databricks:index/secret:Secret"  # noqa: S105 - a type, not a secret
SECRET_SCOPE: Final = "databricks:index/secretScope:SecretScope"  # noqa: S105 - a type, not a secret
SECRET_ACL: Final = "databricks:index/secretAcl:SecretAcl"  # noqa: S105 - a type, not a secret

IP_ACCESS_LIST: Final = "databricks:index/ipAccessList:IpAccessList"
NETWORK_POLICY: Final = "databricks:index/accountNetworkPolicy:AccountNetworkPolicy"
NETWORK_OPTION: Final = "databricks:index/workspaceNetworkOption:WorkspaceNetworkOption"
NCC_ENDPOINT: Final = "databricks:index/mwsNccPrivateEndpointRule:MwsNccPrivateEndpointRule"
WORKSPACE_SETTING: Final = "databricks:index/workspaceSettingV2:WorkspaceSettingV2"
LEGACY_ACCESS: Final = "databricks:index/disableLegacyAccessSetting:DisableLegacyAccessSetting"
LEGACY_DBFS: Final = "databricks:index/disableLegacyDbfsSetting:DisableLegacyDbfsSetting"
LEGACY_FEATURES: Final = (
    "databricks:index/disableLegacyFeaturesSetting:DisableLegacyFeaturesSetting"
)
RESTRICT_ADMINS: Final = (
    "databricks:index/restrictWorkspaceAdminsSetting:RestrictWorkspaceAdminsSetting"
)

GLOBAL_INIT_SCRIPT: Final = "databricks:index/globalInitScript:GlobalInitScript"
LIBRARY: Final = "databricks:index/library:Library"
MOUNT: Final = "databricks:index/mount:Mount"
DBFS_FILE: Final = "databricks:index/dbfsFile:DbfsFile"
REGISTERED_MODEL: Final = "databricks:index/registeredModel:RegisteredModel"
MLFLOW_MODEL: Final = "databricks:index/mlflowModel:MlflowModel"
MLFLOW_WEBHOOK: Final = "databricks:index/mlflowWebhook:MlflowWebhook"
MLFLOW_EXPERIMENT: Final = "databricks:index/mlflowExperiment:MlflowExperiment"
QUALITY_MONITOR: Final = "databricks:index/qualityMonitor:QualityMonitor"
DATA_QUALITY_MONITOR: Final = "databricks:index/dataQualityMonitor:DataQualityMonitor"
LAKEHOUSE_MONITOR: Final = "databricks:index/lakehouseMonitor:LakehouseMonitor"
ALERT: Final = "databricks:index/alertV2:AlertV2"
ONLINE_TABLE: Final = "databricks:index/onlineTable:OnlineTable"
POSTGRES_PROJECT: Final = "databricks:index/postgresProject:PostgresProject"
POSTGRES_ENDPOINT: Final = "databricks:index/postgresEndpoint:PostgresEndpoint"
ONLINE_STORE: Final = "databricks:index/onlineStore:OnlineStore"

BUDGET: Final = "databricks:index/budget:Budget"
BUDGET_POLICY: Final = "databricks:index/budgetPolicy:BudgetPolicy"
VECTOR_SEARCH: Final = "databricks:index/vectorSearchEndpoint:VectorSearchEndpoint"
DATABASE_INSTANCE: Final = "databricks:index/databaseInstance:DatabaseInstance"
APP: Final = "databricks:index/app:App"
AI_SEARCH: Final = "databricks:index/aiSearchEndpoint:AiSearchEndpoint"
CONNECTIVITY: Final = "databricks:index/mwsNetworkConnectivityConfig:MwsNetworkConnectivityConfig"

# Providers are resources too, and rules see the arguments they are made with.
AZURE_PROVIDER: Final = "pulumi:providers:azure-native"
DATABRICKS_PROVIDER: Final = "pulumi:providers:databricks"
