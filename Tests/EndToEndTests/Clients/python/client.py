"""What the official Python client does, against the cluster of the current kubeconfig.

Each function is a case; a failed assertion names itself by its traceback. Prints a line for each case that holds.
"""

import json
import logging
import os
import sys
import tempfile
import threading
import time

import yaml
from kubernetes import client, config, dynamic, informer, utils, watch
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock

NAMESPACE = "python"

DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boats.example.com}
spec:
  group: example.com
  names: {kind: Boat, plural: boats, singular: boat}
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
            spec:
              type: object
              properties:
                sail: {type: string, enum: [red, white]}
            status:
              type: object
              properties:
                phase: {type: string}
"""


def equal(made, expected):
    assert made == expected, f"{made!r} is not {expected!r}"


def refused(status, call, *arguments, **options):
    """Holds that a call is refused with a status, and returns the refusal."""
    try:
        call(*arguments, **options)
    except client.ApiException as refusal:
        equal(refusal.status, status)
        return refusal
    raise AssertionError(f"not refused: {call}")


def eventually(condition, seconds=30):
    """Waits until a condition holds and returns what it gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError("not within the time")


def config_map(name, **data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels={"made": "here"}), data=data)


def objects_come_and_go(core):
    made = core.create_namespaced_config_map(NAMESPACE, config_map("first", a="1"))
    assert made.metadata.uid and made.metadata.creation_timestamp.tzinfo
    equal(core.read_namespaced_config_map("first", NAMESPACE).data, {"a": "1"})
    refused(409, core.create_namespaced_config_map, NAMESPACE, config_map("first"))
    made.data = {"a": "2"}
    newer = core.replace_namespaced_config_map("first", NAMESPACE, made)
    assert int(newer.metadata.resource_version) > int(made.metadata.resource_version)
    conflict = refused(409, core.replace_namespaced_config_map, "first", NAMESPACE, made)
    assert "the object has been modified" in conflict.body, conflict.body
    core.create_namespaced_config_map(NAMESPACE, config_map("tried"), dry_run="All")
    refused(404, core.read_namespaced_config_map, "tried", NAMESPACE)
    core.delete_namespaced_config_map("first", NAMESPACE)
    refused(404, core.read_namespaced_config_map, "first", NAMESPACE)


def lists_come_in_pages(core):
    for number in range(7):
        core.create_namespaced_config_map(NAMESPACE, config_map(f"page-{number}"))
    names, token, versions = [], None, set()
    while True:
        page = core.list_namespaced_config_map(NAMESPACE, label_selector="made=here", limit=3, _continue=token)
        assert len(page.items) <= 3
        names += [item.metadata.name for item in page.items]
        versions.add(page.metadata.resource_version)
        token = page.metadata._continue
        if not token:
            break
    equal(names, [f"page-{number}" for number in range(7)])
    equal(len(versions), 1)
    refused(400, core.list_namespaced_config_map, NAMESPACE, limit=3, _continue="nonsense")
    core.delete_collection_namespaced_config_map(NAMESPACE, label_selector="made=here")
    equal(core.list_namespaced_config_map(NAMESPACE, label_selector="made=here").items, [])


def watches_resume(core):
    start = core.list_namespaced_config_map(NAMESPACE, label_selector="made=here").metadata.resource_version
    core.create_namespaced_config_map(NAMESPACE, config_map("seen", step="1"))
    core.patch_namespaced_config_map("seen", NAMESPACE, {"data": {"step": "2"}})
    core.delete_namespaced_config_map("seen", NAMESPACE)
    seen, version = [], start
    # One event for each watch, each begun where the last one ended.
    for _ in range(3):
        stream = watch.Watch()
        for event in stream.stream(
            core.list_namespaced_config_map, NAMESPACE, label_selector="made=here", resource_version=version
        ):
            seen.append((event["type"], event["object"].data["step"]))
            version = event["object"].metadata.resource_version
            stream.stop()
    equal(seen, [("ADDED", "1"), ("MODIFIED", "2"), ("DELETED", "2")])
    # A connection is good for more once a watch on it has ended.
    ended = watch.Watch().stream(
        core.list_namespaced_config_map, NAMESPACE, label_selector="made=here", resource_version=version,
        timeout_seconds=1, allow_watch_bookmarks=True,
    )
    equal([event for event in ended if event["type"] != "BOOKMARK"], [])


