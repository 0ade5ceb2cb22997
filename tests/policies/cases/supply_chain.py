"""Cases of policies/rules/supply_chain.py."""

from __future__ import annotations

from tests.policies.cases import For

rule = For("sec-72-artifact-allow-list")
rule.fails(
    "jars", "artifactMatchers.0.artifact", "/", "/Volumes/", "/Volumes/a/b", "dbfs:/a/b/c/d", ""
)
rule.absent("fails", "jars", "", "artifactMatchers.0.artifact")
rule.unknown("defers", "jars", "artifactMatchers", "artifactMatchers.0.artifact")

rule = For("sec-74-libraries-pinned")
for line in (
    "pandas", "pandas>=2", "pandas==2.*", "pandas~=2.1", "pandas==2.1,<3",
    "git+https://github.com/a/b@main", "--extra-index-url https://example.com",
    "https://example.com/a.whl", "pandas @ https://example.com/a.whl", "-r dbfs.txt",
):  # fmt: skip
    rule.fails("job", "environments.0.spec.dependencies", [line])
rule.fails("job", "tasks.0.libraries.0.pypi.package", "lightgbm")
rule.fails("job", "libraries", [{"pypi": {"package": "lightgbm"}}])
rule.fails(
    "job", "tasks.0.libraries.1.maven.coordinates", "a:b", "a:b:[1.0,)", "a:b:LATEST", "a:b:1.+",
    "a:b:1.0-SNAPSHOT",
)  # fmt: skip
rule.fails("job", "tasks.0.libraries.0", {"cran": {"package": "forecast"}})
rule.fails("job", "tasks.0.libraries.0.pypi.repo", "http://pypi.example.com/simple")
rule.fails("job", "tasks.0.libraries.1.maven.repo", "HTTP://maven.example.com")
rule.fails("job", "environments.0.spec.javaDependencies", ["a:b:LATEST", "a:b:1.2"])
rule.fails("library", "pypi.package", "shap")
rule.fails("cluster", "libraries", [{"pypi": {"package": "lightgbm<5"}}])
rule.fails("pipeline", "environment", {"dependencies": ["lightgbm"]})
rule.absent("passes", "job", "environments", "tasks.0.libraries")
rule.unknown("defers", "job", "environments", "environments.0.spec", "tasks.0.libraries")
rule.unknown("defers", "library", "pypi.package")
for image in ("contoso.azurecr.io/ml", "contoso.azurecr.io/ml:latest", "localhost:5000/ml"):
    rule.fails("cluster", "dockerImage", {"url": image})
rule.unknown("defers", "cluster", "dockerImage")
