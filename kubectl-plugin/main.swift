import RunTemplateCLI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

let words = CommandLine.arguments
let code = await RunTemplate.main(program: words.first ?? "", Array(words.dropFirst()), session: .process())
// Not exit(): it has the TLS library free what a connection that is just closing on another thread still uses.
fflush(nil)
_exit(code)
