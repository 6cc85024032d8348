#if canImport(Glibc)
import CLibc
#endif

/// The C library's allocator, which all memory of the process comes from.
enum MemoryAllocator {
    /// Has large blocks, and free memory at the end of the heap, given back to the system at once.
    ///
    /// glibc takes a large block from the system and gives it back when it is free, but raises the size that counts as large,
    /// up to 32 MB, with every such block. After the first pages of a list the later ones would come from the heap, where
    /// what is kept of them lies behind them and holds them fast: 11 MB more at a start with 10,000 finished runs. Set by
    /// hand, to what they are at first, the sizes stay.
    static func giveBackLargeBlocks() {
        #if canImport(Glibc)
        let large: Int32 = 128 << 10
        _ = mallopt(M_MMAP_THRESHOLD, large)
        _ = mallopt(M_TRIM_THRESHOLD, large)
        #endif
    }
}
