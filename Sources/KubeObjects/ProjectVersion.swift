/// The version of everything that this package builds: programs, image, charts and the plugin's manifest.
public enum ProjectVersion {
    /// The version, a semantic one. A release is made of a commit that says its version here (docs/release.md).
    public static let current = "0.1.0"
}
