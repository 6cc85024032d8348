import KubeObjects

/// What a probe or a lifecycle hook does.
enum ProbeAction: Sendable, Hashable {
    /// Runs a command beside the container.
    case exec([String])
    /// Asks for a page; 200 to 399 is success.
    case http(NetworkProbe.Request)
    /// Opens a connection.
    case connect(host: String, port: Int)
    /// Waits.
    case sleep(Duration)

    /// Reads a handler of a container; nil if it has none that is known, or a port that the container does not name.
    ///
    /// Of a gRPC service only the port is tried, and an HTTPS server is not asked for a page.
    init?(_ handler: JSONValue, of container: JSONValue, host podAddress: String) {
        if let command = handler["exec"]?["command"]?.array?.compactMap(\.string), !command.isEmpty {
            self = .exec(command)
        } else if let get = handler["httpGet"], let port = Self.port(get["port"], of: container) {
            let host = get["host"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? podAddress
            let path = get["path"]?.string ?? "/"
            guard get["scheme"]?.string?.lowercased() != "https" else {
                self = .connect(host: host, port: port)
                return
            }
            let headers = (get["httpHeaders"]?.array ?? []).map {
                ($0["name"]?.string ?? "", $0["value"]?.string ?? "")
            }
            self = .http(
                NetworkProbe.Request(
                    host: host, port: port, path: path.hasPrefix("/") ? path : "/" + path,
                    headers: headers.map { "\($0.0): \($0.1)" }))
        } else if let socket = handler["tcpSocket"] ?? handler["grpc"],
            let port = Self.port(socket["port"], of: container)
        {
            self = .connect(
                host: socket["host"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? podAddress, port: port)
        } else if let seconds = handler["sleep"]?["seconds"]?.integer {
            self = .sleep(.seconds(seconds))
        } else {
            return nil
        }
    }

    /// A port by its number or by the name that the container gives it.
    private static func port(_ value: JSONValue?, of container: JSONValue) -> Int? {
        if let number = value?.integer { return Int(number) }
        guard let name = value?.string else { return nil }
        let named = container["ports"]?.array?.first { $0["name"]?.string == name }?["containerPort"]?.integer
        return named.map { Int($0) } ?? Int(name)
    }
}

/// How a probe is repeated.
struct ProbeSchedule: Sendable, Hashable {
    var action: ProbeAction
    var initialDelay: Duration
    var period: Duration
    var timeout: Duration
    var successThreshold: Int64
    var failureThreshold: Int64
    /// How long the container may take to end when the probe has failed; nil is what its pod says.
    var gracePeriod: Duration?

    /// Reads a probe of a container; nil if it does nothing that is known.
    init?(_ probe: JSONValue, of container: JSONValue, host: String) {
        guard let action = ProbeAction(probe, of: container, host: host) else { return nil }
        self.action = action
        initialDelay = .seconds(probe["initialDelaySeconds"]?.integer ?? 0)
        period = .seconds(max(1, probe["periodSeconds"]?.integer ?? 10))
        timeout = .seconds(max(1, probe["timeoutSeconds"]?.integer ?? 1))
        successThreshold = max(1, probe["successThreshold"]?.integer ?? 1)
        failureThreshold = max(1, probe["failureThreshold"]?.integer ?? 3)
        gracePeriod = probe["terminationGracePeriodSeconds"]?.integer.map { .seconds($0) }
    }
}
