import KubeObjects
import Testing

@testable import FakeCluster

struct PodRulesTests {
    private static let pod: JSONValue = [
        "spec": [
            "containers": [["name": "main", "image": "busybox"]], "volumes": [["name": "v", "emptyDir": [:]]],
        ]
    ]

    @Test(arguments: [
        ("busybox", "Always"), ("busybox:latest", "Always"), ("busybox:1.36", "IfNotPresent"),
        ("localhost:5000/busybox", "Always"), ("localhost:5000/busybox:1", "IfNotPresent"),
        ("busybox@sha256:0123", "IfNotPresent"), ("busybox:latest@sha256:0123", "Always"),
    ])
    func `an image is pulled again if its tag is latest`(image: String, policy: String) {
        #expect(PodSpecDefaults.pullPolicy(image: image) == .string(policy))
    }

    @Test func `a pod gets what a standard cluster's admission adds`() throws {
        let spec = try #require(try KindWalk("Pod").create(Self.pod).object["spec"])
        #expect(spec["serviceAccountName"] == "default")
        #expect(spec["serviceAccount"] == "default")
        #expect(spec["enableServiceLinks"] == true)
        #expect(spec["priority"] == 0)
        #expect(spec["preemptionPolicy"] == "PreemptLowerPriority")
        #expect(
            spec.list("tolerations").map { $0.text("key") } == [
                "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable",
            ])
        let volume = try #require(spec.list("volumes").last)
        #expect(volume.text("name").hasPrefix("kube-api-access-"))
        let mount = spec.list("containers")[0].list("volumeMounts")[0]
        #expect(mount["name"] == volume["name"])
        #expect(mount["mountPath"] == "/var/run/secrets/kubernetes.io/serviceaccount")
    }

    @Test(
        arguments: [
            ("net.ipv4.tcp_syncookies", "hostNetwork"), ("net/ipv4/tcp_syncookies", "hostNetwork"),
            ("kernel.shm_rmid_forced", "hostIPC"), ("kernel.sem", "hostIPC"), ("kernel.panic", nil),
        ] as [(String, String?)])
    func `a pod in the host's namespace sets none of its kernel parameters`(_ name: String, _ shared: String?) throws {
        var pod = Self.pod
        pod.set([["name": .string(name), "value": "1"]], at: ["spec", "securityContext", "sysctls"])
        #expect(try KindWalk("Pod").create(pod).faults.isEmpty)
        for key in ["hostNetwork", "hostIPC"] { pod.set(true, at: ["spec", key]) }
        #expect(
            try KindWalk("Pod").create(pod).faults
                == (shared.map {
                    [
                        "spec.securityContext.sysctls[0].name: Invalid value: \(name.debugDescription): may not be specified when '\($0)' is true"
                    ]
                } ?? []))
    }

    @Test(
        arguments: [
            (["gpu", "gpu"], "claims[1]: Duplicate value: \"gpu\""),
            (["gpu/a", "gpu/a"], "claims[1]: Duplicate value: \"gpu/a\""),
            (["gpu/a", "gpu"], "claims[1]: Duplicate value: \"gpu\""), (["gpu/a", "gpu/b"], nil),
            (["nic"], "claims[0]: Not found: \"nic\": must be one of the names in pod.spec.resourceClaims: disk, gpu"),
        ] as [([String], String?)])
    func `a container uses each claim of its pod once`(_ uses: [String], _ fault: String?) throws {
        let claims: [JSONValue] = uses.map { use in
            let parts = use.split(separator: "/").map { JSONValue.string(String($0)) }
            return parts.count == 1 ? ["name": parts[0]] : ["name": parts[0], "request": parts[1]]
        }
        var pod = Self.pod
        pod.set(
            [["name": "gpu", "resourceClaimName": "x"], ["name": "disk", "resourceClaimTemplateName": "y"]],
            at: ["spec", "resourceClaims"])
        pod.set(
            [["name": "main", "image": "busybox", "resources": ["claims": .array(claims)]]], at: ["spec", "containers"])
        #expect(
            try KindWalk("Pod").create(pod).faults == (fault.map { ["spec.containers[0].resources." + $0] } ?? []))
    }

    /// `ValidatePodSpec` and what it calls.
    @Test(arguments: [
        FaultCase(
            "spec/dnsPolicy", "None",
            "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None"),
        FaultCase(
            "spec/os", ["name": "mac"], "spec.os: Unsupported value: \"mac\": supported values: \"linux\", \"windows\""),
        FaultCase(
            "spec/securityContext", ["runAsUser": -5],
            "spec.securityContext.runAsUser: Invalid value: -5: must be between 0 and 2147483647, inclusive"),
        FaultCase(
            "spec/securityContext", ["seccompProfile": [:]],
            "spec.securityContext.seccompProfile.type: Required value: type is required when seccompProfile is set"),
        FaultCase(
            "spec/securityContext", ["sysctls": [["name": "", "value": "1"]]],
            "spec.securityContext.sysctls[0].name: Required value"),
        FaultCase(
            "spec/securityContext",
            ["sysctls": [["name": "net/ipv4.a_b", "value": "1"], ["name": "a..b", "value": "1"]]],
            #"spec.securityContext.sysctls[1].name: Invalid value: "a..b": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"#
        ),
        FaultCase(
            "spec/securityContext", ["sysctls": [["name": "a", "value": "1"], ["name": "a", "value": "2"]]],
            "spec.securityContext.sysctls[1].name: Duplicate value: \"a\""),
        FaultCase(
            "spec/securityContext", ["fsGroupChangePolicy": "Never"],
            "spec.securityContext.fsGroupChangePolicy: Unsupported value: \"Never\": supported values: \"Always\", \"OnRootMismatch\""
        ),
        FaultCase(
            "spec/containers", [["name": "a", "image": "i", "securityContext": ["procMount": "Half"]]],
            "spec.containers[0].securityContext.procMount: Unsupported value: \"Half\": supported values: \"Default\", \"Unmasked\""
        ),
        FaultCase(
            "spec/containers", [["name": "a", "image": "i", "securityContext": ["procMount": "Unmasked"]]],
            "spec.containers[0].securityContext.procMount: Invalid value: \"Unmasked\": `hostUsers` must be false to use `Unmasked`"
        ),
        FaultCase(
            "spec/resourceClaims", [["name": "a"]],
            #"spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"#
        ),
        FaultCase(
            "spec/resourceClaims",
            [["name": "a", "resourceClaimName": "x"], ["name": "a", "resourceClaimName": "y"]],
            "spec.resourceClaims[1].name: Duplicate value: \"a\""),
        FaultCase(
            "spec/resourceClaims", [["name": "a", "resourceClaimName": "x_"]],
            "spec.resourceClaims[0].resourceClaimName: Invalid value: \"x_\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        ),
        FaultCase(
            "spec/containers", [["name": "a", "image": "i", "resources": ["claims": [["name": "gpu"]]]]],
            "spec.containers[0].resources.claims[0]: Not found: \"gpu\": must be one of the names in pod.spec.resourceClaims which is empty"
        ),
        FaultCase(
            "spec/topologySpreadConstraints",
            [["maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "Never"]],
            "spec.topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: \"Never\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\""
        ),
        FaultCase(
            "spec/tolerations", [["key": "a", "operator": "Exists", "value": "x"]],
            #"spec.tolerations[0].operator: Invalid value: {"Key":"a","Operator":"Exists","Value":"x","Effect":"","TolerationSeconds":null}: value must be empty when `operator` is 'Exists'"#
        ),
        FaultCase(
            "spec/affinity",
            ["nodeAffinity": ["requiredDuringSchedulingIgnoredDuringExecution": ["nodeSelectorTerms": []]]],
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term"
        ),
        FaultCase(
            "spec/containers",
            [
                [
                    "name": "a", "image": "i",
                    "ports": [["containerPort": 1, "hostPort": 80], ["containerPort": 2, "hostPort": 80]],
                ]
            ], "spec.containers[0].ports[1].hostPort: Duplicate value: \"TCP//80\""),
        FaultCase(
            "spec/containers",
            [
                [
                    "name": "a", "image": "i",
                    "securityContext": ["privileged": true, "allowPrivilegeEscalation": false],
                ]
            ],
            #"spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true"#
        ),
        FaultCase(
            "spec/dnsPolicy", "Foo",
            #"spec.dnsPolicy: Unsupported value: "Foo": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None""#
        ),
        FaultCase(
            "spec/dnsConfig", ["nameservers": ["x"]],
            "spec.dnsConfig.nameservers[0]: Invalid value: \"x\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        ),
        FaultCase(
            "spec/dnsConfig", ["searches": ["_tcp.a", "a_.b"]],
            "spec.dnsConfig.searches[1]: Invalid value: \"a_.b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')"
        ),
        FaultCase(
            "spec/hostAliases", [["ip": "1.2.3"]],
            "spec.hostAliases[0].ip: Invalid value: \"1.2.3\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        ),
        FaultCase(
            "spec/schedulingGates", [["name": "a"], ["name": "a"]],
            "spec.schedulingGates[1]: Duplicate value: \"a\""),
        FaultCase(
            "spec/topologySpreadConstraints",
            .array(
                Array(
                    repeating: [
                        "maxSkew": 1, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": [:],
                    ], count: 2)),
            #"spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{a, DoNotSchedule}""#
        ),
        FaultCase("spec/volumes", [["name": "v", "image": [:]]], "spec.volumes[0].image.reference: Required value"),
        FaultCase(
            "spec/volumes",
            [["name": "v", "projected": ["sources": [["configMap": ["name": "x"], "secret": ["name": "y"]]]]]],
            "spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type per source"),
        FaultCase(
            "spec/volumes", [["name": "v", "downwardAPI": ["items": [["path": "p"]]]]],
            "spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required"),
        FaultCase(
            "spec/volumes",
            [["name": "v", "projected": ["sources": [["serviceAccountToken": ["expirationSeconds": 600]]]]]],
            "spec.volumes[0].projected.path: Required value"),
        FaultCase(
            "spec/volumes",
            [
                [
                    "name": "v",
                    "projected": [
                        "sources": .array(
                            ["configMap", "secret"].map { [$0: ["name": "x", "items": [["key": "a", "path": "p"]]]] })
                    ],
                ]
            ], "spec.volumes[0].projected: Invalid value: \"x\": conflicting duplicate paths"),
    ])
    func `a pod's spec that breaks a rule is refused`(example: FaultCase) throws {
        #expect(try KindWalk("Pod").create(example.applied(to: Self.pod)).faults == [example.fault])
    }

    @Test(arguments: [
        FaultCase(
            "spec/containers", [["name": "a", "image": "i", "securityContext": ["procMount": "Default"]]], nil),
        FaultCase("spec/dnsConfig", ["searches": [".", "_tcp.a_b.com", "example.com."]], nil),
        FaultCase(
            "spec/containers",
            [["name": "main", "image": "busybox", "resources": ["requests": ["kubernetes.io/part": "500m"]]]], nil),
        FaultCase(
            "spec/containers",
            [
                [
                    "name": "main", "image": "busybox", "restartPolicy": "Never",
                    "restartPolicyRules": [
                        ["action": "RestartAllContainers", "exitCodes": ["operator": "NotIn", "values": [0]]]
                    ],
                ]
            ], nil),
    ])
    func `a pod's spec that breaks no rule is taken`(example: FaultCase) throws {
        #expect(try KindWalk("Pod").create(example.applied(to: Self.pod)).faults == [])
    }

    @Test(arguments: [(8, false), (9, true)])
    func `a search list has at most 2048 characters`(count: Int, isTooLong: Bool) throws {
        let domains = Array(repeating: JSONValue.string(String(repeating: "a", count: 250)), count: count)
        let pod = FaultCase("spec/dnsConfig", ["searches": .array(domains)], nil).applied(to: Self.pod)
        let faults = try KindWalk("Pod").create(pod).faults
        #expect(faults.count == (isTooLong ? 1 : 0))
        let words = "must not have more than 2048 characters (including spaces) in the search list"
        #expect(faults.allSatisfy { $0.hasPrefix("spec.dnsConfig.searches: ") && $0.hasSuffix(words) })
    }

    @Test func `a template leaves open which image a volume is of`() throws {
        let template: JSONValue = [
            "metadata": ["labels": ["a": "b"]],
            "spec": ["containers": [["name": "c", "image": "i"]], "volumes": [["name": "v", "image": [:]]]],
        ]
        let deployment: JSONValue = ["spec": ["selector": ["matchLabels": ["a": "b"]], "template": template]]
        #expect(try KindWalk("Deployment", "apps/v1").create(deployment).faults == [])
        let job = FaultCase("spec/template/spec/restartPolicy", "Never", nil).applied(to: [
            "spec": ["template": template]
        ])
        #expect(try KindWalk("Job", "batch/v1").create(job).faults == [])
    }

    /// Members of the only container, and the faults that they are.
    @Test(
        arguments: [
            (
                ["lifecycle": ["preStop": ["sleep": ["seconds": 31]]]],
                "lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)"
            ),
            (
                ["livenessProbe": ["httpGet": ["port": 1, "httpHeaders": [["name": "a b"]]]]],
                "livenessProbe.httpGet.httpHeaders: Invalid value: \"a b\": a valid HTTP header must consist of"
            ),
            (
                ["restartPolicyRules": [["action": "Restart", "exitCodes": ["operator": "In", "values": [1]]]]],
                "restartPolicy: Required value: must specify restartPolicy when restart rules are used"
            ),
            (
                [
                    "restartPolicy": "Never",
                    "restartPolicyRules": [["action": "Restart", "exitCodes": ["values": [1]]]],
                ],
                #"restartPolicyRules[0].exitCodes.operator: Unsupported value: "": supported values: "In", "NotIn""#
            ),
            (
                [
                    "restartPolicy": "Never",
                    "restartPolicyRules": [["action": "Stop", "exitCodes": ["operator": "In", "values": [1]]]],
                ],
                #"restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers""#
            ),
            (
                ["resizePolicy": [["resourceName": "gpu", "restartPolicy": "NotRequired"]]],
                #"resizePolicy: Unsupported value: "gpu": supported values: "cpu", "memory""#
            ),
            (
                ["resources": ["limits": ["hugepages-2Mi": "4Mi"]]],
                "resources: Forbidden: HugePages require cpu or memory"
            ),
            (
                ["resources": ["limits": ["example.com/gpu": "500m"]]],
                "resources.limits[example.com/gpu]: Invalid value: \"500m\": must be an integer"
            ),
            (
                ["volumeMounts": [["name": "v", "mountPath": "/a", "mountPropagation": "Bidirectional"]]],
                "volumeMounts[0].mountPropagation: Forbidden: Bidirectional mount propagation is available only to"
            ),
            (
                ["volumeMounts": [["name": "v", "mountPath": "/a", "recursiveReadOnly": "Enabled"]]],
                "volumeMounts[0].recursiveReadOnly: Forbidden: may only be specified when readOnly is true"
            ),
            (
                [
                    "env": [
                        ["name": "A", "valueFrom": ["fieldRef": ["apiVersion": "v2", "fieldPath": "metadata.name"]]]
                    ]
                ],
                "env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"metadata.name\": error converting fieldPath: unsupported pod version: v2"
            ),
            (
                ["terminationMessagePolicy": "Foo"],
                #"terminationMessagePolicy: Unsupported value: "Foo": supported values: "File", "FallbackToLogsOnError""#
            ),
        ] as [(JSONValue, String)])
    func `a container that breaks a rule is refused`(members: JSONValue, fault: String) throws {
        var container: JSONValue = ["name": "main", "image": "busybox"]
        for (name, value) in members.object ?? [:] { container[name] = value }
        let (_, faults) = try KindWalk("Pod").create(
            FaultCase("spec/containers", .array([container]), nil).applied(to: Self.pod))
        #expect(faults.contains { $0.hasPrefix("spec.containers[0]." + fault) }, "\(faults)")
    }

    @Test func `a priority is computed and not given`() throws {
        let walk = try KindWalk("Pod")
        let critical = FaultCase("spec/priorityClassName", "system-node-critical", nil).applied(to: Self.pod)
        #expect(try walk.create(critical).object["spec"]?["priority"] == 2_000_001_000)
        let given = try walk.create(FaultCase("spec/priority", 7, nil).applied(to: Self.pod)).object
        #expect(
            walk.refusal(of: given) == "the integer value of priority (7) must not be provided in pod spec; priority "
                + "admission controller computed 0 from the given PriorityClass name")
    }

    @Test func `a pod whose service account does not exist is refused`() throws {
        var walk = try KindWalk("Pod")
        let pod = FaultCase("spec/serviceAccountName", "robot", nil).applied(to: Self.pod)
        let missing = "error looking up service account demo/robot: serviceaccount \"robot\" not found"
        #expect(try walk.refusal(of: walk.create(pod).object) == missing)
        #expect(try walk.refusal(of: walk.create(Self.pod).object) == nil)
        let account = KubeObject(apiVersion: "v1", kind: "ServiceAccount", namespace: "demo", name: "robot")
        walk.stored[account.key] = account
        #expect(try walk.refusal(of: walk.create(pod).object) == nil)
    }

    @Test func `no token is mounted if the pod or its service account says so`() throws {
        var walk = try KindWalk("Pod")
        let refusing = try walk.create(
            FaultCase("spec/automountServiceAccountToken", false, nil).applied(to: Self.pod))
        #expect(refusing.object["spec"]?.list("volumes").count == 1)
        var account = KubeObject(apiVersion: "v1", kind: "ServiceAccount", namespace: "demo", name: "default")
        account["automountServiceAccountToken"] = false
        walk.stored[account.key] = account
        #expect(try walk.create(Self.pod).object["spec"]?.list("volumes").count == 1)
    }

    @Test(
        arguments: [
            ([:], "BestEffort"), (["requests": ["cpu": "1"]], "Burstable"),
            (["limits": ["cpu": "1", "memory": "1Gi"]], "Guaranteed"),
            (["limits": ["cpu": "1", "memory": "1Gi"], "requests": ["cpu": "1", "memory": "512Mi"]], "Burstable"),
            (["requests": ["cpu": "0"]], "BestEffort"),
        ] as [(JSONValue, String)])
    func `the class of service follows from requests and limits`(resources: JSONValue, quality: String) throws {
        let pod: JSONValue = [
            "spec": ["containers": [["name": "main", "image": "i", "resources": resources]]]
        ]
        #expect(try KindWalk("Pod").create(pod).object["status"]?["qosClass"] == .string(quality))
    }

    @Test(arguments: [
        FaultCase(
            "spec/restartPolicy", "Seldom",
            "spec.restartPolicy: Unsupported value: \"Seldom\": supported values: \"Always\", \"OnFailure\", \"Never\""),
        FaultCase(
            "spec/activeDeadlineSeconds", 0,
            "spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive"),
        FaultCase("spec/volumes", [["name": "v"], ["name": "v"]], "spec.volumes[1].name: Duplicate value: \"v\""),
        FaultCase("spec/volumes", [["name": "v", "secret": [:]]], "spec.volumes[0].secret.secretName: Required value"),
        FaultCase(
            "spec/volumes", [["name": "v", "emptyDir": [:], "configMap": ["name": "x"]]],
            "spec.volumes[0].configMap: Forbidden: may not specify more than 1 volume type"),
        FaultCase(
            "spec/containers", [["name": "a", "image": " i"]],
            "spec.containers[0].image: Invalid value: \" i\": must not have leading or trailing whitespace"),
        FaultCase(
            "spec/containers", [["name": "a", "image": "i", "ports": [["containerPort": 70000]]]],
            "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive"),
        FaultCase(
            "spec/containers", [["name": "a", "image": "i", "livenessProbe": ["periodSeconds": 1]]],
            "spec.containers[0].livenessProbe: Required value: must specify a handler type"),
        FaultCase(
            "spec/containers",
            [
                [
                    "name": "a", "image": "i",
                    "env": [["name": "A", "value": "x", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]]],
                ]
            ],
            "spec.containers[0].env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty"),
        FaultCase(
            "spec/containers",
            [["name": "a", "image": "i", "env": [["name": "A", "valueFrom": ["fieldRef": ["fieldPath": "spec.x"]]]]]],
            "spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.x\": error converting fieldPath: field label not supported: spec.x"
        ),
        FaultCase(
            "spec/containers", [["name": "a", "image": "i", "resources": ["limits": ["cores": "1"]]]],
            "spec.containers[0].resources.limits[cores]: Invalid value: \"cores\": must be a standard resource for containers"
        ),
        FaultCase(
            "spec/tolerations", [["key": "a", "operator": "Exists", "value": "b"]],
            "spec.tolerations[0].operator: Invalid value: {\"Key\":\"a\",\"Operator\":\"Exists\",\"Value\":\"b\",\"Effect\":\"\",\"TolerationSeconds\":null}: value must be empty when `operator` is 'Exists'"
        ),
    ])
    func `a new pod that breaks a rule is refused`(example: FaultCase) throws {
        let (_, faults) = try KindWalk("Pod").create(example.applied(to: Self.pod))
        #expect(faults.contains(example.fault ?? ""), "\(faults)")
    }

    @Test(arguments: [
        FaultCase("metadata/labels/a", "b", nil), FaultCase("spec/activeDeadlineSeconds", 5, nil),
        FaultCase("spec/nodeName", "other", "spec: Forbidden: pod updates may not change fields other than"),
        FaultCase("spec/containers", [], "spec.containers: Forbidden: pod updates may not add or remove containers"),
        FaultCase("spec/tolerations", [], "spec.tolerations: Forbidden: existing toleration can not be modified"),
    ])
    func `only some fields of a pod may change`(example: FaultCase) throws {
        let walk = try KindWalk("Pod")
        let pod = try walk.create(Self.pod).object
        let (_, faults) = try walk.update(pod) { $0 = example.applied(to: $0) }
        if let fault = example.fault {
            #expect(faults.contains { $0.hasPrefix(fault) }, "\(faults)")
        } else {
            #expect(faults.isEmpty)
        }
    }
}
