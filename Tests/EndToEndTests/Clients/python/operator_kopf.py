"""An operator written with kopf that makes a ConfigMap for each Basket, and what its user sees of it.

Runs the operator in a thread, with peering, a finalizer and a timer, and prints a line for each thing that holds.
"""

import asyncio
import logging
import threading
import time

import kopf
import yaml
from kubernetes import client, config

NAMESPACE = "kopf"

DEFINITIONS = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: baskets.example.com}
spec:
  group: example.com
  names: {kind: Basket, plural: baskets, singular: basket}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      subresources: {status: {}}
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, x-kubernetes-preserve-unknown-fields: true}
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: kopfpeerings.kopf.dev}
spec:
  group: kopf.dev
  names: {kind: KopfPeering, plural: kopfpeerings, singular: kopfpeering}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: clusterkopfpeerings.kopf.dev}
spec:
  group: kopf.dev
  names: {kind: ClusterKopfPeering, plural: clusterkopfpeerings, singular: clusterkopfpeering}
  scope: Cluster
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            status: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""

problems = []
deleted = []


class Problems(logging.Handler):
    """Keeps what kopf complains about."""

    def emit(self, record):
        # The main thread is the test's.
        if "OS signals are ignored" not in record.getMessage():
            problems.append(record.getMessage())


@kopf.on.startup()
def configure(settings, **_):
    settings.peering.name = "baskets"
    settings.peering.mandatory = True
    settings.posting.enabled = True
    settings.posting.level = logging.INFO


@kopf.on.create("example.com", "v1", "baskets")
@kopf.on.resume("example.com", "v1", "baskets")
def create(body, spec, name, namespace, **_):
    made = {"metadata": {"name": name}, "data": {"fruit": spec.get("fruit", "")}}
    kopf.adopt(made, owner=body)
    try:
        client.CoreV1Api().create_namespaced_config_map(namespace, made)
    except client.ApiException as refusal:
        if refusal.status != 409:
            raise
    kopf.info(body, reason="Made", message="The basket has its ConfigMap.")
    return {"map": name}


@kopf.on.update("example.com", "v1", "baskets", field="spec.fruit")
def update(name, namespace, new, **_):
    client.CoreV1Api().patch_namespaced_config_map(name, namespace, {"data": {"fruit": new}})


@kopf.on.delete("example.com", "v1", "baskets")
def delete(name, **_):
    deleted.append(name)


@kopf.timer("example.com", "v1", "baskets", interval=0.2)
def tick(patch, status, **_):
    # A few are enough: what is looked at is that each patch brings the next watch event and no storm.
    if status.get("ticks", 0) < 3:
        patch.status["ticks"] = status.get("ticks", 0) + 1


def eventually(condition, seconds=60):
    """Waits until a condition holds and returns what it gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            value = condition()
        except client.ApiException as refusal:
            if refusal.status != 404:
                raise
            value = None
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within the time; kopf complains of {problems}")


def holds(name):
    print(f"{name}: holds", flush=True)


def is_gone(call, *arguments):
    try:
        call(*arguments)
    except client.ApiException as refusal:
        return refusal.status == 404
    return False


def use(core, custom):
    place = ("example.com", "v1", NAMESPACE, "baskets")
    body = {"apiVersion": "example.com/v1", "kind": "Basket", "metadata": {"name": "first"}, "spec": {"fruit": "pear"}}
    custom.create_namespaced_custom_object(*place, body)
    made = eventually(lambda: core.read_namespaced_config_map("first", NAMESPACE))
    assert made.data == {"fruit": "pear"}, made.data
    assert made.metadata.owner_references[0].kind == "Basket", made.metadata
    holds("a ConfigMap for each Basket")

    basket = eventually(lambda: (
        lambda found: found if found.get("status", {}).get("ticks") == 3 else None
    )(custom.get_namespaced_custom_object(*place, "first")))
    assert basket["metadata"]["finalizers"], basket["metadata"]
    assert basket["status"]["create"] == {"map": "first"}, basket["status"]
    holds("finalizers, results and timers")

    custom.patch_namespaced_custom_object(
        *place, "first", {"spec": {"fruit": "plum"}}, _content_type="application/merge-patch+json")
    eventually(lambda: core.read_namespaced_config_map("first", NAMESPACE).data == {"fruit": "plum"})
    holds("an update")

    eventually(lambda: [e for e in core.list_namespaced_event(NAMESPACE).items if e.reason == "Made"])
    holds("events")

    peering = custom.get_namespaced_custom_object("kopf.dev", "v1", NAMESPACE, "kopfpeerings", "baskets")
    assert len(peering["status"]) == 1, peering
    holds("peering")

    custom.delete_namespaced_custom_object(*place, "first")
    eventually(lambda: is_gone(custom.get_namespaced_custom_object, *place, "first"))
    eventually(lambda: is_gone(core.read_namespaced_config_map, "first", NAMESPACE))
    assert deleted == ["first"], deleted
    holds("a deletion")


def main():
    config.load_kube_config()
    core, custom = client.CoreV1Api(), client.CustomObjectsApi()
    core.create_namespace({"metadata": {"name": NAMESPACE}})
    definitions = client.ApiextensionsV1Api()
    for definition in yaml.safe_load_all(DEFINITIONS):
        definitions.create_custom_resource_definition(definition)
    peering = {"apiVersion": "kopf.dev/v1", "kind": "KopfPeering", "metadata": {"name": "baskets"}}
    eventually(lambda: custom.create_namespaced_custom_object("kopf.dev", "v1", NAMESPACE, "kopfpeerings", peering))

    kopf.configure(verbose=False)
    logging.getLogger("kopf").addHandler(Problems(level=logging.WARNING))
    ready, stop = threading.Event(), threading.Event()
    operator = threading.Thread(
        target=lambda: asyncio.run(kopf.operator(namespaces=[NAMESPACE], ready_flag=ready, stop_flag=stop)), daemon=True)
    operator.start()
    assert ready.wait(60), f"the operator is not ready: {problems}"
    holds("a start")
    use(core, custom)
    stop.set()
    operator.join(30)
    assert not operator.is_alive(), "the operator does not stop"
    assert not problems, problems
    peers = custom.get_namespaced_custom_object("kopf.dev", "v1", NAMESPACE, "kopfpeerings", "baskets").get("status")
    assert not peers, peers
    holds("a clean stop without complaints")


if __name__ == "__main__":
    main()
