import KubeObjects
import RunCore

extension ControllerChart {
    /// The controller's rights.
    var roleTemplate: ChartFile {
        ChartFile(path: "templates/roles.yaml", text: "{{- if .Values.rbac.create }}\n{{- end }}\n")
    }
}
