public import KubeObjects

/// The CustomResourceDefinitions of all families.
public enum Definitions {
    /// Each of them as a complete object, ready to be applied.
    public static var all: [KubeObject] { RunFamilies.all.flatMap(\.definitions) }
}
