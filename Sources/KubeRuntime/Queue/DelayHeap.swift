import KubeObjects

/// Keys by the moment when they are due, earliest first. A key stands in it once, with its earliest moment.
struct DelayHeap: Sendable {
    private struct Entry {
        var due: Timestamp
        /// Equal moments keep the order in which they came.
        var order: UInt64
        var key: ObjectKey

        static func < (left: Entry, right: Entry) -> Bool { (left.due, left.order) < (right.due, right.order) }
    }

    /// A binary heap. An entry whose moment is not the one in `due` was overtaken or removed, and is skipped.
    private var heap: [Entry] = []
    private var due: [ObjectKey: Timestamp] = [:]
    private var order: UInt64 = 0

    var count: Int { due.count }

    /// Puts a key in; a moment later than the one it already has changes nothing.
    mutating func insert(_ key: ObjectKey, at moment: Timestamp) {
        if let known = due[key], known <= moment { return }
        due[key] = moment
        order += 1
        heap.append(Entry(due: moment, order: order, key: key))
        siftUp(from: heap.count - 1)
        if heap.count > 64 + 2 * due.count { compact() }
    }

    /// Takes a key out, whenever it was due.
    mutating func remove(_ key: ObjectKey) { due.removeValue(forKey: key) }

    /// The earliest moment; nil if there is no key.
    mutating func earliest() -> Timestamp? {
        dropStale()
        return heap.first?.due
    }

    /// Takes out the earliest key if its moment has come.
    mutating func pop(dueBy now: Timestamp) -> ObjectKey? {
        dropStale()
        guard let first = heap.first, first.due <= now else { return nil }
        removeFirst()
        due.removeValue(forKey: first.key)
        return first.key
    }

    private mutating func dropStale() {
        while let first = heap.first, due[first.key] != first.due { removeFirst() }
    }

    private mutating func compact() {
        heap = heap.filter { due[$0.key] == $0.due }
        // A sorted array is a heap.
        heap.sort(by: <)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown()
    }

    private mutating func siftUp(from start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child] < heap[smallest] { smallest = child }
            if smallest == parent { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
