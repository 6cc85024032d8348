import KubeObjects
import KubeWire

/// Where the API server gets a container's output from: the `log` subresource of pods.
protocol PodLogSource: Sendable {
    /// The log of one container as it streams.
    ///
    /// The pod is there and the container's name is valid when this is called; a container that has not started yet, or
    /// whose log is gone, is this method's to refuse, in the kubelet's words.
    func log(of pod: KubeObject, container: String, options: LogOptions) async throws(KubeStatus) -> ResponseBody
}
