import KubeObjects
import Testing

@testable import FakeCluster

struct InternalDiffTests {
    /// What Python's `difflib.unified_diff` writes for the same lines.
    @Test(arguments: [
        (
            #"{"A":1,"B":null}"#, #"{"A":1,"B":"x"}"#,
            #"""
            @@ -1,4 +1,4 @@
             {
              "A": 1,
            - "B": null
            + "B": "x"
             }

            """#
        ),
        (
            #"{"A":[],"B":{},"C":"a{\"},["}"#, #"{"A":["x"],"B":{},"C":"a{\"},["}"#,
            #"""
            @@ -1,5 +1,7 @@
             {
            - "A": [],
            + "A": [
            +  "x"
            + ],
              "B": {},
              "C": "a{\"},["
             }

            """#
        ),
        (
            #"{"A":1,"B":2,"C":3,"D":4,"E":5,"F":6,"G":7,"H":8,"I":9,"J":10}"#,
            #"{"A":0,"B":2,"C":3,"D":4,"E":5,"F":6,"G":7,"H":8,"I":9,"J":0}"#,
            #"""
            @@ -1,5 +1,5 @@
             {
            - "A": 1,
            + "A": 0,
              "B": 2,
              "C": 3,
              "D": 4,
            @@ -8,5 +8,5 @@
              "G": 7,
              "H": 8,
              "I": 9,
            - "J": 10
            + "J": 0
             }

            """#
        ),
    ])
    func `the lines that differ are shown with those around them`(_ old: String, _ new: String, _ diff: String) {
        #expect(InternalDiff(old: old, new: new).text == diff)
    }

    @Test func `lines that a long form has often do not hold it together`() {
        func form(_ elements: [Int], marked: Int?) -> String {
            let texts = elements.map { "{\"K\":\($0),\"V\":null,\"W\":\($0 == marked ? "1" : "null")}" }
            return "{\"L\":[\(texts.joined(separator: ","))]}"
        }
        let diff = InternalDiff(
            old: form(Array(0..<60), marked: nil), new: form((0..<60).filter { $0 != 20 }, marked: 31))
        #expect(
            diff.text == """
                @@ -101,11 +101,6 @@
                    "W": null
                   },
                   {
                -   "K": 20,
                -   "V": null,
                -   "W": null
                -  },
                -  {
                    "K": 21,
                    "V": null,
                    "W": null
                @@ -158,7 +153,7 @@
                   {
                    "K": 31,
                    "V": null,
                -   "W": null
                +   "W": 1
                   },
                   {
                    "K": 32,

                """)
    }
}
