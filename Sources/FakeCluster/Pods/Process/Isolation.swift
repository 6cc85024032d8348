/// How much of a container's surroundings is its own.
enum Isolation: Sendable, Hashable {
    /// Nothing: a process of the host, with paths rewritten to where volumes are.
    case none
    /// Its file system: volumes are at their paths, `/tmp` is its own.
    case mounts
    /// Its file system and its processes: the container's first one has the process id 1.
    case full

    /// What is missing, for the user; nil if nothing is.
    var shortcoming: String? {
        switch self {
        case .none:
            "containers share this machine's files and processes, and volumes are not at their mount paths: "
                + "bubblewrap is not installed or may not make namespaces here"
        case .mounts:
            "containers share this machine's processes: bubblewrap may not make process namespaces here"
        case .full: nil
        }
    }
}
