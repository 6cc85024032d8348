import KubeObjects
import KubeSchema

/// What the subresource `resize` changes of a pod: how much CPU and memory its containers ask for and are limited to
/// (apiserver, `ValidatePodResize`). Nodes of this cluster limit no process: the pod's spec is all that changes.
enum PodResize {
    private static let lists = ["containers", "initContainers"]

    /// Drops what a resize does not change. Where containers came, went or changed places nothing is dropped, so that
    /// this is told.
    static func prepare(_ object: inout KubeObject, old: KubeObject) {
        let given = object["spec"] ?? [:]
        guard var spec = old["spec"]?.object, lists.allSatisfy({ names(given, $0) == names(.object(spec), $0) }) else {
            return
        }
        for list in lists {
            var containers = given.list(list)[...]
            spec.editEach(list) { container in
                let resized = containers.popFirst()
                for key in ["resources", "resizePolicy"] { container[key] = resized?[key] }
            }
        }
        object.keepMetadata(of: old)
        object["spec"] = .object(spec)
    }

    /// The faults of a resized pod.
    static func validate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        let path = FieldPath("spec")
        let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
        var errors = PodSpecValidation(object).validate(at: path)
        let quality = old["status"]?.text("qosClass") ?? ""
        if QualityOfService.of(spec) != quality {
            errors.append(.invalid(path, .string(quality), "Pod QOS Class may not change as a result of resizing"))
        }
        for list in lists {
            let place = path.child(list)
            let (containers, present) = (spec.list(list), before.list(list))
            guard containers.count == present.count else {
                errors.append(.forbidden(place, "\(list) may not be added or removed on resize"))
                continue
            }
            for (position, (container, former)) in zip(containers, present).enumerated() {
                errors += validate(container, former, list, at: place.index(position))
            }
        }
        if errors.isEmpty, comparable(spec) != comparable(before) {
            errors.append(.forbidden(path, "only cpu and memory resources are mutable"))
        }
        return errors
    }

    private static func validate(
        _ container: JSONValue, _ former: JSONValue, _ list: String, at path: FieldPath
    ) -> [FieldError] {
        guard container["name"] == former["name"] else {
            return [.forbidden(path.child("name"), "\(list) may not be renamed or reordered on resize")]
        }
        let place = path.child("resources")
        let (resources, before) = (container["resources"] ?? [:], former["resources"] ?? [:])
        if list == "initContainers", former["restartPolicy"] != "Always" {
            return resources == before
                ? [] : [.forbidden(place, "resources for non-sidecar init containers are immutable")]
        }
        return ["requests", "limits"].filter { kind in
            let present = resources.map(kind)
            return before.map(kind).contains { present[$0.key] == nil }
        }.map { .forbidden(place.child($0), "resource \($0) cannot be removed") }
    }

    private static func names(_ spec: JSONValue, _ list: String) -> [String] { spec.list(list).map { $0.text("name") } }

    /// A spec without what may change.
    private static func comparable(_ spec: JSONValue) -> JSONValue {
        guard var members = spec.object else { return spec }
        for list in lists {
            members.editEach(list) { container in
                container.editOrMake("resources") { resources in
                    for kind in ["requests", "limits"] {
                        resources.editOrMake(kind) { quantities in
                            for name in ["cpu", "memory"] { quantities[name] = nil }
                        }
                    }
                }
            }
        }
        return .object(members)
    }
}

extension KubeObject {
    /// Goes back to the metadata of the present object, of which a subresource of a pod changes only what every write does
    /// (apimachinery, `ResetObjectMetaForStatus`).
    mutating func keepMetadata(of old: KubeObject) {
        var metadata = old.metadata
        for key in ["managedFields", "resourceVersion"] { metadata[key] = self.metadata[key] }
        self.metadata = metadata
    }
}
