//! A PNG file from pixels (ISO/IEC 15948): colour without alpha, eight bits, the same bytes on every machine.

use std::io::{self, Write};

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

/// Halves width and height of an RGB image by averaging two by two: smooth edges for what was drawn without.
/// Both sides must be even.
pub(super) fn halved(pixels: &[u8], width: usize) -> Vec<u8> {
    let stride = width * 3;
    let mut small = Vec::with_capacity(pixels.len() / 4);
    for rows in pixels.chunks_exact(2 * stride) {
        let (upper, lower) = rows.split_at(stride);
        for (a, b) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for c in 0..3 {
                let sum = [a[c], a[c + 3], b[c], b[c + 3]].into_iter().map(u16::from).sum::<u16>();
                small.push(((sum + 2) / 4) as u8);
            }
        }
    }
    small
}

/// The file of an RGB image.
///
/// # Errors
/// None in memory; passed on from the encoder.
pub(super) fn png(pixels: &[u8], width: u32, height: u32) -> io::Result<Vec<u8>> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    // Eight bits, RGB, deflate, adaptive filters, not interlaced.
    header.extend([8, 2, 0, 0, 0]);
    chunk(&mut file, *b"IHDR", &header);
    chunk(&mut file, *b"IDAT", &compressed(pixels, width as usize * 3)?);
    chunk(&mut file, *b"IEND", &[]);
    Ok(file)
}

/// The rows, each as its difference from the row above (filter 2): charts are mostly vertical repetition.
fn compressed(pixels: &[u8], stride: usize) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let mut above = vec![0_u8; stride];
    for row in pixels.chunks_exact(stride) {
        encoder.write_all(&[2])?;
        let filtered: Vec<u8> = row.iter().zip(&above).map(|(now, before)| now.wrapping_sub(*before)).collect();
        encoder.write_all(&filtered)?;
        above.copy_from_slice(row);
    }
    encoder.finish()
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(data);
    file.extend((data.len() as u32).to_be_bytes());
    file.extend(kind);
    file.extend(data);
    file.extend(crc.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_parts_of_a_png() {
        let file = png(&[10; 2 * 3 * 3], 2, 3).expect("memory");
        assert_eq!((&file[1..4], &file[12..16], &file[16..24]), (&b"PNG"[..], &b"IHDR"[..], &[0, 0, 0, 2, 0, 0, 0, 3][..]));
        // The checksum of an empty IEND is the same in every PNG file.
        assert_eq!(file[file.len() - 8..], [b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82]);
    }

    #[test]
    fn halving_averages() {
        let image = [0, 0, 0, 100, 100, 100, 100, 100, 100, 200, 200, 200];
        assert_eq!(halved(&image, 2), [100, 100, 100]);
    }
}
