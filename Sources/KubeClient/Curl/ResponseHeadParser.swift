/// Puts a response's head together from the lines that libcurl hands over, one call a line.
struct ResponseHeadParser {
    private var head = Transfer.Head(status: 0, headers: [])

    /// Takes a line. Returns the head with its last line, the empty one, unless more heads follow: an interim answer
    /// (1xx) comes before the real one.
    mutating func append(_ line: String) -> Transfer.Head? {
        let line = line.prefix { !$0.isNewline }
        if line.hasPrefix("HTTP/") {
            let code = line.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) } ?? 0
            head = Transfer.Head(status: code, headers: [])
            return nil
        }
        guard line.isEmpty else {
            if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
                head.headers.append((String(line[..<colon]), String(value)))
            }
            return nil
        }
        return head.status >= 200 ? head : nil
    }
}
