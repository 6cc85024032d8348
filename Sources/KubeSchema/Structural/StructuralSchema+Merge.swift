public import KubeObjects

extension StructuralSchema: MergeSchema {
    /// The schema of a property or of a map's values; of a resource's `metadata` the built-in type.
    public func member(_ name: String) -> (any MergeSchema)? {
        if isResource, name == "metadata" { return BuiltinTypes.objectMeta }
        return schema(ofMember: name)
    }

    /// The schema of a list's elements.
    public var element: (any MergeSchema)? { items }

    /// Nil: custom resources are not patched strategically.
    public var patchMergeKey: String? { nil }

    /// None: custom resources are not patched strategically.
    public var patchStrategies: [String] { [] }

    /// `x-kubernetes-map-type: atomic`.
    public var isAtomicMap: Bool { mapType == "atomic" }
}
