//! The book that mdBook makes of `docs`: every page is in its contents, and every link leads somewhere. mdBook itself is not run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const DOCS: &str = "docs";

/// All pages below a directory.
fn pages(directory: &Path) -> BTreeSet<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("readable").map(|entry| entry.expect("readable").path());
    let below = |path: PathBuf| if path.is_dir() { pages(&path) } else { BTreeSet::from([path]) };
    entries.flat_map(below).filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

fn text(page: &Path) -> String {
    std::fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()))
}

/// Without what is code.
fn prose(text: &str) -> String {
    let fenced = text.split("```").step_by(2).collect::<String>();
    fenced.split('`').step_by(2).collect::<Vec<_>>().join("`")
}

/// The targets of a page's links and pictures.
fn links(page: &Path) -> Vec<String> {
    let text = prose(&text(page));
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://")).map(str::to_owned).collect()
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(page: &Path) -> BTreeSet<String> {
    let heading = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    text(page).lines().filter(|line| line.starts_with('#')).map(heading).collect()
}

/// A path without `..` in it.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        if part.as_os_str() == ".." {
            plain.pop();
        } else {
            plain.push(part);
        }
        plain
    })
}

#[test]
fn the_book_has_every_page_once() {
    let summary = Path::new(DOCS).join("SUMMARY.md");
    let listed: Vec<PathBuf> = links(&summary).iter().map(|target| Path::new(DOCS).join(target)).collect();
    let mut all = pages(Path::new(DOCS));
    all.remove(&summary);
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), all);
    assert_eq!(listed.len(), all.len(), "a page is listed twice");
}

#[test]
fn the_book_has_no_broken_link() {
    let mut broken = Vec::new();
    let outside = ["README.md", "results/README.md"].map(PathBuf::from);
    for page in pages(Path::new(DOCS)).into_iter().chain(outside) {
        for target in links(&page) {
            let (file, anchor) = target.split_once('#').map_or((target.as_str(), None), |(file, anchor)| (file, Some(anchor)));
            let at = if file.is_empty() { page.clone() } else { plain(&page.parent().expect("a file").join(file)) };
            let is_page = at.extension().is_some_and(|extension| extension == "md");
            // mdBook makes links to `.html` of these, wherever they lead.
            let lost = page.starts_with(DOCS) && is_page && !at.starts_with(DOCS);
            let no_anchor = at.exists() && anchor.is_some_and(|anchor| !anchors(&at).contains(anchor));
            if !at.exists() || lost || no_anchor {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
