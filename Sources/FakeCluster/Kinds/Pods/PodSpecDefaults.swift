import KubeObjects

/// The defaults of a pod's spec, whether it stands in a Pod or in a template (Kubernetes v1.36, `core/v1` defaults).
enum PodSpecDefaults {
    /// The permissions of the files of a configuration volume: 0644.
    private static let fileMode: JSONValue = 420

    /// Fills in what a pod template leaves out.
    static func apply(toTemplateIn members: inout JSONObject) {
        members.editOrMake("template") { template in
            template.setDefault("metadata", [:])
            template.editOrMake("spec", apply(toSpec:))
        }
    }

    /// Fills in what a pod's spec leaves out.
    static func apply(toSpec spec: inout JSONObject) {
        spec.setDefault("restartPolicy", "Always")
        spec.setDefault("terminationGracePeriodSeconds", 30)
        spec.setDefault("dnsPolicy", "ClusterFirst")
        spec.setDefault("securityContext", [:])
        spec.setDefault("schedulerName", "default-scheduler")
        // Two names of one field; the older one mirrors the newer.
        if spec["serviceAccountName"] == nil, let old = spec["serviceAccount"] { spec["serviceAccountName"] = old }
        if let account = spec["serviceAccountName"] { spec["serviceAccount"] = account }
        let usesHostNetwork = spec["hostNetwork"] == true
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            spec.editEach(list) { container in
                apply(toContainer: &container)
                guard usesHostNetwork else { return }
                container.editEach("ports") { port in
                    if let number = port["containerPort"] { port.setDefault("hostPort", number) }
                }
            }
        }
        spec.editEach("volumes", apply(toVolume:))
    }

    private static func apply(toContainer container: inout JSONObject) {
        container.setDefault("resources", [:])
        container.setDefault("terminationMessagePath", "/dev/termination-log")
        container.setDefault("terminationMessagePolicy", "File")
        container.setDefault("imagePullPolicy", pullPolicy(image: container["image"]?.string ?? ""))
        container.editEach("ports") { $0.setDefault("protocol", "TCP") }
        container.editEach("env") { variable in variable.edit("valueFrom", apply(toFieldSource:)) }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            container.edit(probe) { probe in
                probe.setDefault("timeoutSeconds", 1)
                probe.setDefault("periodSeconds", 10)
                probe.setDefault("successThreshold", 1)
                probe.setDefault("failureThreshold", 3)
                apply(toHandler: &probe)
            }
        }
        container.edit("lifecycle") { lifecycle in
            for hook in ["postStart", "preStop"] { lifecycle.edit(hook, apply(toHandler:)) }
        }
    }

    private static func apply(toHandler handler: inout JSONObject) {
        handler.edit("httpGet") { request in
            request.setDefault("path", "/")
            request.setDefault("scheme", "HTTP")
        }
        handler.edit("grpc") { $0.setDefault("service", "") }
    }

    private static func apply(toFieldSource source: inout JSONObject) {
        source.edit("fieldRef") { $0.setDefault("apiVersion", "v1") }
        source.edit("resourceFieldRef") { $0.setDefault("divisor", "0") }
        source.edit("fileKeyRef") { $0.setDefault("optional", false) }
    }

    private static func apply(toVolume volume: inout JSONObject) {
        if volume.allSatisfy({ $0.key == "name" || $0.value.isNull }) { volume["emptyDir"] = [:] }
        for source in ["secret", "configMap", "downwardAPI", "projected"] {
            volume.edit(source) { $0.setDefault("defaultMode", fileMode) }
        }
        volume.edit("downwardAPI") { $0.editEach("items", apply(toFieldSource:)) }
        volume.edit("projected") { projected in
            projected.editEach("sources") { source in
                source.edit("downwardAPI") { $0.editEach("items", apply(toFieldSource:)) }
                source.edit("serviceAccountToken") { $0.setDefault("expirationSeconds", 3600) }
            }
        }
        volume.edit("hostPath") { $0.setDefault("type", "") }
        volume.edit("image") { $0.setDefault("pullPolicy", pullPolicy(image: $0["reference"]?.string ?? "")) }
        volume.edit("ephemeral") { ephemeral in
            ephemeral.edit("volumeClaimTemplate") { $0.edit("spec") { $0.setDefault("volumeMode", "Filesystem") } }
        }
    }

    /// `Always` for an image whose tag is, or by default is, `latest`; an image with a digest is never pulled again.
    static func pullPolicy(image: String) -> JSONValue {
        let parts = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first ?? ""
        let lastComponent = name.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        if let colon = lastComponent.lastIndex(of: ":") {
            return lastComponent[lastComponent.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
        }
        return parts.count == 1 ? "Always" : "IfNotPresent"
    }
}
