"""``python -m sandbox``: look into the clouds, change them behind a stack's back, make trouble."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from sandbox import fault_commands
from sandbox.errors import CommandError
from sandbox.naming import digest
from sandbox.rules import Record
from sandbox.state import Cloud, OutdatedStateError, state_path
from sandbox.wire import is_object

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MODEL = "databricks:index/registeredModel:RegisteredModel"
SCHEMA = "databricks:index/schema:Schema"
MODEL_VERSION = "databricks:index/modelVersion:ModelVersion"
TABLE = "databricks:index/sqlTable:SqlTable"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 1 when it cannot be done."""
    options = _parser().parse_args(arguments)
    run = cast("Callable[[argparse.Namespace, Cloud], None]", options.run)
    try:
        with closing(Cloud()) as cloud:
            run(options, cloud)
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader, such as head, has enough. The interpreter would flush once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (CommandError, OutdatedStateError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description=f"The sandbox's clouds, kept in {state_path()} ($SANDBOX_DIR moves it).",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    listing = commands.add_parser("list", help="list what exists: type and id")
    listing.add_argument("--type", default="", help="only this type token")
    listing.set_defaults(run=_list)

    show = commands.add_parser("show", help="show one resource as the cloud holds it")
    show.add_argument("id")
    show.set_defaults(run=_show)

    change = commands.add_parser("change", help="change properties behind the engine's back")
    change.add_argument("id")
    change.add_argument(
        "properties",
        nargs="+",
        metavar="PROP=VALUE",
        help="a dotted wire name and a JSON value or text; an empty value removes the property",
    )
    change.set_defaults(run=_change)

    remove = commands.add_parser("remove", help="remove a resource behind the engine's back")
    remove.add_argument("id")
    remove.set_defaults(run=_remove)

    version = commands.add_parser(
        "add-model-version", help="register a model version, as a training job does"
    )
    version.add_argument("model", metavar="CATALOG.SCHEMA.MODEL")
    version.add_argument("--alias", action="append", default=[], help="may be repeated")
    version.set_defaults(run=_add_model_version)

    table = commands.add_parser("add-table", help="make a table, as a job does")
    table.add_argument("table", metavar="CATALOG.SCHEMA.TABLE")
    table.set_defaults(run=_add_table)

    recover = commands.add_parser(
        "recover",
        help="repair a stack after an interrupted run: pulumi stack export in, stack import out",
        description="Reads an exported stack on standard input, writes it repaired: a pending "
        "create that reached the cloud becomes a resource, one that did not is dropped. Use: "
        "pulumi stack export | python -m sandbox recover | pulumi stack import; then refresh.",
    )
    recover.set_defaults(run=_recover)

    fault_commands.add_to(commands.add_parser("fault", help="make the clouds fail"))

    reset = commands.add_parser("reset", help="forget everything in both clouds")
    reset.set_defaults(run=_reset)
    return parser


def _list(options: argparse.Namespace, cloud: Cloud) -> None:
    for record in cloud.all(options.type):
        _print(f"{record.token}  {record.id}")


def _show(options: argparse.Namespace, cloud: Cloud) -> None:
    for record in _records(cloud, options.id):
        shown = {
            "id": record.id, "type": record.token, "urn": record.urn,
            "inputs": record.inputs, "outputs": record.outputs,
        }  # fmt: skip
        _print(json.dumps(shown, indent=2))


def _change(options: argparse.Namespace, cloud: Cloud) -> None:
    with cloud.transaction():
        record = _one(cloud, options.id)
        inputs, outputs = (json.loads(json.dumps(held)) for held in (record.inputs, record.outputs))
        for assignment in options.properties:
            path, separator, text = assignment.partition("=")
            if not separator:
                raise CommandError(f"'{assignment}' is not of the form PROP=VALUE")
            _set(outputs, path, text)
            if path.split(".")[0] in inputs:
                _set(inputs, path, text)
        cloud.put(record._replace(inputs=inputs, outputs=outputs), cloud.seed_of(record))


def _set(values: dict[str, Any], path: str, text: str) -> None:
    *steps, last = path.split(".")
    for step in steps:
        inner = values.setdefault(step, {})
        if not is_object(inner):
            raise CommandError(f"'{step}' in '{path}' is not an object but {json.dumps(inner)}")
        values = inner
    if text:
        values[last] = _value(text)
    else:
        values.pop(last, None)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _remove(options: argparse.Namespace, cloud: Cloud) -> None:
    with cloud.transaction():
        cloud.remove(_one(cloud, options.id))


def _place(full_name: str, kind: str, cloud: Cloud) -> tuple[dict[str, str], str, str]:
    """A full name's schema, its last part, and the realm that the schema is in."""
    parts = full_name.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - the levels of Unity Catalog
        raise CommandError(f"'{full_name}' is not of the form catalog.schema.{kind}")
    catalog, schema, name = parts
    holder = cloud.get(f"{catalog}.{schema}", SCHEMA)
    if holder is None:
        raise CommandError(f"there is no schema '{catalog}.{schema}': run an update first")
    return {"catalogName": catalog, "schemaName": schema}, name, holder.realm


def _add_model_version(options: argparse.Namespace, cloud: Cloud) -> None:
    with cloud.transaction():
        names, model, realm = _place(options.model, "model", cloud)
        if not cloud.find(MODEL, **names, name=model):
            given = {**names, "name": model, "metastoreId": realm}
            answered = {**given, "id": options.model}
            registered = Record(options.model, MODEL, "", given, answered, realm)
            cloud.put(registered, digest(options.model))
        number = 1 + len(cloud.find(MODEL_VERSION, **names, modelName=model))
        inputs = {**names, "modelName": model, "version": number, "aliases": options.alias}
        resource_id = f"{options.model}/{number}"
        answered = {**inputs, "id": resource_id}
        record = Record(resource_id, MODEL_VERSION, "", inputs, answered, realm)
        cloud.put(record, digest(resource_id))
    _print(f"registered version {number} of {options.model}")


def _add_table(options: argparse.Namespace, cloud: Cloud) -> None:
    with cloud.transaction():
        names, table, realm = _place(options.table, "table", cloud)
        if cloud.find(TABLE, **names, name=table):
            raise CommandError(f"there is a table '{options.table}' already")
        given = {**names, "name": table, "tableType": "MANAGED", "metastoreId": realm}
        record = Record(options.table, TABLE, "", given, {**given, "id": options.table}, realm)
        cloud.put(record, digest(options.table))
    _print(f"made {options.table}")


def _recover(options: argparse.Namespace, cloud: Cloud) -> None:
    del options
    try:
        export: Any = json.load(sys.stdin)
        state: dict[str, Any] = export["deployment"]
        pending: list[Any] = state.get("pending_operations") or []
    except (json.JSONDecodeError, LookupError, TypeError) as error:
        raise CommandError(f"the input is no exported stack: {error}") from error
    by_urn = {record.urn: record for record in cloud.all()}
    for operation in pending:
        urn = str(operation["resource"]["urn"])
        if operation["type"] == "creating" and (record := by_urn.get(urn)) is not None:
            state["resources"].append({**operation["resource"], "id": record.id, "outputs": {}})
            sys.stderr.write(f"made: {urn} {record.id}\n")
    # What was updated, read or deleted when the run ended is in the state already.
    state.pop("pending_operations", None)
    _print(json.dumps(export, indent=2))


def _reset(options: argparse.Namespace, cloud: Cloud) -> None:
    del options
    with cloud.transaction():
        for table in ("resource", "birth", "fault", "busy"):
            cloud.execute(f"DELETE FROM {table}")  # noqa: S608 - constants


def _records(cloud: Cloud, resource_id: str) -> list[Record]:
    found = [record for record in cloud.all() if record.id.lower() == resource_id.lower()]
    if not found:
        from difflib import get_close_matches  # loaded only when something is wrong

        close = get_close_matches(resource_id, [record.id for record in cloud.all()], n=1)
        hint = (
            f" Did you mean '{close[0]}'?" if close else " List them with: python -m sandbox list"
        )
        raise CommandError(f"nothing has the id '{resource_id}'.{hint}")
    return found


def _one(cloud: Cloud, resource_id: str) -> Record:
    token, separator, rest = resource_id.partition("|")
    found = [
        record
        for record in _records(cloud, rest if separator else resource_id)
        if not separator or record.token == token
    ]
    if len(found) != 1:
        kinds = ", ".join(f"'{record.token}|{record.id}'" for record in found)
        raise CommandError(f"several resources have the id '{resource_id}'; name one of: {kinds}")
    return found[0]


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
