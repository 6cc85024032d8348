import KubeObjects
import Testing

@testable import FakeCluster

/// Deployments, Services, roles, namespaces: what is particular to each.
struct ClusterRulesTests {
    @Test func `a Deployment selects its own pods`() throws {
        let walk = try KindWalk("Deployment", "apps/v1")
        let template: JSONValue = [
            "metadata": ["labels": ["app": "web"]], "spec": ["containers": [["name": "c", "image": "i"]]],
        ]
        let right = try walk.create(
            ["spec": ["selector": ["matchLabels": ["app": "web"]], "template": template]])
        #expect(right.faults.isEmpty)
        #expect(right.object["spec"]?["strategy"]?["rollingUpdate"] == ["maxUnavailable": "25%", "maxSurge": "25%"])
        let wrong = try walk.create(
            ["spec": ["selector": ["matchLabels": ["app": "other"]], "template": template]])
        #expect(
            wrong.faults == [
                "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`"
            ])
    }

    @Test func `a Service keeps the addresses and ports that it was given`() throws {
        let walk = try KindWalk("Service")
        let service = try walk.create(["spec": ["type": "NodePort", "ports": [["port": 80]]]]).object
        let port = try #require(service["spec"]?.list("ports").first)
        #expect((30000...32767).contains(port.number("nodePort")))
        #expect(port["targetPort"] == 80)
        let changed = try walk.update(service) { value in
            value.set([["port": 80, "protocol": "TCP"]], at: ["spec", "ports"])
            value.set(nil, at: ["spec", "clusterIP"])
        }
        #expect(changed.faults.isEmpty)
        #expect(changed.object["spec"]?["clusterIP"] == service["spec"]?["clusterIP"])
        #expect(changed.object["spec"]?.list("ports").first?["nodePort"] == port["nodePort"])
    }

    @Test func `a rule of a role names verbs, groups and resources`() throws {
        let faults = try KindWalk("Role", "rbac.authorization.k8s.io/v1").create(["rules": [[:]]]).faults
        #expect(
            faults == [
                "rules[0].verbs: Required value: verbs must contain at least one value",
                "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
                "rules[0].resources: Required value: resource rules must supply at least one resource",
            ])
    }

    @Test func `a namespace has a label with its name and a finalizer`() throws {
        let namespace = try KindWalk("Namespace").create([:], name: "demo").object
        #expect(namespace.labels == ["kubernetes.io/metadata.name": "demo"])
        #expect(namespace["spec"]?["finalizers"] == ["kubernetes"])
        #expect(namespace["status"]?["phase"] == "Active")
    }

    @Test func `the finalizers of a namespace go through its finalize subresource only`() throws {
        let walk = try KindWalk("Namespace")
        let namespace = try walk.create([:], name: "demo").object
        let change: (inout JSONValue) -> Void = { $0.set(nil, at: ["spec", "finalizers"]) }
        #expect(try walk.update(namespace, change).object["spec"]?["finalizers"] == ["kubernetes"])
        #expect(try walk.update(namespace, subresource: "finalize", change).object["spec"]?["finalizers"] == nil)
    }

    @Test func `every bootstrap role and binding is valid`() throws {
        for object in BootstrapRoles.objects {
            let walk = try KindWalk(object.kind, object.apiVersion)
            #expect(try walk.create(object.value, name: object.name ?? "").faults.isEmpty, "\(object.name ?? "")")
        }
    }
}
