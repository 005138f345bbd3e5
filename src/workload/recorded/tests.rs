//! Every trap that recordings are known to set, each on a composed fixture of a few lines.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::tz::TimeZone;

use super::*;
use crate::model::{ClassId, ShapeId};
use crate::units::SimDuration;

const SECONDS: &str = "%Y-%m-%d %H:%M:%S%.f";

fn mapping() -> Mapping {
    let mut mapping = Mapping::new("time", TimeFormat::Pattern(SECONDS.to_owned()), ClassId(0));
    mapping.user = Some("who".to_owned());
    mapping.n = Some("n".to_owned());
    mapping
}

fn no_sizes(_: ClassId, size: &str, _: &str) -> Result<ShapeId, String> {
    Err(format!("{size:?} is not sold"))
}

fn gzipped(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(text.as_bytes()).expect("memory has room");
    gzip.finish().expect("memory has room")
}

fn read_with(text: impl AsRef<[u8]>, mapping: &Mapping) -> Result<(Recorded, Account), ReadError> {
    let result = read(text.as_ref(), mapping, &mut no_sizes);
    if let Ok((recorded, account)) = &result {
        assert!(account.adds_up());
        assert_eq!(recorded.rows().len() as u64, account.kept);
        assert!(recorded.rows().is_sorted_by_key(Row::time));
        assert_eq!(recorded.rows()[0].time().micros(), 0);
    }
    result
}

fn kept(text: impl AsRef<[u8]>, mapping: &Mapping) -> (Recorded, Account) {
    read_with(text, mapping).expect("a readable recording")
}

fn micros(recorded: &Recorded) -> Vec<i64> {
    recorded.rows().iter().map(|row| row.time().micros()).collect()
}

fn images(recorded: &Recorded) -> Vec<Option<u8>> {
    recorded.rows().iter().map(Row::images).collect()
}

const PLAIN: &str = "time,who,n\n2026-01-01 00:00:00,a,1\n2026-01-01 00:00:02,b,4.0\n2026-01-01 00:00:03,a,\n";

#[test]
fn a_plain_recording() {
    let (recorded, account) = kept(PLAIN, &mapping());
    assert_eq!(micros(&recorded), [0, 2_000_000, 3_000_000]);
    assert_eq!(images(&recorded), [Some(1), Some(4), None]);
    let users: Vec<_> = recorded.rows().iter().map(Row::user).collect();
    assert_eq!(users, [Some(0), Some(1), Some(0)]);
    assert_eq!((recorded.users(), recorded.span()), (2, SimDuration::from_micros(3_000_000)));
    let expected = "3 of 3 rows kept, 2 users, from 2026-01-01 00:00:00 +0000 to 2026-01-01 00:00:03 +0000";
    assert_eq!(account.to_string(), expected);
}

#[test]
fn users_are_counted_only_where_a_column_tells_them() {
    let from = ", from 2026-01-01 00:00:00 +0000 to 2026-01-01 00:00:03 +0000";
    let (_, account) = kept(PLAIN, &Mapping { user: None, ..mapping() });
    assert_eq!(account.to_string(), format!("3 of 3 rows kept{from}"));
    let nobody = PLAIN.replace(",a,", ",,").replace(",b,", ",,");
    assert_eq!(kept(&nobody, &mapping()).1.to_string(), format!("3 of 3 rows kept, 0 users{from}"));
}

#[test]
fn packing_and_line_ends_change_nothing() {
    let (expected, _) = kept(PLAIN, &mapping());
    let gzip = gzipped(PLAIN);
    // Two members, as of files that were joined without unpacking.
    let joined = [gzipped(&PLAIN[..40]), gzipped(&PLAIN[40..])].concat();
    let crlf = PLAIN.replace('\n', "\r\n");
    let blanks = PLAIN.replace(',', " , ").replace('\n', " \n\n");
    let quoted = PLAIN.replace("time,who,n", "\"time\",\"who\",\"n\"").replace(",a,", ",\"a\",");
    let variants: [&[u8]; 6] =
        [&gzip, &joined, crlf.as_bytes(), blanks.as_bytes(), quoted.as_bytes(), PLAIN.trim_end().as_bytes()];
    for variant in variants {
        assert_eq!(kept(variant, &mapping()).0, expected, "{}", String::from_utf8_lossy(variant));
    }
    assert_eq!(kept(format!("\u{feff}{PLAIN}"), &mapping()).0, expected);
    let mut semicolons = mapping();
    semicolons.delimiter = b';';
    assert_eq!(kept(PLAIN.replace(',', ";"), &semicolons).0, expected);
}

