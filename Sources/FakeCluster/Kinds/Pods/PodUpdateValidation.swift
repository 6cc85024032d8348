import KubeObjects
import KubeSchema

/// What may change of a pod once it is there.
enum PodUpdateValidation {
    private static let message =
        "pod updates may not change fields other than `spec.containers[*].image`,"
        + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` "
        + "(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` "
        + "(allow it to be set to 1 if it was previously negative)"

    /// The faults of a changed pod.
    static func validate(_ pod: KubeObject, old: KubeObject) -> [FieldError] {
        let (spec, before, path) = (pod["spec"] ?? [:], old["spec"] ?? [:], FieldPath("spec"))
        var errors: [FieldError] = []
        for list in ["containers", "initContainers"] {
            let (containers, place) = (spec.list(list), path.child(list))
            if containers.count != before.list(list).count {
                return errors + [.forbidden(place, "pod updates may not add or remove containers")]
            }
            for (position, container) in containers.enumerated() {
                errors += PodSpecValidation.validateImage(
                    container.text("image"), at: place.index(position).child("image"))
            }
        }
        if let fault = validateDeadline(spec, before, at: path.child("activeDeadlineSeconds")) {
            errors.append(fault)
            if spec["activeDeadlineSeconds"] != nil { return errors }
        }
        errors += validateTolerations(spec, before, at: path.child("tolerations"))
        errors += validateGates(spec, before, at: path.child("schedulingGates"))
        if spec == before { return errors }
        let quality = old["status"]?.text("qosClass") ?? ""
        if quality != QualityOfService.of(spec) {
            errors.append(
                .invalid(
                    FieldPath("metadata"), .string(pod["status"]?.text("qosClass") ?? ""), "Pod QoS is immutable"))
        }
        if !before.list("schedulingGates").isEmpty {
            errors += validateNodeSelector(spec, before, at: path.child("nodeSelector"))
            errors += validateNodeAffinity(spec, before, at: path.child("affinity", "nodeAffinity"))
        }
        let rest = undone(spec, before)
        if rest != before {
            let diff = InternalDiff(old: InternalForm.podSpec(before), new: InternalForm.podSpec(rest)).text
            errors.append(.forbidden(path, message + "\n" + diff))
        }
        return errors
    }

    private static func validateDeadline(_ spec: JSONValue, _ old: JSONValue, at path: FieldPath) -> FieldError? {
        let (new, before) = (spec["activeDeadlineSeconds"]?.integer, old["activeDeadlineSeconds"]?.integer)
        guard let new else {
            return before.map { _ in .invalid(path, .null, "must not update from a positive integer to nil value") }
        }
        if let fault = NumberRule.within(0...Int64(Int32.max), .integer(new), at: path).first { return fault }
        guard let before, new > before else { return nil }
        return .invalid(path, .integer(new), "must be less than or equal to previous value")
    }

    private static func validateTolerations(_ spec: JSONValue, _ old: JSONValue, at path: FieldPath) -> [FieldError] {
        func withoutSeconds(_ toleration: JSONValue) -> JSONValue {
            var rest = toleration
            rest["tolerationSeconds"] = nil
            return rest
        }
        let new = spec.list("tolerations").map(withoutSeconds)
        let isKept = old.list("tolerations").map(withoutSeconds).allSatisfy(new.contains)
        return isKept ? [] : [.forbidden(path, "existing toleration can not be modified except its tolerationSeconds")]
    }

    private static func validateGates(_ spec: JSONValue, _ old: JSONValue, at path: FieldPath) -> [FieldError] {
        let before = old.list("schedulingGates")
        let added = spec.list("schedulingGates").enumerated().filter { !before.contains($0.element) }
        return added.map {
            .forbidden(
                path.index($0.offset).child("name"),
                "only deletion is allowed, but found new scheduling gate '\($0.element.text("name"))'")
        }
    }

    /// A pod that waits may still be held to more nodes' labels.
    private static func validateNodeSelector(
        _ spec: JSONValue, _ old: JSONValue, at path: FieldPath
    ) -> [FieldError] {
        let new = spec.map("nodeSelector")
        if old.map("nodeSelector").allSatisfy({ new[$0.key] == $0.value }) { return [] }
        return [
            .invalid(
                path, shown: (spec["nodeSelector"] ?? .null).compactText,
                "only additions to spec.nodeSelector are allowed (no mutations or deletions)")
        ]
    }

    /// A pod that waits may still have more asked of its node, in each of the terms that it has.
    private static func validateNodeAffinity(
        _ spec: JSONValue, _ old: JSONValue, at path: FieldPath
    ) -> [FieldError] {
        let required = "requiredDuringSchedulingIgnoredDuringExecution"
        func terms(_ spec: JSONValue) -> [JSONValue] {
            spec[path: "affinity", "nodeAffinity", required]?.list("nodeSelectorTerms") ?? []
        }
        let (new, before) = (terms(spec), terms(old))
        let place = path.child(required, "nodeSelectorTerms")
        if before.isEmpty { return [] }
        if new.count != before.count {
            let shown = new.map { InternalForm.text($0, as: "NodeTerm") }.joined(separator: ",")
            return [
                .invalid(
                    place, shown: new.isEmpty ? "null" : "[\(shown)]",
                    "no additions/deletions to non-empty NodeSelectorTerms list are allowed")
            ]
        }
        return zip(new, before).enumerated().filter { !isAddition($0.element.0, to: $0.element.1) }.map {
            .invalid(
                place.index($0.offset), shown: InternalForm.text($0.element.0, as: "NodeTerm"),
                "only additions are allowed (no mutations or deletions)")
        }
    }

    /// Whether a term asks for all that it asked for, in this order, and maybe for more. One that asked for nothing, and so
    /// chose no node, stays so.
    private static func isAddition(_ new: JSONValue, to old: JSONValue) -> Bool {
        let lists = ["matchExpressions", "matchFields"].map { (new.list($0), old.list($0)) }
        if lists.allSatisfy({ $0.1.isEmpty }) { return lists.allSatisfy { $0.0.isEmpty } }
        return lists.allSatisfy { $0.0.starts(with: $0.1) }
    }

    /// A spec with all that may change as it was.
    private static func undone(_ spec: JSONValue, _ old: JSONValue) -> JSONValue {
        guard var members = spec.object else { return spec }
        for key in ["activeDeadlineSeconds", "tolerations", "schedulingGates"] { members[key] = old[key] }
        for list in ["containers", "initContainers"] {
            var images = old.list(list).map { $0["image"] }[...]
            members.editEach(list) { $0["image"] = images.popFirst() ?? nil }
        }
        if old.number("terminationGracePeriodSeconds") < 0, members["terminationGracePeriodSeconds"] == 1 {
            members["terminationGracePeriodSeconds"] = old["terminationGracePeriodSeconds"]
        }
        if old.list("schedulingGates").isEmpty { return .object(members) }
        members["nodeSelector"] = old["nodeSelector"]
        let affinity = old[path: "affinity", "nodeAffinity"]
        if affinity != members["affinity"]?["nodeAffinity"] {
            members.editOrMake("affinity") { $0["nodeAffinity"] = affinity }
            if old["affinity"] == nil, members["affinity"] == [:] { members["affinity"] = nil }
        }
        return .object(members)
    }
}