def patches_of_every_kind(core):
    core.create_namespaced_config_map(NAMESPACE, config_map("patched", a="1"))

    def patch(body, kind, **options):
        return core.patch_namespaced_config_map(
            "patched", NAMESPACE, body, _content_type=f"application/{kind}", **options).data

    equal(patch({"data": {"b": "2"}}, "strategic-merge-patch+json"), {"a": "1", "b": "2"})
    equal(patch({"data": {"a": None}}, "merge-patch+json"), {"b": "2"})
    equal(patch([{"op": "add", "path": "/data/c", "value": "3"}], "json-patch+json"), {"b": "2", "c": "3"})
    applied = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "patched"}, "data": {"d": "4"}}
    equal(patch(applied, "apply-patch+yaml", field_manager="python"), {"b": "2", "c": "3", "d": "4"})
    applied["data"] = {"b": "other"}
    conflict = refused(409, patch, applied, "apply-patch+yaml", field_manager="python")
    assert ".data.b" in conflict.body, conflict.body
    equal(patch(applied, "apply-patch+yaml", field_manager="python", force=True), {"b": "other", "c": "3"})
    refused(422, patch, [{"op": "test", "path": "/data/c", "value": "0"}], "json-patch+json")
    refused(415, patch, {}, "json")
    core.delete_namespaced_config_map("patched", NAMESPACE)


def job(name, command):
    container = client.V1Container(name="main", image="busybox", command=["sh", "-c", command])
    pod = client.V1PodSpec(restart_policy="Never", termination_grace_period_seconds=0, containers=[container])
    spec = client.V1JobSpec(template=client.V1PodTemplateSpec(spec=pod), backoff_limit=0)
    return client.V1Job(metadata=client.V1ObjectMeta(name=name), spec=spec)


def pods_of(core, name):
    return core.list_namespaced_pod(NAMESPACE, label_selector=f"job-name={name}").items


def jobs_run_and_their_logs_are_read(core):
    batch = client.BatchV1Api()
    batch.create_namespaced_job(NAMESPACE, job("spoken", "for i in 1 2 3; do echo line $i; sleep 0.1; done"))
    pod = eventually(lambda: [p for p in pods_of(core, "spoken") if p.status.phase != "Pending"])[0].metadata.name
    followed = list(watch.Watch().stream(core.read_namespaced_pod_log, pod, NAMESPACE, follow=True))
    equal(followed, ["line 1", "line 2", "line 3"])
    eventually(lambda: batch.read_namespaced_job_status("spoken", NAMESPACE).status.succeeded == 1)
    equal(core.read_namespaced_pod_log(pod, NAMESPACE, tail_lines=1), "line 3\n")
    refused(400, core.read_namespaced_pod_log, pod, NAMESPACE, container="nothing")
    batch.delete_namespaced_job("spoken", NAMESPACE, propagation_policy="Background")
    eventually(lambda: not pods_of(core, "spoken"))


def deletion_has_three_ways(core):
    batch = client.BatchV1Api()
    for policy in ["Foreground", "Background", "Orphan"]:
        name = policy.lower()
        batch.create_namespaced_job(NAMESPACE, job(name, "exec sleep 3600"))
        eventually(lambda: pods_of(core, name))
        options = client.V1DeleteOptions(propagation_policy=policy)
        batch.delete_namespaced_job(name, NAMESPACE, body=options)
        eventually(lambda: not [j for j in batch.list_namespaced_job(NAMESPACE).items if j.metadata.name == name])
        if policy == "Orphan":
            left = pods_of(core, name)
            equal([pod.metadata.owner_references for pod in left], [None])
            core.delete_namespaced_pod(left[0].metadata.name, NAMESPACE, grace_period_seconds=0)
        eventually(lambda: not pods_of(core, name))


