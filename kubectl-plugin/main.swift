import RunTemplateCLI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

let words = CommandLine.arguments
exit(await RunTemplate.main(program: words.first ?? "", Array(words.dropFirst()), session: .process()))
