/// The events of the newer group, which are stored as those of the core group.
extension BuiltinKinds {
    static let events: [ResourceDefinition] = []
}
