/// Where an informer stands, for readiness and for people.
public enum InformerPhase: String, Sendable, Hashable, CaseIterable {
    /// The store does not show the objects yet, or lost its place and asks for them anew.
    case listing
    /// The server has no such resource; it is asked for again and again.
    case missing
    /// The store follows the server.
    case watching
}
