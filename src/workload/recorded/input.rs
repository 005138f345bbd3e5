//! Plain or gzipped input, told apart by its first bytes.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::ReadError;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const UTF_16: [[u8; 2]; 2] = [[0xff, 0xfe], [0xfe, 0xff]];
const BUFFER: usize = 1 << 16;

/// The text of a recording, unpacked.
#[derive(Debug)]
pub(super) enum Text<R: Read> {
    Plain(BufReader<R>),
    Gzip(Box<MultiGzDecoder<BufReader<R>>>),
}

impl<R: Read> Text<R> {
    /// Looks at the first bytes of `input`.
    ///
    /// # Errors
    /// What the input itself cannot read, and text in UTF-16.
    pub(super) fn open(input: R) -> Result<Self, ReadError> {
        let mut input = BufReader::with_capacity(BUFFER, input);
        let first = input.fill_buf().map_err(ReadError::Input)?;
        if UTF_16.iter().any(|mark| first.starts_with(mark)) {
            return Err(ReadError::Utf16);
        }
        Ok(if first.starts_with(&GZIP) { Self::Gzip(Box::new(MultiGzDecoder::new(input))) } else { Self::Plain(input) })
    }
}

impl<R: Read> Read for Text<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(input) => input.read(buffer),
            Self::Gzip(input) => input.read(buffer),
        }
    }
}
