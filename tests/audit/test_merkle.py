"""Hash trees and proofs of consistency, by the definition of RFC 6962 and by every pair of small sizes."""

import hashlib
import subprocess
import sys

import pytest

from lawcompare.audit import merkle
from lawcompare.audit.merkle import consistency_proof, hash_leaf, is_consistent, root_of

LEAVES = [hash_leaf(bytes([number])) for number in range(33)]


def by_definition(leaves):
    """RFC 6962 §2.1: a tree is split at the largest power of two below its size."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + by_definition(leaves[:half]) + by_definition(leaves[half:])).digest()


def test_the_root_is_that_of_the_definition():
    assert root_of([]) == hashlib.sha256(b"").digest() and hash_leaf(b"") == hashlib.sha256(b"\0").digest()
    for size in range(1, len(LEAVES) + 1):
        assert root_of(LEAVES[:size]) == by_definition(LEAVES[:size])


def test_a_log_that_grew_is_proved_between_any_two_sizes_and_another_log_is_not():
    for new in range(1, len(LEAVES) + 1):
        for old in range(1, new + 1):
            proof = consistency_proof(old, LEAVES[:new])
            roots = root_of(LEAVES[:old]), root_of(LEAVES[:new])
            assert is_consistent(old, roots[0], new, roots[1], proof)
            forged = [*LEAVES[: old - 1], hash_leaf(b"another")]
            assert not is_consistent(old, root_of(forged), new, roots[1], proof)
            if proof:
                assert not is_consistent(old, roots[0], new, roots[1], proof[:-1])
                assert not is_consistent(old, roots[0], new, roots[1], [*proof, proof[0]])


def test_no_proof_is_made_from_what_is_no_beginning():
    for old in (0, 34):
        with pytest.raises(ValueError, match="no proof"):
            consistency_proof(old, LEAVES)


def test_the_file_alone_proves_it_without_anything_of_the_site():
    proof = [one.hex() for one in consistency_proof(5, LEAVES)]
    arguments = ["5", root_of(LEAVES[:5]).hex(), str(len(LEAVES)), root_of(LEAVES).hex(), *proof]
    command = [sys.executable, "-I", "-S", merkle.__file__]
    assert subprocess.run([*command, *arguments], check=False, capture_output=True).returncode == 0
    arguments[1] = root_of(LEAVES[:6]).hex()
    assert subprocess.run([*command, *arguments], check=False, capture_output=True).returncode == 1