def custom_objects(core):
    definitions = client.ApiextensionsV1Api()
    definitions.create_custom_resource_definition(yaml.safe_load(DEFINITION))
    eventually(lambda: any(
        condition.type == "Established" and condition.status == "True"
        for condition in definitions.read_custom_resource_definition("boats.example.com").status.conditions or []))
    custom = client.CustomObjectsApi()
    place = ("example.com", "v1", NAMESPACE, "boats")
    body = {"apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "anna"}, "spec": {"sail": "red"}}
    equal(custom.create_namespaced_custom_object(*place, body)["metadata"]["generation"], 1)
    equal(custom.get_namespaced_custom_object(*place, "anna")["spec"], {"sail": "red"})
    custom.patch_namespaced_custom_object(
        *place, "anna", {"spec": {"sail": "white"}}, _content_type="application/merge-patch+json")
    invalid = refused(
        422, custom.patch_namespaced_custom_object, *place, "anna", {"spec": {"sail": "green"}},
        _content_type="application/merge-patch+json")
    assert "spec.sail" in invalid.body, invalid.body
    custom.patch_namespaced_custom_object_status(
        *place, "anna", {"status": {"phase": "afloat"}}, _content_type="application/merge-patch+json")
    listed = custom.list_namespaced_custom_object(*place)
    equal([(b["spec"]["sail"], b["status"]["phase"]) for b in listed["items"]], [("white", "afloat")])
    stream = watch.Watch()
    for event in stream.stream(custom.list_namespaced_custom_object, *place, resource_version="0"):
        equal((event["type"], event["object"]["metadata"]["name"]), ("ADDED", "anna"))
        stream.stop()
    custom.delete_namespaced_custom_object(*place, "anna")
    refused(404, custom.get_namespaced_custom_object, *place, "anna")


def the_dynamic_client_discovers(core):
    found = dynamic.DynamicClient(client.ApiClient())
    boats = found.resources.get(api_version="example.com/v1", kind="Boat")
    boats.create(namespace=NAMESPACE, body={
        "apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "berta"}, "spec": {"sail": "red"}})
    equal([item.metadata.name for item in boats.get(namespace=NAMESPACE).items], ["berta"])
    boats.server_side_apply(namespace=NAMESPACE, field_manager="dynamic", force_conflicts=True, body={
        "apiVersion": "example.com/v1", "kind": "Boat", "metadata": {"name": "berta"}, "spec": {"sail": "white"}})
    equal(boats.get(name="berta", namespace=NAMESPACE).spec.sail, "white")
    for event in boats.watch(namespace=NAMESPACE, timeout=1):
        equal((event["type"], event["object"].metadata.name), ("ADDED", "berta"))
    boats.delete(name="berta", namespace=NAMESPACE)
    jobs = found.resources.get(api_version="batch/v1", kind="Job")
    assert "status" in jobs.subresources, jobs.subresources


def an_informer_keeps_up(core):
    events = []
    maps = informer.SharedInformer(core.list_namespaced_config_map, namespace=NAMESPACE, label_selector="made=here")
    for kind in [informer.ADDED, informer.MODIFIED, informer.DELETED]:
        maps.add_event_handler(kind, lambda item, kind=kind: events.append((kind, item.metadata.name)))
    core.create_namespaced_config_map(NAMESPACE, config_map("before"))
    maps.start()
    eventually(lambda: ("ADDED", "before") in events)
    core.create_namespaced_config_map(NAMESPACE, config_map("after"))
    core.patch_namespaced_config_map("after", NAMESPACE, {"data": {"a": "1"}})
    core.delete_namespaced_config_map("after", NAMESPACE)
    eventually(lambda: ("DELETED", "after") in events)
    equal(events[-3:], [("ADDED", "after"), ("MODIFIED", "after"), ("DELETED", "after")])
    maps.stop()
    core.delete_namespaced_config_map("before", NAMESPACE)


def one_leader_is_elected(core):
    leaders = []
    led = threading.Event()

    def lead():
        leaders.append("first")
        led.set()

    def candidate(name, started):
        lock = LeaseLock("leader", NAMESPACE, name)
        return leaderelection.LeaderElection(
            electionconfig.Config(lock, 15, 10, 1, onstarted_leading=started, onstopped_leading=lambda: None))

    first = threading.Thread(target=candidate("first", lead).run, daemon=True)
    first.start()
    assert led.wait(30), "nobody leads"
    equal(candidate("second", lambda: leaders.append("second")).try_acquire_or_renew(), False)
    lease = client.CoordinationV1Api().read_namespaced_lease("leader", NAMESPACE)
    equal((lease.spec.holder_identity, leaders), ("first", ["first"]))


def a_file_becomes_objects(core):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-file}\ndata: {a: '1'}\n---\n"
            "apiVersion: v1\nkind: Secret\nmetadata: {name: from-file}\nstringData: {a: b}\n")
        file.flush()
        utils.create_from_yaml(client.ApiClient(), file.name, namespace=NAMESPACE)
        try:
            utils.create_from_yaml(client.ApiClient(), file.name, namespace=NAMESPACE)
        except utils.FailToCreateError as failure:
            equal([refusal.status for refusal in failure.api_exceptions], [409, 409])
        else:
            raise AssertionError("created twice")
    equal(core.read_namespaced_secret("from-file", NAMESPACE).data, {"a": "Yg=="})


def credentials_come_from_a_token_or_a_program(core):
    core.create_namespaced_service_account(NAMESPACE, {"metadata": {"name": "sailor"}})
    request = client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[], expiration_seconds=600))
    token = core.create_namespaced_service_account_token("sailor", NAMESPACE, request).status.token
    with open(os.environ["KUBECONFIG"]) as file:
        settings = yaml.safe_load(file)
    credential = (
        '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}' % token)
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1", "command": "echo", "args": [credential],
        "interactiveMode": "Never"}
    for user in [{"token": token}, {"exec": plugin}]:
        settings["users"][0]["user"] = user
        own = config.new_client_from_config_dict(settings)
        review = client.AuthenticationV1Api(own).create_self_subject_review({})
        equal(review.status.user_info.username, f"system:serviceaccount:{NAMESPACE}:sailor")
        refusal = refused(403, client.CoreV1Api(own).list_namespaced_secret, NAMESPACE)
        message = json.loads(refusal.body)["message"]
        assert 'cannot list resource "secrets"' in message, message


def main():
    # The informer reports its own stop as a lost connection.
    logging.getLogger("kubernetes.informer").setLevel(logging.CRITICAL)
    config.load_kube_config()
    core = client.CoreV1Api()
    core.create_namespace({"metadata": {"name": NAMESPACE}})
    cases = [
        objects_come_and_go, lists_come_in_pages, watches_resume, patches_of_every_kind,
        jobs_run_and_their_logs_are_read, deletion_has_three_ways, custom_objects, the_dynamic_client_discovers,
        an_informer_keeps_up, one_leader_is_elected, a_file_becomes_objects,
        credentials_come_from_a_token_or_a_program,
    ]
    for case in cases:
        case(core)
        print(f"{case.__name__}: holds", flush=True)
    core.delete_namespace(NAMESPACE)


if __name__ == "__main__":
    main()
    # The client's informers and leader election leave daemon threads behind, and an interpreter that shuts down under
    # them may abort: everything has been asserted and printed by now.
    sys.stdout.flush()
    os._exit(0)
