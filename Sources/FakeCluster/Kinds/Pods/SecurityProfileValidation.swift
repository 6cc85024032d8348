import KubeObjects
import KubeSchema

/// The rules for what restricts a container's system calls and its access to files.
enum SecurityProfileValidation {
    private static let types = ["Localhost", "RuntimeDefault", "Unconfined"]
    private static let longestPath = 4095

    /// The faults of a profile of system calls.
    static func seccomp(_ profile: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let profile else { return [] }
        let place = path.child("localhostProfile")
        let type = profile.text("type")
        var errors = validate(type: type, of: "seccompProfile", at: path.child("type"))
        switch (type == "Localhost", profile["localhostProfile"]) {
        case (true, nil):
            errors.append(.required(place, "must be set when seccomp type is Localhost"))
        case (true, let file?): errors += PathRule.localDescending(file.string ?? "", at: place)
        case (false, nil): break
        case (false, _?):
            errors.append(
                .invalid(
                    place, shown: InternalForm.text(profile, as: "Profile"),
                    "can only be set when seccomp type is Localhost"))
        }
        return errors
    }

    /// The faults of a profile of AppArmor.
    static func appArmor(_ profile: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let profile else { return [] }
        let place = path.child("localhostProfile")
        let type = profile.text("type")
        let file = profile["localhostProfile"]
        guard type == "Localhost" else {
            let errors = validate(type: type, of: "appArmorProfile", at: path.child("type"))
            guard errors.isEmpty, file != nil else { return errors }
            return [.invalid(place, file, "can only be set when AppArmor type is Localhost")]
        }
        let name = file?.string ?? ""
        if name.isEmpty { return [.required(place, "must be set when AppArmor type is Localhost")] }
        var errors: [FieldError] = []
        if name.first?.isWhitespace == true || name.last?.isWhitespace == true {
            errors.append(.invalid(place, file, "must not be padded with whitespace"))
        }
        if name.utf8.count > longestPath { errors.append(.tooLong(place, maximum: longestPath)) }
        return errors
    }

    private static func validate(type: String, of profile: String, at path: FieldPath) -> [FieldError] {
        if type.isEmpty { return [.required(path, "type is required when \(profile) is set")] }
        return types.contains(type) ? [] : [.notSupported(path, .string(type), supported: types)]
    }
}
