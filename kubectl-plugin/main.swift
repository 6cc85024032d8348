import RunTemplateCLI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

exit(await RunTemplate.main(Array(CommandLine.arguments.dropFirst()), session: .process()))
