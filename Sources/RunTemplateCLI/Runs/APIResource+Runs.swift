import KubeWire
import RunCore

extension APIResource {
    /// JobRuns.
    static let jobRuns = APIResource(JobTemplateFamily.jobRuns)
    /// JobTemplates.
    static let jobTemplates = APIResource(JobTemplateFamily.jobTemplates)

    private init(_ resource: CustomResource) {
        self.init(
            group: resource.group, version: resource.version, plural: resource.plural, kind: resource.kind,
            isNamespaced: resource.isNamespaced)
    }
}
