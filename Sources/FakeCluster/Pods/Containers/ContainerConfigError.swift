/// Why a container cannot be set up as it is described, in the kubelet's words: reason `CreateContainerConfigError`.
struct ContainerConfigError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is missing.
    var description: String
}
