"""The changes a provider makes to the cloud: one transaction each, under the rules of the type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.rules import REGISTRY, UNKNOWN, Record, Request

if TYPE_CHECKING:
    from sandbox.flavours import Flavour, Values
    from sandbox.schema import Shape
    from sandbox.state import Cloud


def create(request: Request, shape: Shape, flavour: Flavour, cloud: Cloud) -> Record:
    """Store a new resource.

    Raises:
        Refusal: it exists and its type does not adopt, or a rule says no.
    """
    token, inputs = request.token, dict(request.inputs)
    adopts = REGISTRY[token].adopts
    with cloud.transaction():
        path_id = flavour.path_id(token, shape, inputs, dict(request.provider))
        taken = cloud.get(path_id, token) if path_id else None
        if taken is not None and not adopts:
            raise flavour.exists(token, taken.id)
        seed = cloud.seed_of(taken) if taken else cloud.birth_seed(request.urn)
        request = request._replace(old=taken, seed=seed)
        for rule, _ in REGISTRY[token].admits:
            rule(request, cloud)
        realm = flavour.realm(request, cloud)
        outputs = _outputs(request, shape, flavour, cloud)
        resource_id = str(outputs.get("id") or path_id or flavour.new_id(inputs, seed))
        if taken is None and (taken := cloud.get(resource_id, token, realm)) is not None:
            if not adopts:
                raise flavour.exists(token, resource_id)
            request = request._replace(old=taken, seed=cloud.seed_of(taken))
            outputs = _outputs(request, shape, flavour, cloud)
        answered = {**outputs, "id": resource_id}
        record = Record(resource_id, token, request.urn, inputs, answered, realm)
        cloud.put(record, request.seed)
    return record


def update(
    request: Request, resource_id: str, shape: Shape, flavour: Flavour, cloud: Cloud
) -> Record:
    """Change a resource in place.

    Raises:
        Refusal: it is gone, or a rule says no.
    """
    token = request.token
    with cloud.transaction():
        old = cloud.get(resource_id, token, flavour.realm(request, cloud))
        if old is None:
            raise flavour.gone(token, resource_id)
        request = request._replace(old=old, seed=cloud.seed_of(old))
        for rule, _ in REGISTRY[token].admits:
            rule(request, cloud)
        outputs = _outputs(request, shape, flavour, cloud)
        answered = {**outputs, "id": old.id}
        record = Record(old.id, token, request.urn, request.inputs, answered, old.realm)
        cloud.put(record, request.seed)
    return record


def delete(request: Request, resource_id: str, flavour: Flavour, cloud: Cloud) -> None:
    """Delete a resource and what goes with it, and leave what its type leaves behind.

    Raises:
        Refusal: a rule says no.
    """
    rules = REGISTRY[request.token]
    with cloud.transaction():
        old = cloud.get(resource_id, request.token, flavour.realm(request, cloud))
        if old is None:
            return
        seed = cloud.seed_of(old)
        request = request._replace(inputs=old.inputs, old=old, seed=seed)
        flavour.reach(request, cloud)
        for rule, _ in rules.releases:
            rule(request, cloud)
        remains = [record for rule, _ in rules.remains for record in rule(request, cloud)]
        taken = [record for rule, _ in rules.takes for record in rule(request, cloud)]
        for record in (old, *taken):
            cloud.remove(record)
        for record in remains:
            cloud.put(record, seed)


def _outputs(request: Request, shape: Shape, flavour: Flavour, cloud: Cloud) -> dict[str, Any]:
    """What the cloud answered before, now asked for, always answers, and answers by rule."""
    held: Values = {}
    if request.old is not None:
        given = request.old.inputs
        held = {name: value for name, value in request.old.outputs.items() if name not in given}
    inputs = dict(request.inputs)
    held.update(inputs)
    held.update(flavour.outputs(request.token, shape, inputs))
    for rule, _ in REGISTRY[request.token].outputs:
        answer = rule(request, cloud)
        held.update((name, value) for name, value in answer.items() if value is not None)
    return {name: value for name, value in held.items() if value is not UNKNOWN}
