public import Testing

extension Tag {
    /// Needs a server, a process or the network of this machine.
    @Tag public static var integration: Self
    /// Tries many made-up inputs from a printed seed.
    @Tag public static var random: Self
    /// Takes seconds rather than milliseconds.
    @Tag public static var slow: Self
}
