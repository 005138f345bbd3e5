//! Frames: pieces of a file of which each tells whether it is whole.
//!
//! A frame is the length of its payload and a checksum (4 bytes each, little-endian), then the payload. The checksum is the
//! CRC-32 of IEEE 802.3 over length and payload, so that a run of zeros, as file systems leave after a power cut, is no frame.

use std::io::{self, Read};

/// Bytes of a frame besides its payload.
const HEAD: u64 = 8;

/// What stands at some place of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A whole frame: its payload.
    Whole(Vec<u8>),
    /// Nothing: the file ends here.
    End,
    /// Less than the frame of so many bytes that its beginning tells of: it is torn, or its beginning is damaged.
    Short(u64),
    /// Bytes that are no frame.
    Broken,
}

/// A payload as a frame.
///
/// # Errors
/// More than 4 GiB.
pub(super) fn frame(payload: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(payload.len()).map_err(io::Error::other)?.to_le_bytes();
    Ok([&length, &checksum(length, payload).to_le_bytes(), payload].concat())
}

/// The next piece of a file of which so many bytes are left.
///
/// # Errors
/// What the file system refuses.
pub(super) fn next(file: &mut impl Read, left: u64) -> io::Result<Piece> {
    if left < HEAD {
        return Ok(if left == 0 { Piece::End } else { Piece::Short(0) });
    }
    let (mut length, mut expected) = ([0; 4], [0; 4]);
    file.read_exact(&mut length)?;
    file.read_exact(&mut expected)?;
    let bytes = u32::from_le_bytes(length);
    if u64::from(bytes) > left - HEAD {
        return Ok(Piece::Short(bytes.into()));
    }
    let mut payload = vec![0; bytes as usize];
    file.read_exact(&mut payload)?;
    let whole = checksum(length, &payload) == u32::from_le_bytes(expected);
    Ok(if whole { Piece::Whole(payload) } else { Piece::Broken })
}

/// The bytes that a frame of this payload takes.
pub(super) const fn size(payload: &[u8]) -> u64 {
    HEAD + payload.len() as u64
}

fn checksum(length: [u8; 4], payload: &[u8]) -> u32 {
    let mut hash = crc32fast::Hasher::new();
    hash.update(&length);
    hash.update(payload);
    hash.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Piece {
        next(&mut &bytes[..], bytes.len() as u64).expect("bytes can be read")
    }

    #[test]
    fn a_frame_gives_its_payload_back() {
        for payload in [&b""[..], b"123456789", &[0; 5000]] {
            let bytes = frame(payload).expect("short");
            assert_eq!((bytes.len() as u64, read(&bytes)), (size(payload), Piece::Whole(payload.to_vec())));
        }
        assert_eq!(read(b""), Piece::End);
        // The check value of CRC-32/ISO-HDLC, whose polynomial this is.
        assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn no_cut_and_no_flipped_bit_goes_unseen() {
        let bytes = frame(b"two replications").expect("short");
        assert!((1..8).all(|end| read(&bytes[..end]) == Piece::Short(0)));
        assert!((8..bytes.len()).all(|end| read(&bytes[..end]) == Piece::Short(16)));
        for bit in 0..8 * bytes.len() {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(read(&flipped), Piece::Broken | Piece::Short(17..)), "bit {bit}");
        }
        assert_eq!(read(&[0; 64]), Piece::Broken);
    }
}
