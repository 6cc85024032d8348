/// An image that a container can be made from.
struct ContainerImage: Sendable, Hashable {
    /// What its launcher calls it.
    var name: String
    /// What the container's status calls it.
    var statusID: String
    /// How many bytes it has.
    var size: Int64 = 0
    /// As whom it runs, with or without a group; empty is root.
    var user = ""

    /// An image of which nothing but its name is used.
    init(unread image: ImageReference) {
        name = image.text
        statusID = "fake://\(image.text)"
    }

    /// An image that is there.
    init(name: String, statusID: String, size: Int64, user: String) {
        self.name = name
        self.statusID = statusID
        self.size = size
        self.user = user
    }

    /// Why it is no image for a container that must not run as root, in the kubelet's words; nil if it is.
    var rootRefusal: String? {
        let name = user.prefix { $0 != ":" }
        if name.isEmpty || name == "0" { return "will run as root" }
        return Int64(name) == nil ? "has non-numeric user (\(name)), cannot verify user is non-root" : nil
    }
}

/// Why an image cannot be had, in the words of whoever fetches it.
struct ImagePullFailure: Error, Sendable, CustomStringConvertible {
    var description: String
}
