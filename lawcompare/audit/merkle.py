"""Hash trees as in Certificate Transparency (RFC 6962 §2.1): one hash for a log, and proofs that it only grew.

Plain Python without Django, so that whoever holds us to the log can use this file alone::

    python merkle.py OLD_SIZE OLD_ROOT NEW_SIZE NEW_ROOT HASH…
"""

import hashlib
import sys
from collections.abc import Sequence


def hash_leaf(data: bytes) -> bytes:
    """Returns the hash of one entry."""
    return hashlib.sha256(b"\0" + data).digest()


def _hash_node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def _split(size: int) -> int:
    """Returns the largest power of two below ``size``, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Returns the hash of the tree over hashed leaves; of no leaves, that of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        # A hash that has no partner goes up as it is: the same tree as that of the recursive definition.
        pairs = [_hash_node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0]


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Returns the hashes that prove the first ``old_size`` leaves to be the beginning of all (§2.1.2).

    Raises ``ValueError`` unless ``0 < old_size <= len(leaves)``.
    """
    if not 0 < old_size <= len(leaves):
        raise ValueError(f"no proof from {old_size} to {len(leaves)} entries")
    return _subproof(old_size, leaves, is_whole=True)


def _subproof(old_size: int, leaves: Sequence[bytes], is_whole: bool) -> list[bytes]:
    size = len(leaves)
    if old_size == size:
        return [] if is_whole else [root_of(leaves)]
    middle = _split(size)
    if old_size <= middle:
        return [*_subproof(old_size, leaves[:middle], is_whole), root_of(leaves[middle:])]
    return [*_subproof(old_size - middle, leaves[middle:], is_whole=False), root_of(leaves[:middle])]


def is_consistent(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Returns whether the proof shows that the tree of ``new_root`` begins with that of ``old_root``."""
    if old_size == new_size:
        return old_root == new_root and not proof
    if not 0 < old_size < new_size or not proof:
        return False
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    last_old, last_new = old_size - 1, new_size - 1
    while last_old & 1:
        last_old, last_new = last_old >> 1, last_new >> 1
    old = new = path[0]
    for one in path[1:]:
        if last_new == 0:
            return False
        if last_old & 1 or last_old == last_new:
            old, new = _hash_node(one, old), _hash_node(one, new)
            while last_old and not last_old & 1:
                last_old, last_new = last_old >> 1, last_new >> 1
        else:
            new = _hash_node(new, one)
        last_old, last_new = last_old >> 1, last_new >> 1
    return last_new == 0 and old == old_root and new == new_root


if __name__ == "__main__":
    sizes, roots = (int(sys.argv[1]), int(sys.argv[3])), (bytes.fromhex(sys.argv[2]), bytes.fromhex(sys.argv[4]))
    is_right = is_consistent(sizes[0], roots[0], sizes[1], roots[1], [bytes.fromhex(one) for one in sys.argv[5:]])
    sys.stdout.write("The log only grew.\n" if is_right else "The proof does not hold.\n")
    sys.exit(0 if is_right else 1)
