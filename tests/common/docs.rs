//! Tables of the documentation that follow from lists of the program: compared, or renewed.

/// The page that describes files and commands.
pub const FILE: &str = "docs/files.md";

/// The table under a heading that begins with a line of these columns, as it stands and as it should.
pub fn check(text: &mut String, heading: &str, columns: &[&str], rows: &[Vec<String>]) {
    let line = |cells: &[&str]| format!("| {} |\n", cells.join(" | ")).replace("|  |", "| |");
    let head = line(columns);
    let under = text.find(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{FILE} has no heading {heading}"));
    let start = text[under..].find(&head).map(|at| under + at);
    let start = start.unwrap_or_else(|| panic!("{FILE} has no table under {heading} that begins with {head}"));
    let table = |text: &str| text[start..].lines().take_while(|line| line.starts_with('|')).map(|l| l.len() + 1).sum();
    let length: usize = table(text);
    let mut wanted = head + &format!("|{}\n", "---|".repeat(columns.len()));
    rows.iter().for_each(|row| wanted += &line(&row.iter().map(String::as_str).collect::<Vec<_>>()));
    if std::env::var_os("CATCHUP_RENEW_DOCS").is_some() {
        text.replace_range(start..start + length, &wanted);
    }
    let found = &text[start..start + length.min(text.len() - start)];
    let same = std::env::var_os("CATCHUP_RENEW_DOCS").is_some() || found == wanted;
    assert!(same, "{FILE}, {heading}: CATCHUP_RENEW_DOCS=1 renews it\n{found}\nshould be\n{wanted}");
}
