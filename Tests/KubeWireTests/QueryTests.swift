import KubeWire
import Testing

struct QueryTests {
    @Test func pairsKeepTheirOrderAndRepeat() {
        var query = Query()
        query.append("a", "1")
        query.append("b", nil)
        query.append("a", "x y&z=/ü+")
        #expect(query.encoded == "?a=1&a=x%20y%26z%3D%2F%C3%BC%2B")
        #expect(Query(parsing: query.encoded.dropFirst()) == query)
        #expect(query.all("a") == ["1", "x y&z=/ü+"])
        #expect(query["b"] == nil)
    }

    @Test func anEmptyQueryIsNothing() { #expect(Query().encoded == "") }

    @Test func plusIsASpaceAndBrokenEscapesStay() {
        let query = Query(parsing: "a=b+c&d=%zz&e=%4&f&=g")
        #expect(query["a"] == "b c")
        #expect(query["d"] == "%zz")
        #expect(query["e"] == "%4")
        #expect(query["f"] == "")
    }

    @Test(arguments: [("a", true), ("a=true", true), ("a=1", true), ("a=0", false), ("a=false", false), ("b", false)])
    func switches(_ text: String, _ isSet: Bool) { #expect(Query(parsing: text).isSet("a") == isSet) }

    @Test func listOptionsBecomeParameters() {
        let options = ListOptions(
            labelSelector: "a in (b,c)", fieldSelector: "metadata.name=x", limit: 5, continue: "t",
            resourceVersion: "7",
            resourceVersionMatch: "Exact")
        #expect(
            options.query.encoded
                == "?labelSelector=a%20in%20%28b%2Cc%29&fieldSelector=metadata.name%3Dx&limit=5&continue=t"
                + "&resourceVersion=7&resourceVersionMatch=Exact")
        #expect(ListOptions().query.encoded == "")
    }

    @Test func watchOptionsBecomeParameters() {
        #expect(WatchOptions().query.encoded == "?watch=true&allowWatchBookmarks=true")
        let initial = WatchOptions(resourceVersion: "0", allowBookmarks: true, sendInitialEvents: true)
        #expect(
            initial.query.encoded
                == "?watch=true&resourceVersion=0&allowWatchBookmarks=true&sendInitialEvents=true"
                + "&resourceVersionMatch=NotOlderThan")
    }

    @Test func writeAndLogOptionsBecomeParameters() {
        let write = WriteOptions(fieldManager: "me", isDryRun: true, fieldValidation: "Strict", force: true)
        #expect(write.query.encoded == "?fieldManager=me&dryRun=All&fieldValidation=Strict&force=true")
        var log = LogOptions(container: "main", follow: true)
        log.tailLines = 3
        log.timestamps = true
        #expect(log.query.encoded == "?container=main&follow=true&timestamps=true&tailLines=3")
    }
}
