//! A PNG file from pixels: colour without alpha, eight bits, the same bytes on every machine.

use std::io;

use png::{BitDepth, ColorType, Compression, Encoder, Filter};

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
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    // Each row as its difference from the row above: charts are mostly vertical repetition.
    encoder.set_filter(Filter::Up);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
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
