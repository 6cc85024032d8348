import KubeWire
import RunCore

extension APIResource {
    /// JobTemplates.
    static let jobTemplates = APIResource(JobTemplateFamily.jobTemplates)

    /// A resource of ours as requests name it.
    init(_ resource: CustomResource) {
        self.init(
            group: resource.group, version: resource.version, plural: resource.plural, kind: resource.kind,
            isNamespaced: resource.isNamespaced)
    }
}
