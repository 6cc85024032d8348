import KubeObjects
import KubeSchema

/// The rules for a pod's volumes.
enum VolumeValidation {
    /// The faults of the volumes of a pod's spec.
    static func validate(_ volumes: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, volume) in volumes.enumerated() {
            let place = path.index(position)
            errors += validate(source: volume, at: place)
            let name = volume.text("name")
            if name.isEmpty {
                errors.append(.required(place.child("name")))
                continue
            }
            errors += NameRule.label.validate(name, at: place.child("name"))
            if !names.insert(name).inserted { errors.append(.duplicate(place.child("name"), .string(name))) }
        }
        return errors
    }

    private static func validate(source volume: JSONValue, at path: FieldPath) -> [FieldError] {
        let sources = (volume.object ?? [:]).filter { $0.key != "name" && !$0.value.isNull }
        guard let (kind, source) = sources.first else { return [.required(path, "must specify a volume type")] }
        var errors = sources.dropFirst().map {
            FieldError.forbidden(path.child($0.key), "may not specify more than one volume type")
        }
        let place = path.child(kind)
        switch kind {
        case "secret":
            if source.text("secretName").isEmpty { errors.append(.required(place.child("secretName"))) }
            errors += validateFiles(source, at: place)
        case "configMap":
            if source.text("name").isEmpty { errors.append(.required(place.child("name"))) }
            errors += validateFiles(source, at: place)
        case "downwardAPI": errors += validateMode(source["defaultMode"], at: place.child("defaultMode"))
        case "projected": errors += validate(projected: source, at: place)
        case "hostPath": errors += validate(hostPath: source, at: place)
        case "persistentVolumeClaim":
            if source.text("claimName").isEmpty { errors.append(.required(place.child("claimName"))) }
        case "emptyDir":
            if let limit = source["sizeLimit"]?.quantity, limit < .zero {
                errors.append(
                    .forbidden(place.child("sizeLimit"), "SizeLimit field must be a valid resource quantity"))
            }
        default: break
        }
        return errors
    }

    private static func validateFiles(_ source: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors = validateMode(source["defaultMode"], at: path.child("defaultMode"))
        for (position, item) in source.list("items").enumerated() {
            let place = path.child("items").index(position)
            if item.text("key").isEmpty { errors.append(.required(place.child("key"))) }
            if item.text("path").isEmpty {
                errors.append(.required(place.child("path")))
            } else {
                errors += PathRule.localNonReserved(item.text("path"), at: place.child("path"))
            }
            errors += validateMode(item["mode"], at: place.child("mode"))
        }
        return errors
    }

    private static func validateMode(_ mode: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let mode, let number = mode.integer, !(0...0o777).contains(number) else { return [] }
        return [.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive")]
    }

    private static func validate(projected source: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors = validateMode(source["defaultMode"], at: path.child("defaultMode"))
        for (position, part) in source.list("sources").enumerated() {
            let place = path.child("sources").index(position)
            let kinds = ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle"]
                .filter { part[$0] != nil }
            errors += kinds.dropFirst().map {
                .forbidden(place.child($0), "may not specify more than 1 volume type per source")
            }
            for kind in ["secret", "configMap"] {
                guard let files = part[kind] else { continue }
                if files.text("name").isEmpty { errors.append(.required(place.child(kind, "name"))) }
                errors += validateFiles(files, at: place.child(kind))
            }
            guard let token = part["serviceAccountToken"] else { continue }
            let tokenPath = place.child("serviceAccountToken")
            if let expiration = token["expirationSeconds"], expiration.integer ?? 0 < 600 {
                errors.append(
                    .invalid(
                        tokenPath.child("expirationSeconds"), expiration,
                        "may not specify a duration less than 10 minutes"))
            }
            if token.text("path").isEmpty { errors.append(.required(tokenPath.child("path"))) }
        }
        return errors
    }

    private static func validate(hostPath source: JSONValue, at path: FieldPath) -> [FieldError] {
        let types = [
            "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket",
        ]
        var errors: [FieldError] = []
        if source.text("path").isEmpty {
            errors.append(.required(path.child("path")))
        } else {
            errors += PathRule.noBackSteps(source.text("path"), at: path.child("path"))
        }
        if let type = source["type"]?.string, !types.contains(type) {
            errors.append(.notSupported(path.child("type"), .string(type), supported: types))
        }
        return errors
    }
}

/// Rules for paths of files inside volumes.
enum PathRule {
    /// A fault for each `..` in a path.
    static func noBackSteps(_ text: String, at path: FieldPath) -> [FieldError] {
        text.split(separator: "/").contains("..")
            ? [.invalid(path, .string(text), "must not contain '..'")] : []
    }

    /// A path that stays below where it starts.
    static func localDescending(_ text: String, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if text.hasPrefix("/") { errors.append(.invalid(path, .string(text), "must be a relative path")) }
        return errors + noBackSteps(text, at: path)
    }

    /// A path below where it starts whose first step does not begin with the two dots of a kubelet's own links.
    static func localNonReserved(_ text: String, at path: FieldPath) -> [FieldError] {
        let errors = localDescending(text, at: path)
        guard text.hasPrefix(".."), errors.isEmpty else { return errors }
        return [.invalid(path, .string(text), "must not start with '..'")]
    }
}
