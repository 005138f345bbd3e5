//! `report.html` in a real browser: no console error, no request, readable at both widths on both papers, prints, sorts by
//! keyboard, and shows names from outside as texts. With `SPENDCAST_PAGES` set to a directory, the pictures are left there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

const HOSTILE: &str = r#"<script>alert(1)</script>"'&"#;

/// Three strategies, a hostile title, question and comment (names of strategies are letters and digits alone), a budget that one of them passes, and a billing rule that nobody knows.
const SCENARIO: &str = r#"
title = '''<script>alert(1)</script>"'&'''
question = '''<script>alert(2)</script>"'&'''
# </pre></details><script>alert(3)</script>
start = 2026-01-01
horizon = "7d"
replications = 40
seed = 7
budget = "200 USD"
baseline = "dear"

[workload.arrivals.poisson]
rate = "1000/d"
[workload.classes.image]
size = "1024x1024"

[models."dear/model"]
price.per_image = "0.04 USD"
latency.exponential = { mean = "9s" }
[models."cheap/model"]
price.per_image = "0.01 USD"
latency.exponential = { mean = "5s" }
failure.rate = "5%"
billing.failed = "unknown"

[strategies.dear]
router.single = "dear/model"
[strategies.cheap]
router.single = "cheap/model"
[strategies.other]
router.single = "cheap/model"
"#;

/// Debian's browser, or another of its kind.
fn browser() -> &'static str {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let runs = |name: &&str| Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    names.into_iter().find(runs).expect(
        "there is no Chromium to test report.html with: install Debian's, apt-get install --no-install-recommends chromium",
    )
}

/// What a run of the browser wrote to its outputs.
struct Seen {
    stdout: String,
    stderr: String,
}

struct Browser {
    program: &'static str,
    place: tempfile::TempDir,
}

