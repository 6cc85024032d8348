/// Builds the values of a YAML text straight from the parser's events.
struct YAMLTreeBuilder: ~Copyable {
    private var events: YAMLEventReader
    private let duplicateKeys: YAML.DuplicateKeys
    private var anchors: [String: Node] = [:]
    /// The anchors of the nodes that are being built: an alias to one of them would contain itself.
    private var openAnchors: [String] = []
    private var nodes = 0
    private var expandedNodes = 0

    /// A finished node: its value and what it adds wherever an alias repeats it.
    private struct Node {
        var value: JSONValue
        var size: Int
        var height: Int
    }

    /// A document's value and where it begins.
    struct Document {
        var value: JSONValue
        var mark: YAMLMark
    }

    init(_ bytes: [UInt8], duplicateKeys: YAML.DuplicateKeys) {
        events = YAMLEventReader(bytes)
        self.duplicateKeys = duplicateKeys
    }

    /// The next document; nil at the end of the text.
    mutating func nextDocument() throws(YAMLError) -> Document? {
        while true {
            switch try events.next().kind {
            case .streamEnd: return nil
            case .documentStart:
                anchors = [:]
                let root = try events.next()
                return Document(value: try node(root, depth: 0).value, mark: root.mark)
            default: continue
            }
        }
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Node {
        guard depth <= JSONValue.nestingLimit else { throw YAMLError("exceeded max depth", at: event.mark) }
        if case .alias(let name) = event.kind { return try expand(name, at: event.mark, depth: depth) }
        if let anchor = event.anchor { openAnchors.append(anchor) }
        nodes += 1
        let before = nodes
        var height = 0
        let value: JSONValue
        switch event.kind {
        case .scalar(let scalar): value = try scalar.meaning(at: event.mark).json(at: event.mark)
        case .sequenceStart: value = try sequence(depth: depth + 1, height: &height)
        case .mappingStart: value = try mapping(depth: depth + 1, height: &height)
        default: throw YAMLError("did not find expected node content", at: event.mark)
        }
        let node = Node(value: value, size: nodes - before + 1, height: height)
        if let anchor = event.anchor {
            openAnchors.removeLast()
            anchors[anchor] = node
        }
        return node
    }

    private mutating func sequence(depth: Int, height: inout Int) throws(YAMLError) -> JSONValue {
        var elements: [JSONValue] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return .array(elements) }
            let element = try node(event, depth: depth)
            height = max(height, element.height + 1)
            elements.append(element.value)
        }
    }

    /// The members in order. A map merged by `<<` sets its members where it stands, over what came before it and under
    /// what follows: go-yaml's reading, not the specification's, which would let every explicit member win.
    private mutating func mapping(depth: Int, height: inout Int) throws(YAMLError) -> JSONValue {
        var members = JSONObject()
        var mergedKeys: Set<String> = []
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return .object(members) }
            if case .scalar(let scalar) = event.kind, scalar.isMergeKey {
                let source = try node(try events.next(), depth: depth)
                height = max(height, source.height + 1)
                try merge(source.value, into: &members, mergedKeys: &mergedKeys, at: event.mark)
                continue
            }
            let key = try memberName(event)
            let member = try node(try events.next(), depth: depth)
            height = max(height, member.height + 1)
            let isRepeated = members.updateValue(member.value, forKey: key)
            if isRepeated, mergedKeys.remove(key) == nil, duplicateKeys == .refused {
                throw YAMLError("key \"\(key)\" already set in map", at: event.mark)
            }
        }
    }

    private func merge(
        _ source: JSONValue, into members: inout JSONObject, mergedKeys: inout Set<String>, at mark: YAMLMark
    ) throws(YAMLError) {
        // Earlier maps of a list win, so they are set last.
        for map in (source.array ?? [source]).reversed() {
            guard let map = map.object else {
                throw YAMLError("map merge requires map or sequence of maps as the value", at: mark)
            }
            for (key, value) in map where !members.updateValue(value, forKey: key) { mergedKeys.insert(key) }
        }
    }

    private mutating func memberName(_ event: YAMLEvent) throws(YAMLError) -> String {
        switch event.kind {
        case .scalar(let scalar):
            let meaning = try scalar.meaning(at: event.mark)
            if let anchor = event.anchor {
                anchors[anchor] = Node(value: try meaning.json(at: event.mark), size: 1, height: 0)
            }
            return try meaning.memberName(at: event.mark)
        case .alias(let name):
            switch anchors[name]?.value {
            case .string(let text)?: return text
            case .integer(let number)?: return String(number)
            case .bool(let value)?: return value ? "true" : "false"
            case nil: throw YAMLError("unknown anchor '\(name)' referenced", at: event.mark)
            default: throw YAMLError("anchor '\(name)' is no name of a field", at: event.mark)
            }
        default: throw YAMLError("invalid map key: a list or a map is no name of a field", at: event.mark)
        }
    }

    /// The value that an alias repeats. Values share their storage, but whoever walks or writes the tree pays for
    /// every repetition, so their number is limited.
    private mutating func expand(_ name: String, at mark: YAMLMark, depth: Int) throws(YAMLError) -> Node {
        guard !openAnchors.contains(name) else { throw YAMLError("anchor '\(name)' value contains itself", at: mark) }
        guard let node = anchors[name] else { throw YAMLError("unknown anchor '\(name)' referenced", at: mark) }
        nodes += node.size
        expandedNodes += node.size
        guard expandedNodes <= YAML.expansionLimit else {
            throw YAMLError("document contains excessive aliasing", at: mark)
        }
        guard depth + node.height <= JSONValue.nestingLimit else { throw YAMLError("exceeded max depth", at: mark) }
        return node
    }
}
