public import KubeObjects

/// The CustomResourceDefinitions of all families.
public enum Definitions {
    /// Each of them as a complete object, ready to be applied.
    public static var all: [KubeObject] { RunFamilies.all.flatMap(\.definitions) }

    /// Those of our own groups. Tekton's belong to Tekton where that is installed, and must not be replaced there.
    public static var ours: [KubeObject] {
        all.filter { $0[path: "spec", "group"]?.string != CustomTaskKind.customRun.resource.group }
    }
}
