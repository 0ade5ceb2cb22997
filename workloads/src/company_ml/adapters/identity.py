"""Who is acting, as the system that authenticated them says; never what a caller claims."""

from __future__ import annotations

import getpass


def current_actor(tracking_uri: str) -> str:
    """The workspace's user or service principal; on a laptop, without a workspace, the login."""
    if tracking_uri != "databricks":
        return getpass.getuser()
    from databricks.sdk import WorkspaceClient  # a second to import, on Databricks alone

    me = WorkspaceClient().current_user.me()
    if not me.user_name:
        raise RuntimeError(f"the workspace does not name its own caller: {me}")
    return me.user_name
