import Testing

@testable import RunTemplateCLI

/// Differences as `diff -u` prints them.
struct UnifiedDiffTests {
    @Test func equalTextsHaveNone() {
        #expect(UnifiedDiff.text(old: "a\nb\n", new: "a\nb\n", oldName: "o", newName: "n") == "")
    }

    @Test func changesStandWithinTheirSurroundings() {
        let old = (1...20).map { "\($0)\n" }.joined()
        let new = old.replacing("\n10\n", with: "\nten\nmore\n").replacing("\n20\n", with: "\n")
        #expect(
            UnifiedDiff.text(old: old, new: new, oldName: "o", newName: "n") == """
                --- o
                +++ n
                @@ -7,7 +7,8 @@
                 7
                 8
                 9
                -10
                +ten
                +more
                 11
                 12
                 13
                @@ -17,4 +18,3 @@
                 17
                 18
                 19
                -20

                """)
    }

    @Test func everythingMayBeNew() {
        #expect(
            UnifiedDiff.text(old: "", new: "a\n", oldName: "o", newName: "n") == "--- o\n+++ n\n@@ -0,0 +1 @@\n+a\n")
    }
}
