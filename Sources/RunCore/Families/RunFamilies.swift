/// The families that this product runs.
public enum RunFamilies {
    /// All of them. A new family is one folder beside this file and one entry here.
    public static let all: [any RunFamily] = [
        JobTemplateFamily(), PlainRunFamily(), KubernetesJobFamily(), ExtendedJobFamily(), CustomTaskFamily(.run),
        CustomTaskFamily(.customRun),
    ]
}
