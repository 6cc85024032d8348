import KubeObjects
import KubeSchema
import KubeWire

extension LogOptions {
    /// Reads the options of a request for a log (API reference, `PodLogOptions`; core, `ValidatePodLogOptions`).
    /// - Parameter name: the pod's name, for messages: it is not known yet whether there is such a pod.
    init(_ query: Query, ofPod name: String) throws(KubeStatus) {
        self.init(container: query["container"].flatMap { $0.isEmpty ? nil : $0 }, follow: query.isSet("follow"))
        previous = query.isSet("previous")
        timestamps = query.isSet("timestamps")
        tailLines = try query.integer("tailLines")
        limitBytes = try query.integer("limitBytes")
        sinceSeconds = try query.integer("sinceSeconds")
        sinceTime = try query.time("sinceTime")
        stream = query["stream"].flatMap(Stream.init)
        let errors = faults(stream: query["stream"])
        guard errors.isEmpty else {
            throw KubeStatus.invalid(
                GroupVersionKind(group: "", version: "v1", kind: "PodLogOptions"), name, errors)
        }
    }

    private func faults(stream: String?) -> [FieldError] {
        var errors: [FieldError] = []
        func requirePositive(_ number: Int?, _ name: String) {
            guard let number, number < 1 else { return }
            errors.append(.invalid(FieldPath(name), .integer(Int64(number)), "must be greater than 0"))
        }
        errors += NumberRule.nonNegative(tailLines.map { .integer(Int64($0)) }, at: FieldPath("tailLines"))
        requirePositive(limitBytes, "limitBytes")
        if sinceSeconds != nil, sinceTime != nil {
            errors.append(
                .forbidden(FieldPath.root.key(""), "at most one of `sinceTime` or `sinceSeconds` may be specified"))
        } else {
            requirePositive(sinceSeconds, "sinceSeconds")
        }
        guard let stream, stream != "All" else { return errors }
        if self.stream == nil {
            errors.append(
                .notSupported(FieldPath("stream"), .string(stream), supported: ["All", "Stderr", "Stdout"]))
        }
        if tailLines != nil {
            errors.append(
                .forbidden(FieldPath.root.key(""), "`tailLines` and specific `stream` are mutually exclusive for now"))
        }
        return errors
    }
}
