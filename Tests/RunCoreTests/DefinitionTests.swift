import KubeObjects
import KubeSchema
import RunCore
import Testing

struct DefinitionTests {
    @Test(arguments: Definitions.all)
    func definitionsAreNamedAfterTheirResource(_ definition: KubeObject) throws {
        let plural = try #require(definition[path: "spec", "names", "plural"]?.string)
        let group = try #require(definition[path: "spec", "group"]?.string)
        #expect(definition.name == "\(plural).\(group)")
        #expect(definition.apiVersion == "apiextensions.k8s.io/v1")
    }

    @Test(arguments: Definitions.all)
    func schemasAreStructural(_ definition: KubeObject) {
        #expect(throws: Never.self) { try DefinedSchema.of(definition[path: "spec", "names", "kind"]?.string) }
    }

    /// `kubectl apply` keeps the whole object in an annotation, which may have 256 KiB.
    @Test(arguments: Definitions.all)
    func definitionsFitIntoTheAnnotationOfApply(_ definition: KubeObject) {
        #expect(definition.value.encoded().count < 250_000, "\(definition.value.encoded().count) bytes")
    }

    struct ExplainedCase: Sendable, CustomTestStringConvertible {
        let definition: KubeObject
        var testDescription: String { definition.name ?? "" }
    }

    /// `kubectl explain` has words for each field of ours that a user may set.
    @Test(arguments: Definitions.all.map(ExplainedCase.init))
    func everyFieldIsExplained(_ row: ExplainedCase) {
        let schema = row.definition[path: "spec", "versions"]?[0]?["schema"]?["openAPIV3Schema"] ?? [:]
        let common = ["apiVersion", "kind", "metadata", "status"].map { "." + $0 }
        let others = common + Self.kubernetesOwn[row.testDescription, default: []]
        var (explained, unexplained) = (0, [String]())
        func walk(_ schema: JSONValue, _ path: String) {
            guard !others.contains(path), !others.contains(path + ".*") else { return }
            for (name, field) in schema["properties"]?.object ?? [:] where !others.contains("\(path).\(name)") {
                let hasWords = field["description"]?.string?.isEmpty == false
                if hasWords { explained += 1 } else { unexplained.append("\(path).\(name)") }
                walk(field, "\(path).\(name)")
            }
            for inner in ["items", "additionalProperties"] { schema[inner].map { walk($0, path + "[]") } }
        }
        walk(schema, "")
        #expect(schema["description"]?.string?.isEmpty == false)
        #expect(unexplained == [])
        #expect(explained >= 3)
    }

    /// Where fields begin that are those of pods and Jobs, as Kubernetes documents them.
    private static let kubernetesOwn = [
        "jobtemplates.cellbytes.io": [".spec.*"],
        "jobruns.cellbytes.io": [".spec.env[]", ".spec.envFrom[]", ".spec.resources.*", ".spec.tolerations[]"],
        "runs.tekton.dev": volumes, "customruns.tekton.dev": volumes,
    ]
    private static let volumes = [
        "persistentVolumeClaim", "emptyDir", "configMap", "secret", "projected", "csi",
    ].map { ".spec.workspaces[].\($0).*" }

    struct ObjectCase: Sendable, CustomTestStringConvertible {
        let name: String
        let kind: String
        let spec: JSONValue
        var old: JSONValue?
        /// A part of each expected fault.
        var faults: [String] = []
        var testDescription: String { name }
    }

