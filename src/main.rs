//! The program `catchup`: parse, call, exit.

fn main() -> std::process::ExitCode {
    catchup::cli::main()
}
