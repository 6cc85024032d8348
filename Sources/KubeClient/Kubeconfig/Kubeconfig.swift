import KubeObjects

/// Kubeconfig files, merged as every client of the field merges them: the first file to name an entry or to set the
/// current context wins.
struct Kubeconfig: Sendable {
    /// A cluster, user or context as it stands in a file.
    struct Entry: Sendable {
        var name: String
        var value: JSONValue
        /// The file; what the entry names by a relative path lies beside it.
        var file: String

        /// A member's text; nil if it is missing or empty.
        func text(_ key: String) -> String? {
            guard let text = value[key]?.string, !text.isEmpty else { return nil }
            return text
        }

        /// A member that names a file, as a path that does not depend on where the process runs.
        func path(_ key: String) -> String? { text(key).map(resolve) }

        /// A path as this entry means it.
        func resolve(_ path: String) -> String {
            guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
            return file[...slash] + path
        }
    }

    private(set) var clusters: [Entry] = []
    private(set) var users: [Entry] = []
    private(set) var contexts: [Entry] = []
    private(set) var currentContext: String?
    /// The files that were read.
    private(set) var files: [String] = []

    /// Reads a file and adds what is new.
    mutating func merge(_ bytes: [UInt8], file: String) throws(KubeconfigError) {
        let documents: [YAMLDocument]
        do {
            documents = try YAML.parse(bytes)
        } catch {
            throw KubeconfigError("\(file):\(error.line): \(error.message)")
        }
        files.append(file)
        for document in documents {
            guard document.value.object != nil else {
                throw KubeconfigError(
                    "\(file):\(document.startLine): this is no kubeconfig: a map is expected, found "
                        + document.value.typeName)
            }
            if let kind = document.value["kind"]?.string, kind != "Config" {
                throw KubeconfigError(
                    "\(file):\(document.line(of: ["kind"])): this is no kubeconfig: its kind is \(kind), not Config")
            }
            try add(document, "clusters", "cluster", file, to: \.clusters)
            try add(document, "users", "user", file, to: \.users)
            try add(document, "contexts", "context", file, to: \.contexts)
            if currentContext == nil, let name = document.value["current-context"]?.string, !name.isEmpty {
                currentContext = name
            }
        }
    }

    private mutating func add(
        _ document: YAMLDocument, _ list: String, _ member: String, _ file: String,
        to entries: WritableKeyPath<Kubeconfig, [Entry]>
    ) throws(KubeconfigError) {
        guard let items = document.value[list], !items.isNull else { return }
        guard let items = items.array else {
            throw KubeconfigError("\(file):\(document.line(of: [.key(list)])): \(list) must be a list")
        }
        for (index, item) in items.enumerated() {
            guard let name = item["name"]?.string, item[member]?.object != nil || item[member]?.isNull != false else {
                let line = document.line(of: [.key(list), .index(index)])
                throw KubeconfigError("\(file):\(line): an entry of \(list) must have a name and a map \(member)")
            }
            guard !self[keyPath: entries].contains(where: { $0.name == name }) else { continue }
            self[keyPath: entries].append(Entry(name: name, value: item[member] ?? [:], file: file))
        }
    }
}

extension Kubeconfig {
    /// Reads the files that are meant: `--kubeconfig` alone, else those of `KUBECONFIG`, else `~/.kube/config`.
    /// - Throws: ``KubeconfigError`` if a file is malformed or cannot be read. Only a file named by a flag must exist.
    static func load(
        explicit: String?, environment: (String) -> String?
    ) throws(KubeconfigError) -> Kubeconfig {
        var config = Kubeconfig()
        for path in paths(explicit: explicit, environment: environment) {
            do {
                try config.merge(try FileContents.read(path), file: path)
            } catch let error as FileError {
                if error.isMissing, explicit == nil { continue }
                throw KubeconfigError("cannot read the kubeconfig \(path): \(error.reason)")
            } catch let error as KubeconfigError {
                throw error
            } catch {
                throw KubeconfigError("\(path): \(error)")
            }
        }
        return config
    }

    private static func paths(explicit: String?, environment: (String) -> String?) -> [String] {
        if let explicit, !explicit.isEmpty { return [explicit] }
        if let list = environment("KUBECONFIG") {
            var seen: Set<String> = []
            return list.split(separator: ":").map(String.init).filter { seen.insert($0).inserted }
        }
        return environment("HOME").map { ["\($0)/.kube/config"] } ?? []
    }
}
