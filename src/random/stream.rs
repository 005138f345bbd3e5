//! A keyed stream behind the `rand` traits, for samplers that need an unknown number of draws.

use std::convert::Infallible;

use rand::TryRng;

use super::Key;
use super::philox::Block;

/// The draws of one entity, one after the other. Two streams of the same key and entity are the same.
#[derive(Debug, Clone)]
pub struct Stream {
    key: Key,
    entity: u64,
    next_block: u64,
    block: Block,
    used: usize,
}

impl Stream {
    /// The stream of this entity.
    pub const fn new(key: Key, entity: u64) -> Self {
        Self { key, entity, next_block: 0, block: [0; 4], used: 4 }
    }

    fn word(&mut self) -> u32 {
        if self.used == self.block.len() {
            self.block = self.key.block(self.entity, self.next_block);
            self.next_block += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.word());
        Ok(u64::from(self.word()) << 32 | low)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.word().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use rand::Rng;

    #[test]
    fn is_repeatable_and_made_of_the_keys_blocks() {
        let key = Key::new(1, 2, Purpose::Noise);
        let words: Vec<u32> = {
            let mut stream = Stream::new(key, 5);
            (0..6).map(|_| stream.next_u32()).collect()
        };
        assert_eq!(words[..4], key.block(5, 0));
        assert_eq!(words[4..], key.block(5, 1)[..2]);
    }
}