#[test]
fn damaged_gzip_and_utf_16_are_errors() {
    let mut gzip = gzipped(PLAIN);
    gzip.truncate(gzip.len() - 9);
    assert!(matches!(read_with(gzip, &mapping()), Err(ReadError::Input(_))));
    assert!(matches!(read_with(b"\xff\xfet\0i\0", &mapping()), Err(ReadError::Utf16)));
}

#[test]
fn rows_out_of_order_are_sorted_in_and_counted() {
    let text = "time,who,n\n2026-01-01 00:00:09,a,1\n2026-01-01 00:00:01,b,2\n2026-01-01 00:00:09,c,3\n2026-01-01 00:00:01,d,4\n";
    let (recorded, account) = kept(text, &mapping());
    assert_eq!(micros(&recorded), [0, 0, 8_000_000, 8_000_000]);
    // Rows of the same time keep the order of the file.
    assert_eq!(images(&recorded), [Some(2), Some(4), Some(1), Some(3)]);
    assert_eq!((account.unsorted, account.first_unsorted.as_slice()), (2, [3, 5].as_slice()));
    assert_eq!(account.warnings(), ["2 rows were out of order and are sorted in: lines 3, 5"]);
    let many = text.to_owned() + &"2026-01-01 00:00:09,a,1\n2026-01-01 00:00:01,b,2\n".repeat(20);
    let (_, account) = kept(many, &mapping());
    assert!(account.to_string().ends_with("41 and 2 more") && account.first_unsorted.len() == FIRST_KEPT, "{account}");
}

#[test]
fn bad_rows_are_told_with_their_line_and_counted() {
    let text = "time,who,n\r\n2026-01-01 00:00:00,a,1\r\n\r\nyesterday,a,1\r\n2026-01-01 00:00:01,a,1.5\r\n\
        2026-01-01 00:00:02,\"a\r\nb\",1\r\n2026-01-01 00:00:03,a,0\r\n2026-01-01 00:00:04,a,256\r\n\
        2026-01-01 00:00:05,a,99999999999999999999999\r\n2026-01-01 00:00:06,a\r\n2026-01-01 00:00:07,a,1,1\r\n";
    let (recorded, account) = kept(text, &mapping());
    assert_eq!(micros(&recorded), [0, 2_000_000]);
    let told: Vec<_> = account.first_bad.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            r#"line 4: column "time": "yesterday" does not fit the pattern"#,
            r#"line 5: column "n": "1.5" is not a number of images from 1 to 255"#,
            r#"line 8: column "n": "0" is not a number of images from 1 to 255"#,
            r#"line 9: column "n": "256" is not a number of images from 1 to 255"#,
            r#"line 10: column "n": "99999999999999999999999" is not a number of images from 1 to 255"#,
            "line 11: it has 2 cells, but the header has 3",
            "line 12: it has 4 cells, but the header has 3",
        ]
    );
    assert_eq!((account.bad[&BadKind::Images], account.bad[&BadKind::Uneven], account.bad_rows()), (4, 2, 7));
}

#[test]
fn only_the_first_bad_rows_are_kept_in_full() {
    let text = format!("{PLAIN}{}", "never,a,1\n".repeat(50));
    let (_, account) = kept(text, &mapping());
    assert_eq!((account.first_bad.len(), account.bad_rows()), (FIRST_KEPT, 50));
    assert!(account.to_string().ends_with("and 30 more"), "{account}");
}

