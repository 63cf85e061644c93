//! The program: see [`backscroll::cli`].

fn main() -> std::process::ExitCode {
    backscroll::cli::main()
}
