import ArgumentParser
import CStart
import Glibc

/// Where the process begins.
@main
enum Start {
    /// Not `async`: an asynchronous main gives its thread up by unwinding it, for which tables of 1.5 MB are read and
    /// stay resident. This thread sleeps instead; signals may wake it, and are handled where they are taken. So nothing
    /// may be left to the main actor: it never gets a turn (a tidy test looks for it).
    static func main() {
        start_with_one_heap()
        Task.detached {
            await Pitboss.main()
            exit(EXIT_SUCCESS)
        }
        while true { pause() }
    }
}
