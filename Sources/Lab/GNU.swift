import Foundation

/// Functions that glibc has and Swift's module map does not show: those that need `_GNU_SOURCE`, and `syscall`,
/// which takes a varying number of arguments.
enum GNU {
    /// Has a child close every descriptor from `first` on.
    static func closeFrom(_ first: Int32, _ actions: inout posix_spawn_file_actions_t) -> Int32 {
        typealias Function = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        guard let function = find("posix_spawn_file_actions_addclosefrom_np", as: Function.self) else { return ENOSYS }
        return function(&actions, first)
    }

    /// Has a child begin in a folder.
    static func changeFolder(_ folder: String, _ actions: inout posix_spawn_file_actions_t) -> Int32 {
        typealias Function =
            @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32
        guard let function = find("posix_spawn_file_actions_addchdir_np", as: Function.self) else { return ENOSYS }
        return folder.withCString { function(&actions, $0) }
    }

    /// A system call of three arguments. On x86-64 and arm64, C passes whole numbers to `syscall` as it does to a
    /// function of fixed arguments.
    static func call(_ number: Int, _ first: Int, _ second: UnsafeMutableRawPointer, _ third: Int) -> Int {
        typealias Function = @convention(c) (Int, Int, UnsafeMutableRawPointer, Int) -> Int
        guard let function = find("syscall", as: Function.self) else {
            errno = ENOSYS
            return -1
        }
        return function(number, first, second, third)
    }

    private static func find<Function>(_ name: String, as _: Function.Type) -> Function? {
        dlsym(nil, name).map { unsafeBitCast($0, to: Function.self) }
    }
}
