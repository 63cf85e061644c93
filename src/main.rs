//! The program: see [`backscroll::cli`].

/// For SQLite, too. The system's costs a tenth more for each post and page.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    backscroll::cli::main()
}
