//! Identities from names, so that what else a scenario has moves no draw.

use sha2::{Digest, Sha256};

/// The identity of a name: the first eight bytes of its SHA-256.
pub(super) fn of(name: &str) -> u64 {
    first(Sha256::new_with_prefix(name))
}

/// The identity of a name among those of its kind: the draws of two kinds under one name have nothing in common.
pub(super) fn of_kind(kind: &str, name: &str) -> u64 {
    first(Sha256::new_with_prefix(kind).chain_update([0]).chain_update(name))
}

fn first(hash: Sha256) -> u64 {
    hash.finalize().iter().take(8).fold(0, |id, byte| id << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SHA-256 of "abc" begins with ba7816bf 8f01cfea (FIPS 180-2, appendix B.1).
    #[test]
    fn is_the_beginning_of_the_hash() {
        assert_eq!(of("abc"), 0xBA78_16BF_8F01_CFEA);
        assert_ne!(of_kind("cloud", "azure"), of_kind("provider", "azure"));
    }
}
