"""Reads the shapes of resources and functions out of the generated SDK sources, without importing.

The generator writes every class in one fixed layout, so patterns over 170 MB of source take seconds
where importing the packages takes minutes. What this module reads is the SDK's own words: argument
names and types, which are required, wire names, enum values, outputs, secrets, API versions.

The result is JSON-ready: a type is ``"string"``, ``"integer"``, ``"number"``, ``"boolean"``,
``"any"``, ``"asset"``, ``{"list": T}``, ``{"map": T}``, ``{"object": reference}``,
``{"enum": [values]}`` or ``{"union": [T, …]}``.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Shape = dict[str, Any]

_ARGS = re.compile(
    r"^@pulumi\.input_type\nclass (\w+)[^\n]*:\n    def __init__\(__self__(?:, \*,\n(.*?))?\):\n",
    re.MULTILINE | re.DOTALL,
)
_PARAMETER = re.compile(r"^\s*(\w+): (.+?)( = None)?,?$", re.MULTILINE)
_GETTER = re.compile(
    r'^    @pulumi\.getter(?:\(name="([^"]+)"\))?\n'
    r"(?:    @_utilities\.[^\n]*\n)?    def (\w+)\(self",
    re.MULTILINE,
)
_ANSWER = re.compile(
    r'^    @pulumi\.getter(?:\(name="([^"]+)"\))?\n'
    r"(?:    @_utilities\.[^\n]*\n)?    def (\w+)\(self\) -> ([^\n]*'outputs\.[^\n]*):$",
    re.MULTILINE,
)
_ANSWERED = re.compile(r"^@pulumi\.output_type\nclass (\w+)\(dict\):\n", re.MULTILINE)
_DOCUMENTED = re.compile(r"^        :param [^\n]*?\] (\w+): (.*)$", re.MULTILINE)
_RESOURCE = re.compile(
    r'^@pulumi\.type_token\("([^"]+)"\)\nclass (\w+)\(pulumi\.(?:Custom|Provider)Resource\):',
    re.MULTILINE,
)
_RESOURCE_PROVIDER = re.compile(r"^class (\w+)\(pulumi\.ProviderResource\):", re.MULTILINE)
_API_VERSION = re.compile(r"Uses Azure REST API version (\S+?)\.(?:\s|$)")
_SECRETS = re.compile(r"additional_secret_outputs=\[([^\]]*)\]")
_REPLACES = re.compile(r"replace_on_changes=\[([^\]]*)\]")
_ENUM = re.compile(
    r'^@pulumi\.type_token\("[^"]+"\)\nclass (\w+)\(_builtins\.(?:str|int|float), Enum\):\n'
    r"(.*?)(?=^@pulumi|\Z)",
    re.MULTILINE | re.DOTALL,
)
_MEMBER = re.compile(r"^    \w+ = (.+)$", re.MULTILINE)
_INVOKE = re.compile(r"pulumi\.runtime\.invoke\('([^']+)'")
_INVOKE_NAME = re.compile(r"^    __args__\['([^']+)'\] = (\w+)$", re.MULTILINE)
_INVOKE_ARGS = re.compile(
    r"^def \w+_output\((.*?)(?:,\n)?\s*opts: Optional", re.MULTILINE | re.DOTALL
)
_RESULT = re.compile(r"^class \w+Result:\n(.*?)(?=^class |\Z)", re.MULTILINE | re.DOTALL)
_IMMUTABLE_DOC = re.compile(
    r"[Cc]hange forces creation of a new resource"
    r"|[Cc]hanging this forces"
    r"|can ?not be (?:changed|updated|modified)(?: (?:after|once|for an existing)|[.;,]|$)"
    r"|[Tt]his (?:property|value|field) (?:can ?not be|is immutable)"
)
_WORDS = {
    "_builtins.str": "string",
    "str": "string",
    "_builtins.int": "integer",
    "_builtins.float": "number",
    "_builtins.bool": "boolean",
    "Any": "any",
    "pulumi.Asset": "asset",
    "pulumi.Archive": "asset",
}


def package(root: Path, name: str) -> Iterator[tuple[str, Shape]]:
    """Yield ``(key, shape)`` of everything in an installed SDK package.

    Args:
        root: The package's folder, for example ``…/site-packages/pulumi_databricks``.
        name: The Pulumi package name, for example ``databricks``.

    Keys are type tokens for resources, ``invoke <token>`` for functions, ``type <module>.<Class>``
    for objects inside inputs and ``answer <module>.<Class>`` inside outputs;
    ``pulumi:providers:<name>`` is the provider's own configuration.
    """
    for folder in sorted({path.parent for path in root.rglob("*.py")}):
        module = folder.relative_to(root).as_posix() if folder != root else "index"
        yield from _module(folder, module, name)


def _module(folder: Path, module: str, name: str) -> Iterator[tuple[str, Shape]]:
    enums_file, inputs_file = folder / "_enums.py", folder / "_inputs.py"
    enums = _enums(enums_file.read_text("utf-8")) if enums_file.exists() else {}
    if inputs_file.exists():
        for cls, shape in _classes(inputs_file.read_text("utf-8"), module, enums):
            yield f"type {module}.{cls}", {"inputs": shape}
    if (outputs_file := folder / "outputs.py").exists():
        yield from _answers(outputs_file.read_text("utf-8"), module)
    for path in sorted(folder.glob("*.py")):
        if path.name in {"_enums.py", "_inputs.py", "outputs.py", "_utilities.py"}:
            continue
        text = path.read_text("utf-8")
        if "pulumi.runtime.invoke(" in text:
            yield from _functions(text, module, enums)
        if (found := _RESOURCE.search(text)) is not None:
            yield found[1], _resource(text, found, module, enums)
        elif (found := _RESOURCE_PROVIDER.search(text)) is not None:
            yield f"pulumi:providers:{name}", _resource(text, found, module, enums)


def _enums(text: str) -> dict[str, list[Any]]:
    return {
        cls: [ast.literal_eval(value) for value in _MEMBER.findall(body)]
        for cls, body in _ENUM.findall(text)
    }


def _classes(text: str, module: str, enums: dict[str, list[Any]]) -> Iterator[tuple[str, Shape]]:
    found = list(_ARGS.finditer(text))
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        body = text[match.end() : end]
        names = {python: wire or python for wire, python in _GETTER.findall(body)}
        documented = dict(_DOCUMENTED.findall(body[: body.find("    @_builtins.property")]))
        shape: Shape = {}
        for python, annotation, default in _PARAMETER.findall(match[2] or ""):
            prop: Shape = {"type": _type(annotation, module, enums)}
            if not default:
                prop["required"] = True
            if _IMMUTABLE_DOC.search(documented.get(python, "")):
                prop["replaces"] = True
            shape[names.get(python, python)] = prop
        yield match[1], shape


def _answers(text: str, module: str) -> Iterator[tuple[str, Shape]]:
    found = list(_ANSWERED.finditer(text))
    for index, match in enumerate(found):
        end = found[index + 1].start() if index + 1 < len(found) else len(text)
        body = text[match.end() : end]
        outputs = [wire or python for wire, python in _GETTER.findall(body)]
        shape = {"inputs": {}, "outputs": outputs, "objects": _objects(body, module)}
        yield f"answer {module}.{match[1]}", shape


def _objects(body: str, module: str) -> dict[str, Any]:
    """The outputs that are objects, or lists or maps of them, each with its type."""
    return {
        wire or python: _type(annotation.replace("'outputs.", "'answer "), module, {})
        for wire, python, annotation in _ANSWER.findall(body)
    }


def _resource(text: str, found: re.Match[str], module: str, enums: dict[str, list[Any]]) -> Shape:
    body = text[found.end() :]
    arguments = [
        shape for cls, shape in _classes(text[: found.start()], module, enums) if cls[0] != "_"
    ]
    shape: Shape = {
        "inputs": arguments[0] if arguments else {},
        "outputs": [wire or python for wire, python in _GETTER.findall(body)],
        "objects": _objects(body, module),
    }
    for key, pattern in (("secrets", _SECRETS), ("replaces", _REPLACES)):
        if (listed := pattern.search(body)) is not None:
            shape[key] = ast.literal_eval(f"[{listed[1]}]")
    if (version := _API_VERSION.search(body)) is not None:
        shape["apiVersion"] = version[1]
    return shape


def _functions(text: str, module: str, enums: dict[str, list[Any]]) -> Iterator[tuple[str, Shape]]:
    token = _INVOKE.search(text)
    if token is None:
        return
    outputs: list[str] = []
    if (result := _RESULT.search(text)) is not None:
        outputs = [wire or python for wire, python in _GETTER.findall(result[1])]
    inputs: Shape = {}
    if (signature := _INVOKE_ARGS.search(text)) is not None:
        names = {python: wire for wire, python in _INVOKE_NAME.findall(text)}
        for python, annotation, _ in _PARAMETER.findall(signature[1]):
            prop: Shape = {"type": _type(annotation, module, enums)}
            if not annotation.startswith("pulumi.Input[Optional[Optional["):
                prop["required"] = True
            inputs[names.get(python, python)] = prop
    yield f"invoke {token[1]}", {"inputs": inputs, "outputs": outputs}


def _type(annotation: str, module: str, enums: dict[str, list[Any]]) -> Any:
    return _resolve(_parse(annotation), module, enums)


@cache
def _parse(annotation: str) -> Any:
    return ast.parse(annotation, mode="eval").body


def _resolve(node: Any, module: str, enums: dict[str, list[Any]]) -> Any:
    if isinstance(node, ast.Constant):
        return _reference(str(node.value), module, enums)
    if not isinstance(node, ast.Subscript):
        return _WORDS[ast.unparse(node)]
    head = ast.unparse(node.value)
    if head in {"pulumi.Input", "pulumi.Output", "Optional"}:
        return _resolve(node.slice, module, enums)
    if head == "Sequence":
        return {"list": _resolve(node.slice, module, enums)}
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if head == "Mapping":
        return {"map": _resolve(parts[1], module, enums)}
    if head != "Union":
        raise ValueError(f"the SDK uses a type this reader does not know: {ast.unparse(node)}")
    return _union([_resolve(part, module, enums) for part in parts])


def _reference(name: str, module: str, enums: dict[str, list[Any]]) -> Any:
    if name in enums:
        return {"enum": enums[name]}
    if name.endswith("Dict") or name.startswith("outputs."):
        return None  # the same object, spelt for dictionary literals or as an answer
    return {"object": f"{module}.{name.removeprefix('answer ')}"}


def _union(members: list[Any]) -> Any:
    kinds: list[Any] = []
    for member in members:
        if member is not None and member not in kinds:
            kinds.append(member)
    # ``Union[str, SomeEnum]`` is how the generator spells an enum; the API accepts its values only.
    if len(kinds) > 1 and any(isinstance(kind, dict) and "enum" in kind for kind in kinds):
        kinds = [kind for kind in kinds if kind not in ("string", "integer", "number")]
    return kinds[0] if len(kinds) == 1 else {"union": kinds}