impl Browser {
    fn new() -> Self {
        Self { program: browser(), place: tempfile::tempdir().expect("a directory") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Opens a page with no network.
    fn open(&self, page: &Path, arguments: &[&str]) -> Seen {
        let output = Command::new(self.program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"])
            .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--allow-file-access-from-files", "--enable-logging=stderr", "--v=0"])
            .arg(format!("--user-data-dir={}", self.path("profile").display()))
            .args(arguments)
            .arg(format!("file://{}", page.display()))
            .output()
            .expect("the browser starts");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let seen = Seen { stdout: text(output.stdout), stderr: text(output.stderr) };
        assert!(output.status.success(), "{}", seen.stderr);
        seen
    }

    /// A page of this width around another: a window of the browser cannot be as narrow as a phone.
    fn frame(&self, page: &Path, width: u32, height: u32, script: &str) -> PathBuf {
        let text = format!(
            "<!doctype html><meta name=\"color-scheme\" content=\"light dark\"><style>body{{margin:0}}iframe{{border:0;display:block;\
             width:{width}px;height:{height}px}}</style><body><iframe id=\"page\" src=\"file://{}\"></iframe><pre id=\"result\"></pre>\
             <script>{script}</script></body>",
            page.display()
        );
        let path = self.path(&format!("frame-{width}.html"));
        fs::write(&path, text).expect("writable");
        path
    }
}

const RUN: &[&str] = &["run"];
const SWEEP: &[&str] = &["sweep", "--over", "models.\"cheap/model\".price.per_image=0.01..0.04 USD:4"];
const GRID: &[&str] =
    &["sweep", "--over", "workload.keep=50%,100%", "--over", "models.\"dear/model\".price.per_image=0.01,0.04 USD"];
const BREAK_EVEN: &[&str] = &["break-even", "--over", "models.\"cheap/model\".price.per_image=0.01..0.06 USD:4"];

/// The report of the scenario above by a command.
fn report(browser: &Browser, command: &[&str]) -> PathBuf {
    let (scenario, out) = (browser.path("hostile.toml"), browser.path("out"));
    fs::write(&scenario, SCENARIO).expect("writable");
    let mut program = Command::new(env!("CARGO_BIN_EXE_spendcast"));
    let run = program.arg(command[0]).arg(&scenario).args(&command[1..]).args(["--quiet", "--out"]).arg(&out).output();
    let run = run.expect("the program starts");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    out.join("report.html")
}

/// Lines that the page, or anything in it, wrote to the console.
fn console(seen: &Seen) -> Vec<&str> {
    seen.stderr.lines().filter(|line| line.contains("CONSOLE")).collect()
}

/// Hosts that the browser asks of its own accord, whatever the page.
const OF_THE_BROWSER: [&str; 4] = [".googleapis.com/", ".google.com/", ".gvt1.com/", ".gstatic.com/"];

/// The addresses outside this machine that a run of the browser asked for, by its own log of its network.
fn requests(log: &Path) -> Vec<String> {
    let text = fs::read_to_string(log).expect("the browser keeps its log");
    let addresses = text.split("\"url\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let outside = addresses.filter(|url| url.starts_with("http") && !OF_THE_BROWSER.iter().any(|host| url.contains(host)));
    outside.map(ToOwned::to_owned).collect()
}

#[test]
fn nothing_is_asked_for_and_nothing_fails() {
    let browser = Browser::new();
    let log = browser.path("net.json");
    let logging = format!("--log-net-log={}", log.display());
    let title = HOSTILE.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    for command in [SWEEP, GRID, BREAK_EVEN, RUN] {
        let seen = browser.open(&report(&browser, command), &["--dump-dom", &logging]);
        assert_eq!((console(&seen), requests(&log)), (Vec::new(), Vec::new()), "{command:?}");
        assert!(seen.stdout.contains(&format!("{title}</h1>")), "{command:?}: the title is no text");
        assert_eq!(seen.stdout.matches("<script").count(), 1, "{command:?}");
    }

    let page = browser.path("out/report.html");
    // The same eyes see what there is to see.
    let bad = browser.path("bad.html");
    fs::write(&bad, "<img src=\"http://example.invalid/x.png\"><script>console.error('boom')</script>").expect("writable");
    let seen = browser.open(&bad, &["--dump-dom", &logging]);
    assert!(console(&seen).iter().any(|line| line.contains("boom")) && !requests(&log).is_empty());

    // A script that came in from outside would be refused.
    let broken = browser.path("broken.html");
    let text = fs::read_to_string(&page).expect("written");
    fs::write(&broken, text.replace("</main>", "</main><script>document.title='broken'</script>")).expect("writable");
    let seen = browser.open(&broken, &["--dump-dom"]);
    assert!(console(&seen).iter().any(|line| line.contains("Content Security Policy")) && !seen.stdout.contains("<title>broken"));
}

/// Walks through the page as a keyboard does, and writes down what it met.
const WALK: &str = r##"
document.getElementById("page").addEventListener("load", function () {
  var frame = document.getElementById("page").contentWindow, page = frame.document, found = {};
  found.overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth;
  var stops = Array.from(page.querySelectorAll("a[href], button, summary, [tabindex='0']")).filter(function (stop) {
    return stop.checkVisibility() && stop.tabIndex >= 0;
  });
  found.first = stops[0].textContent;
  found.stops = stops.length;
  found.invisible = stops.filter(function (stop) {
    stop.focus({ focusVisible: true });
    return page.activeElement !== stop || frame.getComputedStyle(stop).outlineStyle === "none";
  }).map(function (stop) { return stop.outerHTML.slice(0, 120); });
  found.unnamed = stops.filter(function (stop) {
    return !stop.textContent.trim() && !stop.getAttribute("aria-label");
  }).length;
  found.charts = page.querySelectorAll("svg[role=img]").length;
  found.named = Array.from(page.querySelectorAll("svg[role=img]")).every(function (svg) {
    return page.getElementById(svg.getAttribute("aria-labelledby")).textContent.length > 10;
  });
  found.main = page.querySelectorAll("main").length + page.querySelectorAll("nav[aria-label]").length;
  var table = page.querySelector("#comparison table");
  if (table) sort(table, found, page, frame);
  document.getElementById("result").textContent = JSON.stringify(found);
});
function sort(table, found, page, frame) {
  var names = function () {
    return Array.from(table.tBodies[0].rows).map(function (row) { return Number(row.cells[1].dataset.sort); });
  };
  var button = table.tHead.rows[0].cells[1].querySelector("button");
  button.focus();
  button.click();
  found.ascending = [table.tHead.rows[0].cells[1].getAttribute("aria-sort"), names()];
  button.click();
  found.descending = [table.tHead.rows[0].cells[1].getAttribute("aria-sort"), names()];
  var cell = table.querySelector("td[tabindex='0']");
  cell.focus();
  var tip = page.getElementById("tip");
  found.method = tip.textContent;
  cell.dispatchEvent(new frame.KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
  // An undefined figure has no method, and is passed over.
  var next = page.activeElement;
  found.moved = next !== cell && next.parentNode === cell.parentNode && next.tabIndex === 0 && cell.tabIndex === -1;
  page.dispatchEvent(new frame.KeyboardEvent("keydown", { key: "Escape" }));
  found.hidden = tip.hidden;
  var place = page.querySelector("#chart-cost .h");
  place.dispatchEvent(new frame.PointerEvent("pointermove", { clientX: 50, clientY: 50 }));
  found.hover = tip.textContent;
}
"##;

#[test]
fn a_keyboard_reaches_everything_at_both_widths() {
    let browser = Browser::new();
    let page = report(&browser, RUN);
    for width in [1_280, 390] {
        let found = walk(&browser, &page, width, 9);
        let text = |key: &str| found[key].as_str().unwrap_or_default();
        assert!(found["stops"].as_u64() > Some(40), "at {width}: {found:#}");
        let sorted = |key: &str| -> (String, Vec<f64>) {
            let [way, costs] = [0, 1].map(|at| found[key][at].clone());
            let costs = costs.as_array().map(|all| all.iter().filter_map(Value::as_f64).collect()).unwrap_or_default();
            (way.as_str().unwrap_or_default().to_owned(), costs)
        };
        let (up, down) = (sorted("ascending"), sorted("descending"));
        assert!(up.0 == "ascending" && up.1.len() == 3 && up.1.is_sorted(), "{up:?}");
        assert!(down.0 == "descending" && down.1.is_sorted_by(|a, b| a >= b) && down.1[0] > down.1[2], "{down:?}");
        assert!(text("method").contains("Student's t, n = 40") && found["moved"] == true && found["hidden"] == true, "{found:#}");
        assert!(text("hover").contains("mean"), "{found:#}");
    }
    for (command, charts) in [(SWEEP, 1), (GRID, 1), (BREAK_EVEN, 2)] {
        let page = report(&browser, command);
        for width in [1_280, 390] {
            walk(&browser, &page, width, charts);
        }
    }
}

/// What the walk found on a page of this width, which nobody who cannot see or point may lack.
fn walk(browser: &Browser, page: &Path, width: u32, charts: u64) -> Value {
    let seen = browser.open(&browser.frame(page, width, 900, WALK), &["--dump-dom", "--window-size=1300,1000"]);
    let result = seen.stdout.split("<pre id=\"result\">").nth(1).and_then(|rest| rest.split("</pre>").next()).unwrap_or_default();
    let result = result.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let found: Value = serde_json::from_str(&result).unwrap_or_else(|e| panic!("{e}: {result}\n{}", seen.stderr));
    assert_eq!((found["overflow"].as_i64(), &found["first"]), (Some(0), &"Skip to the verdict".into()), "at {width}: {found:#}");
    assert!(found["invisible"].as_array().is_some_and(Vec::is_empty) && found["unnamed"] == 0, "at {width}: {found:#}");
    assert!(found["charts"] == charts && found["named"] == true && found["main"] == 2, "at {width}: {found:#}");
    found
}

/// The colour of the upper left corner of a picture, and how many colours it has, up to a few.
fn picture(path: &Path) -> ([u8; 3], usize) {
    let file = std::io::BufReader::new(fs::File::open(path).expect("the browser drew it"));
    let mut reader = png::Decoder::new(file).read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits")];
    let info = reader.next_frame(&mut pixels).expect("a PNG");
    let size = info.color_type.samples();
    let colour = |pixel: &[u8]| [pixel[0], pixel[1], pixel[2]];
    let colours: std::collections::BTreeSet<[u8; 3]> = pixels.chunks_exact(size).map(colour).collect();
    (colour(&pixels), colours.len())
}

#[test]
fn it_is_drawn_on_both_papers_and_prints() {
    let browser = Browser::new();
    let page = report(&browser, RUN);
    let keep = std::env::var_os("SPENDCAST_PAGES").map(PathBuf::from);
    let height = 9_000;
    for (width, paper, scheme) in [(1_280, "light", 1), (1_280, "dark", 0), (390, "light", 1), (390, "dark", 0)] {
        let shot = browser.path(&format!("{width}-{paper}.png"));
        let arguments = [
            format!("--screenshot={}", shot.display()),
            format!("--window-size={width},{height}"),
            format!("--blink-settings=preferredColorScheme={scheme}"),
        ];
        browser.open(&browser.frame(&page, width, height, ""), &arguments.each_ref().map(String::as_str));
        let (corner, colours) = picture(&shot);
        assert_eq!(corner, if paper == "light" { [255, 255, 255] } else { [0x14, 0x1a, 0x21] }, "{width} {paper}");
        assert!(colours > 200, "{width} {paper}: {colours} colours");
        if let Some(directory) = &keep {
            fs::copy(&shot, directory.join(format!("{width}-{paper}.png"))).expect("writable");
        }
    }
    let pdf = browser.path("report.pdf");
    // Paper is white, whatever the screen was.
    let arguments = [format!("--print-to-pdf={}", pdf.display()), "--blink-settings=preferredColorScheme=0".to_owned()];
    browser.open(&page, &arguments.each_ref().map(String::as_str));
    let bytes = fs::read(&pdf).expect("the browser printed it");
    let pages = bytes.windows(11).filter(|window| window == b"/Type /Page").count();
    assert!(bytes.starts_with(b"%PDF-") && pages >= 3, "{pages} pages");
    if let Some(directory) = &keep {
        fs::copy(&pdf, directory.join("report.pdf")).expect("writable");
    }
}