    static let objects = [
        ObjectCase(
            name: "a template without containers", kind: "JobTemplate",
            spec: ["template": ["spec": ["restartPolicy": "Never", "containers": []]]],
            faults: ["spec.template.spec.containers"]),
        ObjectCase(name: "a plain run", kind: "JobRun", spec: ["templateRef": "greet"]),
        ObjectCase(name: "an empty spec", kind: "JobRun", spec: [:], faults: ["spec.templateRef: Required value"]),
        ObjectCase(
            name: "an empty reference", kind: "JobRun", spec: ["templateRef": ""], faults: ["spec.templateRef"]),
        ObjectCase(
            name: "args that are text", kind: "JobRun", spec: ["templateRef": "greet", "args": "hi"],
            faults: ["spec.args"]),
        ObjectCase(
            name: "parameters of all types", kind: "JobRun",
            spec: [
                "templateRef": "greet",
                "parameters": [
                    ["name": "a", "value": 1], ["name": "b", "value": ["x"]], ["name": "c", "value": true],
                ],
            ]),
        ObjectCase(
            name: "a parameter twice", kind: "JobRun",
            spec: ["templateRef": "g", "parameters": [["name": "a", "value": 1], ["name": "a", "value": 2]]],
            faults: ["spec.parameters[1]: Duplicate value"]),
        ObjectCase(
            name: "a variable twice", kind: "JobRun",
            spec: ["templateRef": "g", "env": [["name": "A"], ["name": "A"]]],
            faults: ["spec.env[1]: Duplicate value"]),
        ObjectCase(
            name: "the same spec again", kind: "JobRun", spec: ["templateRef": "g", "args": ["a"]],
            old: ["templateRef": "g", "args": ["a"]]),
        ObjectCase(
            name: "other args", kind: "JobRun", spec: ["templateRef": "g", "args": ["b"]],
            old: ["templateRef": "g", "args": ["a"]], faults: ["args cannot be changed once the run exists"]),
        ObjectCase(
            name: "args added", kind: "JobRun", spec: ["templateRef": "g", "args": ["b"]],
            old: ["templateRef": "g"], faults: ["args cannot be changed once the run exists"]),
        ObjectCase(
            name: "args removed", kind: "JobRun", spec: ["templateRef": "g"],
            old: ["templateRef": "g", "args": ["b"]], faults: ["args cannot be changed once the run exists"]),
        ObjectCase(
            name: "another template", kind: "JobRun", spec: ["templateRef": "h"], old: ["templateRef": "g"],
            faults: ["templateRef cannot be changed"]),
        ObjectCase(
            name: "another value of a parameter", kind: "JobRun",
            spec: ["templateRef": "g", "parameters": [["name": "a", "value": 1]]],
            old: ["templateRef": "g", "parameters": [["name": "a", "value": 2]]],
            faults: ["parameters cannot be changed"]),
        ObjectCase(
            name: "other resources", kind: "JobRun",
            spec: ["templateRef": "g", "resources": ["limits": ["cpu": "1"]]],
            old: ["templateRef": "g", "resources": ["limits": ["cpu": "2"]]],
            faults: ["resources cannot be changed"]),
        ObjectCase(
            name: "held and cancelled", kind: "JobRun",
            spec: ["templateRef": "g", "suspend": true, "cancel": true], old: ["templateRef": "g"]),
        ObjectCase(
            name: "let go", kind: "JobRun", spec: ["templateRef": "g", "suspend": false],
            old: ["templateRef": "g", "suspend": true]),
        ObjectCase(
            name: "cancelled no more", kind: "JobRun", spec: ["templateRef": "g", "cancel": false],
            old: ["templateRef": "g", "cancel": true], faults: ["a run that was cancelled stays so"]),
        ObjectCase(
            name: "cancelled no more, without a word", kind: "JobRun", spec: ["templateRef": "g"],
            old: ["templateRef": "g", "cancel": true], faults: ["a run that was cancelled stays so"]),
        ObjectCase(
            name: "two tokens", kind: "JobRun",
            spec: [
                "templateRef": "g", "callbackToken": "t", "callbackTokenSecretRef": ["name": "s", "key": "k"],
            ], faults: ["exclude each other"]),
        ObjectCase(name: "a plain template", kind: "JobTemplate", spec: Fixture.template()["spec"] ?? .null),
        ObjectCase(
            name: "a template without a pod", kind: "JobTemplate", spec: [:],
            faults: ["spec.template: Required value"]),
        ObjectCase(
            name: "a template without containers", kind: "JobTemplate", spec: ["template": ["spec": [:]]],
            faults: ["spec.template.spec.containers: Required value"]),
        ObjectCase(
            name: "a back-off limit in words", kind: "JobTemplate",
            spec: ["backoffLimit": "three", "template": ["spec": ["containers": [["name": "a"]]]]],
            faults: ["spec.backoffLimit"]),
        ObjectCase(
            name: "a completion mode that does not exist", kind: "JobTemplate",
            spec: ["completionMode": "indexed", "template": ["spec": ["containers": [["name": "a"]]]]],
            faults: ["spec.completionMode: Unsupported value: \"indexed\""]),
    ]

    static let editable = [
        ObjectCase(
            name: "numbers as variables", kind: "Run.acme.com", spec: ["env": ["PORT": 8080]], faults: ["env.PORT"]),
        ObjectCase(
            name: "a Secret without a key", kind: "Run.acme.com", spec: ["envSecrets": ["A": ["name": "x"]]],
            faults: ["envSecrets.A.key: Required value"]),
        ObjectCase(name: "retries below 0", kind: "Run.acme.com", spec: ["retries": -1], faults: ["retries"]),
        ObjectCase(name: "half a retry", kind: "Run.acme.com", spec: ["retries": 1.5], faults: ["retries", "retries"]),
        ObjectCase(
            name: "fields below spec", kind: "Run.acme.com", spec: ["spec": ["image": "x"]], faults: ["has no spec"]),
        ObjectCase(name: "nothing at all", kind: "Run.acme.com", spec: [:]),
        job("a restart policy of servers", ["restartPolicy": "Always"], faults: ["spec.restartPolicy"]),
        job("a mode that does not exist", ["completionMode": "Invalid"], faults: ["spec.completionMode"]),
        job("no namespace", ["namespace": .null], faults: ["spec.namespace"]),
        job(
            "a Secret without a name", ["env": ["secrets": ["P": ["secretRef": ["name": "", "key": "k"]]]]],
            faults: ["spec.env.secrets.P.secretRef.name"]),
        job(
            "two sources",
            ["volumeMounts": [["name": "v", "mountPath": "/v", "emptyDir": [:], "pvc": ["claimName": "c"]]]],
            faults: ["exactly one of configMap"]),
        job("no source", ["volumeMounts": [["name": "v", "mountPath": "/v"]]], faults: ["exactly one of configMap"]),
        job(
            "a path that is not absolute", ["volumeMounts": [["name": "v", "mountPath": "v", "emptyDir": [:]]]],
            faults: ["spec.volumeMounts[0].mountPath"]),
    ]

