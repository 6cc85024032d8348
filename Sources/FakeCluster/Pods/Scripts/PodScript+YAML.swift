import KubeObjects

extension PodScript {
    /// Reads a script's YAML or JSON: rules, of which the first that fits plays a container.
    /// - Parameter file: the text's name, for messages.
    /// - Throws: ``FieldFileError`` with file, line and field.
    public init(parsing text: [UInt8], file: String) throws(FieldFileError) {
        let rules = try FieldReader.read(text, file: file, what: "a pod script") { reader throws(FieldFault) in
            try reader.only(["rules"])
            var rules: [Rule] = []
            for rule in try reader.elements("rules") { rules.append(try Rule(rule)) }
            return rules
        }
        self.init { container in
            guard let rule = rules.first(where: { $0.fits(container) }) else {
                throw NoRule(container: container.name, image: container.image, pod: container.pod.name ?? "")
            }
            return await rule.play(container)
        }
    }

    private struct NoRule: Error, CustomStringConvertible {
        var container: String
        var image: String
        var pod: String

        var description: String {
            "no rule fits the container \(container) (image \(image)) of the pod \(pod); a last rule without "
                + "conditions fits every one"
        }
    }

    /// One rule: which containers, and what they do.
    private struct Rule: Sendable {
        var pod: String?
        var namespace: String?
        var container: String?
        var image: String?
        var run: Int?
        var steps: [Step] = []

        init(_ reader: FieldReader) throws(FieldFault) {
            try reader.only(["pod", "namespace", "container", "image", "run", "do"])
            pod = try reader.string("pod")
            namespace = try reader.string("namespace")
            container = try reader.string("container")
            image = try reader.string("image")
            run = try reader.integer("run", from: 1)
            for step in try reader.elements("do") { steps.append(try Step(step)) }
        }

        func fits(_ candidate: ScriptedContainer) -> Bool {
            func fits(_ pattern: String?, _ text: String) -> Bool {
                pattern.map { FaultSubject.isMatch($0, text) } ?? true
            }
            return fits(pod, candidate.pod.name ?? "") && fits(namespace, candidate.pod.namespace ?? "")
                && fits(container, candidate.name) && fits(image, candidate.image)
                && (run.map { $0 == candidate.restartCount + 1 } ?? true)
        }

        /// Does one step after the other. Asked to end, it ends as a process does that does not care for SIGTERM's sake.
        func play(_ container: ScriptedContainer) async -> Int {
            for step in steps {
                switch step {
                case .print(let line): container.print(line)
                case .printError(let line): container.printError(line)
                case .message(let text): container.leaveMessage(text)
                case .wait(let duration): if await !container.wait(duration) { return Self.terminated }
                case .waitUntilStopped: await container.waitUntilStopped()
                case .exit(let code): return code
                }
            }
            return 0
        }

        private static let terminated = 128 + 15
    }

    private enum Step: Sendable {
        case print(String), printError(String), message(String), wait(Duration), waitUntilStopped, exit(Int)

        private static let names = ["print", "printError", "message", "wait", "exit"]

        init(_ reader: FieldReader) throws(FieldFault) {
            try reader.only(Self.names)
            guard reader.value.object?.count == 1 else {
                throw FieldFault(path: reader.path, message: "a step is one of \(Self.names.joined(separator: ", "))")
            }
            if let line = try reader.string("print") {
                self = .print(line)
            } else if let line = try reader.string("printError") {
                self = .printError(line)
            } else if let text = try reader.string("message") {
                self = .message(text)
            } else if let code = try reader.integer("exit", from: 0) {
                self = .exit(code)
            } else if reader.value["wait"] == "forever" {
                self = .waitUntilStopped
            } else {
                self = .wait(try reader.duration("wait") ?? .zero)
            }
        }
    }
}
