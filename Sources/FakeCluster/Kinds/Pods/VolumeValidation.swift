import KubeObjects
import KubeSchema

/// The rules for a pod's volumes.
enum VolumeValidation {
    /// The faults of the volumes of a pod's spec.
    /// - Parameter isTemplate: whether they are a template's: who makes the pod may still say which image one is of.
    static func validate(_ volumes: [JSONValue], isTemplate: Bool, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, volume) in volumes.enumerated() {
            let place = path.index(position)
            errors += validate(source: volume, isTemplate: isTemplate, at: place)
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

    private static func validate(source volume: JSONValue, isTemplate: Bool, at path: FieldPath) -> [FieldError] {
        let sources = (volume.object ?? [:]).filter { $0.key != "name" && !$0.value.isNull }
        guard let (kind, source) = sources.first else { return [.required(path, "must specify a volume type")] }
        var errors = sources.dropFirst().map {
            FieldError.forbidden(path.child($0.key), "may not specify more than 1 volume type")
        }
        let place = path.child(kind)
        switch kind {
        case "secret":
            if source.text("secretName").isEmpty { errors.append(.required(place.child("secretName"))) }
            errors += validateFiles(source, at: place)
        case "configMap":
            if source.text("name").isEmpty { errors.append(.required(place.child("name"))) }
            errors += validateFiles(source, at: place)
        case "downwardAPI":
            errors += validateMode(source["defaultMode"], at: place.child("defaultMode"))
            for file in source.list("items") { errors += validate(downward: file, at: place) }
        case "projected": errors += validate(projected: source, at: place)
        case "hostPath": errors += validate(hostPath: source, at: place)
        case "persistentVolumeClaim":
            if source.text("claimName").isEmpty { errors.append(.required(place.child("claimName"))) }
        case "emptyDir":
            if let limit = source["sizeLimit"]?.quantity, limit < .zero {
                errors.append(
                    .forbidden(place.child("sizeLimit"), "SizeLimit field must be a valid resource quantity"))
            }
        case "nfs":
            if source.text("server").isEmpty { errors.append(.required(place.child("server"))) }
            if source.text("path").isEmpty { errors.append(.required(place.child("path"))) }
            if !source.text("path").hasPrefix("/") {
                errors.append(
                    .invalid(place.child("path"), .string(source.text("path")), "must be an absolute path"))
            }
        case "csi":
            if source.text("driver").isEmpty { errors.append(.required(place.child("driver"))) }
        case "image":
            if !isTemplate, source.text("reference").isEmpty { errors.append(.required(place.child("reference"))) }
            errors += ChoiceRule.check("pullPolicy", source, in: ["Always", "IfNotPresent", "Never"], at: place)
        default: break
        }
        return errors
    }

    /// A file of the downward API. The server names none of them by its place.
    private static func validate(downward file: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = file.text("path").isEmpty ? [.required(path.child("path"))] : []
        errors += PathRule.localNonReserved(file.text("path"), at: path.child("path"))
        if let reference = file["fieldRef"] {
            errors += EnvironmentValidation.validate(
                field: reference, supported: EnvironmentValidation.volumeFields, at: path.child("fieldRef"))
            if file["resourceFieldRef"] != nil {
                errors.append(
                    .invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"))
            }
        } else if let reference = file["resourceFieldRef"] {
            let place = path.child("resourceFieldRef")
            if reference.text("containerName").isEmpty { errors.append(.required(place.child("containerName"))) }
            errors += EnvironmentValidation.validate(resource: reference, at: place)
        } else {
            errors.append(.required(path, "one of fieldRef and resourceFieldRef is required"))
        }
        return errors + validateMode(file["mode"], at: path.child("mode"))
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
        var taken: Set<String> = []
        for (position, part) in source.list("sources").enumerated() {
            let place = path.child("sources").index(position)
            for kind in ["secret", "configMap"] {
                guard let files = part[kind] else { continue }
                if files.text("name").isEmpty { errors.append(.required(place.child(kind, "name"))) }
                errors += validateFiles(files, at: place.child(kind))
                errors += conflicts(files.list("items"), named: files.text("name"), with: &taken, at: path)
            }
            for file in part["downwardAPI"]?.list("items") ?? [] {
                errors += validate(downward: file, at: place.child("downwardAPI"))
                errors += conflicts([file], named: file.text("path"), with: &taken, at: path)
            }
            if let token = part["serviceAccountToken"] {
                errors += validate(token: token, at: place.child("serviceAccountToken"), volume: path)
            }
            let kinds = ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle"]
            if kinds.count(where: { part[$0] != nil }) > 1 {
                errors.append(.forbidden(place, "may not specify more than 1 volume type per source"))
            }
        }
        return errors
    }

    /// A token's file. A fault of its path is told of the whole volume.
    private static func validate(token: JSONValue, at path: FieldPath, volume: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if let expiration = token["expirationSeconds"], expiration.integer ?? 0 < 600 {
            errors.append(
                .invalid(
                    path.child("expirationSeconds"), expiration, "may not specify a duration less than 10 minutes"))
        }
        if let expiration = token["expirationSeconds"], expiration.integer ?? 0 > 1 << 32 {
            errors.append(
                .invalid(
                    path.child("expirationSeconds"), expiration,
                    "may not specify a duration larger than 2^32 seconds"))
        }
        if token.text("path").isEmpty { return errors + [.required(volume.child("path"))] }
        return errors + PathRule.localNonReserved(token.text("path"), at: volume.child("path"))
    }

    /// Files that stand where another one stands already.
    private static func conflicts(
        _ files: [JSONValue], named name: String, with taken: inout Set<String>, at path: FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        for file in files.map({ $0.text("path") }) where !file.isEmpty && !taken.insert(file).inserted {
            errors.append(.invalid(path, .string(name), "conflicting duplicate paths"))
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