    private static func job(_ name: String, _ spec: JSONObject, faults: [String]) -> ObjectCase {
        var whole: JSONObject = ["namespace": ["value": "batch"], "image": ["repo": "a", "tag": "b"]]
        for (key, value) in spec { whole[key] = value.isNull ? nil : value }
        return ObjectCase(
            name: name, kind: "KubernetesJob", spec: ["spec": .object(whole)], faults: faults)
    }

    @Test(arguments: editable)
    func editableRunsAreCheckedWhenTheyAreApplied(_ row: ObjectCase) throws {
        var object: JSONObject = ["metadata": ["name": "x"]]
        for (key, value) in row.spec.object ?? [:] { object[key] = value }
        let errors = try DefinedSchema.of(row.kind).validate(.object(object), old: nil)
            .filter { !$0.description.contains("some validation rules were not checked") }
        #expect(errors.count == row.faults.count, "\(errors)")
        for (error, fault) in zip(errors, row.faults) { #expect(error.description.contains(fault), "\(error)") }
    }

    private static let embedded: JSONValue = ["apiVersion": "batch/v1", "kind": "Job", "spec": [:]]

    /// What Tekton's webhook refuses.
    static let tektonObjects = [
        ObjectCase(
            name: "neither", kind: "CustomRun", spec: ["retries": 1], faults: ["expected exactly one, got neither"]),
        ObjectCase(
            name: "both", kind: "CustomRun",
            spec: ["customSpec": embedded, "customRef": ["apiVersion": "a/v1", "kind": "B"]],
            faults: ["expected exactly one, got both: spec.customRef, spec.customSpec"]),
        ObjectCase(
            name: "a reference without kind", kind: "CustomRun", spec: ["customRef": ["apiVersion": "a/v1"]],
            faults: ["spec.customRef.kind: Required value"]),
        ObjectCase(
            name: "a message without request", kind: "CustomRun",
            spec: ["customSpec": embedded, "statusMessage": "so"],
            faults: ["spec.statusMessage: must be empty while spec.status is empty"]),
        ObjectCase(
            name: "a cancel request", kind: "CustomRun",
            spec: ["customSpec": embedded, "status": "RunCancelled", "statusMessage": "so"]),
        ObjectCase(
            name: "a parameter of Tekton twice", kind: "CustomRun",
            spec: [
                "customSpec": embedded, "params": [["name": "a", "value": "1"], ["name": "a", "value": ["2"]]],
            ], faults: ["spec.params[1]: Duplicate value"]),
        ObjectCase(
            name: "a workspace that is nothing", kind: "CustomRun",
            spec: ["customSpec": embedded, "workspaces": [["name": "a"]]], faults: ["expected exactly one of"]),
        ObjectCase(
            name: "workspaces of all kinds", kind: "CustomRun",
            spec: [
                "customSpec": embedded,
                "workspaces": [
                    ["name": "a", "emptyDir": [:]], ["name": "b", "volumeClaimTemplate": ["spec": [:]]],
                    ["name": "c", "persistentVolumeClaim": ["claimName": "x"]],
                    ["name": "d", "csi": ["driver": "x"]], ["name": "e", "secret": ["secretName": "x"]],
                ],
            ]),
    ]

    /// What kubectl's strict validation reports: a typo anywhere in a template.
    @Test func typosInTemplatesAreUnknownFields() throws {
        let spec: JSONValue = [
            "backofLimit": 3,
            "template": ["spec": ["containers": [["name": "a", "comand": ["x"], "resources": ["limit": [:]]]]]],
        ]
        var object: JSONValue = ["apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "spec": spec]
        let unknown = try DefinedSchema.of("JobTemplate").prune(&object)
        #expect(
            Set(unknown) == [
                "spec.backofLimit", "spec.template.spec.containers[0].comand",
                "spec.template.spec.containers[0].resources.limit",
            ])
    }

    @Test(arguments: objects + tektonObjects)
    func objectsAreCheckedWhenTheyAreApplied(_ row: ObjectCase) throws {
        func object(_ spec: JSONValue) -> JSONValue {
            ["apiVersion": "cellbytes.io/v1", "kind": .string(row.kind), "metadata": ["name": "x"], "spec": spec]
        }
        let errors = try DefinedSchema.of(row.kind).validate(object(row.spec), old: row.old.map(object))
            // Which rules were left out because of other faults is not what is tested here.
            .filter { !$0.description.contains("some validation rules were not checked") }
        #expect(errors.count == row.faults.count, "\(errors)")
        for (error, fault) in zip(errors, row.faults) { #expect(error.description.contains(fault)) }
    }
}
