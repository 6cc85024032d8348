/// What a merge needs to know of a type: which lists are merged by key, which replace each other.
///
/// Strategic merge patch and server-side apply walk an object and this description side by side.
public protocol MergeSchema: Sendable {
    /// The description of a member of an object; nil if nothing is known, and merging is plain.
    func member(_ name: String) -> (any MergeSchema)?
    /// Whether a member is a field of its own type's making, not an entry of a map: applying owns a map's entries one by
    /// one, while a field that holds others is owned only through these.
    func declares(_ name: String) -> Bool
    /// The description of a list's elements; nil if nothing is known.
    var element: (any MergeSchema)? { get }
    /// How a list is patched strategically: the key by which elements are told apart, if the list merges.
    var patchMergeKey: String? { get }
    /// Whether a list or map merges (`merge`) instead of being replaced, and whether keys that the patch does not name
    /// are dropped (`retainKeys`).
    var patchStrategies: [String] { get }
    /// `atomic`, `set` or `map`, for server-side apply; nil for no list.
    var listType: String? { get }
    /// The keys of a `map` list.
    var listMapKeys: [String] { get }
    /// What a missing value stands for, where it is a key of a `map` list.
    var defaultValue: JSONValue? { get }
    /// Whether a map or struct is applied as one (`x-kubernetes-map-type: atomic`).
    var isAtomicMap: Bool { get }
}
