import KubeClient
import KubeWire
import Logging
import RunCore

/// What can be set from outside: by a flag, else by an environment variable.
package enum RunControllerSetting: String, Sendable, Hashable, CaseIterable {
    case kubeconfig, context
    case watchNamespaces = "watch-namespaces"
    case families, concurrency
    case templateGrace = "template-grace"
    case allowHostPath = "allow-host-path"
    case callbackAllow = "callback-allow"
    case customTaskTimeout = "custom-task-timeout"
    case runTimeoutScope = "run-timeout-scope"
    case listen
    case leaderElect = "leader-elect"
    case leaseNamespace = "lease-namespace"
    case leaseName = "lease-name"
    case logLevel = "log-level"
    case logFormat = "log-format"

    /// The flag, as it is typed.
    package var flag: String { "--\(rawValue)" }

    /// The environment variable that says the same.
    package var variable: String {
        "RUN_CONTROLLER_" + rawValue.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
}

/// A setting that cannot be understood.
package struct SettingError: Error, Sendable, CustomStringConvertible {
    /// Which setting, and what would be right.
    package let description: String
}

extension RunControllerProgram {
    /// Reads the settings.
    /// - Parameters:
    ///   - settings: what was given as flags.
    ///   - environment: what the environment says of the others.
    /// - Throws: ``SettingError`` for a value that cannot be understood.
    package init(
        settings: [RunControllerSetting: String],
        environment: (String) -> String? = ProcessEnvironment.value
    ) throws {
        self.init()
        configuration.instance = environment("HOSTNAME") ?? "local"
        for setting in RunControllerSetting.allCases {
            if let value = settings[setting] {
                try set(setting, value, name: setting.flag)
            } else if let value = environment(setting.variable) {
                try set(setting, value, name: setting.variable)
            }
        }
    }

    private mutating func set(_ setting: RunControllerSetting, _ value: String, name: String) throws {
        func required<Value>(_ read: Value?, _ expected: String) throws -> Value {
            guard let read else {
                throw SettingError(description: "\(name): \"\(value)\" is not understood; \(expected) is expected")
            }
            return read
        }
        switch setting {
        case .kubeconfig: connection.kubeconfig = value
        case .context: connection.context = value
        case .watchNamespaces: configuration.namespaces = Self.list(value)
        case .families: configuration.families = try families(Self.list(value), name: name)
        case .concurrency:
            configuration.concurrency = try required(Int(value).flatMap { $0 > 0 ? $0 : nil }, "a number above 0")
        case .templateGrace:
            configuration.settings.templateGrace = try required(Self.duration(value), "a duration such as 10s or 2m")
        case .allowHostPath:
            configuration.settings.allowsHostPath = try required(Bool(value), "true or false")
        case .callbackAllow:
            configuration.callbacks = try required(
                CallbackPolicy(Self.list(value)), "a list of [SCHEME://]HOST[:PORT], where HOST may be a range")
        case .customTaskTimeout:
            configuration.settings.customTaskTimeout = try required(Self.duration(value), "a duration such as 60m")
        case .runTimeoutScope:
            configuration.settings.runTimeoutScope = try required(
                TimeoutScope(rawValue: value), TimeoutScope.allCases.map(\.rawValue).joined(separator: " or "))
        case .listen:
            configuration.listen = try required(ListenAddress(value), "HOST:PORT")
        case .leaderElect: electsLeader = try required(Bool(value), "true or false")
        case .leaseNamespace: leaseNamespace = value
        case .leaseName: leaseName = value
        case .logLevel:
            logLevel = try required(
                Logger.Level(rawValue: value), Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
        case .logFormat: logFormat = try required(LogFormat(rawValue: value), "text or json")
        }
    }

    private func families(_ names: [String], name: String) throws -> [any RunFamily] {
        try names.map { wanted in
            guard let family = RunFamilies.all.first(where: { $0.name == wanted }) else {
                let known = RunFamilies.all.map(\.name).joined(separator: ", ")
                throw SettingError(description: "\(name): there is no family \"\(wanted)\"; there are \(known)")
            }
            return family
        }
    }

    private static func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
    }

    /// A whole number of `ms`, `s`, `m` or `h`; 0 needs no unit.
    package static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let amount = Int64(digits), amount <= 1_000_000_000 else { return nil }
        return switch text.dropFirst(digits.count) {
        case "ms": .milliseconds(amount)
        case "s": .seconds(amount)
        case "m": .seconds(amount * 60)
        case "h": .seconds(amount * 3600)
        case "" where amount == 0: .zero
        default: nil
        }
    }
}

extension Substring {
    /// Without spaces at both ends.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
