"""What kr8s and lightkube do: the small clients that scripts and charms are written with."""

import kr8s
from kr8s.objects import ConfigMap, Pod, new_class
from lightkube import ApiError, Client
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import ConfigMap as LightConfigMap
from lightkube.resources.core_v1 import Namespace
from lightkube.types import PatchType

NAMESPACE = "small"


def with_kr8s():
    made = ConfigMap({"metadata": {"name": "kr8s", "namespace": NAMESPACE}, "data": {"a": "1"}})
    made.create()
    made.patch({"data": {"a": "2"}})
    made.label({"made": "here"})
    found = list(kr8s.get("configmaps", namespace=NAMESPACE, label_selector="made=here"))
    assert [(item.name, item.data.a) for item in found] == [("kr8s", "2")], found
    for event, item in kr8s.watch("configmaps", namespace=NAMESPACE, label_selector="made=here"):
        assert (event, item.name) == ("ADDED", "kr8s"), (event, item.name)
        break
    made.delete()
    assert not made.exists()

    pod = Pod({
        "metadata": {"name": "spoken", "namespace": NAMESPACE},
        "spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "main", "image": "busybox", "command": ["echo", "from a pod"]}]}})
    pod.create()
    pod.wait("jsonpath='{.status.phase}'=Succeeded", timeout=60)
    assert list(pod.logs()) == ["from a pod"]
    pod.delete()
    lease = new_class(kind="Lease", version="coordination.k8s.io/v1", namespaced=True)
    lease({"metadata": {"name": "l", "namespace": NAMESPACE}, "spec": {"holderIdentity": "me"}}).create()
    assert [item.spec.holderIdentity for item in lease.list(namespace=NAMESPACE)] == ["me"]
    print("kr8s: holds", flush=True)


def with_lightkube():
    client = Client(namespace=NAMESPACE, field_manager="lightkube")
    client.create(LightConfigMap(metadata=ObjectMeta(name="light", labels={"made": "light"}), data={"a": "1"}))
    client.patch(LightConfigMap, "light", {"data": {"b": "2"}}, patch_type=PatchType.MERGE)
    applied = client.apply(
        LightConfigMap(
            apiVersion="v1", kind="ConfigMap", metadata=ObjectMeta(name="light", namespace=NAMESPACE), data={"c": "3"}))
    assert applied.data == {"a": "1", "b": "2", "c": "3"}, applied.data
    names = [item.metadata.name for item in client.list(LightConfigMap, labels={"made": "light"}, chunk_size=1)]
    assert names == ["light"], names
    for event, item in client.watch(LightConfigMap, labels={"made": "light"}):
        assert (event, item.metadata.name) == ("ADDED", "light"), (event, item.metadata.name)
        break
    client.delete(LightConfigMap, "light")
    try:
        client.get(LightConfigMap, "light")
    except ApiError as refusal:
        assert refusal.status.code == 404, refusal
    else:
        raise AssertionError("still there")
    lease = create_namespaced_resource("coordination.k8s.io", "v1", "Lease", "leases")
    assert client.get(lease, name="l").spec["holderIdentity"] == "me"
    print("lightkube: holds", flush=True)


if __name__ == "__main__":
    Client().create(Namespace(metadata=ObjectMeta(name=NAMESPACE)))
    with_kr8s()
    with_lightkube()
