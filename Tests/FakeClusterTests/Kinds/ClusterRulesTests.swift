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

    private static let deployment: JSONValue = [
        "spec": [
            "selector": ["matchLabels": ["app": "web"]],
            "template": [
                "metadata": ["labels": ["app": "web"]], "spec": ["containers": [["name": "c", "image": "i"]]],
            ],
        ]
    ]

    @Test(arguments: [
        FaultCase(
            "spec/selector", ["matchExpressions": [["key": "app", "operator": "Is"]]],
            #"spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator"#,
            #"spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Is"}]}: invalid label selector"#
        ),
        FaultCase(
            "spec/selector", nil, "spec.selector: Required value",
            "spec.template.metadata.labels: Invalid value: {\"app\":\"web\"}: `selector` does not match template `labels`"
        ),
        FaultCase(
            "spec/progressDeadlineSeconds", 0,
            "spec.progressDeadlineSeconds: Invalid value: 0: must be greater than minReadySeconds"),
        FaultCase(
            "spec/strategy", ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": 0, "maxUnavailable": "0%"]],
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0"),
        FaultCase(
            "spec/strategy", ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": "101%"]],
            "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%"),
        FaultCase(
            "spec/strategy", ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "x"]],
            "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"x\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
        ),
    ])
    func `a Deployment that cannot go on is refused`(example: FaultCase) throws {
        let faults = try KindWalk("Deployment", "apps/v1").create(example.applied(to: Self.deployment)).faults
        #expect(faults == example.faults)
    }

    @Test(
        arguments: [
            (
                "policy/v1", "PodDisruptionBudget", ["minAvailable": 1, "maxUnavailable": 1],
                #"spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set"#
            ),
            (
                "policy/v1", "PodDisruptionBudget", ["minAvailable": "200%"],
                "spec.minAvailable: Invalid value: \"200%\": must not be greater than 100%"
            ),
            (
                "networking.k8s.io/v1", "NetworkPolicy", ["podSelector": [:], "ingress": [["from": [[:]]]]],
                "spec.ingress[0].from[0]: Required value: must specify a peer"
            ),
            (
                "networking.k8s.io/v1", "NetworkPolicy",
                ["podSelector": [:], "egress": [["to": [["ipBlock": ["cidr": "x"]]]]]],
                "spec.egress[0].to[0].ipBlock.cidr: Invalid value: \"x\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            ),
            (
                "networking.k8s.io/v1", "NetworkPolicy",
                [
                    "podSelector": [:],
                    "egress": [["to": [["ipBlock": ["cidr": "10.0.0.0/8", "except": ["10.0.0.0"]]]]]],
                ],
                "spec.egress[0].to[0].ipBlock.except[0]: Invalid value: \"10.0.0.0\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
            ),
            (
                "networking.k8s.io/v1", "NetworkPolicy",
                [
                    "podSelector": [:],
                    "egress": [
                        ["to": [["ipBlock": ["cidr": "10.0.0.0/8", "except": ["010.001.0.0/16", "10.0.0.0/8"]]]]]
                    ],
                ],
                "spec.egress[0].to[0].ipBlock.except[1]: Invalid value: \"10.0.0.0/8\": must be a strict subset of `cidr`"
            ),
            (
                "networking.k8s.io/v1", "NetworkPolicy",
                [
                    "podSelector": [:],
                    "ingress": [
                        [
                            "from": [
                                ["ipBlock": ["cidr": "2001:db8::/32", "except": ["2001:db8:1::/48", "2001:db9::/48"]]]
                            ]
                        ]
                    ],
                ],
                "spec.ingress[0].from[0].ipBlock.except[1]: Invalid value: \"2001:db9::/48\": must be a strict subset of `cidr`"
            ),
            (
                "networking.k8s.io/v1", "NetworkPolicy",
                ["podSelector": [:], "ingress": [["ports": [["port": 5, "endPort": 4]]]]],
                "spec.ingress[0].ports[0].endPort: Invalid value: 5: must be greater than or equal to `port`"
            ),
            (
                "v1", "Service", ["clusterIP": "1.2", "ports": [["port": 80]]],
                "spec.clusterIPs[0]: Invalid value: \"1.2\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
            ),
        ] as [(String, String, JSONValue, String)])
    func `a spec that breaks a rule is refused`(version: String, kind: String, spec: JSONValue, fault: String) throws {
        #expect(try KindWalk(kind, version).create(["spec": spec]).faults == [fault])
    }

    @Test(
        arguments: [
            ("Deployment", ["replicas": 2, "updatedReplicas": 2, "readyReplicas": 2, "availableReplicas": 1], []),
            (
                "Deployment", ["replicas": 1, "updatedReplicas": 2, "collisionCount": -1],
                [
                    "status.collisionCount: Invalid value: -1: must be greater than or equal to 0",
                    "status.updatedReplicas: Invalid value: 2: cannot be greater than status.replicas",
                ]
            ),
            (
                "ReplicaSet", ["replicas": 1, "fullyLabeledReplicas": 2, "availableReplicas": 1],
                [
                    "status.fullyLabeledReplicas: Invalid value: 2: cannot be greater than status.replicas",
                    "status.availableReplicas: Invalid value: 1: cannot be greater than readyReplicas",
                ]
            ),
            (
                "ReplicaSet", ["replicas": 0, "observedGeneration": -1],
                ["status.observedGeneration: Invalid value: -1: must be greater than or equal to 0"]
            ),
        ] as [(String, JSONValue, [String])])
    func `a workload's counts fit each other`(kind: String, status: JSONValue, faults: [String]) throws {
        let walk = try KindWalk(kind, "apps/v1")
        let workload = try walk.create(Self.deployment).object
        #expect(try walk.update(workload, subresource: "status") { $0["status"] = status }.faults == faults)
    }

    @Test func `a count of collisions only grows`() throws {
        let walk = try KindWalk("Deployment", "apps/v1")
        var old = try walk.create(Self.deployment).object
        old["status"] = ["collisionCount": 2]
        let fault = "status.collisionCount: Invalid value: 1: cannot be decremented"
        #expect(try walk.update(old, subresource: "status") { $0["status"] = ["collisionCount": 1] }.faults == [fault])
        #expect(try walk.update(old, subresource: "status") { $0["status"] = ["collisionCount": 3] }.faults.isEmpty)
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

    @Test(
        arguments: [
            (
                [:],
                [
                    "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil"
                ]
            ),
            (
                ["clusterRoleSelectors": [["matchExpressions": [["key": "a", "operator": "In"]]]]],
                [
                    "aggregationRule.clusterRoleSelectors[0].matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
                    "aggregationRule.clusterRoleSelectors[0]: Invalid value: \"null\": invalid label selector.",
                ]
            ),
        ] as [(JSONValue, [String])])
    func `a role says which roles it gathers`(rule: JSONValue, faults: [String]) throws {
        let walk = try KindWalk("ClusterRole", "rbac.authorization.k8s.io/v1")
        #expect(try walk.create(["aggregationRule": rule]).faults == faults)
    }

    @Test(arguments: [
        FaultCase(
            "spec", ["type": "NodePort", "clusterIP": "None", "ports": [["port": 80]]],
            "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"),
        FaultCase(
            "spec", ["externalTrafficPolicy": "Local", "ports": [["port": 80]]],
            "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services"),
        FaultCase(
            "spec", ["externalIPs": ["x"], "ports": [["port": 80]]],
            "spec.externalIPs[0]: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"),
        FaultCase(
            "spec", ["sessionAffinityConfig": ["clientIP": ["timeoutSeconds": 5]], "ports": [["port": 80]]],
            "spec.sessionAffinityConfig: Forbidden: must not be set when session affinity is None"),
        FaultCase(
            "spec",
            [
                "sessionAffinity": "ClientIP", "sessionAffinityConfig": ["clientIP": ["timeoutSeconds": 90000]],
                "ports": [["port": 80]],
            ],
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 90000: must be greater than 0 and less than 86400"
        ),
        FaultCase(
            "spec", ["type": "ExternalName", "externalName": "a.b", "clusterIPs": ["10.0.0.1"]],
            "spec.clusterIPs: Forbidden: may not be set for ExternalName services"),
        FaultCase(
            "spec", ["ipFamilies": ["IPv4", "IPv5"], "ipFamilyPolicy": "Both", "ports": [["port": 80]]],
            #"spec.ipFamilies[1]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6""#,
            #"spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack", "RequireDualStack", "SingleStack""#
        ),
        FaultCase(
            "spec", ["clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.2"], "ports": [["port": 80]]],
            "spec.clusterIPs: Invalid value: [\"10.0.0.2\"]: first value must match `clusterIP`"),
        FaultCase(
            "spec", ["internalTrafficPolicy": "Some", "trafficDistribution": "Even", "ports": [["port": 80]]],
            #"spec.internalTrafficPolicy: Unsupported value: "Some": supported values: "Cluster", "Local""#,
            #"spec.trafficDistribution: Unsupported value: "Even": supported values: "PreferClose", "PreferSameNode", "PreferSameZone""#
        ),
        FaultCase(
            "spec", ["loadBalancerClass": "a/b", "loadBalancerSourceRanges": ["10.0.0.0/8"], "ports": [["port": 80]]],
            "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
            "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'"),
        FaultCase(
            "spec",
            ["type": "LoadBalancer", "loadBalancerSourceRanges": [" 10.0.0.0/8", "x"], "ports": [["port": 80]]],
            "spec.LoadBalancerSourceRanges[1]: Invalid value: \"x\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"
        ),
        FaultCase(
            "spec", ["type": "LoadBalancer", "ports": [["port": 10250]]],
            "spec.ports[0]: Invalid value: 10250: may not expose port 10250 externally since it is used by kubelet"),
        FaultCase(
            "spec", ["healthCheckNodePort": 30000, "ports": [["port": 80]]],
            "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        ),
        FaultCase(
            "spec",
            [
                "type": "NodePort",
                "ports": [
                    ["name": "a", "port": 80, "nodePort": 30000], ["name": "b", "port": 81, "nodePort": 30000],
                ],
            ], "spec.ports[1].nodePort: Duplicate value: 30000"),
    ])
    func `the ways into a Service go together`(example: FaultCase) throws {
        #expect(try KindWalk("Service").create(example.applied(to: [:])).faults == example.faults)
    }

    @Test func `a Service keeps its address and loses what its new type has not`() throws {
        let walk = try KindWalk("Service")
        let balanced = try walk.create([
            "spec": [
                "type": "LoadBalancer", "externalTrafficPolicy": "Local", "loadBalancerClass": "a/b",
                "clusterIP": "10.96.0.5", "ports": [["port": 80]],
            ]
        ]).object
        #expect((30000...32767).contains(balanced["spec"]?.number("healthCheckNodePort") ?? 0))
        let moved = try walk.update(balanced) {
            $0.set("10.96.0.6", at: ["spec", "clusterIP"])
            $0.set("c/d", at: ["spec", "loadBalancerClass"])
        }
        #expect(
            moved.faults == [
                "spec.clusterIPs[0]: Invalid value: [\"10.96.0.6\"]: may not change once set",
                "spec.loadBalancerClass: Invalid value: \"c/d\": may not change once set",
            ])
        let inner = try walk.update(balanced) { $0.set("ClusterIP", at: ["spec", "type"]) }
        #expect(inner.faults.isEmpty)
        let gone = [
            "healthCheckNodePort", "allocateLoadBalancerNodePorts", "loadBalancerClass", "externalTrafficPolicy",
        ]
        #expect(gone.allSatisfy { inner.object["spec"]?[$0] == nil })
        #expect(inner.object["spec"]?.list("ports").first?["nodePort"] == nil)
        let named = try walk.update(inner.object) {
            $0.set("ExternalName", at: ["spec", "type"])
            $0.set("example.com", at: ["spec", "externalName"])
        }
        #expect(named.faults.isEmpty)
        #expect(["clusterIP", "clusterIPs", "ipFamilies"].allSatisfy { named.object["spec"]?[$0] == nil })
    }

    @Test func `a namespace's finalizers are fully qualified`() throws {
        let walk = try KindWalk("Namespace")
        let fault = "name is neither a standard finalizer name nor is it fully qualified"
        #expect(
            try walk.create(["spec": ["finalizers": ["x"]]]).faults
                == ["spec.finalizers: Invalid value: \"x\": \(fault)"])
        let namespace = try walk.create(["spec": ["finalizers": ["example.com/x"]]])
        #expect(namespace.faults.isEmpty)
        let changed = try walk.update(namespace.object, subresource: "finalize") {
            $0.set(["kubernetes", "y"], at: ["spec", "finalizers"])
        }
        #expect(changed.faults == ["spec.finalizers[1]: Invalid value: \"y\": \(fault)"])
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
