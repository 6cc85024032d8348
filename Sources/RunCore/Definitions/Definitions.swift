public import KubeObjects

/// The CustomResourceDefinitions of all families.
public enum Definitions {
    /// Each of them as a complete object, ready to be applied.
    public static var all: [KubeObject] { RunFamilies.all.flatMap(\.definitions) }

    /// Those that belong to nobody else. CustomRuns are Tekton's where that is installed, and must not be replaced there;
    /// Runs have been without an owner since Tekton 0.47.
    public static var ours: [KubeObject] {
        all.filter { $0.name != CustomTaskKind.customRun.resource.definitionName }
    }
}
