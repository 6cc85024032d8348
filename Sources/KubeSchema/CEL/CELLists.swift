/// Lists, maps and sets: `size`, Kubernetes' list library, and cel-go's sets and lists.
enum CELLists {
    static let functions: [String: CELFunction] = {
        let list = CELType.list(.parameter("A"))
        let map = CELType.map(.parameter("A"), .parameter("B"))
        let sizes: [CELType] = [.string, .bytes, list, map]
        let walk: @Sendable ([CELValue]) -> Int = { $0.first?.size ?? 0 }
        let product: @Sendable ([CELValue]) -> Int = { ($0.first?.size ?? 0) * ($0.last?.size ?? 0) }
        let numbers: [CELType] = [.int, .uint, .double, .duration]
        let ordered = numbers + [.timestamp, .bool, .string, .bytes]
        let search: [CELFunction.Signature] = [
            .method([list, .parameter("A")], .int), .method([.string, .string], .int),
            .method([.string, .string, .int], .int),
        ]
        return [
            "size": CELFunction(sizes.map { .function([$0], .int) } + sizes.map { .method([$0], .int) }) {
                $0[0].size.map { .int(Int64($0)) }
            },
            "isSorted": CELFunction(ordered.map { .method([.list($0)], .bool) }, cost: walk, isSorted),
            "sum": CELFunction(numbers.map { .method([.list($0)], $0) }, cost: walk, sum),
            "min": CELFunction(ordered.map { .method([.list($0)], $0) }, cost: walk) {
                arguments throws(CELRuntimeError) in try extreme(arguments, "min") { $0 < 0 }
            },
            "max": CELFunction(ordered.map { .method([.list($0)], $0) }, cost: walk) {
                arguments throws(CELRuntimeError) in try extreme(arguments, "max") { $0 > 0 }
            },
            "indexOf": CELFunction(search, cost: walk) { arguments throws(CELRuntimeError) in
                try position(arguments, isLast: false)
            },
            "lastIndexOf": CELFunction(search, cost: walk) { arguments throws(CELRuntimeError) in
                try position(arguments, isLast: true)
            },
            "lists.range": CELFunction([.function([.int], .list(.int))], cost: { Int($0[0].number ?? 0) }, range),
            "distinct": CELFunction([.method([list], list)], cost: walk) {
                guard case .list(let list) = $0[0] else { return nil }
                var result = CELList(elements: [])
                for element in list.elements where !result.contains(element) { result.elements.append(element) }
                return .list(result)
            },
            "flatten": CELFunction([.method([.list(list)], list)], cost: walk) {
                guard case .list(let list) = $0[0] else { return nil }
                return .list(
                    CELList(
                        elements: list.elements.flatMap { element in
                            if case .list(let inner) = element { inner.elements } else { [element] }
                        }))
            },
            "slice": CELFunction([.method([list, .int, .int], list)], cost: walk, slice),
            "sort": CELFunction(ordered.map { .method([.list($0)], .list($0)) }, cost: walk, sort),
            "sets.contains": CELFunction([.function([list, list], .bool)], cost: product) {
                lists($0).map { left, right in .bool(right.elements.allSatisfy(left.contains)) }
            },
            "sets.equivalent": CELFunction([.function([list, list], .bool)], cost: product) {
                lists($0).map { left, right in
                    .bool(right.elements.allSatisfy(left.contains) && left.elements.allSatisfy(right.contains))
                }
            },
            "sets.intersects": CELFunction([.function([list, list], .bool)], cost: product) {
                lists($0).map { left, right in .bool(right.elements.contains(where: left.contains)) }
            },
        ]
    }()

    private static func lists(_ arguments: [CELValue]) -> (CELList, CELList)? {
        guard case .list(let left) = arguments[0], case .list(let right) = arguments[1] else { return nil }
        return (left, right)
    }

    private static func isSorted(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard case .list(let list) = arguments[0] else { return nil }
        for (left, right) in zip(list.elements, list.elements.dropFirst()) {
            guard let order = left.compare(right) else { throw .noSuchOverload }
            if order > 0 { return .bool(false) }
        }
        return .bool(true)
    }

    private static func sum(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard case .list(let list) = arguments[0], let add = CELFunction.all["_+_"]?.body else { return nil }
        guard var result = list.elements.first else { return .int(0) }
        for element in list.elements.dropFirst() {
            guard let next = try add([result, element]) else { throw .noSuchOverload }
            result = next
        }
        return result
    }

    private static func extreme(
        _ arguments: [CELValue], _ name: String, _ isBetter: (Int) -> Bool
    ) throws(CELRuntimeError) -> CELValue? {
        guard case .list(let list) = arguments[0] else { return nil }
        guard var best = list.elements.first else { throw CELRuntimeError(message: "\(name) called on empty list") }
        for element in list.elements.dropFirst() {
            guard let order = element.compare(best) else { throw .noSuchOverload }
            if isBetter(order) { best = element }
        }
        return best
    }

    private static func position(_ arguments: [CELValue], isLast: Bool) throws(CELRuntimeError) -> CELValue? {
        if case .list(let list) = arguments[0], arguments.count == 2 {
            let isEqual: (CELValue) -> Bool = { $0.isEqual(to: arguments[1]) }
            let found = isLast ? list.elements.lastIndex(where: isEqual) : list.elements.firstIndex(where: isEqual)
            return .int(Int64(found ?? -1))
        }
        guard case .string(let text) = arguments[0], case .string(let needle) = arguments[1] else { return nil }
        let scalars = Array(text.unicodeScalars)
        let wanted = Array(needle.unicodeScalars)
        var bound = isLast ? scalars.count : 0
        if arguments.count == 3 {
            guard let index = try CELStrings.index(arguments[2], upTo: scalars.count) else { return nil }
            bound = index
        }
        let found =
            isLast
            ? CELStrings.last(of: wanted, in: scalars, upTo: bound)
            : CELStrings.first(of: wanted, in: scalars, from: bound)
        return .int(Int64(found ?? -1))
    }

    private static func range(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard case .int(let count) = arguments[0] else { return nil }
        guard count <= 1_000_000 else { throw .costExceeded }
        return .list(CELList(elements: (0..<max(0, count)).map(CELValue.int)))
    }

    private static func slice(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard case .list(let list) = arguments[0], case .int(let start) = arguments[1],
            case .int(let end) = arguments[2]
        else { return nil }
        guard start >= 0, end >= 0 else {
            throw CELRuntimeError(message: "cannot slice(\(start), \(end)), negative indexes not supported")
        }
        guard start <= end else {
            throw CELRuntimeError(
                message: "cannot slice(\(start), \(end)), start index must be less than or equal to end index")
        }
        guard end <= list.elements.count else {
            throw CELRuntimeError(message: "cannot slice(\(start), \(end)), list is length \(list.elements.count)")
        }
        return .list(CELList(elements: Array(list.elements[Int(start)..<Int(end)])))
    }

    private static func sort(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard case .list(let list) = arguments[0] else { return nil }
        if let first = list.elements.first, !list.elements.allSatisfy({ first.compare($0) != nil }) {
            throw .noSuchOverload
        }
        return .list(CELList(elements: list.elements.sorted { ($0.compare($1) ?? 0) < 0 }))
    }
}