#[test]
fn a_missing_column_names_the_nearest() {
    let mut wrong = mapping();
    wrong.n = Some("num_images".to_owned());
    let error = read_with("time,who,num_images_per_prompt\n", &wrong).expect_err("no such column");
    assert_eq!(error.to_string(), r#"has no column "num_images"; the nearest name is "num_images_per_prompt""#);
    let error = read_with("a,b\n", &wrong).expect_err("no such column");
    assert_eq!(error.to_string(), r#"has no column "time"; its columns are a, b"#);
    let error = read_with("time,who,who,num_images\n", &wrong).expect_err("two such columns");
    assert_eq!(error.to_string(), r#"has more than one column "who""#);
}

#[test]
fn nothing_to_simulate_is_an_error() {
    for empty in ["", "\n\n", "\u{feff}"] {
        assert!(matches!(read_with(empty, &mapping()), Err(ReadError::Empty)), "{empty:?}");
    }
    let error = read_with("time,who,n\n", &mapping()).expect_err("no row");
    assert_eq!(error.to_string(), "holds no request to simulate\n0 of 0 rows kept, 0 users");
    let error = read_with("time,who,n\nnever,a,1\n", &mapping()).expect_err("no good row");
    assert!(matches!(error, ReadError::NoRows(account) if account.bad_rows() == 1));
}

#[test]
fn repeated_headers_of_joined_files_are_no_bad_rows() {
    let (recorded, account) = kept(format!("{PLAIN}{PLAIN}"), &mapping());
    assert_eq!((recorded.rows().len(), account.repeated_headers, account.bad_rows(), account.unsorted), (6, 1, 0, 1));
}

#[test]
fn fractions_of_seven_digits_are_cut_to_the_microsecond() {
    let text = "time,who,n\n2023-11-16 18:17:03.9799600,a,1\n2023-11-16 18:17:04.0000019,a,1\n2023-11-16 18:17:05,a,1\n";
    let (recorded, account) = kept(text, &mapping());
    assert_eq!(micros(&recorded), [0, 20_041, 1_020_040]);
    assert_eq!(account.first.map(|first| first.subsec_nanosecond()), Some(979_960_000));
}

#[test]
fn the_time_zone_places_naive_times() {
    let mut berlin = mapping();
    berlin.time_zone = TimeZone::get("Europe/Berlin").expect("bundled");
    // 02:30 did not exist on 2026-03-29, and occurred twice on 2026-10-25.
    let spring = "time,who,n\n2026-03-29 01:59:59,a,1\n2026-03-29 02:30:00,a,1\n2026-03-29 03:00:00,a,1\n";
    let (recorded, account) = kept(spring, &berlin);
    assert_eq!(micros(&recorded), [0, 1_000_000]);
    assert_eq!(account.first_bad[0].kind, BadKind::SkippedTime);
    assert_eq!(account.first_bad[0].line, 3);
    let autumn =
        "time,who,n\n2026-10-25 01:30:00,a,1\n2026-10-25 02:30:00,a,1\n2026-10-25 02:40:00,a,1\n2026-10-25 03:30:00,a,1\n";
    let (recorded, account) = kept(autumn, &berlin);
    assert_eq!(micros(&recorded), [0, 3_600_000_000, 4_200_000_000, 10_800_000_000]);
    assert_eq!(account.twice, 2);
    assert_eq!(account.first.map(|first| first.offset().seconds()), Some(7200));
}

#[test]
fn an_offset_in_the_text_beats_the_time_zone() {
    let mut nginx = mapping();
    nginx.time_format = TimeFormat::Pattern("%d/%b/%Y:%H:%M:%S %z".to_owned());
    nginx.time_zone = TimeZone::get("Asia/Tokyo").expect("bundled");
    let text = "time,who,n\n02/Mar/2026:09:14:39 +0000,a,1\n02/Mar/2026:10:14:40 +0100,a,1\n2/3/2026,a,1\n";
    let (recorded, account) = kept(text, &nginx);
    assert_eq!(micros(&recorded), [0, 1_000_000]);
    assert_eq!(account.bad_rows(), 1);
    assert_eq!(account.first.map(|first| first.to_string()), Some("2026-03-02T18:14:39+09:00[Asia/Tokyo]".to_owned()));
}

#[test]
fn numbers_are_read_in_the_unit_that_is_said() {
    let mut numeric = mapping();
    numeric.time_format = TimeFormat::Number { unit: TimeUnit::Seconds, zero: Zero::Unknown };
    let (recorded, account) = kept("time,who,n\n0.052,a,1\n1.5,a,1\n", &numeric);
    assert_eq!((micros(&recorded), recorded.start(), account.first), (vec![0, 1_448_000], None, None));
    numeric.time_format = TimeFormat::Number { unit: TimeUnit::Millis, zero: Zero::Epoch };
    let (_, account) = kept("time,who,n\n1772442847512,a,1\n", &numeric);
    assert_eq!(account.first.map(|first| first.to_string()), Some("2026-03-02T09:14:07.512+00:00[UTC]".to_owned()));
    numeric.time_format = TimeFormat::Number { unit: TimeUnit::Seconds, zero: Zero::Epoch };
    let error = read_with("time,who,n\n1772442847512,a,1\n", &numeric).expect_err("milliseconds read as seconds");
    let Some(BadRow { what, .. }) = (match error {
        ReadError::NoRows(account) => account.first_bad.into_iter().next(),
        _ => None,
    }) else {
        panic!("no bad row");
    };
    assert_eq!(what, r#""1772442847512" is beyond 1970 to 2199 in s: is that the unit?"#);
}

#[test]
fn rows_of_another_status_are_skipped_by_name() {
    let mut filtered = mapping();
    filtered.status = Some(StatusFilter { name: "status".to_owned(), keep: vec!["SUCCEED".to_owned(), "FAILED".to_owned()] });
    let text = "time,who,n,status\n2026-01-01 00:00:00,a,1,SUCCEED\nnever,b,x,PENDING\n2026-01-01 00:00:02,c,1,FAILED\n\
        2026-01-01 00:00:03,d,1,\n2026-01-01 00:00:04,e,1,PENDING\ntime,who,n,status\n2026-01-01 00:00:05,f\n";
    let (recorded, account) = kept(text, &filtered);
    assert_eq!((recorded.rows().len(), recorded.users(), account.repeated_headers), (2, 2, 1));
    let skipped: Vec<_> = account.skipped.iter().map(|(status, count)| (status.as_str(), *count)).collect();
    assert_eq!(skipped, [("", 1), ("PENDING", 2)]);
    assert_eq!(account.bad_rows(), 1);
}

#[test]
fn classes_come_from_a_column_or_from_the_mapping() {
    let mut classed = mapping();
    classed.class = Classes::Column {
        name: "kind".to_owned(),
        of: vec![("T2I".to_owned(), ClassId(3)), ("I2I".to_owned(), ClassId(1))],
        otherwise: None,
    };
    let text = "time,who,n,kind\n2026-01-01 00:00:00,a,1,T2I\n2026-01-01 00:00:01,a,1,I2I\n2026-01-01 00:00:02,a,1,INP\n";
    let (recorded, account) = kept(text, &classed);
    let seen: Vec<_> = recorded.rows().iter().map(Row::class).collect();
    assert_eq!(seen, [ClassId(3), ClassId(1)]);
    assert_eq!(account.first_bad[0].to_string(), r#"line 4: column "kind": "INP" is not a class that the mapping knows"#);
    if let Classes::Column { otherwise, .. } = &mut classed.class {
        *otherwise = Some(ClassId(7));
    }
    assert_eq!(kept(text, &classed).0.rows()[2].class(), ClassId(7));
}

#[test]
fn shapes_are_asked_for_once_each() {
    let mut shaped = mapping();
    shaped.size = Some("size".to_owned());
    shaped.quality = Some("quality".to_owned());
    let text = "time,who,n,size,quality\n2026-01-01 00:00:00,a,1,1024x1024,hd\n2026-01-01 00:00:01,a,1,1024x1024,hd\n\
        2026-01-01 00:00:02,a,1,,\n2026-01-01 00:00:03,a,1,9x9,\n2026-01-01 00:00:04,a,1,9x9,\n";
    let mut asked = Vec::new();
    let mut sizes = |_: ClassId, size: &str, quality: &str| {
        asked.push(format!("{size}/{quality}"));
        if size == "9x9" { Err("9x9 is not sold".to_owned()) } else { Ok(ShapeId(5)) }
    };
    let (recorded, account) = read(text.as_bytes(), &shaped, &mut sizes).expect("a readable recording");
    let seen: Vec<_> = recorded.rows().iter().map(Row::shape).collect();
    assert_eq!(seen, [Some(ShapeId(5)), Some(ShapeId(5)), None]);
    assert_eq!(account.bad[&BadKind::Shape], 2);
    assert_eq!(account.first_bad[1].to_string(), r#"line 6: column "size": 9x9 is not sold"#);
    assert_eq!(asked, ["1024x1024/hd", "9x9/"]);
}

#[test]
fn prompt_lengths_are_tokens_or_characters() {
    let mut sized = mapping();
    sized.tokens = Some(TokenColumn { name: "length".to_owned(), chars_per_token: None });
    let text = "time,who,n,length\n2026-01-01 00:00:00,a,1,63.0\n2026-01-01 00:00:01,a,1,\n2026-01-01 00:00:02,a,1,-1\n";
    let lengths = |recorded: &Recorded| recorded.rows().iter().map(Row::tokens).collect::<Vec<_>>();
    let (recorded, account) = kept(text, &sized);
    assert_eq!((lengths(&recorded), account.bad[&BadKind::Tokens]), (vec![Some(63), None], 1));
    sized.tokens = Some(TokenColumn { name: "length".to_owned(), chars_per_token: Some(4.0) });
    assert_eq!(lengths(&kept(text, &sized).0), [Some(16), None]);
    sized.tokens = Some(TokenColumn { name: "length".to_owned(), chars_per_token: Some(0.0) });
    assert!(matches!(read_with(text, &sized), Err(ReadError::Mapping(_))));
}

#[test]
fn sessions_start_after_a_long_pause_of_that_user() {
    let mut numeric = mapping();
    numeric.time_format = TimeFormat::Number { unit: TimeUnit::Seconds, zero: Zero::Unknown };
    let text = "time,who,n\n0,a,1\n5,b,1\n10,a,1\n10,,1\n11,,1\n20,a,1\n31,a,1\n";
    let (recorded, _) = kept(text, &numeric);
    let sessions = sessions(&recorded, SimDuration::from_micros(10_000_000));
    let starts: Vec<_> = (0..8).map(|row| sessions.starts(row)).collect();
    assert_eq!(starts, [true, true, false, true, true, false, true, false]);
    assert_eq!(sessions.count(), 5);
}
